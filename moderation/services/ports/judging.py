"""Stores of what is to be judged, what was seen and decided, and what was learnt of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from moderation.domain.appeal import Appeal
from moderation.domain.audit import Entry, Who
from moderation.domain.comment import Comment
from moderation.domain.decision import Decision
from moderation.domain.lesson import Learnt, Lesson, ModelState, ModelVersion
from moderation.domain.signal import Finding, Signal
from moderation.services.ports.values import Claim, Remembered


class Learned(Protocol):
    """What sites' moderators taught: versions of models, and what they remember."""

    def due(self, mark: bytes) -> list[UUID]:
        """Name the sites of which another version is worth making; those that use one without this mark, too."""
        ...

    def claim(self, site_id: UUID, lease: timedelta) -> bool:
        """Take it upon oneself to learn for a site, for so long; False where somebody is at it."""
        ...

    def done(self, site_id: UUID, *, again: bool) -> None:
        """Give back what was claimed; `again` says that it is worth beginning anew at once."""
        ...

    def decided(self, site_id: UUID, most: int) -> tuple[UUID | None, list[UUID]]:
        """Give the newest decision of a person, and the comments that people decided last."""
        ...

    def read(self, comment_ids: Collection[UUID]) -> list[Comment]: ...
    def taught(self, version: UUID) -> Collection[UUID]:
        """Name the comments that a version learnt from; none for one that is gone."""
        ...

    def add(self, version: ModelVersion, learnt: Learnt, lessons: Sequence[Lesson], newest: UUID) -> None:
        """Keep a version, in use from now on if it is adopted; raises Conflict where its number is taken."""
        ...

    def kept(self, version: UUID) -> Remembered | None: ...
    def of(self, site_id: UUID) -> list[ModelVersion]: ...
    def use(self, site_id: UUID, version: UUID | None) -> None: ...
    def end(self, version: UUID, state: ModelState) -> None:
        """Let nobody use a version any more: what it learnt is dropped, its figures are kept."""
        ...

    def distrust(self, version: UUID) -> None:
        """Let nobody use a version that cannot be read, and let its site learn anew soon."""
        ...

    def outdate(self, site_id: UUID, mark: bytes) -> None:
        """Let nobody use the versions of a site that do not begin with this mark."""
        ...

    def usable(self, site_id: UUID) -> list[ModelVersion]:
        """Give the versions that can be used, newest first."""
        ...

    def forget(self, comment_ids: Collection[UUID]) -> None:
        """Drop what was learnt from these comments, whole versions with all else that they had learnt."""
        ...

    def forget_all(self, site_id: UUID) -> None: ...


class Jobs(Protocol):
    """The queue of record."""

    def plan(self, comments: Sequence[Comment], kinds: Iterable[str]) -> None: ...
    def claim(self, kind: str, batch: int, lease: timedelta, site_id: UUID | None = None) -> list[Claim]: ...
    def redeem(self, claims: Sequence[Claim]) -> list[Claim]:
        """Finish jobs; give those whose token still held. The rest is somebody else's now."""
        ...

    def postpone(self, claims: Sequence[Claim], delay: timedelta) -> None: ...
    def unfinished(self, comment_ids: Collection[UUID]) -> set[UUID]: ...
    def exhausted(self, most: int) -> list[UUID]:
        """Give comments with a job that is due again after its last attempt."""
        ...

    def abandon(self, comment_ids: Collection[UUID]) -> Collection[UUID]: ...
    def drop(self, kind: str, comment_ids: Collection[UUID]) -> None:
        """Forget the jobs of this kind of comments that are locked."""
        ...

    def put_off(self, kind: str, site_id: UUID, delay: timedelta) -> int:
        """Let what is due of this kind on a site be due later, which counts as no attempt; return how much it was."""
        ...

    def due_sites(self, kind: str) -> list[UUID]: ...
    def due_kinds(self, kinds: Iterable[str]) -> set[str]: ...


class Signals(Protocol):
    """What scorers saw."""

    def add(self, seen: Sequence[tuple[Comment, Signal]]) -> None:
        """Keep what scorers see in texts as they are now; of each only its last answer stands, or that it had none."""
        ...

    def of(self, comments: Sequence[Comment]) -> Mapping[UUID, list[Signal]]: ...
    def found(self, comment_ids: Collection[UUID], kind: str) -> Mapping[UUID, Sequence[Finding]]:
        """Give what scorers of this kind found in the present text of these comments; most are not in it."""
        ...


class Log(Protocol):
    """The decision log."""

    def add(self, decisions: Sequence[Decision]) -> None: ...
    def links(self, comments: Sequence[Comment]) -> Mapping[UUID, bytes]:
        """Give the hash of each comment's latest decision, where it has one."""
        ...

    def get(self, site_id: UUID, decision_id: UUID) -> Decision | None: ...
    def of(self, comment_id: UUID) -> list[Decision]: ...
    def of_each(self, comment_ids: Collection[UUID]) -> Mapping[UUID, list[Decision]]: ...
    def overruled(self, comment_ids: Collection[UUID]) -> set[UUID]:
        """Name those comments of which a person took back what policy had decided."""
        ...

    def decided_by_people(self, comment_ids: Collection[UUID]) -> set[UUID]: ...


class Appeals(Protocol):
    """What authors say against decisions, once for each comment."""

    def add(self, appeal: Appeal) -> None: ...
    def of(self, comment_ids: Collection[UUID]) -> Mapping[UUID, Appeal]:
        """Give the appeal of each of these comments that has one."""
        ...

    def keep(self, appeals: Sequence[Appeal]) -> None:
        """Write down how appeals stand after decisions on comments that are locked."""
        ...


class Audit(Protocol):
    """Looks at addresses, and what else was done at a site; nothing of it is changed afterwards."""

    def note(self, entries: Sequence[Entry]) -> None: ...
    def purge(self, age: timedelta, most: int) -> int: ...

    def add(self, comment: Comment, *, reveal_id: UUID, by: Who, reason: str, now: datetime) -> None: ...
