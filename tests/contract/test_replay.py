"""What is sent once more is bounded, in order, and found page by page; what was answered goes with what was told."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from faults.waiting import until
from publisher import House, Receiver
from servers.scorer import Handler, says

from moderation.domain.errors import Invalid
from moderation.services import deliveries, erasing, events, sending, webhooks
from moderation.services.ports import Parcel, Replay


def now(house: House) -> datetime:
    """Tell the database's time, which SQLite tells to the millisecond."""
    with house.world.deps.reading(None) as uow:
        return uow.deliveries.clock()


def replays(house: House, receiver: Receiver, **chosen: Any) -> list[int]:
    """Send once more, page by page, each at a moment of its own; say how much each page was."""
    found, cursor = list[int](), None
    while not found or cursor:
        before = now(house)
        until(lambda before=before: now(house) > before, "the clock of the database moved on")
        site_id, endpoint_id = house.world.site.id, receiver.endpoint.id
        planned, cursor = webhooks.replay(house.world.deps, site_id, endpoint_id, Replay(**chosen), cursor=cursor)
        found.append(planned)
    return found


def happened(house: House) -> list[str]:
    return [f"evt_{row['id']}" for row in house.world.events()]


def test_dead_letters_are_replayed_page_by_page_in_the_order_in_which_they_happened(house: House) -> None:
    receiver = house.listens()
    for _ in range(5):
        house.world.receives()
    house.world.events()
    house.alters("UPDATE delivery SET state = 'dead', finished_at = '2026-01-01 00:00:00'")

    assert replays(house, receiver, most=2) == [2, 2, 1]

    dues = [row["due_at"] for row in house.log(receiver)]
    assert dues == sorted(set(dues))
    house.tells()
    assert sorted(receiver.ids) == happened(house)


def test_since_a_moment_a_page_holds_what_ended_and_what_was_never_planned(house: House) -> None:
    moment = datetime.now(UTC) - timedelta(minutes=1)
    first, second = house.world.receives(), house.world.receives()
    house.world.events()
    late = house.listens()
    third = house.world.receives()
    house.tells()

    assert replays(house, late, since=moment, most=2) == [2, 1]
    assert replays(house, late, since=moment) == [0], "what waits already is left alone"
    house.tells()

    told = [each["data"]["comment"]["id"] for each in late.heard]
    assert sorted(told) == sorted(str(each.id) for each in (third, first, second, third))


def test_what_would_be_sent_since_a_moment_is_counted_as_it_is_sent(house: House) -> None:
    house.world.receives(thread="news-1")
    moment = datetime.now(UTC) - timedelta(minutes=1)
    house.world.events()
    site_id = house.world.site.id
    late = house.listens(thread_prefix="news", events=("comment.received",))
    for thread in ("news-1", "sport-1"):
        house.world.receives(thread=thread)
    house.world.scores()
    house.tells()

    def would(**more: Any) -> tuple[int, bool]:
        return webhooks.would_replay(house.world.deps, site_id, late.endpoint.id, Replay(since=moment, most=1), **more)

    before = house.log(late)
    assert would() == (2, False), "one it heard of, and one it never did"
    assert would(pages=1) == (1, True)
    assert house.log(late) == before
    _, cursor = webhooks.replay(house.world.deps, site_id, late.endpoint.id, Replay(since=moment, most=1))
    assert would(cursor=cursor) == (1, False)
    assert would() == (1, False), "what waits is not counted"


def test_who_asked_for_what_was_deleted_is_sent_what_was_erased_once_more(house: House) -> None:
    receiver = house.listens(events=("comment.deleted",))
    moment = datetime.now(UTC) - timedelta(minutes=1)
    comment = house.world.receives()
    prints = [comment.fingerprint] if comment.fingerprint else []
    erasing.ask(house.world.deps, comment.site_id, prints, keep_bans=False)
    while erasing.carry_on(house.world.deps):
        pass
    house.tells()
    heard = list(receiver.types)
    assert "comment.erased" in heard

    assert replays(house, receiver, since=moment) == [len(heard)]


def test_what_happened_before_the_moment_is_not_sent(house: House) -> None:
    for _ in range(3):
        house.world.receives()
    old = house.world.events()[0]["id"].hex
    named = old if house.world.settings.sqlite_path else f"{old[:8]}-{old[8:12]}-{old[12:16]}-{old[16:20]}-{old[20:]}"
    house.alters(f"UPDATE event SET created_at = '2020-01-01 00:00:00' WHERE id = '{named}'")  # noqa: S608
    late = house.listens()

    assert replays(house, late, since=datetime.now(UTC) - timedelta(hours=1)) == [2]


