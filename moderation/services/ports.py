"""What services ask of the outside, and `Deps`, the bag that carries it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from moderation.domain.audit import OPERATOR, Entry, Who
from moderation.domain.author import Seen
from moderation.domain.ban import Ban
from moderation.domain.comment import Around, Comment, FormToken, Status, Submission
from moderation.domain.decision import Decision
from moderation.domain.delivery import Delivery, Health, Outcome, State, Underway
from moderation.domain.endpoint import Endpoint
from moderation.domain.event import Event
from moderation.domain.feed import Feed
from moderation.domain.invitation import Invitation
from moderation.domain.lesson import Learnt, Lesson, ModelState, ModelVersion
from moderation.domain.listing import Listing
from moderation.domain.mailbox import AuthorMail, Follow, Mailbox
from moderation.domain.note import Note
from moderation.domain.notice import Backlog, Letter, Mail, Notice, Posted
from moderation.domain.person import Person, Role, Session
from moderation.domain.privacy import SecretEmail
from moderation.domain.scope import ApiKey
from moderation.domain.signal import KINDS, Signal
from moderation.domain.site import Site
from moderation.domain.thread import Thread
from moderation.domain.wave import Kin, Stance, Wave
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


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who has a card in view."""

    card: UUID
    person_id: UUID
    name: str


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
    def policies(self, site_id: UUID, digests: Collection[str]) -> Mapping[str, str]:
        """Give a site's policies, those of former days too, by their hashes."""
        ...


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
    def ebb(self, most: int) -> int:
        """Take waves of which nothing waits any more out of the queue; say how many there were."""
        ...

    def take(self, stance: Stance, lasting: timedelta | None) -> None:
        """Keep a decision on a wave, which ends what was decided of it before for later comments.

        Raises Stale where somebody else decided since the wave was shown.
        """
        ...

    def stance(self, site_id: UUID, stance_id: UUID) -> Stance | None: ...
    def standing(self, wave_ids: Collection[UUID]) -> Mapping[UUID, Stance]:
        """Give what goes for comments that arrive now; nobody takes it back before the transaction ends."""
        ...

    def of(self, wave_id: UUID) -> list[Stance]:
        """Give what was decided of a wave, the newest first."""
        ...

    def covered(self, stance: Stance, most: int) -> list[UUID]:
        """Name some of what is still to be decided: what is as it was when the person looked.

        That is what waits, and, where it is taken down, what the policy published. What goes for later
        comments goes for those that came between looking and deciding, too.
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
    """Looks at addresses, and what else was done at a site; nothing of it is changed afterwards."""

    def note(self, entries: Sequence[Entry]) -> None: ...
    def purge(self, age: timedelta, most: int) -> int: ...

    def add(self, comment: Comment, *, reveal_id: UUID, by: Who, reason: str, now: datetime) -> None: ...


class People(Protocol):
    """Who may sign in, what they are on which sites, and the browsers in which they are signed in."""

    def add(self, person: Person) -> None: ...
    def keep_password(self, person_id: UUID, password: str, stamp: str) -> None: ...
    def disable(self, person_id: UUID, stamp: str) -> None: ...
    def enable(self, person_id: UUID) -> None: ...
    def keep_address(self, person_id: UUID, sealed: bytes | None, print_: bytes | None) -> None: ...
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
    def by_address(self, print_: bytes) -> list[Person]: ...
    def at(self, site_ids: Collection[UUID]) -> list[Person]: ...
    def owners(self, site_id: UUID) -> Collection[UUID]:
        """Name the owners of a site who may sign in, and keep others from changing its roles until the end."""
        ...

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


class Workplaces(Protocol):
    """What people have before them at the desk."""

    def sort(self, person_id: UUID) -> str | None: ...
    def keep_sort(self, person_id: UUID, sort: str) -> None: ...
    def read(self, person_id: UUID, card: UUID, lasting: timedelta) -> None:
        """Keep which card somebody reads from now on; whoever goes on reading it has read it since they began."""
        ...

    def readers(self, cards: Collection[UUID]) -> list[Reader]:
        """Give who reads some of these cards at present, whoever began first, first."""
        ...

    def keep_sample(self, person_id: UUID, drawn_from: bytes, moment: datetime, lasting: timedelta) -> None: ...
    def sampled(self, person_id: UUID, drawn_from: bytes) -> datetime | None:
        """Say when somebody was shown a sample of this, if it was their last one and not long ago."""
        ...


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


class Mailboxes(Protocol):
    """What sites know of authors' addresses, by their fingerprints, and what authors want to be told."""

    def get(self, mailbox_id: UUID) -> Mailbox | None: ...
    def of(self, site_id: UUID, fingerprint: bytes) -> Mailbox | None: ...
    def touch(self, mailbox: Mailbox) -> None:
        """Keep a mailbox, or note that the one that is kept was used again."""
        ...

    def ask(self, site_id: UUID, fingerprint: bytes) -> bool:
        """Say whether a mailbox is to be asked now whether it is somebody's, and note that it is."""
        ...

    def confirm(self, mailbox: Mailbox) -> bool: ...
    def invite(self, site_id: UUID, fingerprint: bytes, secret: str) -> bool:
        """Let a link with this secret lead to one's own comments, unless one was sent within the hour."""
        ...

    def leave(self, mailbox_id: UUID) -> None:
        """Count from now for how long a link is good, since it leaves only now."""
        ...

    def expected(self, mailbox_id: UUID, secret: str) -> bool: ...
    def visit(self, mailbox_id: UUID, secret: str) -> bool:
        """Use up a link to one's own comments, which says too that the address is theirs."""
        ...

    def silence(self, mailbox: Mailbox) -> None:
        """Tell nobody there anything more, and where it is nobody's yet, ask no more either."""
        ...

    def wait_a_day(self, site_id: UUID, fingerprint: bytes, pause: timedelta) -> None: ...
    def follow(self, follow: Follow) -> None: ...
    def followed(self, comment_id: UUID) -> Follow | None: ...
    def decided_before(self, mailbox: Mailbox) -> list[UUID]:
        """Name the comments that were decided before their author's address was confirmed, who wanted to hear of it."""
        ...

    def comments(self, site_id: UUID, fingerprint: bytes, most: int) -> list[UUID]: ...
    def approved(self, mailbox: Mailbox) -> UUID | None:
        """Name the latest approved comment under an address."""
        ...

    def forget(self, site_id: UUID, fingerprint: bytes) -> None:
        """Forget an address: what was confirmed, what was to be told, and every mail on its way."""
        ...

    def purge(self, age: timedelta, most: int) -> int: ...


