"""What use cases and ports hand each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, TypeVar
from uuid import UUID

from moderation.domain.comment import Around, Comment, FormToken
from moderation.domain.delivery import Delivery, Outcome
from moderation.domain.signal import KINDS
from moderation.domain.wave import Kin

T = TypeVar("T")
Row = Mapping[str, Any]


class Bell(StrEnum):
    """Every bell there is: each says only "there is work of this kind"."""

    SPAM = "lychgate.spam"
    TOXICITY = "lychgate.toxicity"
    REMOTE = "lychgate.remote"
    RENDER = "lychgate.render"
    DELIVER = "lychgate.deliver"
    REDELIVER = "lychgate.redeliver"
    HOUSEKEEPING = "lychgate.housekeeping"
    LEARN = "lychgate.learn"
    MAIL = "lychgate.mail"
    WORDING = "lychgate.wording"


KEY, FORM, TOKEN, PROOF, REPEAT = "key", "form", "token", "proof", "repeat"
"""What may happen once a day: a request under a key, one form, token or proof, the same words in one place."""
ATTEMPTS: Final = 3
"""After so many tries a job is given up and its comment held for a person."""
RENDER: Final = "render"
"""The job that turns a text into HTML; the other kinds of job are those of the scorers."""
BELL_OF: Final = {kind: Bell(f"lychgate.{kind}") for kind in (*KINDS, RENDER)}
"""The bell of each kind of job."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A lease on one job: whoever holds the token may finish it until the lease runs out."""

    comment_id: UUID
    site_id: UUID
    kind: str
    token: UUID
    attempts: int
    comment: Comment
    model: UUID | None = None
    """The version of its site's model that is in use."""
    kin: Kin | None = None
    """Another comment that says nearly the same; looked for with what was sent around."""

    def amid(self, around: Around, kin: Kin | None) -> "Claim":
        """Give the same claim with what was sent around its comment filled in."""
        return replace(self, comment=self.comment.amid(around), kin=kin)


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when: the first moment belongs to it, the last one does not."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Lasting:
    """For how long an installation remembers what it need not."""

    mailboxes: timedelta
    """Authors' addresses that nobody uses any more."""
    erasures: timedelta
    """Whom it erased, so that a backup that is brought back can be told."""


@dataclass(frozen=True, slots=True)
class Once:
    """What already happened under a key that may be used once a day."""

    body: bytes
    comment_id: UUID


@dataclass(frozen=True, slots=True)
class FormReading:
    """What a form token says: how it was used, how old the form was, and its nonce."""

    state: FormToken
    age: float | None = None
    nonce: str | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `amount` in `window` for everybody who shares `key`; `name` travels in headers."""

    name: str
    amount: int
    window: timedelta
    key: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How much of one limit is left, and for how long that holds."""

    limit: Limit
    remaining: int
    reset: timedelta


class Way(StrEnum):
    """Where an address leads, as far as that can be told before anything is sent there."""

    OPEN = "open"
    SHUT = "shut"
    """The address by itself is none that may be reached."""
    INSIDE = "inside"
    """Its name leads to one that may not."""
    UNKNOWN = "unknown"
    """Nobody knows the name at this moment, or says so in time."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Something to be sent to a publisher: every secret signs, and the id is the same on every attempt."""

    url: str
    secrets: tuple[str, ...]
    headers: Mapping[str, str]
    message_id: str
    body: bytes
    moment: datetime
    """When the attempt begins, by the database's clock: what is signed depends on no other."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """Deliveries that were leased under a token, in the order of their events, and when by the database's clock."""

    token: UUID
    at: datetime
    deliveries: Sequence[Delivery]


@dataclass(frozen=True, slots=True)
class Attempted:
    """One attempt that ended, and how long to wait before the next; None where there is none."""

    delivery: Delivery
    outcome: Outcome
    again: timedelta | None


@dataclass(frozen=True, slots=True)
class Replay:
    """What is to be sent once more: these deliveries, everything since a moment, or every dead one; a page of it."""

    deliveries: tuple[UUID, ...] | None = None
    since: datetime | None = None
    after: int = 0
    """Where the page before ended."""
    most: int = 1000


@dataclass(frozen=True, slots=True)
class Replayed:
    """How much of a page is sent once more, and where it ended; None where nothing follows."""

    planned: int
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who has a card in view."""

    card: UUID
    person_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """A version of a site's model as it is kept, with a vector for each comment that taught it, in their order."""

    number: int
    model: bytes
    vectors: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Told:
    """A text as it was read, to be made findable by its words."""

    position: int
    comment_id: UUID
    site_id: UUID
    revision: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the events, and the texts that they tell of."""

    since: int
    until: int
    texts: tuple[Told, ...] = ()
