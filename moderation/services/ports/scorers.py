"""Ports to what judges a text."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from moderation.domain.comment import Submission
from moderation.domain.lesson import Learnt, Lesson
from moderation.domain.signal import Signal
from moderation.services.ports.values import Remembered


class Scorer(Protocol):
    """Gives each submission one signal of its kind, or None where it cannot say."""

    kind: str
    name: str
    patience: timedelta

    def look_at(self, submissions: Sequence[Submission]) -> list[Signal | None]:
        """Answer for each submission, in order; raising means that nobody was looked at."""
        ...


class RemoteScorer(Scorer, Protocol):
    """A site's own scorer: somebody else's, reached at an address."""

    @property
    def rest(self) -> timedelta:
        """For how long it is to be left alone, since it failed several times in a row; zero where it may be asked."""
        ...

    @property
    def most(self) -> int:
        """How many comments it may be given at once: a single one, to see whether it is back after a rest."""
        ...


class SiteModel(Protocol):
    """One version of what a site's moderators taught."""

    def adjusted(
        self, kind: str, submissions: Sequence[Submission], signals: Sequence[Signal | None]
    ) -> list[Signal | None]:
        """Give each signal as this site would have it; what was not said stays unsaid."""
        ...


class Learner(Protocol):
    """Makes models of sites from what their moderators decided; only workers have one."""

    @property
    def mark(self) -> bytes:
        """What every model begins with that was learnt on top of the weights that are here."""
        ...

    def model(self, version: UUID, load: Callable[[], Remembered]) -> SiteModel:
        """Give a version, loaded when it is first asked for; raises OtherWeights or Unreadable."""
        ...

    def learn(self, lessons: Sequence[Lesson], used: Any, unseen: Sequence[bool]) -> Learnt:
        """Learn from decisions, and hold what was learnt against the model in use, on what that has not seen."""
        ...


class Remotes(Protocol):
    """Knows the scorers of all sites."""

    def __call__(self, address: str, secret: Callable[[], str], /) -> RemoteScorer:
        """Give the scorer at an address; the secret is asked for where something is signed with it."""
        ...