class AuthorMails(Protocol):
    """Mails on their way to authors."""

    def heard(self, event_ids: Collection[UUID]) -> Sequence[Row]:
        """Give those of these events that may be worth a mail to an author."""
        ...

    def plan(self, mails: Sequence[AuthorMail], after: timedelta = timedelta()) -> None:
        """Plan mails; one that was planned before stays as it is, unless there was nothing to say then."""
        ...

    def claim(self, token: UUID, lease: timedelta) -> list[AuthorMail]:
        """Lease the mail that is due for longest; with one for a digest, all that wait for the same digest."""
        ...

    def put_off(self, token: UUID, first: AuthorMail) -> bool:
        """Give back a digest that is not due before its day is over; False where it is."""
        ...

    def drop(self, token: UUID, needless: Collection[UUID]) -> None: ...
    def settle(self, token: UUID, posted: Posted, pause: timedelta | None) -> int: ...
    def due(self) -> bool: ...
    def purge(self, age: timedelta, most: int) -> int: ...


class Invitations(Protocol):
    """Links by which people give themselves a password, and the mails that bring them."""

    def add(self, invitation: Invitation, *, by_mail: bool) -> None: ...
    def get(self, invitation_id: UUID) -> Invitation | None: ...
    def of(self, person_id: UUID) -> list[tuple[Invitation, State | None, str | None]]: ...
    def spend(self, invitation: Invitation) -> bool:
        """Use one up; False where that was done already."""
        ...

    def revoke(self, person_id: UUID) -> None: ...
    def claim(self, token: UUID, lease: timedelta) -> Invitation | None: ...
    def settle(self, invitation: Invitation, token: UUID, posted: Posted, pause: timedelta | None) -> None: ...
    def mail_due(self) -> bool: ...
    def purge(self, before: datetime, most: int) -> int: ...


class Bans(Protocol):
    """Whom sites ban."""

    def add(self, ban: Ban) -> None: ...
    def get(self, site_id: UUID, ban_id: UUID) -> Ban | None: ...
    def lift(self, ban: Ban, *, by: UUID, when: datetime) -> bool:
        """End a ban that nobody lifted before; False where somebody did."""
        ...

    def of(self, site_id: UUID, *, after: UUID | None, limit: int) -> list[Ban]:
        """Give a page of a site's bans, newest first; those that are over, too."""
        ...

    def about(self, site_ids: Collection[UUID], values: Collection[str], now: datetime) -> list[Ban]:
        """Give what is in force at these sites: by these fingerprints and networks, and by all patterns."""
        ...

    def purge(self, ended_before: datetime, most: int) -> int: ...
    def patterns(self, site_id: UUID, now: datetime) -> int:
        """Count what is in force at a site by patterns."""
        ...


class Notes(Protocol):
    """What moderators wrote down about comments and authors."""

    def add(self, note: Note) -> None: ...
    def get(self, site_id: UUID, note_id: UUID) -> Note | None: ...
    def remove(self, site_id: UUID, note_id: UUID) -> bool: ...
    def on(self, comment: Comment) -> list[Note]:
        """Give what is noted on a comment and on its author, newest first, a hundred at most."""
        ...


