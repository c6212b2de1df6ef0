"""Listings: a site's own words and links, tried on what arrived before they are saved, and the last save taken back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Final, Self
from uuid import UUID

from moderation.domain.audit import Act
from moderation.domain.comment import Status
from moderation.domain.decision import HUMAN
from moderation.domain.errors import Conflict, Fault, Invalid, NotFound, Stale
from moderation.domain.linklist import LinkList
from moderation.domain.lint import Hint, lint
from moderation.domain.listing import Listing, parse_links, parse_words
from moderation.domain.person import Person, Role
from moderation.domain.policy import parse_policy
from moderation.domain.signal import Span
from moderation.domain.site import Site
from moderation.domain.wordlist import WordList
from moderation.services.doers import called, doer
from moderation.services.noting import note
from moderation.services.ports import Deps, Row, Uow

Entries = Sequence[str]
Clock = Callable[[], float]
SPAN: Final = timedelta(days=30)
BATCH: Final = 200
MOST_READ: Final = 20_000
SECONDS: Final = 3.0
"""A preview looks no longer, and says how far it came."""
SAMPLE: Final = 20
KEPT: Final = 20
"""So many versions of a site's lists are kept."""


@dataclass(frozen=True, slots=True)
class Lists:
    """A site's lists as they are in force, and what stands around them."""

    site: Site
    words: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    version: UUID | None = None
    saved_at: datetime | None = None
    actor_id: UUID | None = None
    """Who saved them."""
    of_policy: tuple[str, ...] = ()
    """The words that the policy itself lists."""


@dataclass(frozen=True, slots=True)
class Caught:
    """One comment that lists would catch, and where."""

    row: Row
    spans: tuple[Span, ...]
    by_website: bool


@dataclass(slots=True)
class Preview:
    """What lists would have caught; where it was cut off, the oldest were not looked at."""

    since: datetime
    hints: Sequence[Hint] = ()
    read: int = 0
    caught: int = 0
    known: int = 0
    """Of these, what the lists in force catch too."""
    public: int = 0
    approved: int = 0
    """Of these, what a person approved."""
    sample: list[Caught] = field(default_factory=list)
    cut: bool = False


@dataclass(frozen=True)
class Sieve:
    """Both lists, ready to be held against comments."""

    words: WordList
    links: LinkList

    @classmethod
    def of(cls, words: tuple[str, ...], links: tuple[str, ...]) -> Self:
        """Make both of their entries."""
        return cls(WordList(words), LinkList(links))

    def catch(self, row: Row) -> Caught | None:
        """Say where a comment would be caught; None where it would not."""
        spans = (*self.words.spans(row["text"]), *self.links.spans(row["text"]))
        by_website = self.links.has(row["website"])
        return Caught(row, spans, by_website) if spans or by_website else None


def show(deps: Deps, person: Person, site_id: UUID) -> Lists:
    """Give a site's lists to its seniors and owners; raises NotFound for everybody else."""
    _admit(person, site_id)
    return current(deps, site_id)


def current(deps: Deps, site_id: UUID) -> Lists:
    """Give a site's lists as they are in force."""
    with deps.reading(site_id) as uow:
        site, saved = uow.sites.get(site_id), uow.listings.latest(site_id)
    if site is None:
        raise NotFound("There is no such site.")
    of_policy = parse_policy(site.policy).words.words
    if not saved:
        return Lists(site, of_policy=of_policy)
    (now,) = saved
    return Lists(site, now.words, now.links, now.id, now.created_at, now.actor_id, of_policy)


def names(deps: Deps, lists: Lists) -> Mapping[UUID, str]:
    """Tell the name of who saved lists."""
    return called(deps, [lists.site.id], [lists.actor_id]) if lists.actor_id else {}


def preview(
    deps: Deps, site_id: UUID, words: Entries, links: Entries, *, batch: int = BATCH, clock: Clock = monotonic
) -> Preview:
    """Say what lists would have caught of the last thirty days, newest first; nothing is changed.

    Raises Invalid with every entry that cannot be used. It ends after so many comments or seconds, and says so.
    """
    typed, before = _read(words, links), current(deps, site_id)
    sieve, now = Sieve.of(typed.words, typed.links), Sieve.of(before.words, before.links)
    found = Preview(deps.now() - SPAN, lint(typed.words, typed.links))
    ends = clock() + SECONDS
    for rows in _latest(deps, site_id, found.since, batch):
        _try(deps, site_id, found, [each for row in rows if (each := sieve.catch(row))], now)
        found.read += len(rows)
        if found.read >= MOST_READ or clock() >= ends:
            found.cut = len(rows) == batch
            break
    return found


