"""House rules at the desk and by API: owners write them, moderators reject for them, authors read the public part."""

import re
from collections.abc import Iterator
from contextlib import closing
from uuid import uuid4

import pytest
from api import Api, app_over
from desk import Moderator
from fakes.scorers import obedient
from makers import World

from moderation.domain.comment import Comment, Status
from moderation.domain.house_rule import HouseRule
from moderation.domain.person import Role
from moderation.services import canned_notes, house_rules

SECRETS = "For moderators: what is meant."
CIVIL = {"title": "Be civil", "text": "Argue with what is said.", "guidance": SECRETS, "reasons": "toxicity"}
CHOSEN = re.compile(r'name="rule".*?<option value="([a-z-]+)"[^>]*?selected', re.DOTALL)


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    with closing(World.at(sqlite_url, scorers=obedient())) as world:
        yield world


@pytest.fixture
def olga(world: World) -> Moderator:
    return Moderator.of(world, "Olga", {world.site.id: Role.OWNER})


def room(world: World, *more: object) -> str:
    return "/".join(["/console/sites", str(world.site.id), "rules", *map(str, more)])


def rules_of(world: World) -> list[HouseRule]:
    return house_rules.listed(world.deps, world.site.id)


def held(world: World, **others: object) -> Comment:
    comment = world.has("A maybe-toxicity remark.", **others)
    assert comment.status is Status.HELD
    return comment


def own(world: World, comment: Comment) -> dict[str, object]:
    """Ask as the author for what became of a comment."""
    receipt = {"Authorization": f"Receipt {world.deps.seals.receipt(comment.id)}"}
    answer = app_over(world).test_client().get(f"/v1/comments/{comment.id}", headers=receipt)
    assert answer.status_code == 200
    return dict(answer.get_json())


def test_a_site_without_rules_rejects_at_one_press(world: World, olga: Moderator) -> None:
    comment = held(world)
    assert 'name="rule"' not in olga.sees(f"/console/comments/{comment.id}").text

    assert olga.decides(comment.id, "reject", comment.version).status_code == 200

    assert world.status_of(comment) is Status.REJECTED
    assert own(world, comment).keys().isdisjoint({"rule", "note"})


def test_an_owner_begins_with_what_is_offered_and_writes_more(world: World, olga: Moderator) -> None:
    assert "Begin with these" in olga.sees(room(world)).text
    olga.sends(room(world, "begin"), {"codes": ["civil", "on-topic", "nonsense"]}, on=room(world))
    olga.sends(room(world), {"title": "Be brief", "text": "Use few words.", "others": "too-long"}, on=room(world))
    brief = rules_of(world)[-1]

    olga.sends(room(world, brief.id, "place"), {"position": "1"}, on=room(world))

    assert [rule.code for rule in rules_of(world)] == ["be-brief", "civil", "on-topic"]
    assert brief.reasons == ("too-long",)
    shown = olga.sees(room(world)).text
    assert "Use few words." in shown
    assert "More to begin with" in shown
    olga.sends(room(world, brief.id, "remove"), on=room(world))
    assert [rule.code for rule in rules_of(world)] == ["civil", "on-topic"]


def test_another_wording_is_a_version_and_of_two_who_write_the_second_is_told(world: World, olga: Moderator) -> None:
    (rule,) = house_rules.begin(world.deps, world.site.id, ["civil"])
    page, typed = room(world, rule.id), {**CIVIL, "active": "yes", "seen": "1"}

    assert olga.sends(page, typed, on=page).status_code == 303
    late = olga.sends(page, {**typed, "text": "Be kind."}, on=page)
    wrong = olga.sends(page, {**typed, "seen": "2", "title": "", "text": "x" * 601}, on=page)

    assert (late.status_code, wrong.status_code) == (412, 422)
    assert "Be kind." in late.text, "what was typed is not lost"
    assert wrong.text.count('aria-invalid="true"') == 2
    (now,) = rules_of(world)
    assert (now.version, now.text) == (2, CIVIL["text"])
    shown = olga.sees(page).text
    assert "Version 1" in shown
    assert "Version 2" in shown


