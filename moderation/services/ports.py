"""What services ask of the outside, and `Deps`, the bag that carries it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from moderation.domain.comment import Around, Comment, FormToken, Status, Submission
from moderation.domain.decision import Decision
from moderation.domain.delivery import Delivery, Health, Outcome, Underway
from moderation.domain.endpoint import Endpoint
from moderation.domain.event import Event
from moderation.domain.feed import Feed
from moderation.domain.lesson import Learnt, Lesson, ModelState, ModelVersion
from moderation.domain.notice import Backlog, Letter, Mail, Notice, Posted
from moderation.domain.person import Person, Role, Session
from moderation.domain.privacy import SecretEmail
from moderation.domain.scope import ApiKey
from moderation.domain.signal import KINDS, Signal
from moderation.domain.site import Site
from moderation.domain.thread import Thread
from moderation.domain.wordlist import WordList

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


KEY, FORM, REPEAT = "key", "form", "repeat"
"""What may happen once a day: a request under a key, one use of a form, the same words in one place."""

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

    def amid(self, around: Around) -> "Claim":
        """Give the same claim with what was sent around its comment filled in."""
        return replace(self, comment=self.comment.amid(around))


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when: the first moment belongs to it, the last one does not."""

    since: datetime
    until: datetime


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


@dataclass(frozen=True, slots=True)
class Remembered:
    """A version of a site's model as it is kept, with a vector for each comment that taught it, in their order."""

    number: int
    model: bytes
    vectors: Sequence[bytes]


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


class Send(Protocol):
    """Sends to publishers; that nobody answers is an outcome, and raises nothing."""

    def __call__(self, parcel: Parcel, /) -> Outcome: ...


class Post(Protocol):
    """Sends mail; that it could not be sent is an outcome, and raises nothing."""

    def __call__(self, letter: Letter, /) -> Posted: ...


class Sites(Protocol):
    """The tenants."""

    def by_key(self, key: str) -> Site | None: ...
    def get(self, site_id: UUID) -> Site | None: ...
    def hold(self, site_id: UUID) -> Site | None: ...
    def some(self, site_ids: Collection[UUID]) -> list[Site]: ...
    def all(self) -> list[Site]: ...
    def add(self, site: Site) -> None: ...
    def save(self, site: Site) -> None: ...


class Keys(Protocol):
    """Secret keys, found by the hash of the secret."""

    def by_digest(self, digest: bytes) -> ApiKey | None: ...
    def add(self, key: ApiKey, digest: bytes) -> None: ...
    def of(self, site_id: UUID) -> list[ApiKey]: ...
    def revoke(self, site_id: UUID, key_id: UUID, when: datetime) -> bool: ...
    def used(self, key_id: UUID, when: datetime) -> None: ...


class Threads(Protocol):
    """Pages with comments."""

    def open(self, thread: Thread) -> Thread:
        """Give the thread of this site and key; the first caller's is kept, merged ones lead on."""
        ...

    def get(self, site_id: UUID, thread_id: UUID) -> Thread | None: ...
    def find(self, site_id: UUID, key: str) -> Thread | None: ...
    def save(self, thread: Thread) -> None: ...
    def changed(self, deltas: Mapping[UUID, int]) -> None:
        """Count a public change in each thread, and what it did to the number of approved comments."""
        ...

    def public(self, threads: Collection[UUID]) -> dict[UUID, int]:
        """Count what can be read in each of these threads."""
        ...

    def hold(self, *threads: UUID) -> None:
        """Keep everybody else from changing these threads and what is in them until the transaction ends."""
        ...

    def absorb(self, into: UUID, other: UUID) -> int:
        """Move every comment of `other`, which is held as `into` is, into it; return how many there were."""
        ...


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
        self, comment_id: UUID, *, text: str, text_print: bytes | None, sketch: int | None, now: datetime
    ) -> None: ...
    def set_html(self, html: Mapping[UUID, str]) -> None: ...
    def set_worth(self, worth: Mapping[UUID, float]) -> None:
        """Keep the places of comments among what waits for a person."""
        ...

    def set_languages(self, languages: Mapping[UUID, str]) -> None: ...
    def next_sequence(self, comment_id: UUID) -> int: ...
    def set_circumstances(self, comments: Sequence[Comment]) -> None: ...
    def vouched(self, comments: Sequence[Comment]) -> Mapping[UUID, int]:
        """Count the approved comments of each author who brought a receipt of one of them."""
        ...

    def received(self, site_id: UUID, period: Period, *, after: UUID | None, limit: int) -> list[Comment]:
        """Give a page of what arrived at a site in a period, oldest first."""
        ...

    def overdue(self, patience: timedelta, most: int) -> list[Comment]: ...
    def forget_deleted(self, age: timedelta, most: int) -> int: ...


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