class Listings(Protocol):
    """Sites' own lists, as they were saved."""

    def latest(self, site_id: UUID, most: int = 1) -> list[Listing]:
        """Give the last that were saved, the one in force first."""
        ...

    def in_force(self, site_ids: Collection[UUID]) -> Mapping[UUID, Listing]: ...
    def add(self, listing: Listing, *, keep: int) -> None:
        """Keep a version and no more than so many of a site."""
        ...


class Portraits(Protocol):
    """What a site has seen of an author."""

    def of(self, comment: Comment) -> Seen | None:
        """Look over the latest comments of whoever wrote this one; None where nothing tells them from others."""
        ...


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
    def waves(self) -> Waves: ...
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
    def workplaces(self) -> Workplaces: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def mailboxes(self) -> Mailboxes: ...
    @property
    def author_mails(self) -> AuthorMails: ...
    @property
    def invitations(self) -> Invitations: ...
    @property
    def bans(self) -> Bans: ...
    @property
    def notes(self) -> Notes: ...
    @property
    def listings(self) -> Listings: ...
    @property
    def portraits(self) -> Portraits: ...
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

    def latest(self, site_id: UUID, *, since: datetime, after: UUID | None, limit: int) -> list[Row]:
        """Give a page of what arrived at a site since a moment, newest first: what lists are held against."""
        ...

    def waves(
        self, site_id: UUID, sort: str, *, after: UUID | None, limit: int, below: float | None = None
    ) -> list[Row]:
        """Give a page of waves of which something waits, each as its newest comment that does, at the wave's place."""
        ...

    def wave(self, wave_id: UUID) -> Row:
        """Count what waits of a wave, up to a thousand, its networks, since when it came, and what policy published."""
        ...

    def wave_members(self, wave_id: UUID, most: int) -> list[Row]:
        """Give what waits of a wave, the newest first."""
        ...

    def record(self, comment: Comment) -> dict[str, int]: ...
    def threads(self, site_id: UUID, *, words: str = "", after: UUID | None, limit: int) -> list[Row]: ...
    def begun(self, site_id: UUID) -> tuple[bool, bool]:
        """Say whether any comment came to a site, and whether a person decided one."""
        ...

    def feed(self, site_id: UUID, *, after: int, limit: int) -> list[Row]: ...
    def position_of(self, site_id: UUID, event_id: UUID) -> int | None: ...
    def trail(self, site_id: UUID, wanted: Mapping[str, Any], *, after: UUID | None, limit: int) -> list[Row]:
        """Give a page of what was done at a site, the latest first."""
        ...

    def waits(self, site_id: UUID, most: int) -> list[timedelta]:
        """Say how long the comments waited that people decided last, of so many decisions."""
        ...

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

    def link_print(self, site_id: UUID, text: str) -> bytes | None:
        """Give what a text is found by among others with the same links; None where there are none."""
        ...

    def digest(self, purpose: str, *parts: str | bytes) -> bytes: ...


class Proofs(Protocol):
    """Gives work to browsers, and sees whether it was done."""

    def challenge(self, site_id: UUID, thread: str, now: datetime) -> Mapping[str, Any]: ...
    def read(self, sent: str, site_id: UUID, thread: str, now: datetime) -> str:
        """Name the challenge for this page that was solved; raises `Unfit` for what is none, or too late."""
        ...


class Limits(Protocol):
    """Counts what may be sent."""

    def look(self, limits: Sequence[Limit]) -> list[Standing]:
        """Say how far every limit is, and count nothing."""
        ...

    def admit(self, limits: Sequence[Limit]) -> list[Standing]:
        """Count one under every limit, or raise TooMany and count nothing more."""
        ...

    def begin(self, name: str) -> bool:
        """Say that the request of this name is under way; False where the same one is already."""
        ...

    def end(self, name: str) -> None:
        """Say that it is over, however it ended; who says nothing is forgotten after two seconds."""
        ...


class Say(Protocol):
    """Says things to authors in their language."""

    def __call__(self, language: str, word: str, /, **values: object) -> str:
        """Give the sentence of this name, in English where the language is not spoken here."""
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
    say: Say
    kinds: tuple[str, ...]
    """Every kind of job that a new text gets on every site."""
    render: Callable[[str], str]
    vault: Vault
    seals: Seals
    claims_of: Callable[[str, Sequence[str]], Mapping[str, Any] | None]
    """Give the claims of a token that one of these secrets signed; None for what is no such token."""
    proofs: Proofs
    limits: Limits
    ring: Ring
    hashed: Callable[[str], str]
    """Turn a password into what may be kept of it; slow by intent."""
    starting_policy: Callable[[str], str]
    """Give a policy that a new site may start from."""
    close: Callable[[], None]
    """Let go of every connection; what is used afterwards opens new ones."""
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    by: Who = OPERATOR
    """On whose behalf all this is done, for the audit."""
