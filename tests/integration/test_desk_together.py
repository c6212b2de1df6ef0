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
from moderation.services import sites

JSON = {"Accept": "application/json"}
TEXT = (
    "Everybody maybe-toxicity should really read what our neighbours wrote about the harvest in this valley, and then "
    "tell all of their friends and relatives about it before the summer is over, because it concerns each of us, see {}"
)
OTHER = (
    "My cousin, maybe-toxicity, earns more in one afternoon than all of you do in a month since she has found that "
    "page where they pay for every click, and nobody who tried it has ever regretted it for an hour of their lives, {}"
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


def roll(world: World, times: int = 3, words: str = TEXT) -> list[Comment]:
    """Let copies of one text arrive from a network each."""
    return [
        held(world, words.format(f"http://site{number}.example/"), thread=f"a-{number}", address=f"203.0.{number}.9")
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


def merges(somebody: Moderator, wave: str, into: str) -> str:
    """Merge one wave into another as a person does it: choose, hear what would be so, and do it."""
    chosen = somebody.sees(f"/console/waves/{wave}/merging").text
    assert f"into={into}" in chosen
    told = somebody.sees(f"/console/waves/{wave}/merging?into={into}").text
    assert somebody.sees(f"/console/waves/{wave}?bare=1").status_code == 200
    return told + somebody.sends(f"/console/waves/{wave}/merging", {"into": into}).text


@pytest.mark.usefixtures("database_url")
def test_two_waves_of_one_campaign_are_merged_and_split_at_the_desk(world: World) -> None:
    ada, ones, others = Moderator.of(world, "Ada"), roll(world), roll(world, 2, OTHER)
    wave, into = (str(world.look(copies[0]).wave) for copies in (ones, others))
    assert lines(ada) == [into, wave]

    said = merges(ada, wave, into)

    assert "3 that wait come along." in said
    assert "Nothing that was decided of either goes for what arrives." in said
    assert "They are one card now." in said
    assert "5 alike" in said
    assert lines(ada) == [into]
    assert "5 alike" in ada.sees(f"/console/waves/{wave}?bare=1").text, "links to the one lead to the other"
    assert len(lines(ada, f"/console/?wave={into}")) == 5
    undone = ada.sends("/console/undo", {"decision": wave}, headers=JSON).get_json()
    assert undone["items"][0]["told"] == "They are two cards again."
    assert lines(ada) == [into, wave]
    assert ada.sends("/console/undo", {"decision": wave}).status_code == 409


def test_what_goes_for_what_arrives_is_told_before_waves_are_merged(world: World) -> None:
    ada, ones, others = Moderator.of(world, "Ada"), roll(world), roll(world, 2, OTHER)
    wave, into = (str(world.look(copies[0]).wave) for copies in (ones, others))
    typed = {"action": "spam", "version": 0, "shown": world.deps.now().isoformat()}
    ada.sends(f"/console/waves/{into}/decisions", typed)

    told = ada.sees(f"/console/waves/{wave}/merging?into={into}").text

    assert "what arrives and is like either is marked as spam, as Ada decided." in told


def test_who_saw_a_wave_before_it_was_merged_is_shown_all_of_it(world: World) -> None:
    ada, ones, others = Moderator.of(world, "Ada"), roll(world), roll(world, 2, OTHER)
    wave, into = (str(world.look(copies[0]).wave) for copies in (ones, others))
    typed = {"action": "spam", "version": 0, "shown": world.deps.now().isoformat()}
    ada.sends(f"/console/waves/{wave}/merging", {"into": into})

    late = ada.sends(f"/console/waves/{wave}/decisions", typed)

    assert late.status_code == 412
    assert "Somebody merged these with others meanwhile; look at all of them." in late.text
    assert f'data-id="{into}" data-version' in " ".join(late.text.split())


@pytest.mark.parametrize("hostile", ["", "nobody", "%00", "00000000-0000-0000-0000-000000000000", "'--"])
def test_a_wave_is_merged_into_nothing_but_another_of_its_site(world: World, hostile: str) -> None:
    ada, copies = Moderator.of(world, "Ada"), roll(world)
    wave = str(world.look(copies[0]).wave)

    answers = [ada.sends(f"/console/waves/{wave}/merging", {"into": hostile})]
    answers += [ada.sees(f"/console/waves/{wave}/merging?into={hostile}")] if hostile else []

    assert {answer.status_code for answer in answers} == {404}
    assert lines(ada) == [wave]


def test_a_wave_is_not_merged_into_one_of_another_site(world: World) -> None:
    here, copies = world.site, roll(world)
    world.site = sites.create(world.deps, name="The Valley", origins=[], policy=here.policy)
    theirs = str(world.look(roll(world, 2, OTHER)[0]).wave)
    both = Moderator.of(world, "Both", {here.id: Role.MODERATOR, world.site.id: Role.MODERATOR})
    wave = str(world.look(copies[0]).wave)

    assert f"into={theirs}" not in both.sees(f"/console/waves/{wave}/merging").text
    assert both.sees(f"/console/waves/{wave}/merging?into={theirs}").status_code == 404
    assert both.sends(f"/console/waves/{wave}/merging", {"into": theirs}).status_code == 404
    assert set(lines(both)) == {wave, theirs}


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