class Echoes(Protocol):
    """What comments of the last day are like."""

    def keep(self, comment_ids: Collection[UUID]) -> None:
        """Let these comments be found by those that say nearly the same, on sites that share by all of them."""
        ...

    def around(self, comment_ids: Collection[UUID]) -> Mapping[UUID, Around]:
        """Say of each comment what was sent around it; of most there is nothing to say, and they are left out."""
        ...

    def purge(self, age: timedelta, most: int) -> int: ...


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

    def add(self, seen: Sequence[tuple[Comment, Signal]]) -> None: ...
    def renew(self, seen: Sequence[tuple[Comment, Signal]]) -> None:
        """Keep what a scorer sees now; what it said before is dropped, its abstaining too."""
        ...

    def of(self, comments: Sequence[Comment]) -> Mapping[UUID, list[Signal]]: ...


class Log(Protocol):
    """The decision log."""

    def add(self, decisions: Sequence[Decision]) -> None: ...
    def get(self, site_id: UUID, decision_id: UUID) -> Decision | None: ...
    def of(self, comment_id: UUID) -> list[Decision]: ...
    def of_each(self, comment_ids: Collection[UUID]) -> Mapping[UUID, list[Decision]]: ...
    def overruled(self, comment_ids: Collection[UUID]) -> set[UUID]:
        """Name those comments of which a person took back what policy had decided."""
        ...

    def decided_by_people(self, comment_ids: Collection[UUID]) -> set[UUID]: ...


class Events(Protocol):
    """What publishers will hear."""

    def add(self, events: Sequence[Event]) -> None: ...
    def number(self, most: int) -> list[UUID]:
        """Give positions to events that have none, in one pass at a time; name them."""
        ...

    def unnumbered(self) -> bool: ...
    def told(self, event_ids: Collection[UUID]) -> Mapping[UUID, Row]:
        """Give events, each with its comment as it is now."""
        ...


class Endpoints(Protocol):
    """Where publishers hear of events."""

    def add(self, endpoint: Endpoint) -> None: ...
    def get(self, site_id: UUID, endpoint_id: UUID) -> Endpoint | None: ...
    def find(self, endpoint_id: UUID) -> Endpoint | None: ...
    def hold(self, site_id: UUID, endpoint_id: UUID) -> Endpoint | None:
        """Find an endpoint of a site, and let nobody else change it until the transaction ends."""
        ...

    def of(self, site_id: UUID) -> list[Endpoint]: ...
    def save(self, endpoint: Endpoint) -> None: ...
    def remove(self, site_id: UUID, endpoint_id: UUID) -> bool: ...
    def lock(self, endpoint_id: UUID) -> Endpoint | None:
        """Give an endpoint that is enabled, held until the transaction ends."""
        ...

    def note(self, endpoint_id: UUID, health: Health) -> None: ...
    def busiest(self) -> int:
        """Say how many endpoints hear of events on the site that has the most of them."""
        ...