def test_the_card_chooses_beforehand_and_the_author_reads_the_public_part_alone(world: World, olga: Moderator) -> None:
    house_rules.begin(world.deps, world.site.id, ["on-topic"])
    olga.sends(room(world), {**CIVIL, "reasons": ["toxicity"]}, on=room(world))
    comment = held(world)
    card = olga.sees(f"/console/comments/{comment.id}").text
    assert CHOSEN.findall(card) == ["be-civil"]
    assert SECRETS in card

    explained = {"action": "reject", "version": comment.version, "rule": "be-civil", "public_note": "Mind the tone."}
    olga.sends(f"/console/comments/{comment.id}/decisions", explained)

    told = own(world, comment)
    assert told["rule"] == {"code": "be-civil", "version": 1, "title": CIVIL["title"], "text": CIVIL["text"]}
    assert told["note"] == "Mind the tone."
    assert SECRETS not in str(told)
    assert "Mind the tone." in olga.sees(f"/console/comments/{comment.id}").text


def test_canned_notes_are_kept_changed_and_put_in_without_a_script(world: World, olga: Moderator) -> None:
    olga.sends(room(world, "canned"), {"title": "Again", "text": "Send it again."}, on=room(world))
    (note,) = canned_notes.listed(world.deps, world.site.id)
    olga.sends(room(world, "canned", note.id), {"title": "Again", "text": "Gladly without it."}, on=room(world))
    empty = olga.sends(room(world, "canned", note.id), {"title": "", "text": ""}, on=room(world))
    comment = held(world)
    assert empty.status_code == 422
    assert "Gladly without it." in olga.sees(f"/console/comments/{comment.id}").text

    wanted = {"action": "reject", "version": comment.version, "canned": "Gladly without it.", "public_note": "Yours."}
    olga.sends(f"/console/comments/{comment.id}/decisions", wanted)

    assert own(world, comment)["note"] == "Gladly without it.\n\nYours."
    olga.sends(room(world, "canned", note.id, "remove"), on=room(world))
    assert canned_notes.listed(world.deps, world.site.id) == []


def test_moderators_write_no_rules(world: World) -> None:
    ada = Moderator.of(world, "Ada")

    assert ada.sees(room(world)).status_code == 404
    assert ada.sends(room(world), CIVIL).status_code == 404
    assert rules_of(world) == []


def test_all_of_it_by_api(world: World) -> None:
    api, comment = Api.over(world), held(world)
    path = f"/v1/sites/{world.site.id}"
    made = api.post(f"{path}/rules", {**CIVIL, "reasons": ["toxicity"]}).json
    assert api.post(f"{path}/rules", {**CIVIL, "code": made["code"], "reasons": []}).status_code == 409
    changed = api.call("PATCH", f"{path}/rules/{made['id']}", json={"text": "Be kind."}).json

    api.decide(comment, "reject", rule=made["code"], public_note="Mind the tone.")
    decided = api.get(f"/v1/moderation/comments/{comment.id}").json["history"][-1]
    unknown = api.decide(held(world, name="Eve"), "reject", rule="nobodys")

    assert (changed["version"], decided["rule"]) == (2, {"code": made["code"], "version": 2})
    assert unknown.status_code == 422
    assert unknown.json["errors"][0]["pointer"] == "/rule"
    assert [each["version"] for each in api.get(f"{path}/rules/{made['id']}").json["versions"]] == [2, 1]
    assert api.call("DELETE", f"{path}/rules/{made['id']}").status_code == 204
    assert api.get(f"{path}/rules").json["items"] == []
    assert own(world, comment)["rule"] == {"code": made["code"], "version": 2, "title": "Be civil", "text": "Be kind."}
    assert api.get(f"{path}/rules/{uuid4()}").status_code == 404
