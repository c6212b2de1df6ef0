"""Intake: a reply arrives, is checked against what its site allows, and becomes a durable row."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from moderation.domain.comment import Circumstances, Comment, FormToken, Status
from moderation.domain.decision import Actor, Ruling
from moderation.domain.errors import Conflict, Fault, Invalid, TooMany, UnderWay
from moderation.domain.event import Event, EventType
from moderation.domain.privacy import SecretEmail, network
from moderation.domain.site import Site
from moderation.domain.thread import Thread
from moderation.services.checks import bells, checks
from moderation.services.decisions import settle
from moderation.services.limits import in_turn, network_limit
from moderation.services.ports import (
    FORM,
    KEY,
    RENDER,
    REPEAT,
    Bell,
    Deps,
    FormReading,
    Limit,
    Once,
    Standing,
    Uow,
)

NO_FORM: Final = FormReading(FormToken.ABSENT)


@dataclass(frozen=True, slots=True)
class Staff:
    """A site's own people, writing by key: published without scoring, with a badge."""

    key_id: UUID


@dataclass(frozen=True, slots=True)
class Arrival:
    """A reply whose fields are clean; what is allowed has not been asked yet."""

    thread: str
    text: str
    name: str = ""
    email: SecretEmail | None = None
    website: str | None = None
    parent: UUID | None = None
    thread_url: str | None = None
    thread_title: str | None = None
    receipt: str | None = None
    form: FormReading = NO_FORM
    honeypot: bool = False
    idempotency_key: str | None = None
    address: str | None = None
    """The sender's network address; None where a server speaks for many people."""
    staff: Staff | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of an arrival: the comment as first stored, and how far its sender is from the limits."""

    comment: Comment
    standings: tuple[Standing, ...] = ()
    replayed: bool = False


class Replayed(Exception):
    """The same request was answered before; nothing new is stored."""

    def __init__(self, earlier: Once) -> None:
        """Keep what was stored then."""
        super().__init__()
        self.earlier = earlier


def receive(deps: Deps, site: Site, arrival: Arrival) -> Accepted:
    """Store a reply durably, once; what it returns survives any crash.

    The same request under the same key gets the first answer again. Raises Conflict for
    a repeated text or a closed thread, Invalid for a parent that cannot be answered, and
    TooMany for haste, unless it is the haste of repeating oneself.
    """
    comment = _comment(deps, site, arrival, deps.now())
    body = deps.seals.digest("body", *_body(arrival))
    with in_turn(deps, _request(deps, site, arrival, body)):
        return _received_once(deps, site, comment, arrival, body)


def _request(deps: Deps, site: Site, arrival: Arrival, body: bytes) -> str | None:
    """Name a request that says of itself which one it is; a double click sends two of the same name."""
    own = arrival.idempotency_key or arrival.form.nonce
    return deps.seals.digest("request", site.id.bytes, own, body).hex() if own else None


def _received_once(deps: Deps, site: Site, comment: Comment, arrival: Arrival, body: bytes) -> Accepted:
    try:
        standings = tuple(deps.limits.admit(_limits(deps, site, comment, arrival)))
        stored = deps.inbox.accept(site.id, lambda uow: _store(deps, uow, site, comment, arrival, body))
    except Replayed as replay:
        return _first_answer(deps, comment, replay.earlier)
    except UnderWay:
        if arrival.idempotency_key is None:
            raise
        raise Conflict("The first request under this key is still under way.", code="idempotency-in-progress") from None
    except TooMany:
        earlier = _repeated(deps, site, comment, arrival, body)
        if earlier is None:
            raise
        return _first_answer(deps, comment, earlier)
    deps.ring(*bells(_kinds(deps, site, arrival)), Bell.DELIVER)
    return Accepted(stored, standings)


def _comment(deps: Deps, site: Site, arrival: Arrival, now: datetime) -> Comment:
    comment_id = deps.new_id()
    email = arrival.email
    sealed = deps.vault.seal(email.reveal(), site_id=site.id, comment_id=comment_id) if email else None
    return Comment(
        id=comment_id,
        site_id=site.id,
        thread_id=comment_id,  # Until the thread is opened.
        thread=arrival.thread,
        parent_id=arrival.parent,
        depth=0,
        status=Status.PENDING,
        version=1,
        revision=1,
        sequence=1,
        name=arrival.name,
        text=arrival.text,
        received_at=now,
        waiting_since=now,
        website=arrival.website,
        email=sealed,
        fingerprint=deps.seals.fingerprint(site.id, email) if email else None,
        staff=arrival.staff is not None,
        text_print=deps.seals.text_print(site.id, arrival.text),
        sketch=deps.seals.sketch(arrival.text),
        link_print=deps.seals.link_print(site.id, arrival.text),
        network=network(arrival.address) if arrival.address else None,
        known_by=deps.seals.read_receipt(arrival.receipt) if arrival.receipt else None,
        circumstances=Circumstances(arrival.form.state, arrival.form.age, arrival.honeypot),
    )


def _body(arrival: Arrival) -> tuple[str, ...]:
    """Give everything by which two requests are the same."""
    email = arrival.email.reveal() if arrival.email else ""
    page = (arrival.thread, arrival.thread_url, arrival.thread_title, arrival.parent)
    author = (arrival.name, email, arrival.website, arrival.receipt)
    return tuple(str(part or "") for part in (*page, *author, arrival.text, arrival.honeypot))


def _limits(deps: Deps, site: Site, comment: Comment, arrival: Arrival) -> list[Limit]:
    """Name the limits that this sender is under; a site's own people are under none.

    The narrowest come first, since what is refused has counted under those before it: one
    sender in haste uses up what is theirs, never what is everybody's.
    """
    if arrival.staff:
        return []
    limits = []
    if arrival.address:
        limits.append(network_limit(deps, site.id, arrival.address))
    if comment.fingerprint:
        author = f"{site.id}:{comment.fingerprint.hex()}"
        limits += [Limit("burst", 1, timedelta(seconds=3), author), Limit("email", 10, timedelta(minutes=10), author)]
    return [*limits, Limit("site", 100, timedelta(seconds=1), str(site.id))]


def _kinds(deps: Deps, site: Site, arrival: Arrival) -> tuple[str, ...]:
    return (RENDER,) if arrival.staff else checks(deps, site)


def _store(deps: Deps, uow: Uow, site: Site, comment: Comment, arrival: Arrival, body: bytes) -> Comment:
    """Do everything that one accepted reply means, in the transaction of whoever called."""
    comment = _taken_once(deps, uow, comment, arrival, body)
    thread = uow.threads.open(
        Thread(comment.id, site.id, arrival.thread, comment.received_at, arrival.thread_url, arrival.thread_title)
    )
    if thread.is_closed(site.close_after_days, comment.received_at) and not arrival.staff:
        raise Conflict("This page takes no more comments.", code="thread-closed")
    depth = _depth(uow, comment, thread)
    comment = replace(comment, thread_id=thread.id, thread=thread.key, depth=depth)
    uow.comments.add(comment)
    uow.jobs.plan([comment], _kinds(deps, site, arrival))
    uow.events.add([_received(deps, comment, arrival)])
    if arrival.staff:
        uow.flush()
        own = Ruling(comment.id, comment.version, Status.APPROVED, Actor.KEY, ("staff",), arrival.staff.key_id)
        settle(deps, uow, [own])
    return comment


def _taken_once(deps: Deps, uow: Uow, comment: Comment, arrival: Arrival, body: bytes) -> Comment:
    """Take every key that this reply may use once, or say what the earlier use means."""
    for purpose, key in _keys(deps, comment, arrival):
        earlier = uow.once.claim(comment.site_id, key, body, comment.id)
        if earlier and purpose == FORM and earlier.body != body:
            comment = replace(comment, circumstances=replace(comment.circumstances, form_token=FormToken.REUSED))
        elif earlier:
            raise Replayed(_same(purpose, earlier, body))
    return comment


def _keys(deps: Deps, comment: Comment, arrival: Arrival) -> list[tuple[str, str]]:
    """Name what may happen once a day: this key, this form, these words by this author in this place."""
    author = comment.fingerprint or f"{comment.name}\0{comment.network}".encode()
    words = deps.seals.digest(REPEAT, arrival.thread, str(arrival.parent), author, arrival.text).hex()
    keys = [(KEY, arrival.idempotency_key), (FORM, arrival.form.nonce), (REPEAT, words)]
    return [(purpose, f"{purpose}:{key}") for purpose, key in keys if key]


def _same(purpose: str, earlier: Once, body: bytes) -> Once:
    """Give the earlier use back if this is the same request; raise what it means otherwise."""
    if purpose == REPEAT:
        raise Conflict("You have already said that here.", code="duplicate", about=earlier.comment_id)
    if earlier.body != body:
        detail = "This key was used for another comment; take a new one."
        raise Invalid([Fault("/Idempotency-Key", "idempotency-key-reused", detail)], detail)
    return earlier


def _repeated(deps: Deps, site: Site, comment: Comment, arrival: Arrival, body: bytes) -> Once | None:
    """Look whether somebody in a hurry only says the same thing again."""
    with deps.reading(site.id) as uow:
        for purpose, key in _keys(deps, comment, arrival):
            earlier = uow.once.get(site.id, key)
            if earlier and (purpose != FORM or earlier.body == body):
                return _same(purpose, earlier, body)
    return None


def _depth(uow: Uow, comment: Comment, thread: Thread) -> int:
    """Give how deep a reply stands; only what is public in the same thread can be answered."""
    if comment.parent_id is None:
        return 0
    parent = uow.comments.get(comment.site_id, comment.parent_id)
    if parent is None or parent.thread_id != thread.id or parent.status is not Status.APPROVED:
        raise Invalid([Fault("/parent", "parent-not-found", "The comment you answer is no longer here.")])
    return parent.depth + 1


def _received(deps: Deps, comment: Comment, arrival: Arrival) -> Event:
    return Event(
        id=deps.new_id(),
        site_id=comment.site_id,
        comment_id=comment.id,
        type=EventType.RECEIVED,
        sequence=comment.sequence,
        revision=comment.revision,
        status=Status.PENDING,
        previous=None,
        reasons=(),
        by=Actor.KEY if arrival.staff else Actor.AUTHOR,
        created_at=comment.received_at,
    )


def _first_answer(deps: Deps, comment: Comment, earlier: Once) -> Accepted:
    """Answer as the first time: the request is the same, so only what was made then is looked up."""
    with deps.reading(comment.site_id) as uow:
        first = uow.comments.get(comment.site_id, earlier.comment_id)
    if first is None:
        raise Conflict("This was answered before, and the comment is gone since.", code="gone")
    # An address opens only under the comment for which it was sealed, so the first one's is given.
    kept = {name: getattr(first, name) for name in ("id", "thread", "depth", "received_at", "email")}
    answered = replace(comment, **kept)
    return Accepted(answered, replayed=True)