class Deliveries(Protocol):
    """Events on their way to endpoints."""

    def clock(self) -> datetime: ...
    def plan(self, event_ids: Collection[UUID]) -> int:
        """Plan a delivery of each of these events to each endpoint that wants to hear of it; return how many."""
        ...

    def plan_ping(self, delivery: Delivery) -> None: ...
    def claim(self, endpoint_id: UUID, token: UUID, most: int, lease: timedelta, *, tried: bool) -> list[Delivery]: ...
    def settle(self, token: UUID, attempted: Sequence[Attempted]) -> None:
        """Write down attempts whose lease still holds; the rest is somebody else's now."""
        ...

    def release(self, token: UUID) -> None:
        """Give back what was leased and not tried, as if it had not been taken."""
        ...

    def put_off(self, endpoint_id: UUID, until: datetime) -> None: ...
    def bury(self, endpoint_id: UUID) -> None:
        """Let everything that waits for an endpoint be dead, to be replayed when it is back."""
        ...

    def replay(self, endpoint: Endpoint, chosen: Replay) -> Replayed:
        """Let a page of what was chosen be due afresh, in order, at an endpoint that is held."""
        ...

    def due_endpoints(self, *, tried: bool) -> list[UUID]: ...
    def due(self) -> set[bool]:
        """Say whether something is due for the first time (False), and whether something is again (True)."""
        ...

    def purge(self, age: timedelta, most: int) -> int: ...
    def underway(self) -> Underway: ...


class Feeds(Protocol):
    """Feeds of people, one for each of their sites."""

    def of(self, person_id: UUID) -> list[Feed]: ...
    def find(self, digest: bytes) -> Feed | None:
        """Find the feed with this hash, if its person still works at its site."""
        ...

    def keep(self, feed: Feed) -> None:
        """Keep a feed, in the place of the one that the same person had for the same site."""
        ...

    def drop(self, person_id: UUID, site_id: UUID) -> None: ...


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


class Audit(Protocol):
    """Looks at addresses."""

    def add(self, comment: Comment, *, reveal_id: UUID, actor_id: UUID, reason: str, now: datetime) -> None: ...


class People(Protocol):
    """Who may sign in, what they are on which sites, and the browsers in which they are signed in."""

    def add(self, person: Person) -> None: ...
    def keep_password(self, person_id: UUID, password: str, stamp: str) -> None: ...
    def disable(self, person_id: UUID, stamp: str) -> None: ...
    def keep_authenticator(self, person_id: UUID, totp: str | None) -> None: ...
    def keep_recovery(self, person_id: UUID, codes: Sequence[str]) -> None: ...
    def purge_sessions(self, *, idle_since: datetime, begun_before: datetime) -> int: ...
    def spend_code(self, person_id: UUID, counter: int) -> bool:
        """Use up an authenticator's code, and all before it; False where that was done already."""
        ...

    def spend_recovery(self, person_id: UUID, code: str) -> bool:
        """Use up a code for recovery, as it is kept; False where there is no such one any more."""
        ...

    def get(self, person_id: UUID) -> Person | None: ...
    def by_handle(self, handle: str) -> Person | None: ...
    def by_stamp(self, stamp: str) -> Person | None: ...
    def all(self) -> list[Person]: ...
    def names(self, person_ids: Collection[UUID]) -> Mapping[UUID, str]: ...
    def set_role(self, person_id: UUID, site_id: UUID, role: Role | None) -> None:
        """Say what a person is on a site from now on; None makes them nobody there."""
        ...

    def sign_in(self, session: Session) -> None: ...
    def session(self, digest: bytes) -> Session | None: ...
    def sessions(self, person_id: UUID) -> list[Session]: ...
    def seen(self, session_id: UUID, when: datetime) -> None: ...
    def sign_out(self, person_id: UUID, session_id: UUID) -> bool: ...


