"""Records: each decision tells how it came about, and nobody changes, removes or adds one unseen."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, NamedTuple

import pytest
from fakes.scorers import Obedient, obedient
from makers import World
from sqlalchemy import event
from sqlalchemy.engine import Engine
from tampering import tamper

from moderation.adapters.db import chains, heads
from moderation.adapters.db.uow import Database
from moderation.adapters.db.verification import MOST
from moderation.domain.comment import Comment, Status
from moderation.domain.decision import Action, Actor
from moderation.domain.policy import digest_of
from moderation.domain.signal import SPAM, Signal
from moderation.http.record_shapes import whole_record
from moderation.services import authors, flags, people, rescoring, review, sites, sweep
from moderation.services.ports import Period
from moderation.services.record import record
from moderation.services.review import Moderator, Wish

SAID: Final = "A maybe-toxicity remark about the harvest."
NOTE: Final = "He meant the pigeons."


@pytest.fixture
def comment(world: World) -> Comment:
    return approved(world)


def approved(world: World) -> Comment:
    """Give a comment that policy held, and somebody approved."""
    held = world.has(SAID, name="Bo", website="https://bo.example")
    decides(world, held, Action.APPROVE, note=NOTE)
    return world.look(held)


def decides(world: World, comment: Comment, action: Action, note: str = "") -> None:
    """Decide as Ada, who is added when she first decides."""
    ada = people.find(world.deps, "Ada") or people.create(world.deps, name="Ada", roles={})[0]
    wish = Wish(comment.id, world.look(comment).version, action, "read-twice", note)
    review.decide(world.deps, Moderator(world.site.id, ada.id, Actor.PERSON), wish)


def database(world: World) -> Database:
    found: Database = world.deps.uow.__self__  # type: ignore[attr-defined]
    return found


def broken(world: World) -> list[str]:
    (told,) = chains.broken(database(world)).values()
    return told


def shown(world: World, comment: Comment) -> dict[str, Any]:
    """Give a record as it travels."""
    found: dict[str, Any] = json.loads(json.dumps(whole_record(record(world.deps, world.site.id, comment.id))))
    return found


def hashed(value: Any) -> str:
    """Hash as the page about records says, without any code of ours."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def test_a_record_tells_what_was_checked_and_decided_by_whom_and_over_what(world: World, comment: Comment) -> None:
    told = shown(world, comment)
    first, second = told["links"]
    checks = {check["kind"]: check for check in first["document"]["evidence"]["checks"]}
    (fired,) = first["document"]["evidence"]["fired"]

    assert {SPAM, "toxicity"} <= set(checks)
    assert all(check["scorer"] for check in checks.values())
    assert (fired["code"], fired["value"], float(fired["threshold"])) == ("toxicity", checks["toxicity"]["value"], 0.54)
    assert told["policies"] == {digest_of(world.site.policy): world.site.policy}
    assert (first["document"]["by"], first["who"], first["overrode"]) == ("policy", None, None)
    assert (second["document"]["by"], second["who"], second["note"]) == ("person", "Ada", NOTE)
    assert second["overrode"] == {"id": first["document"]["id"], "by": "policy", "status": "held"}
    assert [check["kind"] for check in second["document"]["evidence"]["checks"]] == [SPAM, "toxicity"]
    assert told["broken"] is None


def test_whoever_has_the_answer_recomputes_every_hash(world: World, comment: Comment) -> None:
    told = shown(world, comment)

    before = None
    for link in told["links"]:
        assert link["document"]["before"] == before
        assert hashed(link["document"]) == link["hash"]
        before = link["hash"]
    salt, inputs = bytes.fromhex(told["salt"]), told["links"][-1]["document"]["evidence"]["inputs"]
    for name, value in {"text": SAID, "name": "Bo", "website": "https://bo.example"}.items():
        assert hashlib.sha256(salt + name.encode() + b"\0" + value.encode()).hexdigest() == inputs[name]


class Tampering(NamedTuple):
    """What somebody does to the rows of a comment, and where it is noticed."""

    statement: str
    version: int
    what: str


