"""What the card of a wave says is true: of what waits and what does not, of few and of many, of whatever is known."""

import re
from datetime import timedelta
from typing import Any

import pytest
from desk import Moderator, hires
from makers import World
from sqlalchemy import event, text, update
from test_merging import second
from test_waves import Wish, copy, decide, flood, roll, wave_of

from moderation.adapters.db.models import CommentRow
from moderation.domain.comment import Comment
from moderation.domain.decision import Action, Actor
from moderation.domain.person import Person
from moderation.services import merging, review, waves

SHOWN = re.compile(r'name="shown" value="([^"]+)"')


@pytest.fixture
def ada(world: World) -> Moderator:
    return Moderator.of(world, "Ada")


@pytest.fixture
def ann(world: World) -> Person:
    return hires(world, "Ann")


def card(ada: Moderator, world: World, comment: Comment) -> str:
    """Give the card of a comment's wave as somebody reads it, without what a browser does not show."""
    page = ada.sees(f"/console/waves/{world.look(comment).wave}?bare=1").text
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def known(world: World, times: int) -> list[Comment]:
    """Let so many copies arrive from one network."""
    return [world.has(copy(number), thread=f"k-{number}", address="203.0.113.7") for number in range(times)]


def write(world: World, comment: Comment, **columns: Any) -> None:
    with world.deps.uow(None) as uow:
        row = update(CommentRow.__table__).where(CommentRow.__table__.c.id == comment.id)  # type: ignore[arg-type]
        uow.connection.execute(row.values(**columns))  # type: ignore[attr-defined]
        uow.commit()


def test_of_a_wave_of_which_nothing_waits_no_number_is_told(world: World, ada: Moderator, ann: Person) -> None:
    copies = roll(world, 3)
    assert "3 alike held the first that waits" in card(ada, world, copies[0])
    decide(world, ann, wave_of(world, copies[0]), Action.SPAM)

    said = card(ada, world, copies[0])

    assert "Comments alike" in said
    assert "none of them waits any more" in said
    assert "0 alike" not in said
    assert "alike held" not in said
    assert "the others use the same words" not in said


def test_of_one_that_is_left_nothing_is_said_of_others(world: World, ada: Moderator, ann: Person) -> None:
    copies = roll(world, 2)
    assert "Those that differ most" in card(ada, world, copies[0])
    by = review.Moderator(world.site.id, ann.id, Actor.PERSON)
    review.decide(world.deps, by, review.Wish(copies[0].id, copies[0].version, Action.SPAM))

    said = card(ada, world, copies[1])

    assert "1 alike" in said
    assert "The one that waits" in said
    assert "the others use the same words" not in said


def test_networks_that_nobody_knows_are_not_taken_for_one(world: World, ada: Moderator) -> None:
    copies = known(world, 3)
    assert "All from one network" in card(ada, world, copies[0])
    write(world, copies[1], network=None)

    said = card(ada, world, copies[0])

    assert "from 1 network and 1 of which the network is not known" in said
    assert "All from one network" not in said


def test_of_a_large_wave_it_is_said_which_were_looked_at(world: World, ada: Moderator) -> None:
    model = roll(world, 2)[1]
    assert "What they share" in card(ada, world, model)
    flood(world, model, waves.LOOKED_AT)

    said = card(ada, world, model)

    assert f"{waves.LOOKED_AT + 2} alike" in said
    assert f"What the newest {waves.LOOKED_AT} share" in said
    assert f"Of the newest {waves.LOOKED_AT}, those that differ most" in said


def test_the_first_that_waits_is_the_first_of_all_however_many_there_are(world: World, ada: Moderator) -> None:
    model = known(world, 2)[1]
    flood(world, model, 1000)
    with world.deps.uow(None) as uow:
        uow.connection.execute(  # type: ignore[attr-defined]
            text("UPDATE comment SET received_at = :early WHERE id = (SELECT id FROM comment ORDER BY id LIMIT 1)"),
            {"early": model.received_at - timedelta(days=2)},
        )
        uow.commit()

    said = card(ada, world, model)

    assert re.search(r"1[,.]?000\+ alike", said)
    assert re.search(r"1\+ network", said), "more may be among those that were not counted"
    assert "the first that waits 2 days ago" in said


def test_a_reason_that_few_have_is_not_shared(world: World, ada: Moderator) -> None:
    copies = roll(world, 4)
    write(world, copies[0], reasons=["toxicity", "flagged"])

    said = card(ada, world, copies[0])

    shared = said[said.index("What they share") : said.index("Those that differ most")]
    assert "flagged" not in shared.lower()
    write(world, copies[1], reasons=["toxicity", "flagged"])
    write(world, copies[2], reasons=["toxicity", "flagged"])
    again = card(ada, world, copies[0])
    assert "flagged" in again[again.index("What they share") : again.index("Those that differ most")].lower()


