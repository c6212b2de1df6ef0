"""Stores of comments and of what they are like."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from moderation.domain.comment import Around, Comment, Status
from moderation.domain.decision import Decision
from moderation.domain.wave import Family, Kin, Stance, Wave
from moderation.services.ports.values import Once, Period, Stretch, Told


class Comments(Protocol):
    """Comments; every look-up names the site."""

    def add(self, comment: Comment) -> None: ...
    def get(self, site_id: UUID, comment_id: UUID) -> Comment | None: ...
    def find(self, comment_id: UUID) -> Comment | None:
        """Find a comment whatever its site, for whoever proved that it is their own."""
        ...

    def lock(self, comment_ids: Collection[UUID]) -> list[Comment]:
        """Give these comments, locked until the transaction ends, in the order of their ids."""
        ...

    def read(self, comment_ids: Collection[UUID]) -> list[Comment]:
        """Give these comments as they are, in the order of their ids."""
        ...

    def move(self, comments: Sequence[Comment], status: Status, reasons: tuple[str, ...], now: datetime) -> None:
        """Write a new status for comments that are locked; version and sequence count up."""
        ...

    def reword(
        self,
        comment_id: UUID,
        *,
        text: str,
        text_print: bytes | None,
        sketch: int | None,
        link_print: bytes | None,
        salt: bytes,
        now: datetime,
    ) -> None: ...
    def set_html(self, html: Mapping[UUID, str]) -> None: ...
    def set_worth(self, worth: Mapping[UUID, float]) -> None:
        """Keep the places of comments among what waits for a person."""
        ...

    def set_languages(self, languages: Mapping[UUID, str]) -> None: ...
    def next_sequence(self, comment_id: UUID) -> int: ...
    def set_circumstances(self, comments: Sequence[Comment]) -> None: ...
    def vouched(self, comments: Sequence[Comment]) -> Mapping[UUID, int]:
        """Count the approved comments of each author who brought a receipt of one of them, or was signed in."""
        ...

    def received(self, site_id: UUID, period: Period, *, after: UUID | None, limit: int) -> list[Comment]:
        """Give a page of what arrived at a site in a period, oldest first."""
        ...

    def beginning(self, site_id: UUID, period: Period, most: int) -> datetime | None:
        """Say when the earliest of the latest so many comments of a period came; None where there are fewer."""
        ...

    def overdue(self, patience: timedelta, most: int) -> list[Comment]: ...
    def of_author(
        self, site_id: UUID, fingerprint: bytes, until: datetime, *, after: UUID | None, limit: int
    ) -> list[Comment]:
        """Give a page of an author's comments that are kept and were received until a moment, oldest first."""
        ...

    def of_members(self, site_id: UUID, *, after: UUID | None, limit: int) -> list[Comment]:
        """Give a page of what is kept of the comments that members wrote, oldest first."""
        ...

    def erase(self, comment_ids: Collection[UUID]) -> None:
        """Empty comments that are locked and deleted at once, of what people wrote about them, too."""
        ...

    def forget_deleted(self, age: timedelta, most: int) -> int: ...


class Echoes(Protocol):
    """What comments of the last day are like."""

    def keep(self, comment_ids: Collection[UUID]) -> None:
        """Let these comments be found by those that say nearly the same, on sites that share by all of them."""
        ...

    def around(self, comment_ids: Collection[UUID]) -> Mapping[UUID, Around]:
        """Say of each comment what was sent around it; of most there is nothing to say, and they are left out."""
        ...

    def purge(self, age: timedelta, most: int) -> int: ...