DECISION: Final = "UPDATE decision SET {} WHERE comment_id = :id AND version = {}"
ADDED: Final = """
    INSERT INTO decision (id, site_id, comment_id, version, previous, status, previous_reasons, reasons,
                          by, note, created_at)
    SELECT thread_id, site_id, id, 4, status, 'spam', reasons, reasons, 'person', '', received_at
    FROM comment WHERE id = :id"""
CHANGED: Final = "it, or the link before it, was changed"
TAMPERINGS: Final = [
    *(
        Tampering(DECISION.format(change, 2), 2, CHANGED)
        for change in (
            "status = 'spam'",
            "previous = 'spam'",
            "reasons = '[]'",
            "by = 'person'",
            "created_at = '2001-01-01 00:00:00'",
            "id = comment_id",
            "undoes = id",
            "evidence = NULL",
        )
    ),
    Tampering(DECISION.format("actor_id = NULL", 3), 3, CHANGED),
    Tampering(DECISION.format("previous_reasons = '[]'", 3), 3, CHANGED),
    Tampering(DECISION.format("link = NULL", 3), 3, "it is not linked to the one before"),
    Tampering(DECISION.format("link = NULL", 2), 3, CHANGED),
    Tampering(DECISION.format("note = 'Somebody else said so.'", 3), 3, "its note was changed"),
    Tampering(DECISION.format("note = 'Said before.'", 2), 2, "its note was changed"),
    Tampering(DECISION.format("note = ''", 3), 3, "its note was changed"),
    Tampering(DECISION.format("salt = NULL", 3), 3, "its note was changed"),
    Tampering("DELETE FROM decision WHERE comment_id = :id AND version = 2", 2, "it is missing"),
    Tampering("DELETE FROM decision WHERE comment_id = :id", 2, "it is missing"),
    Tampering("DELETE FROM decision WHERE comment_id = :id AND version = 3", 3, "it is missing"),
    Tampering(ADDED, 4, "it is not linked to the one before"),
    Tampering("UPDATE comment SET version = 2 WHERE id = :id", 3, "the comment knows nothing of it"),
    Tampering("UPDATE comment SET text = 'Another.' WHERE id = :id", 3, "the text that was decided on was changed"),
    Tampering("UPDATE comment SET name = 'Another' WHERE id = :id", 3, "the name that was decided on was changed"),
    Tampering("UPDATE comment SET website = NULL WHERE id = :id", 3, "the website that was decided on was changed"),
    Tampering("UPDATE comment SET salt = NULL WHERE id = :id", 3, "the text that was decided on was changed"),
    Tampering(
        "UPDATE comment SET text = '', name = '', website = NULL, salt = NULL WHERE id = :id",
        3,
        "the text that was decided on was changed",
    ),
    Tampering("UPDATE comment SET revision = 2 WHERE id = :id", 3, "it was made on another revision of the text"),
    Tampering(
        "UPDATE signal SET value = 0.01 WHERE comment_id = :id AND kind = 'toxicity'",
        3,
        "the signal toxicity that was decided on was changed",
    ),
    Tampering(
        "UPDATE signal SET findings = '[]' WHERE comment_id = :id AND kind = 'toxicity'",
        3,
        "the signal toxicity that was decided on was changed",
    ),
    Tampering(
        "DELETE FROM signal WHERE comment_id = :id AND kind = 'spam'", 3, "the signal spam that was decided on is gone"
    ),
]


def test_tampering_is_told_with_the_first_link_that_breaks(world: World) -> None:
    comments = [approved(world) for _ in TAMPERINGS]
    world.has("Another one, which nobody touches.")
    assert broken(world) == []

    for comment, case in zip(comments, TAMPERINGS, strict=True):
        tamper(world, case.statement, comment.id)

    wanted = [(case.statement, {"version": case.version, "what": case.what}) for case in TAMPERINGS]
    found = [(case[0], shown(world, comment)["broken"]) for comment, case in zip(comments, TAMPERINGS, strict=True)]
    assert found == wanted
    first = zip(comments, TAMPERINGS[:MOST], strict=False)
    assert broken(world) == [f"{comment.id}, link {case.version}: {case.what}" for comment, case in first]


