"""House rules: what a rejection cites, what its author reads of it, and that a version stays what it was."""

from dataclasses import replace
from typing import Any

import pytest
from makers import World

from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Action, Actor
from moderation.domain.errors import Conflict, Invalid, NotFound, Stale
from moderation.domain.event import told
from moderation.domain.house_rule import HouseRule
from moderation.domain.tampering import first_break
from moderation.services import citing, house_rules, record, review, sites
from moderation.services.review import Moderator, Wish

POLICY = """
[[rules]]
code = "toxicity"
signal = "toxicity"
at_least = 0.5
outcome = "rejected"
"""


@pytest.fixture
def rules(world: World) -> list[HouseRule]:
    return house_rules.begin(world.deps, world.site.id, ["civil", "no-advertising", "on-topic"])


def held(world: World, text: str = "A maybe-toxicity remark.") -> Comment:
    comment = world.has(text)
    assert comment.status is Status.HELD
    return comment


def decides(world: World, comment: Comment, action: Action = Action.REJECT, **others: Any) -> Any:
    somebody = Moderator(world.site.id, world.deps.new_id(), Actor.PERSON)
    wish = Wish(comment.id, world.look(comment).version, action, **others)
    return review.decide(world.deps, somebody, wish)


def told_of(world: World, comment: Comment) -> citing.Told | None:
    return citing.told(world.deps, [world.look(comment)]).get(comment.id)


def test_a_rejection_cites_the_rule_that_its_reasons_choose(world: World, rules: list[HouseRule]) -> None:
    comment = held(world)

    decision = decides(world, comment)

    assert decision.cites == rules[0].cited
    found = told_of(world, comment)
    assert found is not None
    assert found.rule == rules[0]


def test_without_house_rules_a_rejection_cites_none(world: World) -> None:
    comment = held(world)

    assert decides(world, comment).cites is None
    assert told_of(world, comment) is None


def test_a_named_rule_and_a_note_go_to_the_author(world: World, rules: list[HouseRule]) -> None:
    comment = held(world)

    decision = decides(world, comment, rule="on-topic", public_note="Write it below the other article.")

    assert decision.cites == rules[2].cited
    assert told_of(world, comment) == citing.Told(rules[2], "Write it below the other article.")


@pytest.mark.parametrize(
    ("action", "others", "pointer"),
    [
        pytest.param(Action.REJECT, {"rule": "nobodys"}, "/rule", id="unknown"),
        pytest.param(Action.APPROVE, {"rule": "civil"}, "/rule", id="approved"),
        pytest.param(Action.HOLD, {"public_note": "Wait."}, "/public_note", id="held"),
        pytest.param(Action.REJECT, {"public_note": "x" * 1001}, "/public_note", id="endless"),
    ],
)
def test_what_explains_nothing_is_refused(
    world: World, rules: list[HouseRule], action: Action, others: dict[str, Any], pointer: str
) -> None:
    assert rules
    comment = held(world)

    with pytest.raises(Invalid) as refused:
        decides(world, comment, action, **others)

    assert [fault.pointer for fault in refused.value.faults] == [pointer]
    assert world.status_of(comment) is Status.HELD


def test_other_words_make_another_version_and_what_was_cited_stays(world: World, rules: list[HouseRule]) -> None:
    comment = held(world)
    decides(world, comment)

    changed = house_rules.change(world.deps, world.site.id, rules[0].id, seen=1, text="Be kind.", guidance="Be strict.")
    assert (changed.version, changed.text) == (2, "Be kind.")
    house_rules.remove(world.deps, world.site.id, rules[0].id)

    found = told_of(world, comment)
    assert found is not None
    assert found.rule is not None
    assert (found.rule.version, found.rule.text) == (1, rules[0].text)
    assert "civil" not in [rule.code for rule in house_rules.listed(world.deps, world.site.id)]


