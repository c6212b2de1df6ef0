"""The status model under crashes: whatever is interrupted after any statement happened wholly or not at all.

A machine of random steps runs against the real services and a real database while a model
in plain Python says what should be true. Before a step it may be told to fail at the n-th
statement; such a step must have changed nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fakes.scorers import Obedient, obedient
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from makers import World
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from moderation.adapters.db import verification
from moderation.adapters.db.models import CommentRow
from moderation.adapters.db.uow import Database
from moderation.domain.comment import EDITABLE, REFUSED, Status, Submission
from moderation.domain.decision import Action
from moderation.domain.errors import ModerationError
from moderation.domain.signal import Signal
from moderation.services import appeals, authors, erasing, flags, review, scoring
from moderation.services.ports import Period
from moderation.services.rescoring import rescore
from moderation.services.review import Moderator, Wish

TEXTS = {
    "A kind word.": Status.APPROVED,
    "SPAM": Status.SPAM,
    "maybe-toxicity": Status.HELD,
    "TOXICITY": Status.REJECTED,
}
CRASH = st.one_of(st.none(), st.none(), st.integers(0, 12))


class Sharper(Obedient):
    """Finds spam, too, where there may be toxicity: held all the same, for more reasons."""

    def look_at(self, submissions: Sequence[Submission]) -> list[Signal | None]:
        read = [
            replace(one, text=one.text.replace("maybe-toxicity", "maybe-toxicity maybe-spam")) for one in submissions
        ]
        return super().look_at(read)


class Crash:
    """Fails the n-th statement from now on, once."""

    def __init__(self, database: Database) -> None:
        self.left: int | None = None
        event.listen(database.engine, "before_cursor_execute", self)

    def __call__(self, *_: Any) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                raise OperationalError("crashed here", None, Exception())

    @contextmanager
    def after(self, statements: int | None) -> Iterator[None]:
        self.left = statements
        try:
            yield
        finally:
            self.left = None


class Moderation(RuleBasedStateMachine):
    """Comments arrive, are scored, decided, undone, edited, withdrawn, appealed, flagged and erased, in any order."""

    new_url: Callable[[], str]

    @initialize()
    def open_site(self) -> None:
        self.url = self.new_url()
        self.world = World.at(self.url, scorers=obedient())
        self.database = self.world.deps.uow.__self__  # type: ignore[attr-defined]
        self.crash = Crash(self.database)
        self.moderator = Moderator(self.world.site.id, self.world.deps.new_id())
        self.status: dict[UUID, Status] = {}
        self.text: dict[UUID, str] = {}
        self.reviewed: set[UUID] = set()
        self.appealed: set[UUID] = set()
        self.erased: set[UUID] = set()
        self.decisions: list[tuple[UUID, UUID, Status, Status]] = []

    def teardown(self) -> None:
        self.world.close()

    def tried(self, crash: int | None, work: Callable[[], Any]) -> Any:
        """Do something that may crash; give its result, or None if nothing happened."""
        with self.crash.after(crash):
            try:
                return work()
            except ModerationError:
                return None

    @rule(text=st.sampled_from(sorted(TEXTS)), crash=CRASH)
    def receive(self, text: str, crash: int | None) -> None:
        comment = self.tried(crash, lambda: self.world.receives(text))
        if comment is not None:
            self.status[comment.id], self.text[comment.id] = Status.PENDING, text

    @rule(kind=st.sampled_from(["spam", "toxicity", "render"]), crash=CRASH)
    def score(self, kind: str, crash: int | None) -> None:
        deps = self.world.deps
        self.tried(crash, lambda: scoring.render(deps) if kind == "render" else scoring.score(deps, kind))

    @rule()
    def finish(self) -> None:
        """Let every lease run out and everything due be done: now the model knows every verdict."""
        with self.database.uow(None) as uow:
            uow.connection.exec_driver_sql("UPDATE job SET due_at = '2020-01-01 00:00:00', attempts = 0, token = NULL")
            uow.commit()
        self.world.scores()
        for comment, status in self.status.items():
            if status is Status.PENDING:
                verdict = TEXTS[self.text[comment]]
                held = verdict is Status.APPROVED and comment in self.reviewed
                self.status[comment] = Status.HELD if held else verdict

    @precondition(lambda self: self.status)
    @rule(data=st.data(), action=st.sampled_from(list(Action)), crash=CRASH)
    def decide(self, data: st.DataObject, action: Action, crash: int | None) -> None:
        comment = data.draw(st.sampled_from(sorted(self.status)))
        before, seen = self.seen(comment)
        wish = Wish(comment, seen, action)
        decision = self.tried(crash, lambda: review.decide(self.world.deps, self.moderator, wish))
        if decision is not None:
            assert before is not Status.DELETED
            self.status[comment] = action.status
            self.decisions.append((decision.id, comment, before, action.status))

    @rule(crash=CRASH)
    def look_again(self, crash: int | None) -> None:
        """Let other scorers look at everything: reasons may change, and nothing is decided."""
        deps = replace(self.world.deps, scorers={kind: Sharper(kind) for kind in ("spam", "toxicity")})
        period = Period(deps.now() - timedelta(days=1), deps.now() + timedelta(days=1))
        self.tried(crash, lambda: rescore(deps, self.world.site, period, dry_run=False))

    def seen(self, comment: UUID) -> tuple[Status, int]:
        found = self.world.look(comment)
        return found.status, found.version

    @precondition(lambda self: self.decisions)
    @rule(crash=CRASH)
    def undo(self, crash: int | None) -> None:
        decision, comment, before, _ = self.decisions.pop()
        undone = self.tried(crash, lambda: review.undo(self.world.deps, self.moderator, decision))
        if undone is not None:
            self.status[comment] = before

    @precondition(lambda self: self.status)
    @rule(data=st.data(), text=st.sampled_from(sorted(TEXTS)), crash=CRASH)
    def edit(self, data: st.DataObject, text: str, crash: int | None) -> None:
        comment = data.draw(st.sampled_from(sorted(self.status)))
        before, _ = self.seen(comment)
        edited = self.tried(crash, lambda: authors.edit(self.world.deps, comment, text))
        if edited is not None:
            assert before in EDITABLE
            self.status[comment], self.text[comment] = Status.PENDING, text
            if any(decided == comment for _, decided, _, _ in self.decisions) or self.by_person(comment):
                self.reviewed.add(comment)

    def by_person(self, comment: UUID) -> bool:
        return any(decision.by == "key" for decision in self.world.log_of(self.world.look(comment)))

    @precondition(lambda self: self.status)
    @rule(data=st.data(), crash=CRASH)
    def withdraw(self, data: st.DataObject, crash: int | None) -> None:
        comment = data.draw(st.sampled_from(sorted(self.status)))
        if self.tried(crash, lambda: authors.withdraw(self.world.deps, comment)) is not None:
            self.status[comment] = Status.DELETED

    @precondition(lambda self: set(self.status) - self.erased)
    @rule(data=st.data(), crash=CRASH)
    def erase(self, data: st.DataObject, crash: int | None) -> None:
        """Erase whoever wrote a comment; each is by somebody else."""
        comment = data.draw(st.sampled_from(sorted(set(self.status) - self.erased)))
        whose = self.world.look(comment).fingerprint or b""
        (asked,) = erasing.ask(self.world.deps, self.world.site.id, [whose])
        if self.tried(crash, lambda: erasing.erase(self.world.deps, asked)) is not None:
            self.status[comment] = Status.DELETED
            self.erased.add(comment)

    @precondition(lambda self: self.status)
    @rule(data=st.data(), crash=CRASH)
    def appeal(self, data: st.DataObject, crash: int | None) -> None:
        """Appeal, or do so again; where the comment stands is another's to say."""
        comment = data.draw(st.sampled_from(sorted(self.status)))
        before, version = self.seen(comment)
        if self.tried(crash, lambda: appeals.appeal(self.world.deps, comment, "Look again.")) is not None:
            assert before in REFUSED or comment in self.appealed
            assert self.seen(comment) == (before, version + (comment not in self.appealed))
            self.appealed.add(comment)

    @precondition(lambda self: self.status)
    @rule(data=st.data(), network=st.integers(0, 4), crash=CRASH)
    def flag(self, data: st.DataObject, network: int, crash: int | None) -> None:
        comment = data.draw(st.sampled_from(sorted(self.status)))
        self.tried(
            crash,
            lambda: flags.flag(
                self.world.deps, self.world.site.id, comment, reason="spam", address=f"203.0.{network}.1"
            ),
        )
        now = self.world.look(comment)
        if now.reasons == ("flagged",):
            assert self.status[comment] in {Status.APPROVED, Status.HELD}
            self.status[comment] = Status.HELD

    @invariant()
    def everything_agrees(self) -> None:
        if hasattr(self, "status"):
            assert not any(verification.broken(self.database).values())

    @invariant()
    def what_is_erased_is_gone_and_stays_so(self) -> None:
        for comment in getattr(self, "erased", ()):
            found = self.world.look(comment)
            assert (found.text, found.name, found.html, found.email, found.fingerprint) == ("", "", None, None, None)

    @invariant()
    def nothing_is_stored_that_nobody_was_told_of(self) -> None:
        if hasattr(self, "status"):
            with self.database.reading(None) as uow:
                stored = set(uow.connection.execute(select(CommentRow.id)).scalars())
            assert stored == set(self.status)

    @invariant()
    def nothing_is_where_it_was_not_put(self) -> None:
        for comment, expected in getattr(self, "status", {}).items():
            actual = self.world.look(comment).status
            judged = expected is Status.PENDING and actual in {TEXTS[self.text[comment]], Status.HELD}
            assert actual is expected or judged
            if judged:
                self.status[comment] = actual


FEW = settings(
    max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


@pytest.mark.timeout(300)
def test_steps_in_any_order_with_crashes_between_statements_on_sqlite(migrated_file: Path, tmp_path: Path) -> None:
    numbers = iter(range(10_000))

    def new_url() -> str:
        copy = tmp_path / f"{next(numbers)}.db"
        copy.write_bytes(migrated_file.read_bytes())
        return f"sqlite:///{copy}"

    _run(new_url)


@pytest.mark.timeout(300)
def test_steps_in_any_order_with_crashes_between_statements_on_postgresql(postgres: Any, migrated: str) -> None:
    made: list[str] = []

    def new_url() -> str:
        made.append(postgres.fresh_database(template=migrated))
        return made[-1]

    _run(new_url)
    for url in made:
        postgres.drop(url)


def _run(new_url: Callable[[], str]) -> None:
    machine = type("Machine", (Moderation,), {"new_url": staticmethod(new_url)})
    run_state_machine_as_test(machine, settings=FEW)