def test_a_signal_that_is_added_to_what_policy_judged_is_told(world: World) -> None:
    held = world.has(SAID)
    with world.deps.uow(None) as uow:
        uow.signals.add([(held, Signal("remote", 0.9, "theirs-1"))])
        uow.commit()

    assert broken(world) == [f"{held.id}, link 2: the signal remote was added afterwards"]


def test_what_happens_by_the_rules_breaks_no_record(world: World, comment: Comment) -> None:
    decides(world, world.receives("Decided before it was scored."), Action.REJECT, note=NOTE)
    world.scores()
    edited = world.has("The first text.")
    authors.edit(world.deps, edited.id, "The second text.")
    assert broken(world) == []
    world.scores()
    for place in range(3):
        flags.flag(world.deps, edited.site_id, edited.id, reason="spam", address=f"203.0.{place}.7")
    again = world.has("Policy decides this one twice.")
    review.undo(world.deps, Moderator(world.site.id, world.deps.new_id()), world.log_of(again)[-1].id)
    assert broken(world) == []
    world.scores()
    sites.change(world.deps, world.site.id, policy=world.site.policy + "\n# Another day.\n")
    world.has("Judged by another policy.")

    assert broken(world) == []
    assert len(shown(world, comment)["links"]) == 2


def test_new_scorers_break_no_record(world: World) -> None:
    held, everything = world.has(SAID), Period(world.clock() - timedelta(days=1), world.clock() + timedelta(days=1))
    newer = obedient()
    for scorer in newer.values():
        scorer.name = "newer-2"

    rescoring.rescore(replace(world.deps, scorers=newer), world.site, everything, dry_run=False)

    with world.deps.reading(None) as uow:
        assert {signal.scorer for signal in uow.signals.of([held])[held.id]} == {"newer-2"}
    assert broken(world) == []


class Elsewhere(Obedient):
    """The same scorer where sums round otherwise, so that of two words as bad another comes first."""

    def _look(self, text: str) -> Signal | None:
        said = super()._look(text)
        return said and replace(said, value=said.value + 1e-5, findings=(*said.findings, *said.findings))


def test_scorers_that_round_otherwise_break_no_record(world: World) -> None:
    held, everything = world.has(SAID), Period(world.clock() - timedelta(days=1), world.clock() + timedelta(days=1))
    elsewhere = {kind: Elsewhere(kind) for kind in ("spam", "toxicity")}

    found = rescoring.rescore(replace(world.deps, scorers=elsewhere), world.site, everything, dry_run=False)

    assert (found.stored, found.refreshed, world.look(held).version) == (0, 0, held.version)
    assert broken(world) == []


def test_a_record_outlives_the_text_that_it_is_about(world: World, comment: Comment) -> None:
    before = shown(world, comment)
    decides(world, comment, Action.DELETE)
    tamper(world, "UPDATE comment SET deleted_at = '2001-01-01 00:00:00' WHERE id = :id", comment.id)

    assert sweep.purge_deleted(world.deps) == 1

    told = shown(world, comment)
    assert (told["inputs"]["text"], told["salt"], told["broken"]) == ("", None, None)
    assert [link["hash"] for link in told["links"]][:2] == [link["hash"] for link in before["links"]]
    assert broken(world) == []


@pytest.mark.parametrize("withdrawn", [True, False])
def test_what_moderators_wrote_goes_with_a_text_that_its_author_withdrew_and_with_no_other(
    world: World, comment: Comment, *, withdrawn: bool
) -> None:
    kept = world.log_of(approved(world))[-1]
    if withdrawn:
        authors.withdraw(world.deps, comment.id)
    else:
        decides(world, comment, Action.DELETE)
    assert sweep.purge_deleted(world.deps) == 0, "for a day it may be taken back"
    tamper(world, "UPDATE comment SET deleted_at = '2001-01-01 00:00:00' WHERE id = :id", comment.id)

    assert sweep.purge_deleted(world.deps) == 1

    assert [decision.note for decision in world.log_of(comment)] == ["", "" if withdrawn else NOTE, ""]
    assert world.log_of(world.look(kept.comment_id))[-1].note == NOTE
    assert shown(world, comment)["broken"] is None
    assert broken(world) == []


