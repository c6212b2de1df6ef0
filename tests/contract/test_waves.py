"""Waves on every database: what says nearly the same is one card, decided once, for what was and for a day to come."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from desk import hires
from makers import World
from sqlalchemy import event, select, text, update

from moderation.adapters.db.models import CommentRow, StanceRow, WaveRow
from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Action, Actor
from moderation.domain.errors import Conflict, NotFound, Stale
from moderation.domain.person import Person
from moderation.services import authors, desk, flags, review, sweep, waves
from moderation.services.review import Moderator
from moderation.services.waves import Progress, Wish

TEXT = (
    "Everybody maybe-toxicity should really read what our neighbours wrote about the harvest in this valley, and then "
    "tell all of their friends and relatives about it before the summer is over, because it concerns each of us, see {}"
)
OTHER = (
    "A maybe-toxicity remark about something else, which is long enough to have a sketch and like nothing else here."
)
HELD: dict[str, Any] = {"status": Status.HELD, "folded": True}


def copy(number: int) -> str:
    """The text with a link of its own, so that no two are the same."""
    return TEXT.format(f"http://site{number}.example/{number}")


def roll(world: World, times: int) -> list[Comment]:
    """Let so many copies arrive, one after the other, by as many authors."""
    return [world.has(copy(number), thread=f"article-{number}") for number in range(times)]


def cards(world: World, **wanted: Any) -> list[tuple[UUID, int]]:
    """Give the queue as a person sees it: what each card stands for, and for how many."""
    rows = desk.queue(world.deps, [world.site.id], HELD | wanted).rows
    return [(row["wave"] if row["alike"] > 1 else row["id"], row["alike"]) for row in rows]


def wave_of(world: World, comment: Comment) -> UUID:
    wave = world.look(comment).wave
    assert wave is not None
    return wave


@pytest.fixture
def ann(world: World) -> Person:
    return hires(world, "Ann")


def decide(world: World, person: Person, wave: UUID, action: Action, seen: int = 0) -> Progress:
    wish = Wish(wave, seen, world.deps.now(), action)
    return waves.decide(world.deps, world.site.id, wish, person)


def test_what_says_nearly_the_same_is_one_card_and_what_differs_is_not(world: World) -> None:
    copies = roll(world, 4)
    other = world.has(OTHER, thread="elsewhere")

    wave = wave_of(world, copies[0])
    assert {world.look(comment).wave for comment in copies} == {wave}
    assert cards(world) == [(other.id, 1), (wave, 4)]
    assert cards(world, sort="oldest") == [(wave, 4), (other.id, 1)]
    assert set(cards(world, sort="worth")) == {(other.id, 1), (wave, 4)}
    assert len(cards(world, folded=False)) == 5
    assert len(cards(world, folded=False, wave=wave)) == 4


def test_a_wave_is_worth_what_its_comments_that_wait_are(world: World) -> None:
    calm = [world.has(copy(number).replace("maybe-", "no "), thread=f"a-{number}") for number in range(4)]
    doubted = world.has("A maybe-toxicity remark.", thread="elsewhere")

    assert cards(world, sort="worth") == [(doubted.id, 1), (calm[3].id, 1)]


def test_copies_in_one_batch_are_one_wave(world: World) -> None:
    comments = [world.receives(copy(number), thread=f"article-{number}") for number in range(4)]
    world.scores()

    assert cards(world) == [(wave_of(world, comments[0]), 4)]


FEW_WORDS = "maybe-toxicity win big at http://casino.example/go {}"


def test_a_few_words_are_alike_by_their_link_and_who_brings_it(world: World) -> None:
    by_name = [world.has(FEW_WORDS.format(word), name="Lucky", thread=word) for word in ("now", "today")]
    by_network = [
        world.has(FEW_WORDS.format(word), thread=word, address=address)
        for word, address in (("here", "198.51.100.7"), ("there", "198.51.100.9"))
    ]
    strangers = [world.has(FEW_WORDS.format(word), thread=word) for word in ("soon", "friend")]
    short = [world.has("A maybe-toxicity word.", thread=f"short-{number}", name="Lucky") for number in range(2)]

    alone = [(comment.id, 1) for comment in (*reversed(short), *reversed(strangers))]
    assert cards(world) == [*alone, (wave_of(world, by_network[0]), 2), (wave_of(world, by_name[0]), 2)]


def test_that_nobody_gave_a_name_makes_nobody_alike(world: World) -> None:
    nameless = [
        world.has(FEW_WORDS.format(word), thread=word, name="", address=address)
        for word, address in (("here", "198.51.100.7"), ("there", "203.0.113.9"))
    ]

    assert cards(world) == [(comment.id, 1) for comment in reversed(nameless)]


def test_what_waited_before_its_likeness_was_seen_stays_in_the_queue(world: World, ann: Person) -> None:
    copies = roll(world, 2)
    decide(world, ann, wave_of(world, copies[0]), Action.APPROVE)
    assert waves.ebb(world.deps) == 1
    early = world.receives(copy(2), thread="early")
    by = Moderator(world.site.id, ann.id, Actor.PERSON)
    review.decide(world.deps, by, review.Wish(early.id, early.version, Action.HOLD))

    world.scores()

    assert world.look(early).wave == world.look(copies[0]).wave
    assert cards(world) == [(early.id, 1)]


def test_a_short_text_has_to_be_closer_than_a_long_one(world: World) -> None:
    one = "You maybe-toxicity say that it is {} to walk over there alone, and so do all of us."
    for number, word in enumerate(("safe", "dangerous")):
        world.has(one.format(word), thread=f"article-{number}")

    assert [alike for _, alike in cards(world)] == [1, 1]


def test_one_decision_is_for_the_past_and_for_what_arrives_within_a_day(world: World, ann: Person) -> None:
    copies = roll(world, 3)
    wave = wave_of(world, copies[0])

    progress = decide(world, ann, wave, Action.SPAM)
    later = world.has(copy(7), thread="later")

    assert (progress.done, progress.more) == (3, False)
    for comment in copies:
        decision = world.log_of(comment)[-1]
        assert (decision.status, decision.by, decision.actor_id) == (Status.SPAM, Actor.PERSON, ann.id)
    follows = world.log_of(later)[-1]
    assert (later.status, later.wave, follows.by) == (Status.SPAM, wave, Actor.POLICY)
    assert "wave" in later.reasons
    assert follows.stance == progress.stance.id
    assert cards(world) == []

    with world.deps.uow(None) as uow:
        over = update(StanceRow.__table__).values(until=world.clock() - timedelta(hours=1))  # type: ignore[arg-type]
        uow.connection.execute(over)  # type: ignore[attr-defined]
        uow.commit()
    assert world.has(copy(8), thread="much-later").status is Status.HELD


def test_what_the_policy_published_of_a_wave_is_taken_down_and_what_a_person_did_stays(
    world: World, ann: Person
) -> None:
    calm = [world.has(copy(number).replace("maybe-", "no "), thread=f"a-{number}") for number in range(5)]
    by = Moderator(world.site.id, ann.id, Actor.PERSON)
    review.decide(world.deps, by, review.Wish(calm[0].id, world.look(calm[0]).version, Action.APPROVE))
    wave = wave_of(world, calm[4])
    assert waves.look(world.deps, world.site.id, wave).published == 2

    stance = decide(world, ann, wave, Action.REJECT).stance
    after = [world.status_of(comment) for comment in calm]
    waves.undo(world.deps, stance, ann)

    assert after == [Status.APPROVED, *[Status.REJECTED] * 4]
    assert [world.status_of(comment) for comment in calm] == [*[Status.APPROVED] * 3, *[Status.HELD] * 2]


@pytest.mark.parametrize(("action", "status"), [(Action.APPROVE, Status.APPROVED), (Action.HOLD, Status.HELD)])
def test_nobody_is_published_for_being_like_others(world: World, ann: Person, action: Action, status: Status) -> None:
    copies = roll(world, 2)

    decide(world, ann, wave_of(world, copies[0]), action)
    later = world.has(copy(7), thread="later")

    assert [world.status_of(comment) for comment in copies] == [status] * 2
    assert later.status is Status.HELD
    assert ("wave" in later.reasons) is (action is Action.HOLD)


def test_the_strictest_outcome_wins_over_a_persons_milder_one(world: World, ann: Person) -> None:
    copies = roll(world, 2)
    decide(world, ann, wave_of(world, copies[0]), Action.HOLD)

    later = world.has(copy(7).replace("maybe-toxicity", "TOXICITY"), thread="later")

    assert later.wave == copies[1].wave
    assert later.status is Status.REJECTED


def test_undoing_takes_back_the_past_and_the_future(world: World, ann: Person) -> None:
    copies = roll(world, 3)
    wave = wave_of(world, copies[0])
    stance = decide(world, ann, wave, Action.REJECT).stance
    later = world.has(copy(7), thread="later")
    kept = review.Wish(copies[0].id, world.look(copies[0]).version, Action.SPAM)
    review.decide(world.deps, Moderator(world.site.id, ann.id, Actor.PERSON), kept)

    undone = waves.undo(world.deps, stance, ann)
    world.scores()

    assert undone.done == 3
    assert [world.status_of(comment) for comment in copies] == [Status.SPAM, Status.HELD, Status.HELD]
    assert world.status_of(later) is Status.HELD, "checked afresh, and left to a person"
    assert world.has(copy(8), thread="much-later").status is Status.HELD
    assert cards(world) == [(wave, 4)]
    with pytest.raises(Conflict):
        waves.undo(world.deps, stance, ann)


def test_of_two_who_decide_a_wave_the_second_is_turned_away(world: World, ann: Person) -> None:
    copies = roll(world, 2)
    wave = wave_of(world, copies[0])
    decide(world, ann, wave, Action.REJECT)

    with pytest.raises(Stale):
        decide(world, hires(world, "Bert"), wave, Action.APPROVE)

    assert world.has(copy(7), thread="later").status is Status.REJECTED


def test_what_changed_since_it_was_shown_is_left_alone(world: World, ann: Person) -> None:
    decided, edited, flagged, plain = roll(world, 4)
    wave = wave_of(world, plain)
    shown = world.deps.now()
    world.clock.forward(seconds=1)
    by = Moderator(world.site.id, ann.id, Actor.PERSON)
    for action in (Action.APPROVE, Action.HOLD):
        review.decide(world.deps, by, review.Wish(decided.id, world.look(decided).version, action))
    authors.edit(world.deps, edited.id, copy(9))
    world.scores()
    approved = review.decide(world.deps, by, review.Wish(flagged.id, flagged.version, Action.APPROVE))
    flags.flag(world.deps, world.site.id, flagged.id, reason="spam", address="203.0.113.77")
    review.undo(world.deps, by, approved.id)

    progress = waves.decide(world.deps, world.site.id, Wish(wave, 0, shown, Action.REJECT), ann)

    statuses = {comment.id: world.status_of(comment) for comment in (decided, edited, flagged, plain)}
    assert progress.done == 1
    assert [one for one, status in statuses.items() if status is Status.REJECTED] == [plain.id]


@pytest.mark.parametrize(("action", "status"), [(Action.SPAM, Status.SPAM), (Action.APPROVE, Status.HELD)])
def test_what_arrived_between_looking_and_deciding_is_later(
    world: World, ann: Person, action: Action, status: Status
) -> None:
    wave, shown = wave_of(world, roll(world, 2)[0]), world.deps.now()
    world.clock.forward(seconds=1)
    meanwhile = world.has(copy(7), thread="meanwhile")
    world.clock.forward(seconds=1)

    waves.decide(world.deps, world.site.id, Wish(wave, 0, shown, action), ann)

    assert world.status_of(meanwhile) is status


def test_what_was_taken_out_is_by_itself_and_takes_nobody_in(world: World, ann: Person) -> None:
    copies = roll(world, 3)
    wave = wave_of(world, copies[0])

    waves.take_out(world.deps, world.site.id, copies[0].id)
    decide(world, ann, wave, Action.REJECT)
    later = world.has(copy(7), thread="later")

    assert [world.status_of(comment) for comment in copies] == [Status.HELD, *[Status.REJECTED] * 2]
    assert later.wave == wave
    assert cards(world) == [(copies[0].id, 1)]


def test_a_wave_of_another_site_is_not_there(world: World, ann: Person) -> None:
    copies = roll(world, 2)
    wave, elsewhere = wave_of(world, copies[0]), world.deps.new_id()

    for ask in (
        lambda: waves.look(world.deps, elsewhere, wave),
        lambda: waves.take_out(world.deps, elsewhere, copies[0].id),
        lambda: waves.decide(world.deps, elsewhere, Wish(wave, 0, world.deps.now(), Action.REJECT), ann),
    ):
        with pytest.raises(NotFound):
            ask()


def flood(world: World, model: Comment, times: int) -> None:
    """Put so many copies of a comment beside it, in its wave and in its state."""
    columns = [column.name for column in CommentRow.__table__.columns if column.name != "id"]
    listed = ", ".join(columns)
    made = {"sqlite": "printf('%032x', n)", "postgresql": "CAST(lpad(to_hex(n), 32, '0') AS uuid)"}
    series = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < :times)"
    with world.deps.uow(None) as uow:
        connection: Any = uow.connection  # type: ignore[attr-defined]
        new = made[connection.dialect.name]
        source = "(SELECT * FROM comment WHERE id = :model) AS model CROSS JOIN n"
        told = text(f"{series} INSERT INTO comment (id, {listed}) SELECT {new}, {listed} FROM {source}")  # noqa: S608
        name = model.id.hex if connection.dialect.name == "sqlite" else model.id
        connection.execute(told, {"times": times, "model": name})
        uow.commit()


def test_a_large_wave_is_decided_in_pieces_that_workers_finish(world: World, ann: Person) -> None:
    model = roll(world, 2)[1]
    flood(world, model, waves.PIECE * waves.AT_ONCE)
    wave = wave_of(world, model)

    progress = decide(world, ann, wave, Action.REJECT)
    left = desk.count(world.deps, [world.site.id], HELD | {"wave": wave})
    rounds = carried_on(world)

    assert (progress.done, progress.more, left) == (waves.PIECE * waves.AT_ONCE, True, 2)
    assert rounds == 2
    assert desk.count(world.deps, [world.site.id], HELD | {"wave": wave}) == 0
    assert cards(world) == []
    undone = waves.undo(world.deps, progress.stance, ann)
    assert undone.more
    carried_on(world)
    assert desk.count(world.deps, [world.site.id], HELD | {"wave": wave}) == waves.PIECE * waves.AT_ONCE + 2


def carried_on(world: World) -> int:
    rounds = 0
    while waves.carry_on(world.deps):
        rounds += 1
    return rounds


def test_a_wave_of_which_nothing_waits_leaves_the_queue(world: World, ann: Person) -> None:
    copies = roll(world, 2)
    decide(world, ann, wave_of(world, copies[0]), Action.APPROVE)

    assert [waves.ebb(world.deps) for _ in range(2)] == [1, 0]

    held = review.Wish(copies[0].id, world.look(copies[0]).version, Action.HOLD)
    review.decide(world.deps, Moderator(world.site.id, ann.id, Actor.PERSON), held)
    assert cards(world) == [(copies[0].id, 1)]


def test_an_edit_is_in_the_wave_of_its_new_text(world: World) -> None:
    copies = roll(world, 3)

    authors.edit(world.deps, copies[0].id, OTHER)
    world.scores()

    assert world.look(copies[0]).wave is None
    assert cards(world) == [(wave_of(world, copies[1]), 2), (copies[0].id, 1)]


def test_a_batch_costs_one_more_statement_to_find_kin_and_one_to_ask_what_was_decided(
    world: World, ann: Person
) -> None:
    decide(world, ann, wave_of(world, roll(world, 2)[0]), Action.SPAM)
    for number in range(5, 9):
        world.receives(copy(number), thread=f"article-{number}")
    heard = spoken(world, world.scores)

    assert len([said for said in heard if "WITH kin" in said]) == 1
    assert len([said for said in heard if said.startswith("SELECT stance")]) == 1


def spoken(world: World, work: Any) -> list[str]:
    with world.deps.uow(None) as uow:
        engine = uow.connection.engine  # type: ignore[attr-defined]
    heard: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _r, said, *_: heard.append(said))
    work()
    return heard


FIRST_BY_INDEX: Mapping[str, tuple[str, ...]] = {
    "sqlite": (),
    "postgresql": (
        "SET LOCAL enable_seqscan = off",
        "SET LOCAL enable_sort = off",
        "SET LOCAL enable_bitmapscan = off",
    ),
}
"""A table of a few rows is read whole; this asks which index there is to follow."""


@pytest.mark.parametrize(
    ("sort", "indexes"),
    [
        ("newest", ("ix_comment_alone", "ix_wave_latest")),
        ("oldest", ("ix_comment_alone", "ix_wave_first")),
        ("worth", ("ix_comment_alone_worth", "ix_wave_worth")),
    ],
)
def test_a_folded_page_is_read_from_its_indexes(world: World, sort: str, indexes: tuple[str, str]) -> None:
    comment, heard = roll(world, 2)[0], list[tuple[str, Any]]()
    with world.deps.views(world.site.id) as views:
        connection = views.connection  # type: ignore[attr-defined]
        event.listen(connection, "before_cursor_execute", lambda _c, _r, said, told, *_: heard.append((said, told)))
        below = 0.0 if sort == "worth" else None
        views.queue(world.site.id, HELD | {"sort": sort}, after=comment.id, below=below, limit=40)
        views.waves(world.site.id, sort, after=comment.id, below=below, limit=40)
        asked = [one for one in heard if "LIMIT" in one[0]]
        for hint in FIRST_BY_INDEX[connection.dialect.name]:
            connection.exec_driver_sql(hint)
        ask = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
        plans = [[str(row[-1]) for row in connection.exec_driver_sql(ask + said, told)] for said, told in asked]

    for index, plan in zip(indexes, plans, strict=True):
        assert any(index in line for line in plan), plan
    assert any("ix_comment_wave" in line for line in plans[1])
    assert [line for plan in plans for line in plan if line.startswith("SCAN comment") or "Seq Scan" in line] == []


@pytest.mark.parametrize("sort", ["newest", "oldest", "worth"])
def test_pages_with_waves_follow_each_other_without_a_gap(world: World, sort: str) -> None:
    expected = [world.has("A maybe-toxicity remark.", thread=f"x-{number}").id for number in range(2)]
    expected.append(wave_of(world, roll(world, 3)[0]))
    expected += [world.has("A maybe-toxicity remark.", thread=f"y-{number}").id for number in range(2)]
    found, cursor = list[UUID](), None

    while True:
        wanted = HELD | {"sort": sort}
        page = desk.queue(world.deps, [world.site.id], wanted, cursor=cursor, limit=2)
        found += [row["wave"] or row["id"] for row in page.rows]
        cursor = page.next
        if cursor is None:
            break

    assert sorted(found) == sorted(expected)
    assert sort == "worth" or found == (expected if sort == "oldest" else expected[::-1])


def test_what_is_erased_leaves_no_wave(world: World) -> None:
    comment = roll(world, 2)[0]
    authors.withdraw(world.deps, comment.id)
    with world.deps.uow(None) as uow:
        gone = update(CommentRow.__table__).values(deleted_at=world.clock() - timedelta(days=2))  # type: ignore[arg-type]
        uow.connection.execute(gone)  # type: ignore[attr-defined]
        uow.commit()

    assert sweep.purge_deleted(world.deps) == 1
    assert (world.look(comment).wave, world.look(comment).link_print) == (None, None)


def sketches(world: World) -> list[tuple[int | None, bool]]:
    """What the waves there are would let in: like what, and whether anything."""
    with world.deps.reading(None) as uow:
        connection = uow.connection  # type: ignore[attr-defined]
        rows = connection.execute(select(WaveRow.sketch, WaveRow.closed).order_by(WaveRow.id))
        return [(row.sketch, row.closed) for row in rows]


def forget(world: World, person: Person, comment: Comment) -> None:
    """Delete a comment, and let the day pass in which it could be brought back."""
    by = Moderator(world.site.id, person.id, Actor.PERSON)
    review.decide(world.deps, by, review.Wish(comment.id, world.look(comment).version, Action.DELETE))
    with world.deps.uow(None) as uow:
        assert uow.comments.forget_deleted(timedelta(seconds=-5), 100) == 1
        uow.commit()


def test_what_a_text_was_like_goes_with_it_and_its_wave_is_like_another_from_then_on(world: World, ann: Person) -> None:
    copies = roll(world, 2)
    assert sketches(world) == [(copies[0].sketch, False)]

    forget(world, ann, copies[0])
    assert sketches(world) == [(copies[1].sketch, False)]

    forget(world, ann, copies[1])
    assert sketches(world) == [(None, True)]


def test_an_edit_and_taking_out_leave_nothing_of_a_text_behind(world: World, ann: Person) -> None:
    words = ("valley", "village", "county", "canton", "region", "parish", "hamlet", "borough")
    sent = [world.has(copy(0).replace("valley", word), thread=word) for word in words]
    copies = [comment for comment in sent if world.look(comment).wave == wave_of(world, sent[0])][:3]
    assert len({comment.sketch for comment in copies}) == 3
    first, *others = copies
    for other in sent:
        if other not in copies:
            forget(world, ann, other)
    assert sketches(world) == [(first.sketch, False)]

    authors.edit(world.deps, first.id, OTHER)
    assert sketches(world) == [(others[0].sketch, False)]

    waves.take_out(world.deps, world.site.id, others[0].id)
    assert sketches(world) == [(others[1].sketch, False), (others[0].sketch, True)]


def recede(world: World, age: timedelta = -timedelta(seconds=5)) -> int:
    """Forget the waves that came to rest by then; five seconds from now, all of them have."""
    with world.deps.uow(None) as uow:
        gone = uow.waves.recede(age, 100)
        uow.commit()
    return gone


def test_a_wave_is_forgotten_a_while_after_its_last_comment_and_its_comments_stay(world: World, ann: Person) -> None:
    copies = roll(world, 3)
    stance = decide(world, ann, wave_of(world, copies[0]), Action.SPAM).stance
    waves.ebb(world.deps)
    assert recede(world, timedelta(hours=1)) == 0, "it is fresh"

    assert recede(world) == 3 + 1
    assert recede(world) == 0

    assert sketches(world) == []
    assert [(one.wave, one.status) for one in map(world.look, copies)] == [(None, Status.SPAM)] * 3
    assert world.log_of(copies[0])[-1].stance == stance.id, "what is written down stays"
    undone = review.undo(world.deps, Moderator(world.site.id, ann.id, Actor.PERSON), world.log_of(copies[0])[-1].id)
    assert undone.status is Status.HELD
    assert cards(world) == [(copies[0].id, 1)], "it waits by itself, where it is seen"


def test_a_wave_of_which_something_waits_or_is_to_be_done_stays(world: World, ann: Person) -> None:
    wave = wave_of(world, roll(world, 2)[0])
    assert recede(world) == 0, "all of it waits"

    decide(world, ann, wave, Action.SPAM)
    waves.ebb(world.deps)
    with world.deps.uow(None) as uow:
        uow.connection.execute(update(StanceRow.__table__).values(unfinished=True))  # type: ignore[attr-defined, arg-type]
        uow.commit()
    assert recede(world) == 0, "workers are at it"