def save(deps: Deps, person: Person, site_id: UUID, words: Entries, links: Entries, *, seen: UUID | None) -> Listing:
    """Put lists in force, from the next comment on; raises Stale where somebody saved others since `seen`.

    Raises Invalid with every entry that cannot be used, and NotFound for all but seniors and owners.
    """
    _admit(person, site_id)
    return put(deps, site_id, words, links, seen=seen, by=person.id)


def put(
    deps: Deps, site_id: UUID, words: Entries, links: Entries, *, seen: UUID | None, by: UUID | None = None
) -> Listing:
    """Do what `save` does, for whoever the request is made for unless said otherwise."""
    typed = _read(words, links)
    with deps.uow(site_id) as uow:
        uow.sites.hold(site_id)
        _refuse_stale(uow.listings.latest(site_id), seen)
        made = _keep(deps, uow, by or doer(deps), site_id, typed)
        uow.commit()
    return made


def undo(deps: Deps, person: Person, site_id: UUID, *, seen: UUID | None) -> Listing:
    """Put in force what was so before the last save, by a version of its own; undone again, the save is back.

    Raises Stale where somebody saved others since `seen`, and Conflict where nothing was ever saved.
    """
    _admit(person, site_id)
    return put_back(deps, site_id, seen=seen, by=person.id)


def put_back(deps: Deps, site_id: UUID, *, seen: UUID | None, by: UUID | None = None) -> Listing:
    """Do what `undo` does, for whoever the request is made for unless said otherwise."""
    with deps.uow(site_id) as uow:
        uow.sites.hold(site_id)
        saved = uow.listings.latest(site_id, 2)
        _refuse_stale(saved, seen)
        if not saved:
            raise Conflict("There is nothing to take back.")
        before = _Typed(saved[1].words, saved[1].links) if saved[1:] else _Typed((), ())
        made = _keep(deps, uow, by or doer(deps), site_id, before)
        uow.commit()
    return made


@dataclass(frozen=True, slots=True)
class _Typed:
    words: tuple[str, ...]
    links: tuple[str, ...]


def _admit(person: Person, site_id: UUID) -> None:
    if site_id not in person.sites(Role.SENIOR):
        raise NotFound("There is no such site.")


def _read(words: Entries, links: Entries) -> _Typed:
    faults: list[Fault] = []
    typed = _Typed(parse_words(words, faults), parse_links(links, faults))
    if faults:
        raise Invalid(faults, "Some entries cannot be used.")
    return typed


def _refuse_stale(saved: Sequence[Listing], seen: UUID | None) -> None:
    """Refuse where somebody saved others, or saved at all, since what was seen; the latest is first."""
    if (saved[0].id if saved else None) != seen:
        raise Stale("Somebody else saved these lists meanwhile; look at them again.")


def _keep(deps: Deps, uow: Uow, by: UUID, site_id: UUID, typed: _Typed) -> Listing:
    made = Listing(deps.new_id(), site_id, typed.words, typed.links, by, deps.now())
    uow.listings.add(made, keep=KEPT)
    note(deps, uow, Act.LISTS_SAVED, [site_id], subject=made.id, words=len(made.words), links=len(made.links))
    return made


def _latest(deps: Deps, site_id: UUID, since: datetime, batch: int) -> Iterator[list[Row]]:
    """Give what arrived, newest first, a batch at a time; no transaction is open in between."""
    after: UUID | None = None
    while True:
        with deps.views(site_id) as views:
            rows = views.latest(site_id, since=since, after=after, limit=batch)
        yield rows
        if len(rows) < batch:
            return
        after = rows[-1]["id"]


def _try(deps: Deps, site_id: UUID, found: Preview, caught: Sequence[Caught], now: Sieve) -> None:
    """Count a batch of what was caught, and what people said of it."""
    public = {each.row["id"] for each in caught if each.row["status"] is Status.APPROVED}
    found.caught += len(caught)
    found.known += sum(now.catch(each.row) is not None for each in caught)
    found.public += len(public)
    found.approved += len(_by_people(deps, site_id, public))
    found.sample += caught[: SAMPLE - len(found.sample)]


def _by_people(deps: Deps, site_id: UUID, public: set[UUID]) -> set[UUID]:
    """Name those of which a person had the last word."""
    if not public:
        return set()
    with deps.reading(site_id) as uow:
        decided = uow.log.of_each(public)
    return {comment_id for comment_id, decisions in decided.items() if decisions and decisions[-1].by in HUMAN}