class Notices(Protocol):
    """Who is told by mail, and the mails on their way."""

    def of(self, person_id: UUID) -> list[Notice]: ...
    def get(self, notice_id: UUID) -> Notice | None: ...
    def keep(self, notice: Notice) -> None:
        """Keep a wish, in the place of what the same person wanted to hear of the same site."""
        ...

    def lock(self, person_id: UUID) -> None:
        """Let nobody else change what this person wants to hear, until the end of the transaction."""
        ...

    def confirm(self, notice: Notice) -> bool: ...
    def look(self, notice: Notice, told: int, next_at: datetime) -> bool:
        """Remember up to where was looked for a wish, and when to look again; False where it is another one by now."""
        ...

    def drop(self, notice: Notice) -> bool: ...
    def due(self, most: int) -> list[Notice]:
        """Lock wishes of people who still work there and to whom a mail may be sent now."""
        ...

    def owners(self, site_id: UUID) -> list[Notice]:
        """Give the wishes of a site's owners, where their address is confirmed."""
        ...

    def backlog(self, site_id: UUID) -> Backlog: ...
    def held_since(self, site_id: UUID, position: int) -> tuple[int, bool]:
        """Give the position of the latest event at a site, and say whether anything was held after another one."""
        ...

    def plan(self, mails: Collection[Mail]) -> None: ...
    def claim(self, token: UUID, lease: timedelta) -> Mail | None: ...
    def settle(self, mail: Mail, token: UUID, posted: Posted, pause: timedelta | None) -> None:
        """Write down what came of an attempt whose lease still holds; it is tried again after the pause, or over."""
        ...

    def mail_due(self) -> bool: ...
    def purge(self, age: timedelta, most: int) -> int: ...


class Uow(Protocol):
    """One transaction with every store in it; what is not committed never happened."""

    @property
    def sites(self) -> Sites: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def threads(self) -> Threads: ...
    @property
    def comments(self) -> Comments: ...
    @property
    def echoes(self) -> Echoes: ...
    @property
    def learned(self) -> Learned: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def signals(self) -> Signals: ...
    @property
    def log(self) -> Log: ...
    @property
    def events(self) -> Events: ...
    @property
    def endpoints(self) -> Endpoints: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def once(self) -> Onces: ...
    @property
    def flags(self) -> Flags: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def people(self) -> People: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def feeds(self) -> Feeds: ...
    def flush(self) -> None:
        """Send what may have waited for the end, so that it can be read within the transaction."""
        ...

    def commit(self) -> None: ...


class Views(Protocol):
    """Pages of rows for screens, straight from the database; nothing here changes anything."""

    def thread_page(self, thread_id: UUID, *, newest: bool, after: UUID | None, limit: int) -> list[Row]: ...
    def recent(self, site_id: UUID, *, newest: bool, after: UUID | None, limit: int) -> list[Row]: ...
    def public(
        self, site_id: UUID, within: Mapping[str, Any], *, newest: bool, offset: int, limit: int
    ) -> list[Row]: ...
    def publicly(self, site_id: UUID, within: Mapping[str, Any], *, most: int) -> int:
        """Count the public comments of some threads or under some parents, up to so many."""
        ...

    def between(self, site_id: UUID, spans: Sequence[tuple[UUID, UUID]]) -> list[Row]:
        """Give a site's comments, whatever their status, from the first to the last id of each span."""
        ...

    def counts(self, site_id: UUID, keys: Sequence[str]) -> dict[str, int]: ...
    def queue(
        self, site_id: UUID, wanted: Mapping[str, Any], *, after: UUID | None, limit: int, below: float | None = None
    ) -> list[Row]:
        """Give a page of what filters find; in the order of worth, it begins after a worth and the id."""
        ...

    def waiting(self, site_id: UUID, wanted: Mapping[str, Any], most: int) -> int:
        """Count what filters find at a site, up to so many."""
        ...

    def record(self, comment: Comment) -> dict[str, int]: ...
    def threads(self, site_id: UUID, *, after: UUID | None, limit: int) -> list[Row]: ...
    def feed(self, site_id: UUID, *, after: int, limit: int) -> list[Row]: ...
    def position_of(self, site_id: UUID, event_id: UUID) -> int | None: ...
    def deliveries(
        self, endpoint_id: UUID, wanted: Mapping[str, Any], *, after: UUID | None, limit: int
    ) -> list[Row]: ...


