"""Several people at one desk: waves decided whole, cards that others read, what is new, samples, one's own order."""

import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
from desk import Moderator
from fakes.scorers import obedient
from makers import World
from sqlalchemy import text

from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Actor
from moderation.domain.person import Role

JSON = {"Accept": "application/json"}
TEXT = (
    "Everybody maybe-toxicity should really read what our neighbours wrote about the harvest in this valley, and then "
    "tell all of their friends and relatives about it before the summer is over, because it concerns each of us, see {}"
)
LINE = re.compile(r'<li data-id="([0-9a-f-]+)"')
DECISION = re.compile(r'name="decision"\s+value="([0-9a-f-]+)"')
SHOWN = re.compile(r'name="shown" value="([^"]+)"')


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """An installation on SQLite, or on both databases where a test says so."""
    both = "database_url" in request.fixturenames
    url = request.getfixturevalue("database_url" if both else "sqlite_url")
    with closing(World.at(url, scorers=obedient())) as world:
        yield world


def held(world: World, text_: str = "A maybe-toxicity remark.", **others: Any) -> Comment:
    comment = world.has(text_, **others)
    assert comment.status is Status.HELD
    return comment


def roll(world: World, times: int = 3) -> list[Comment]:
    """Let copies of one text arrive from a network each."""
    return [
        held(world, TEXT.format(f"http://site{number}.example/"), thread=f"a-{number}", address=f"203.0.{number}.9")
        for number in range(times)
    ]


def lines(somebody: Moderator, path: str = "/console/") -> list[str]:
    return LINE.findall(somebody.sees(path).text)


@pytest.mark.usefixtures("database_url")
def test_a_wave_is_one_line_and_one_decision_and_one_undo(world: World) -> None:
    ada, copies = Moderator.of(world, "Ada"), roll(world)
    wave = str(world.look(copies[0]).wave)
    assert lines(ada) == [wave]
    card = ada.sees(f"/console/waves/{wave}?bare=1").text
    assert "3 alike" in card
    assert "from 3 networks" in card
    assert "203.0" not in card, "an address of nobody"
    assert len(lines(ada, f"/console/?wave={wave}")) == 3

    typed = {"action": "spam", "version": 0, "shown": SHOWN.findall(card)[0]}
    after = ada.sends(f"/console/waves/{wave}/decisions", typed)
    later = world.has(TEXT.format("http://late.example/"), thread="late")

    assert "Marked as spam: 3 alike." in after.text
    assert [world.status_of(comment) for comment in (*copies, later)] == [Status.SPAM] * 4
    assert "as Ada decided of others alike" in ada.sees(f"/console/comments/{later.id}").text
    undone = ada.sends("/console/undo", {"decision": DECISION.findall(after.text)[0]}, headers=JSON).get_json()
    assert undone["items"][0]["told"] == "Undone: 4 alike."
    assert [world.status_of(comment) for comment in copies] == [Status.HELD] * 3


def test_of_two_who_decide_a_wave_the_second_is_told_who_did(world: World) -> None:
    ada, bert, copies = Moderator.of(world, "Ada"), Moderator.of(world, "Bert"), roll(world)
    path = f"/console/waves/{world.look(copies[0]).wave}/decisions"
    typed = {"version": 0, "shown": world.deps.now().isoformat()}

    ada.sends(path, typed | {"action": "reject"})
    late = bert.sends(path, typed | {"action": "approve"}, headers=JSON)
    shown = bert.sends(path, typed | {"action": "approve"})

    assert (late.status_code, shown.status_code) == (412, 412)
    assert late.get_json(force=True)["detail"] == "Ada decided meanwhile: rejected."
    assert "Ada decided meanwhile: rejected." in shown.text
    assert [world.status_of(comment) for comment in copies] == [Status.REJECTED] * 3


def test_waves_and_comments_are_selected_and_decided_together(world: World) -> None:
    ada, copies, other = Moderator.of(world, "Ada"), roll(world), held(world)
    wave = world.look(copies[0]).wave
    typed = {"shown": world.deps.now().isoformat(), "action": "reject"}
    selected = typed | {"rolled": f"{wave}:0", "seen": f"{other.id}:{other.version}"}

    after = ada.sends("/console/decisions", selected)
    again = ada.sends("/console/decisions", typed | {"rolled": f"{wave}:0"})

    assert "Rejected: 4." in after.text
    assert "1 had changed meanwhile" in again.text
    ada.sends("/console/undo", {"decision": DECISION.findall(after.text)})
    assert [world.status_of(comment) for comment in (*copies, other)] == [Status.HELD] * 4


def test_one_is_taken_out_of_a_wave(world: World) -> None:
    ada, copies = Moderator.of(world, "Ada"), roll(world)
    wave = str(world.look(copies[0]).wave)

    after = ada.sends(f"/console/comments/{copies[1].id}/apart")

    assert "It stands by itself now." in after.text
    assert lines(ada) == [wave, str(copies[1].id)]


