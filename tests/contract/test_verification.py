"""`lychgate verify` on every database: rows that break a promise are found under it, and nothing else is."""

from collections.abc import Callable
from dataclasses import replace
from operator import attrgetter
from typing import Final, NamedTuple
from uuid import UUID

import pytest
from makers import World
from tampering import tamper

from moderation.adapters.db import chains, verification
from moderation.adapters.db.verification import PROMISES
from moderation.domain.comment import Comment
from moderation.domain.signal import SCORED
from moderation.domain.wave import begun
from moderation.services import authors, sites

FOLLOWS, BEGINS, TOLD, HEARD, SCORES, PLANNED, COUNTED, NUMBERED, QUEUED, TOGETHER = PROMISES
APPROVED: Final = "A kind word that is approved."


class Break(NamedTuple):
    """A promise, and what happens to the rows of one comment so that it is broken."""

    promise: str
    statement: str
    named: Callable[[Comment], UUID] = attrgetter("id")


IN_ITS_THREAD: Final = attrgetter("thread_id")
BREAKS: Final = [
    Break(FOLLOWS, "UPDATE comment SET status = 'held' WHERE id = :id"),
    Break(FOLLOWS, "UPDATE decision SET status = 'spam' WHERE comment_id = :id"),
    Break(FOLLOWS, "UPDATE comment SET version = version + 1 WHERE id = :id"),
    Break(FOLLOWS, "DELETE FROM decision WHERE comment_id = :id"),
    Break(BEGINS, "UPDATE decision SET previous = 'held' WHERE comment_id = :id"),
    Break(BEGINS, "UPDATE decision SET version = version + 1 WHERE comment_id = :id"),
    Break(TOLD, "DELETE FROM event WHERE comment_id = :id AND type = 'comment.approved'"),
    Break(TOLD, "DELETE FROM event WHERE comment_id = :id"),
    Break(TOLD, "DELETE FROM decision WHERE comment_id = :id"),
    Break(TOLD, "UPDATE comment SET sequence = sequence + 1 WHERE id = :id"),
    Break(
        HEARD,
        "INSERT INTO appeal (id, site_id, comment_id, text, created_at, against) "
        "SELECT id, site_id, id, fingerprint, received_at, id FROM comment WHERE id = :id",
    ),
    Break(SCORES, "DELETE FROM signal WHERE comment_id = :id"),
    *(Break(SCORES, f"DELETE FROM signal WHERE comment_id = :id AND kind = '{kind}'") for kind in SCORED),  # noqa: S608
    Break(SCORES, "UPDATE signal SET kind = 'links' WHERE comment_id = :id AND kind = 'spam'"),
    Break(SCORES, "UPDATE signal SET revision = revision + 1 WHERE comment_id = :id AND kind = 'toxicity'"),
    Break(PLANNED, "UPDATE comment SET status = 'pending' WHERE id = :id"),
    Break(COUNTED, "UPDATE comment SET status = 'held' WHERE id = :id", IN_ITS_THREAD),
    Break(
        COUNTED,
        "UPDATE thread SET approved = 7 WHERE id = (SELECT thread_id FROM comment WHERE id = :id)",
        IN_ITS_THREAD,
    ),
    Break(NUMBERED, "UPDATE event SET position = position + 1 WHERE comment_id = :id AND type = 'comment.approved'"),
    Break(QUEUED, "UPDATE comment SET status = 'held', wave = (SELECT id FROM wave) WHERE id = :id"),
    Break(TOGETHER, "UPDATE comment SET parent_id = (SELECT id FROM comment WHERE name = 'Zoe') WHERE id = :id"),
]


@pytest.fixture
def comment(world: World) -> Comment:
    """A public comment that answers another one, in an installation where all kinds of things have happened."""
    _lived_in(world)
    comment = world.has(APPROVED, parent=world.has("What do you say?").id)
    world.events()
    return comment


def _lived_in(world: World) -> None:
    """Hold, abstain, edit, answer, withdraw, appeal and merge; one text is beyond its scorer."""
    for said in ("SPAM", "maybe-toxicity", "TOXICITY", "no-spam-score", "From elsewhere."):
        world.has(said, thread="other", name="Zoe" if said == "From elsewhere." else "Ann")
    edited = world.has("The first text.")
    authors.edit(world.deps, edited.id, "The second text.")
    world.scores()
    authors.withdraw(world.deps, world.has("Not for long.", parent=edited.id).id)
    world.appeals()
    old, new = world.has("Here.", thread="old"), world.has("There.", thread="new")
    sites.merge_threads(world.deps, world.site.id, old.thread_id, new.thread_id)
    with world.deps.uow(None) as uow:
        uow.waves.add([replace(begun(world.deps.new_id(), edited), waiting=False)])
        uow.commit()
    world.receives("broken-spam", thread="other")


def broken(world: World) -> dict[str, list[str]]:
    database = world.deps.uow.__self__  # type: ignore[attr-defined]
    found = verification.broken(database, piece_of=2) | chains.broken(database)
    return {promise: ids for promise, ids in found.items() if ids}


@pytest.mark.usefixtures("comment")
def test_where_all_kinds_of_things_happened_every_promise_is_kept(world: World) -> None:
    assert broken(world) == {}


@pytest.mark.parametrize("case", BREAKS, ids=range(len(BREAKS)))
def test_a_broken_promise_is_named_with_who_breaks_it(world: World, comment: Comment, case: Break) -> None:
    tamper(world, case.statement, comment.id)

    assert broken(world)[case.promise] == [str(case.named(comment))]


def test_every_promise_can_be_broken() -> None:
    assert {case.promise for case in BREAKS} == set(PROMISES)