def test_what_a_person_published_is_not_the_policys(world: World, ada: Moderator, ann: Person) -> None:
    copies = roll(world, 2)
    world.has(copy(7).replace("maybe-", "no "), thread="published")
    by = review.Moderator(world.site.id, ann.id, Actor.PERSON)
    approved = world.has(copy(8), thread="by-a-person")
    review.decide(world.deps, by, review.Wish(approved.id, approved.version, Action.APPROVE))

    assert "the policy published 1 more" in card(ada, world, copies[0])


def test_a_wave_that_takes_nobody_in_promises_nothing_of_what_arrives(world: World, ada: Moderator) -> None:
    copies = roll(world, 3)
    assert "for what arrives alike within 24 hours" in card(ada, world, copies[0])
    waves.take_out(world.deps, world.site.id, copies[0].id)
    said = card(ada, world, copies[0])
    wave = world.look(copies[0]).wave
    typed = {"action": "spam", "version": 0, "shown": world.deps.now().isoformat()}

    told = ada.sends(f"/console/waves/{wave}/decisions", typed).text

    assert "Nothing that arrives is taken in among them any more." in said
    assert "24 hours" not in said
    assert "Marked as spam: 1 alike." in told
    assert "What arrives alike within 24 hours goes the same way." not in told


def test_nothing_is_said_to_follow_where_all_of_it_is_done(world: World, ada: Moderator, ann: Person) -> None:
    copies = roll(world, 3)
    wave = wave_of(world, copies[0])
    flood(world, copies[1], 2 * waves.PIECE - 3)
    wish = Wish(wave, 0, world.deps.now(), Action.SPAM)

    progress = waves.decide(world.deps, world.site.id, wish, ann, at_once=2)
    others = wave_of(world, second(world, 2)[0])
    typed = {"action": "spam", "rolled": f"{others}:0", "shown": world.deps.now().isoformat()}
    told = ada.sends("/console/decisions", typed).text

    assert (progress.done, progress.more) == (2 * waves.PIECE, False)
    assert not waves.carry_on(world.deps), "it is finished, too"
    assert "Marked as spam: 2." in told
    assert "follow within a minute" not in told


def test_a_line_says_of_a_wave_nothing_that_is_of_its_newest_alone(world: World, ada: Moderator) -> None:
    newest = roll(world, 3)[2]
    write(world, newest, member=True)
    flood(world, newest, 120)

    page = ada.sees("/console/lines").text

    assert "100+ alike" in page
    assert 'aria-label="Select 100+ alike"' in page
    assert ">Member<" not in page
    waves.take_out(world.deps, world.site.id, newest.id)
    assert ">Member<" in ada.sees("/console/lines").text, "by itself it is one"


def test_of_waves_that_were_merged_no_one_likeness_is_told_and_one_decision_goes_on(
    world: World, ada: Moderator, ann: Person
) -> None:
    ones, others = roll(world, 2), second(world, 2)
    wave, into = wave_of(world, ones[0]), wave_of(world, others[0])
    for each in (into, wave):
        decide(world, ann, each, Action.HOLD)
    assert "for what arrives until" in card(ada, world, ones[0])
    assert "Nearly the same words" in card(ada, world, others[0])

    merging.merge(world.deps, world.site.id, wave, into)
    said = card(ada, world, ones[0])

    assert "Several texts, which somebody merged" in said
    assert "Nearly the same words" not in said
    assert said.count("for what arrives until") == 1
    assert said.count("Take it back") == 2


@pytest.mark.parametrize(("extra", "asked"), [(0, 0), (120, 1)])
def test_a_wave_in_view_is_counted_along_with_what_is_asked_for_anyway(
    world: World, ada: Moderator, extra: int, asked: int
) -> None:
    copies = roll(world, 3)
    wave = str(wave_of(world, copies[0]))
    if extra:
        flood(world, copies[1], extra)
    plain, counting = (heard(world, ada, f"/console/pulse{query}") for query in ("", f"?card={wave}"))
    first = ada.sees(f"/console/pulse?card={wave}")

    world.has(copy(9), thread="late")
    tag = {"If-None-Match": first.headers["ETag"]}
    later = ada.sees(f"/console/pulse?card={wave}", headers=tag)

    assert first.get_json()["card"] == [wave, 3 + extra]
    assert later.get_json()["card"] == [wave, 4 + extra]
    assert len(counting) - len(plain) == asked
    for other in ("nobody", str(copies[0].id), "%00"):
        assert ada.sees(f"/console/pulse?card={other}").get_json()["card"] is None


def heard(world: World, ada: Moderator, path: str) -> list[str]:
    """Listen to what the database is asked for a page; what opens and closes transactions is left out."""
    with world.deps.views(world.site.id) as views:
        engine = views.connection.engine  # type: ignore[attr-defined]
    said: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "count(*)" in statement and "wave" in statement:
            said.append(statement)

    event.listen(engine, "before_cursor_execute", listen)
    ada.sees(path)
    event.remove(engine, "before_cursor_execute", listen)
    return said