def test_a_note_is_erased_together_with_its_salt(world: World, comment: Comment) -> None:
    tamper(world, DECISION.format("note = '', salt = NULL", 3), comment.id)

    assert broken(world) == []
    assert shown(world, comment)["links"][-1]["document"]["evidence"]["note"] is not None, "that there was one is told"


def test_a_record_begins_with_the_first_decision_after_an_upgrade(world: World, comment: Comment) -> None:
    tamper(world, "UPDATE decision SET evidence = NULL, salt = NULL, link = NULL WHERE comment_id = :id", comment.id)
    tamper(world, "UPDATE comment SET salt = NULL WHERE id = :id", comment.id)
    decides(world, comment, Action.HOLD)

    told = shown(world, comment)
    assert [link["hash"] is None for link in told["links"]] == [True, True, False]
    assert told["links"][-1]["document"]["before"] is None
    assert broken(world) == []


@pytest.mark.usefixtures("comment")
def test_no_key_is_needed_to_follow_a_record(world: World) -> None:
    bare = Database(world.settings.database_url)

    assert chains.broken(bare) == {chains.PROMISE: []}

    bare.engine.dispose()


def test_whoever_cuts_off_an_end_is_told_of_by_what_was_kept(world: World, comment: Comment) -> None:
    other = world.has("Another one, which is cut out whole.")
    world.events()
    kept = heads.heads(database(world))
    world.has("What comes later changes nothing of what was kept.")
    world.events()
    assert heads.broken(database(world), kept) == {heads.PROMISE: []}

    for statement in (
        "DELETE FROM decision WHERE comment_id = :id AND version = 3",
        "DELETE FROM event WHERE comment_id = :id AND sequence = 3",
        "UPDATE comment SET version = 2, sequence = 2, status = 'held' WHERE id = :id",
    ):
        tamper(world, statement, comment.id)

    assert broken(world) == []
    assert heads.broken(database(world), kept) == {
        heads.PROMISE: [f"{other.site_id}, up to position {kept[0].position}"]
    }


@contextmanager
def statements() -> Iterator[list[str]]:
    """Hear everything that is said to a database."""
    said = list[str]()

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


@contextmanager
def meanwhile(table: str, writes: Callable[[], object], *, time: int = 1) -> Iterator[None]:
    """Let somebody write once, over a connection of their own, just before a table is read for this time."""
    waiting: list[Callable[[], object]] = [writes, *[lambda: None] * (time - 1)]

    def interrupt(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if f"FROM {table}" in statement and waiting:
            waiting.pop()()

    event.listen(Engine, "before_cursor_execute", interrupt)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", interrupt)
    assert not waiting


@pytest.mark.parametrize("table", ["decision", "signal"])
def test_whoever_decides_while_a_record_is_read_breaks_nothing(world: World, comment: Comment, table: str) -> None:
    decides(world, comment, Action.HOLD)  # Ada is there, and need not be looked for later.

    with meanwhile(table, lambda: decides(world, comment, Action.SPAM)):
        assert shown(world, comment)["broken"] is None
    with meanwhile(table, lambda: decides(world, comment, Action.APPROVE)):
        assert broken(world) == []


def test_whoever_writes_while_heads_are_worked_out_changes_none(world: World, comment: Comment) -> None:
    world.has("Another one, so that there are some events.")
    world.events()
    kept = heads.heads(database(world))

    def writes() -> None:
        decides(world, comment, Action.HOLD)
        world.events()

    with meanwhile("event", writes, time=2):
        assert heads.heads(database(world), batch=1) == kept
    with meanwhile("event", writes, time=2):
        assert heads.broken(database(world), kept, batch=1) == {heads.PROMISE: []}
    assert heads.heads(database(world))[0].position > kept[0].position


def test_first_verdicts_cost_no_statement_more(world: World) -> None:
    for _ in range(3):
        world.receives(SAID)
    world.scores(SPAM, "render")

    with statements() as said:
        world.scores("toxicity")

    of_decisions = [statement for statement in said if "decision" in statement]
    assert [statement.split()[0] for statement in of_decisions] == ["INSERT"]
    assert len([statement for statement in said if statement.startswith("SELECT") and "FROM signal" in statement]) == 1
    assert all(world.look(row["comment_id"]).status is Status.HELD for row in world.events())
