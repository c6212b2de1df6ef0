"""An event reaches each endpoint that wants to hear of it, under one id, or lies in the dead letters."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from publisher import House, Receiver
from servers.scorer import says
from standardwebhooks import Webhook

from moderation.domain.comment import Status
from moderation.domain.decision import Actor, Ruling
from moderation.domain.delivery import SCHEDULE
from moderation.domain.endpoint import Ending, Format
from moderation.domain.event import EventType
from moderation.services import deliveries, sending, webhooks
from moderation.services.decisions import settle
from moderation.services.ports import Replay


def test_an_event_is_told_signed_and_as_the_feed_has_it(house: House) -> None:
    receiver = house.listens()
    comment = house.world.has("Lovely photos!")

    house.tells()

    assert receiver.types == ["comment.approved", "comment.received"]
    assert {each["data"]["comment"]["id"] for each in receiver.heard} == {str(comment.id)}
    assert sorted(receiver.ids) == sorted(each["id"] for each in receiver.heard)
    assert house.states(receiver) == ["delivered", "delivered"]
    assert [(try_["status"], try_["failure"]) for row in house.log(receiver) for try_ in row["log"]] == [
        (204, None)
    ] * 2


def test_each_is_told_once_and_only_what_it_wants_to_hear(house: House) -> None:
    everything = house.listens()
    decisions = house.listens(events=(EventType.APPROVED,))
    elsewhere = house.listens(thread_prefix="article-9")
    french = house.listens(language="fr")
    house.world.has("Lovely photos!")

    house.tells()
    house.tells()
    house.insists()

    assert [len(each.ids) for each in (everything, decisions, elsewhere, french)] == [2, 1, 0, 0]


def test_what_fails_is_tried_again_under_the_same_id_and_later_each_time(house: House) -> None:
    receiver = house.listens(says(500, b"Not now."))
    house.world.receives()

    house.tells()
    house.tells()
    assert len(receiver.ids) == 1, "five seconds are not over"
    house.insists(2)

    (row,) = house.log(receiver)
    assert (len(receiver.ids), len(set(receiver.ids))) == (3, 1)
    assert [(each["status"], each["answer"]) for each in row["log"]] == [(500, "Not now.")] * 3
    wait = row["due_at"] - row["log"][-1]["ended_at"]
    assert SCHEDULE[3] * 0.79 <= wait <= SCHEDULE[3] * 1.21


def test_after_ten_attempts_it_is_dead_until_it_is_replayed(house: House) -> None:
    receiver = house.listens(says(500))
    house.world.receives()
    house.tells()
    house.insists(20)

    assert len(receiver.ids) == len(SCHEDULE)
    assert house.states(receiver) == ["dead"]

    receiver.server.respond = says(200)
    assert webhooks.replay(house.world.deps, house.world.site.id, receiver.endpoint.id, Replay()) == (1, None)
    house.insists()
    assert house.states(receiver) == ["delivered"]
    assert len(set(receiver.ids)) == 1
    assert house.endpoint(receiver).failures == 0


@pytest.mark.parametrize("said", ["3600", "dated"])
def test_a_receiver_that_names_a_time_is_left_alone_for_so_long(house: House, said: str) -> None:
    when = datetime.now(UTC) + timedelta(hours=1)
    written = when.strftime("%a, %d %b %Y %H:%M:%S GMT") if said == "dated" else said
    receiver = house.listens(says(429, **{"Retry-After": written}))
    house.world.receives()

    house.tells()

    (row,) = house.log(receiver)
    assert timedelta(minutes=59) <= row["due_at"] - row["log"][-1]["ended_at"] <= timedelta(minutes=61)


def test_one_that_is_gone_hears_nothing_more_and_what_waited_is_dead(house: House) -> None:
    receiver, other = house.listens(says(500)), house.listens()
    house.world.receives()
    house.tells()
    receiver.server.respond = says(410)
    house.world.receives()

    house.tells()
    house.world.receives()
    house.tells()

    assert len(receiver.ids) == 2
    assert house.states(receiver) == ["dead", "dead"]
    assert (house.endpoint(receiver).enabled, house.endpoint(receiver).ended) == (False, Ending.GONE)
    assert len(other.ids) == 3


def test_one_that_only_failed_for_five_days_is_disabled(house: House) -> None:
    receiver = house.listens(says(503))
    house.world.receives()
    house.tells()
    assert house.endpoint(receiver).enabled

    house.alters("UPDATE endpoint SET failing_since = '2020-01-01 00:00:00'")
    house.insists()

    assert house.endpoint(receiver).ended is Ending.FAILING
    assert house.states(receiver) == ["dead"]


def test_one_that_fails_again_and_again_rests_and_is_then_asked_once(house: House) -> None:
    receiver = house.listens(says(500))
    for _ in range(12):
        house.world.receives()
    house.tells()
    tried = len(receiver.ids)
    assert tried == 12, "one batch was under way"

    house.world.receives()
    house.tells()
    assert len(receiver.ids) == tried, "it rests"
    house.alters("UPDATE delivery SET due_at = '2020-01-01 00:00:00' WHERE attempts = 0")
    house.tells()
    assert len(receiver.ids) == tried, "it rests, whatever is due"
    house.alters("UPDATE delivery SET due_at = '2020-01-01 00:00:00' WHERE attempts = 0")
    house.alters("UPDATE endpoint SET rests_until = '2020-01-01 00:00:00'")
    house.tells()
    assert len(receiver.ids) == tried + 1

    receiver.server.respond = says(200)
    house.insists()
    assert set(house.states(receiver)) == {"delivered"}
    assert house.endpoint(receiver).rests_until is None


def test_a_lease_that_ran_out_is_taken_over_and_the_late_one_changes_nothing(house: House) -> None:
    receiver = house.listens()
    house.world.receives()
    house.world.events()

    (late,) = deliveries.claim(house.world.deps, [receiver.endpoint.id], tried=False)
    assert late is not None
    assert deliveries.claim(house.world.deps, [receiver.endpoint.id], tried=False) == [None], "one is at it"
    house.insists()
    assert house.states(receiver) == ["delivered"]
    deliveries.settle(house.world.deps, [sending.send(house.world.deps, late)], tried=False)

    assert len(set(receiver.ids)) == 1
    (row,) = house.log(receiver)
    assert (row["state"], row["attempts"], len(row["log"])) == ("delivered", 2, 1)


def test_what_there_was_no_time_for_is_given_back_untried(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    receiver = house.listens()
    house.world.receives()
    monkeypatch.setattr(sending, "START", -1.0)

    house.tells()
    assert [row["attempts"] for row in house.log(receiver)] == [0]
    monkeypatch.undo()
    house.tells()

    assert len(receiver.ids) == 1


def test_while_a_secret_is_rotated_both_of_them_sign(house: House) -> None:
    receiver = house.listens()
    changed, secret = webhooks.rotate(house.world.deps, house.world.site.id, receiver.endpoint.id)
    house.world.receives()
    house.tells()
    assert receiver.heard == Receiver(changed, secret, receiver.server).heard

    house.alters("UPDATE endpoint SET old_until = '2020-01-01 00:00:00'")
    house.world.receives()
    house.tells()
    headers, body = receiver.server.asked[-1]
    assert len(headers["webhook-signature"].split()) == 1
    Webhook(secret).verify(body, headers)


def test_headers_go_along_and_neither_they_nor_the_secret_can_be_read_in_the_database(house: House) -> None:
    receiver = house.listens(headers={"Authorization": "Bearer of-the-newsroom", "X-Desk": "sports"})
    house.world.receives()
    house.tells()

    sent = receiver.server.asked[0][0]
    assert (sent["authorization"], sent["x-desk"]) == ("Bearer of-the-newsroom", "sports")
    with house.world.deps.reading(None) as uow:
        stored = str(uow.connection.exec_driver_sql("SELECT * FROM endpoint").all())  # type: ignore[attr-defined]
    assert "of-the-newsroom" not in stored
    assert receiver.secret not in stored
    assert receiver.endpoint.header_names == ("Authorization", "X-Desk")


def test_a_ping_says_that_it_arrives_and_nothing_else(house: House) -> None:
    receiver, other = house.listens(events=(EventType.SPAM,)), house.listens()

    webhooks.ping(house.world.deps, house.world.site.id, receiver.endpoint.id)
    house.tells()

    (heard,) = receiver.heard
    assert (heard["type"], heard["data"], [heard["id"]]) == ("ping", {}, receiver.ids)
    assert other.ids == []


def test_from_a_moment_on_also_what_was_never_planned_is_sent(house: House) -> None:
    before = datetime.now(UTC) - timedelta(minutes=1)
    house.world.has("Lovely photos!")
    house.world.events()
    late = house.listens()
    house.tells()
    assert late.ids == []

    sent = webhooks.replay(house.world.deps, house.world.site.id, late.endpoint.id, Replay(since=before))
    house.tells()

    assert (sent, late.types) == ((2, None), ["comment.approved", "comment.received"])
    one = UUID(str(house.log(late)[0]["id"]))
    again = Replay(deliveries=(one,))
    assert webhooks.replay(house.world.deps, house.world.site.id, late.endpoint.id, again) == (1, None)
    house.tells()
    assert (len(late.ids), len(set(late.ids))) == (3, 2)


def test_what_is_answered_is_kept_as_a_little_text(house: House) -> None:
    house.listens(says(200, b"\x1f\x8b\x00<script>" + b"a" * 5000, **{"Content-Encoding": "gzip"}))
    receiver = house.listens(says(200, b"b" * 3_000_000))
    house.world.receives()

    house.tells()

    with house.world.deps.reading(None) as uow:
        rows = uow.connection.exec_driver_sql("SELECT answer FROM attempt").scalars()  # type: ignore[attr-defined]
        answers = sorted(rows.all())
    assert [len(answer) for answer in answers] == [1000, 1000]
    assert not any("\x00" in answer for answer in answers)
    assert house.states(receiver) == ["delivered"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_nobody_is_followed_elsewhere(house: House, status: int) -> None:
    elsewhere = house.listens(events=(EventType.SPAM,))
    receiver = house.listens(says(status, Location=elsewhere.server.url))
    house.world.receives()

    house.tells()

    assert (len(receiver.ids), elsewhere.ids) == (1, [])
    assert house.states(receiver) == ["waiting"]


def test_a_persons_decision_leaves_after_ten_seconds_of_grace(house: House) -> None:
    receiver = house.listens(events=(EventType.HELD,))
    comment = house.world.has()
    decide(house, comment.id)

    house.tells()
    assert receiver.ids == []
    house.insists()
    assert receiver.types == ["comment.held"]


def decide(house: House, comment_id: UUID) -> None:
    with house.world.deps.uow(None) as uow:
        (comment,) = uow.comments.lock([comment_id])
        settle(house.world.deps, uow, [Ruling(comment.id, comment.version, Status.HELD, Actor.PERSON, ())])
        uow.commit()


def test_what_is_over_for_a_month_is_forgotten(house: House) -> None:
    receiver = house.listens()
    house.world.receives()
    house.tells()
    assert deliveries.purge(house.world.deps) == 0

    house.alters("UPDATE delivery SET finished_at = '2020-01-01 00:00:00'")

    assert deliveries.purge(house.world.deps) == 1
    assert house.log(receiver) == []


def test_bodies_are_json_without_addresses(house: House) -> None:
    receiver = house.listens()
    house.world.receives(email="someone.particular@example.com")
    house.tells()

    (body,) = (body for _, body in receiver.server.asked)
    assert json.loads(body)["type"] == "comment.received"
    assert b"particular" not in body
    assert b"example.com" not in body


def test_what_was_planned_as_its_endpoint_was_disabled_is_dead(house: House) -> None:
    receiver = house.listens()
    house.world.receives()
    house.world.events()
    house.alters("UPDATE endpoint SET enabled = false")

    house.tells()

    assert (receiver.ids, house.states(receiver)) == ([], ["dead"])


def test_a_chat_hears_of_the_same_in_its_own_words_and_signed(house: House) -> None:
    receiver = house.listens(format=Format.SLACK, events=(EventType.RECEIVED,))
    comment = house.world.receives("Lovely photos!")
    house.tells()

    (heard,) = receiver.heard
    assert "Lovely photos!" in heard["text"]
    assert f"{house.world.settings.public_url}/console/comments/{comment.id}" in heard["text"]