def test_another_place_or_use_makes_no_version(world: World, rules: list[HouseRule]) -> None:
    moved = house_rules.change(world.deps, world.site.id, rules[2].id, position=1, reasons=("flagged",))

    assert (moved.version, moved.position, moved.reasons) == (1, 1, ("flagged",))
    order = [rule.code for rule in house_rules.listed(world.deps, world.site.id)]
    assert order == ["on-topic", "civil", "no-advertising"]


def test_of_two_who_edit_the_second_is_told(world: World, rules: list[HouseRule]) -> None:
    house_rules.change(world.deps, world.site.id, rules[0].id, seen=1, text="Be kind.")

    with pytest.raises(Stale):
        house_rules.change(world.deps, world.site.id, rules[0].id, seen=1, text="Be brief.")


def test_naming_a_rule_that_was_removed_meanwhile_decides_nothing(world: World, rules: list[HouseRule]) -> None:
    comment = held(world)
    house_rules.remove(world.deps, world.site.id, rules[0].id)

    with pytest.raises(Invalid, match="no such house rule"):
        decides(world, comment, rule="civil")

    assert world.look(comment).status is Status.HELD
    assert decides(world, comment, rule="no-advertising").cites == rules[1].cited


def test_a_code_is_given_once_and_again_once_its_rule_is_removed(world: World, rules: list[HouseRule]) -> None:
    words = {"code": "civil", "title": "Be civil", "text": "Be kind."}
    with pytest.raises(Conflict):
        house_rules.add(world.deps, world.site.id, **words)

    house_rules.remove(world.deps, world.site.id, rules[0].id)

    assert house_rules.add(world.deps, world.site.id, **words).id != rules[0].id


def test_an_undo_brings_back_what_the_author_was_told(world: World, rules: list[HouseRule]) -> None:
    comment = held(world)
    decides(world, comment, rule="on-topic", public_note="Elsewhere, please.")
    approved = decides(world, comment, Action.APPROVE)
    assert told_of(world, comment) is None

    review.undo(world.deps, Moderator(world.site.id, world.deps.new_id(), Actor.PERSON), approved.id)

    assert told_of(world, comment) == citing.Told(rules[2], "Elsewhere, please.")


def test_a_machine_cites_the_rule_that_is_mapped_and_none_otherwise(world: World, rules: list[HouseRule]) -> None:
    sites.change(world.deps, world.site.id, policy=POLICY)
    mapped = world.has("A maybe-toxicity remark.")
    assert mapped.status is Status.REJECTED
    found = told_of(world, mapped)
    assert found is not None
    assert found.rule == rules[0]

    house_rules.change(world.deps, world.site.id, rules[0].id, reasons=())
    unmapped = world.has("Another maybe-toxicity remark.")

    assert unmapped.status is Status.REJECTED
    assert told_of(world, unmapped) is None


def test_the_record_holds_the_citation_and_the_note_and_breaks_where_they_change(
    world: World, rules: list[HouseRule]
) -> None:
    comment = held(world)
    decides(world, comment, note="Third time.", public_note="Not like this.")

    kept = record.record(world.deps, world.site.id, comment.id)
    assert kept.broken is None
    latest = kept.decisions[-1]
    assert latest.evidence is not None
    assert latest.evidence["rule"] == rules[0].cited.kept
    assert "Not like this." not in str(latest.evidence)

    other = replace(latest, public_note="Welcome.")
    broken = first_break(kept.comment, [*kept.decisions[:-1], other], ())
    assert broken is not None
    assert broken.what == "its note to the author was changed"


def test_publishers_hear_the_code_of_a_rejection_and_nothing_new_of_the_rest(
    world: World, rules: list[HouseRule]
) -> None:
    comment = held(world)
    decides(world, comment, public_note="Not like this.")

    heard = [told(row) for row in world.events()]

    assert [event["data"].get("rule") for event in heard] == [None, None, rules[0].code]
    assert "rule" not in heard[0]["data"]
    assert "Not like this." not in str(heard)


def test_a_rule_of_another_site_is_not_found(world: World, rules: list[HouseRule]) -> None:
    with pytest.raises(NotFound):
        house_rules.get(world.deps, world.deps.new_id(), rules[0].id)