@pytest.mark.usefixtures("database_url")
def test_a_card_in_view_is_known_to_others_for_a_while_and_binds_nobody(world: World) -> None:
    second, first = held(world, name="Second"), held(world, name="First")
    ada, bert = Moderator.of(world, "Ada"), Moderator.of(world, "Bert")

    assert claims(ada, second) == ""
    assert claims(bert, second) == "Ada"
    assert claims(ada, second) == "", "whoever goes on reading it has read it since they began"
    assert "<bdi>Ada</bdi> is reading this" in bert.sees(f"/console/?comment={second.id}").text
    assert bert.decides(second.id, "reject", second.version).status_code == 200

    with world.deps.uow(None) as uow:
        uow.connection.execute(text("UPDATE workplace SET until = since"))  # type: ignore[attr-defined]
        uow.commit()
    assert claims(bert, first) == ""
    assert "</bdi> is reading this" not in bert.sees().text
    assert ada.sends("/console/claims", {"card": str(uuid4())}).status_code == 404


def claims(somebody: Moderator, comment: Comment) -> str:
    answer = somebody.sends("/console/claims", {"card": str(comment.id)}, headers=JSON)
    return str(answer.get_json()["reader"])


def test_the_next_card_is_one_that_nobody_else_reads(world: World) -> None:
    third, second, first = (held(world, name=name) for name in ("Third", "Second", "First"))
    ada, bert = Moderator.of(world, "Ada"), Moderator.of(world, "Bert")
    claims(ada, second)

    assert f'name="next" value="{third.id}"' in bert.sees().text
    assert f'name="next" value="{second.id}"' in ada.sees(f"/console/?comment={first.id}").text


@pytest.mark.usefixtures("database_url")
def test_the_pulse_tells_what_is_new_and_says_nothing_twice(world: World) -> None:
    first, ada = held(world), Moderator.of(world, "Ada")
    heard = ada.sees("/console/pulse", headers=JSON)
    quiet = ada.sees("/console/pulse", headers=JSON | {"If-None-Match": heard.headers["ETag"]})

    second = held(world, name="Bo")
    news = ada.sees("/console/pulse", headers=JSON | {"If-None-Match": heard.headers["ETag"]})

    assert heard.get_json()["head"] == [[str(first.id), 1]]
    assert (quiet.status_code, quiet.data) == (304, b"")
    assert news.get_json()["head"] == [[str(second.id), 1], [str(first.id), 1]]
    assert news.get_json()["counts"] == {"held": 2, "flagged": 0, "appeals": 0}
    assert lines(ada, "/console/lines") == [str(second.id), str(first.id)]
    assert ada.sees("/console/pulse?tab=spam", headers=JSON).get_json()["head"] == []


def test_all_that_matches_is_approved_only_after_a_look_at_some_of_it(world: World) -> None:
    comments = [held(world, name="Bo", thread=f"a-{number}") for number in range(22)]
    sia = Moderator.of(world, "Sia", {world.site.id: Role.SENIOR})
    everything = {"all": "1", "author": "Bo", "toxicity": "0.5"}
    approve = everything | {"action": "approve", "sure": "1", "shown": world.deps.now().isoformat()}

    drawn = sia.sends("/console/decisions", approve)
    assert "20 of 22 by chance" in drawn.text
    assert world.status_of(comments[0]) is Status.HELD
    other = sia.sends("/console/decisions", approve | {"author": ""})
    assert "by chance" in other.text, "that was another sample"

    world.clock.forward(seconds=1)
    later = held(world, name="Bo", thread="late")
    sample = sia.sends("/console/sample", everything)
    unseen = held_afterwards(world)
    sia.sends("/console/decisions", approve | {"shown": SHOWN.findall(sample.text)[0]})

    assert {world.status_of(comment) for comment in (*comments, later)} == {Status.APPROVED}
    assert world.status_of(unseen) is Status.HELD
    assert world.log_of(comments[0])[-1].by is Actor.PERSON
    assert Moderator.of(world, "Ada").sends("/console/sample", everything).status_code == 404


def held_afterwards(world: World) -> Comment:
    world.clock.forward(seconds=1)
    return held(world, name="Bo", thread="after")


def test_a_persons_order_is_remembered_and_an_address_says_it(world: World) -> None:
    older, newer = held(world, name="Older"), held(world, name="Newer")
    ada, bert = Moderator.of(world, "Ada"), Moderator.of(world, "Bert")

    led = ada.sends("/console/find", {"sort": "oldest"}).headers["Location"]

    assert "sort=oldest" in led
    assert lines(ada) == [str(older.id), str(newer.id)]
    assert lines(ada, "/console/?sort=newest") == lines(bert) == [str(newer.id), str(older.id)]