def test_a_cursor_leads_on_in_the_list_that_it_is_of_and_in_no_other(house: House) -> None:
    receiver = house.listens(says(410))
    deps, site_id, endpoint_id = house.world.deps, house.world.site.id, receiver.endpoint.id
    for _ in range(3):
        house.world.receives()
    house.world.events()
    house.alters("UPDATE delivery SET state = 'dead', finished_at = '2026-01-01 00:00:00'")
    _, cursor = webhooks.replay(deps, site_id, endpoint_id, Replay(most=1))
    assert cursor

    with pytest.raises(Invalid):
        webhooks.replay(deps, site_id, endpoint_id, Replay(since=datetime.now(UTC)), cursor=cursor)


def test_a_pass_numbers_fewer_events_where_many_listen(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MOST_PLANNED", 4)
    for _ in range(2):
        house.listens()
    for _ in range(3):
        house.world.receives()

    assert [events.number(house.world.deps) for _ in range(3)] == [2, 1, 0]


def echoing(handler: Handler) -> None:
    """Repeat everything that came, as a server does that shows what it cannot read."""
    told = "\n".join(f"{name}: {value}" for name, value in handler.headers.items())
    handler.say(400, f"Cannot read this.\n{told}\n{handler.body.decode()}".encode())


def answers(house: House, receiver: Receiver) -> list[Mapping[str, Any]]:
    return [each for row in house.log(receiver) for each in row["log"]]


def test_an_answer_that_repeats_our_secrets_is_kept_without_them(house: House) -> None:
    receiver = house.listens(echoing, headers={"Authorization": "Bearer of-the-newsroom", "X-Desk": "1"})
    house.world.receives()
    house.tells()

    (kept,) = answers(house, receiver)
    signature = receiver.server.asked[0][0]["webhook-signature"]
    assert "of-the-newsroom" not in kept["answer"]
    assert signature not in kept["answer"]
    assert "Cannot read this.\n" in kept["answer"]
    assert "Authorization: ***" in kept["answer"]


def test_an_answer_that_repeats_a_text_goes_with_the_text(house: House) -> None:
    receiver, other = house.listens(echoing), house.listens(says(200, b"Thank you."))
    comment, beside = house.world.receives("Something personal."), house.world.receives("Something else.")
    house.tells()
    assert any("Something personal." in each["answer"] for each in answers(house, receiver))

    forget(house, str(comment.id))

    kept = answers(house, receiver)
    assert [each["status"] for each in kept] == [400, 400]
    assert [each["answer"] for each in kept if "Something" in each["answer"]] == [
        each["answer"] for each in kept if each["answer"]
    ]
    assert not any("Something personal." in each["answer"] for each in kept)
    assert len([each for each in answers(house, other) if each["answer"]]) == 1
    assert house.world.look(beside).text == "Something else."


def test_an_answer_that_comes_after_the_text_is_gone_is_not_kept(house: House) -> None:
    receiver = house.listens(echoing)
    comment = house.world.receives("Something personal.")
    house.world.events()
    (batch,) = deliveries.claim(house.world.deps, [receiver.endpoint.id], tried=False)
    assert batch is not None
    sent = sending.send(house.world.deps, batch)

    forget(house, str(comment.id))
    deliveries.settle(house.world.deps, [sent], tried=False)

    assert [each["answer"] for each in answers(house, receiver)] == [""]


def forget(house: House, comment_id: str) -> None:
    """Let a comment have been deleted longer than a day ago, and empty it."""
    named = comment_id.replace("-", "") if house.world.settings.sqlite_path else comment_id
    house.alters(
        f"UPDATE comment SET status = 'deleted', deleted_at = '2020-01-01 00:00:00' WHERE id = '{named}'"  # noqa: S608
    )
    with house.world.deps.uow(None) as uow:
        assert uow.comments.forget_deleted(timedelta(days=1), 10) == 1
        uow.commit()


def test_what_is_signed_says_when_by_no_clock_of_this_machine(house: House) -> None:
    receiver = house.listens()
    moment = datetime(2020, 1, 1, tzinfo=UTC)

    house.world.deps.send(Parcel(receiver.server.url, (receiver.secret,), {}, "evt_1", b"{}", moment))

    ((headers, _),) = receiver.server.asked
    assert headers["webhook-timestamp"] == str(int(moment.timestamp()))