class Inbox(Protocol):
    """Where accepted comments become durable; may commit several callers' work together."""

    def accept(self, site_id: UUID, work: Callable[[Uow], T]) -> T:
        """Run `work` in a transaction and return what it returned once that is durable.

        What `work` raises undoes its own writes alone and comes out here.
        """
        ...


class Vault(Protocol):
    """Keeps what must be readable later."""

    def seal(self, plain: str, *, site_id: UUID, comment_id: UUID) -> bytes: ...
    def open(self, sealed: bytes, *, site_id: UUID, comment_id: UUID) -> str: ...


class Seals(Protocol):
    """Signs and fingerprints, each purpose with a key of its own."""

    def receipt(self, comment_id: UUID) -> str: ...
    def read_receipt(self, receipt: str) -> UUID | None: ...
    def form_token(self, site_id: UUID, thread: str, now: datetime) -> str: ...
    def read_form_token(self, token: str, site_id: UUID, thread: str, now: datetime) -> FormReading: ...
    def sign_cursor(self, payload: str, purpose: str) -> str: ...
    def read_cursor(self, cursor: str, purpose: str) -> str: ...
    def fingerprint(self, site_id: UUID, address: SecretEmail) -> bytes: ...
    def text_print(self, site_id: UUID, text: str) -> bytes | None:
        """Give a keyed hash by which the same words are found again; None for a few words, alike by chance."""
        ...

    def sketch(self, text: str) -> int | None:
        """Give what a text is found by among those that say nearly the same; None for a few words."""
        ...

    def digest(self, purpose: str, *parts: str | bytes) -> bytes: ...


class Limits(Protocol):
    """Counts what may be sent."""

    def admit(self, limits: Sequence[Limit]) -> list[Standing]:
        """Count one under every limit, or raise TooMany and count nothing more."""
        ...

    def begin(self, name: str) -> bool:
        """Say that the request of this name is under way; False where the same one is already."""
        ...

    def end(self, name: str) -> None:
        """Say that it is over, however it ended; who says nothing is forgotten after two seconds."""
        ...


class Ring(Protocol):
    """Rings bells; never raises, never waits: a lost ring is made good by the sweep."""

    def __call__(self, *bells: Bell) -> None: ...


@dataclass(frozen=True)
class Deps:
    """Everything a service may touch."""

    uow: Callable[[UUID | None], AbstractContextManager[Uow]]
    """Open a transaction that may write, in one site, or with None in all of them (workers)."""
    reading: Callable[[UUID | None], AbstractContextManager[Uow]]
    """Open one that only reads."""
    views: Callable[[UUID], AbstractContextManager[Views]]
    inbox: Inbox
    scorers: Mapping[str, Scorer]
    """By kind; only workers have any."""
    obscene: Callable[[str | None], WordList]
    """The public list of obscene words in a language; what is not used is not loaded."""
    remotes: Remotes
    """Only workers ask them."""
    learner: Learner | None
    """Only workers have one; without it, everybody gets what the scorers say."""
    send: Send
    """Only workers send."""
    may_reach: Callable[[str], bool]
    """Says of an address, as far as it shows by itself, whether a worker may send there."""
    post: Post
    """Only workers send mail."""
    may_post: bool
    """Whether the operator named a mail server."""
    public_url: str
    """Where people reach this installation, for links that they are sent."""
    kinds: tuple[str, ...]
    """Every kind of job that a new text gets on every site."""
    render: Callable[[str], str]
    vault: Vault
    seals: Seals
    limits: Limits
    ring: Ring
    hashed: Callable[[str], str]
    """Turn a password into what may be kept of it; slow by intent."""
    close: Callable[[], None]
    """Let go of every connection; what is used afterwards opens new ones."""
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