class Waves(Protocol):
    """Comments that say nearly the same, and what people decided of them."""

    def kin(self, comment_ids: Collection[UUID]) -> Mapping[UUID, Kin]:
        """Name for each comment another of its site, of the last day, that says nearly the same; most have none."""
        ...

    def add(self, waves: Sequence[Wave]) -> None: ...
    def join(self, waves: Mapping[UUID, UUID]) -> None:
        """Let comments that are locked be in these waves from now on."""
        ...

    def swell(self, held: Sequence[Comment]) -> None:
        """Let the waves of these comments, which wait for a person from now on, be in the queue."""
        ...

    def get(self, site_id: UUID, wave_id: UUID) -> Wave | None: ...
    def family(self, site_id: UUID, wave_id: UUID) -> Family | None:
        """Find the card of a wave of this site: it may be another one's, that it was merged into."""
        ...

    def lock(self, wave_ids: Collection[UUID]) -> None:
        """Let nobody merge, split or swell these waves before the transaction ends."""
        ...

    def merge(self, wave: Wave, into: Wave, now: datetime) -> None:
        """Let one wave stand for another, both of them locked, at the place of whichever comes first."""
        ...

    def split(self, wave: Wave) -> None:
        """Let a wave that is locked be a card of its own again, with all of its comments."""
        ...

    def ebb(self, most: int) -> int:
        """Take waves of which nothing waits any more out of the queue; say how many there were."""
        ...

    def resketch(self, wave_ids: Collection[UUID]) -> None:
        """Let waves be like a comment that is in them, where none is that they were like."""
        ...

    def recede(self, age: timedelta, most: int) -> int:
        """Forget a piece of what came to rest longer than `age` ago; say how much that was."""
        ...

    def take(self, stance: Stance, family: Family, lasting: timedelta | None) -> None:
        """Keep a decision on a card, which ends what was decided of any of its waves before for later comments.

        Raises Stale where somebody else decided since the wave was shown.
        """
        ...

    def stance(self, site_id: UUID, stance_id: UUID) -> Stance | None: ...
    def standing(self, wave_ids: Collection[UUID]) -> Mapping[UUID, Stance]:
        """Give what goes for comments that arrive now; nobody takes it back before the transaction ends.

        What was decided of a wave goes for those that it was merged with, too; the latest is what counts.
        """
        ...

    def of(self, wave_ids: Collection[UUID]) -> list[Stance]:
        """Give what was decided of waves, the newest first."""
        ...

    def covered(self, stance: Stance, most: int) -> list[UUID]:
        """Name some of what is still to be decided: what is as it was when the person looked.

        That is what waits, and, where it is taken down, what the policy published. What goes for later
        comments goes for those that came between looking and deciding, too. What is appealed is left out.
        """
        ...

    def hold(self, stance: Stance) -> bool:
        """Let nobody take a decision back before the transaction ends; False where somebody did."""
        ...

    def withdraw(self, stance: Stance, now: datetime, person_id: UUID) -> bool:
        """Take a decision back: it goes for nothing more; False where it was taken back before."""
        ...

    def standing_decisions(self, stance: Stance, most: int) -> list[Decision]:
        """Give some of the decisions that followed it and after which nothing else was decided."""
        ...

    def unfinished(self, most: int) -> list[Stance]: ...
    def finish(self, stance: Stance) -> None: ...


class Onces(Protocol):
    """Things that may happen once a day."""

    def claim(self, site_id: UUID, key: str, body: bytes, comment_id: UUID) -> Once | None:
        """Take a key, or give what already happened under it; waits for whoever is taking it now."""
        ...

    def get(self, site_id: UUID, key: str) -> Once | None: ...
    def forget(self, comment_id: UUID, purpose: str) -> None: ...
    def purge(self, age: timedelta, most: int) -> int: ...


class Flags(Protocol):
    """Readers' flags."""

    def add(self, comment: Comment, *, network_print: bytes, reason: str, now: datetime) -> bool: ...
    def count(self, comment_id: UUID) -> int: ...
    def first_at(self, comment_id: UUID) -> datetime | None: ...


class Wordings(Protocol):
    """The words by which comments are found, kept in the order of the events that tell of them."""

    def behind(self) -> bool:
        """Say whether there are events that were not looked at yet."""
        ...

    def alone(self) -> bool:
        """Say whether nobody else is keeping words, and keep them away until this transaction ends."""
        ...

    def told(self, most: int) -> Stretch:
        """Give the texts that the next events tell of, at most so many events."""
        ...

    def thin(self, *, begin: bool) -> bool:
        """Let a piece of the index lose the words that were taken out; say whether more is due, all of it if begun."""
        ...

    def advance(self, since: int, until: int) -> bool:
        """Say that the events up to a position were looked at; False where somebody else was faster."""
        ...

    def keep(self, found: Sequence[tuple[Told, Sequence[str]]]) -> None:
        """Keep the words of texts that are still as they were read."""
        ...
