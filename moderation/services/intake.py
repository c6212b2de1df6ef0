"""Intake: a reply arrives, is checked against what its site allows, and becomes a durable row."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Final
from uuid import UUID

from moderation.domain.comment import Circumstances, Comment, FormToken, Status
from moderation.domain.decision import Actor, Ruling
from moderation.domain.errors import Conflict, Fault, Invalid, Stale, TooMany, Unauthenticated, UnderWay
from moderation.domain.event import Event, EventType
from moderation.domain.mailbox import Follow, Notify
from moderation.domain.member import Member
from moderation.domain.privacy import SecretEmail, network
from moderation.domain.record import SALT_BYTES
from moderation.domain.site import Proof, Site
from moderation.domain.text import Unfit
from moderation.domain.thread import Thread
from moderation.services.checks import bells, checks
from moderation.services.correspondence import known
from moderation.services.decisions import settle
from moderation.services.hearings import refuse_own
from moderation.services.identities import print_of_member
from moderation.services.limits import in_turn, network_limit, risk_of, site_limit
from moderation.services.ports import (
    FORM,
    KEY,
    PROOF,
    RENDER,
    REPEAT,
    TOKEN,
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
    """A site's own people, at the desk or by key: published without scoring, with a badge."""

    id: UUID
    by: Actor = Actor.KEY
    approves: int | None = None
    """The version in which they saw the comment that they answer, where it is approved with that."""


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
    replies: Notify | None = None
    """How the author wants to be told of replies."""
    decision: bool = False
    """Whether the author wants to be told what becomes of it."""
    member: Member | None = None
    """Whom the site signed in; name and address are theirs, whatever was typed."""
    served: bool = False
    """Sent by a server with a key, which speaks for whom it likes."""
    proof: str | None = None
    """The solution of a challenge, as it was sent."""
    solved: str | None = None
    """Names the challenge, once the solution was found to be right."""


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

    The same request under the same key gets the first answer again, also once its proof or its
    member's token is over. Raises Conflict for a repeated text or a closed thread, Invalid for a
    parent that cannot be answered, Stale for one that staff saw otherwise, and TooMany for haste,
    unless it is the haste of repeating oneself.
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
        if arrival.member:
            arrival.member.current()
        comment, arrival = _proven(deps, site, comment, arrival, standings)
    except (TooMany, Unauthenticated, Invalid):  # Whatever ran out since: what was answered is answered again.
        earlier = _repeated(deps, site, comment, arrival, body)
        if earlier is None:
            raise
        return _first_answer(deps, comment, earlier)
    try:
        stored = deps.inbox.accept(site.id, lambda uow: _store(deps, uow, site, comment, arrival, body))
    except Replayed as replay:
        return _first_answer(deps, comment, replay.earlier)
    except UnderWay:
        if arrival.idempotency_key is None:
            raise
        raise Conflict("The first request under this key is still under way.", code="idempotency-in-progress") from None
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
        fingerprint=_fingerprint(deps, site, arrival),
        staff=arrival.staff is not None,
        text_print=deps.seals.text_print(site.id, arrival.text),
        sketch=deps.seals.sketch(arrival.text),
        link_print=deps.seals.link_print(site.id, arrival.text),
        network=network(arrival.address) if arrival.address else None,
        known_by=deps.seals.read_receipt(arrival.receipt) if arrival.receipt else None,
        salt=token_bytes(SALT_BYTES),
        member=arrival.member is not None,
        circumstances=Circumstances(arrival.form.state, arrival.form.age, arrival.honeypot),
    )


def _proven(
    deps: Deps, site: Site, comment: Comment, arrival: Arrival, standings: Sequence[Standing]
) -> tuple[Comment, Arrival]:
    """Look at the proof of work where the site wants one; who brings none where one is due goes to a person.

    Raises Invalid for a proof that is none. Whom the site knows needs none.
    """
    if site.proof is Proof.OFF or arrival.staff or arrival.member or arrival.served:
        return comment, arrival
    if arrival.proof:
        return comment, replace(arrival, solved=_solved(deps, site, arrival))
    due = site.proof is Proof.ALWAYS or risk_of(standings) >= 1
    return replace(comment, unproven=due), arrival


def _solved(deps: Deps, site: Site, arrival: Arrival) -> str:
    try:
        return deps.proofs.read(arrival.proof or "", site.id, arrival.thread, deps.now())
    except Unfit as error:
        raise Invalid([Fault("/proof", error.code, error.detail)]) from None


def _fingerprint(deps: Deps, site: Site, arrival: Arrival) -> bytes | None:
    """Give what an author is found by here: a member by the site's id for them alone, others by their address."""
    if arrival.member:
        return print_of_member(deps, site.id, arrival.member.sub)
    return deps.seals.fingerprint(site.id, arrival.email) if arrival.email else None


def _body(arrival: Arrival) -> tuple[str, ...]:
    """Give everything by which two requests are the same."""
    member = (arrival.member.sub,) if arrival.member else ()
    email = arrival.email.reveal() if arrival.email else ""
    page = (arrival.thread, arrival.thread_url, arrival.thread_title, arrival.parent)
    author = (arrival.name, email, arrival.website, arrival.receipt)
    wishes = (arrival.replies, arrival.decision) if arrival.replies or arrival.decision else ()
    return tuple(str(part or "") for part in (*page, *author, arrival.text, arrival.honeypot, *wishes, *member))


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
    return [*limits, site_limit(site.id)]


def _kinds(deps: Deps, site: Site, arrival: Arrival) -> tuple[str, ...]:
    return (RENDER,) if arrival.staff else checks(deps, site)


def _store(deps: Deps, uow: Uow, site: Site, comment: Comment, arrival: Arrival, body: bytes) -> Comment:
    """Do everything that one accepted reply means, in the transaction of whoever called."""
    comment = _taken_once(deps, uow, comment, arrival, body)
    _approve_parent(deps, uow, arrival)
    thread = uow.threads.open(
        Thread(comment.id, site.id, arrival.thread, comment.received_at, arrival.thread_url, arrival.thread_title)
    )
    if thread.is_closed(site.close_after_days, comment.received_at) and not arrival.staff:
        raise Conflict("This page takes no more comments.", code="thread-closed")
    depth = _depth(uow, comment, thread)
    comment = replace(comment, thread_id=thread.id, thread=thread.key, depth=depth)
    if not arrival.member and (site.confirm or (arrival.receipt and comment.known_by is None)):
        comment = _confirmed(deps, uow, site, comment, arrival)
    uow.comments.add(comment)
    if site.tell_authors:
        _follow(deps, uow, comment, arrival)
    uow.jobs.plan([comment], _kinds(deps, site, arrival))
    uow.events.add([_received(deps, comment, arrival)])
    if arrival.staff:
        uow.flush()
        staff = arrival.staff
        own = Ruling(comment.id, comment.version, Status.APPROVED, staff.by, ("staff",), staff.id)
        settle(deps, uow, [own])
    return comment


def _approve_parent(deps: Deps, uow: Uow, arrival: Arrival) -> None:
    """Let what staff answer be public with their answer, if it still is what they saw; before the page is held."""
    staff = arrival.staff
    if staff is None or staff.approves is None or arrival.parent is None:
        return
    ruling = Ruling(arrival.parent, staff.approves, Status.APPROVED, staff.by, (), staff.id)
    if not settle(deps, uow, [ruling]):
        refuse_own(uow, ruling)
        raise Stale("Somebody else decided meanwhile; look at the comment again.")
    uow.flush()  # What tells of it is sent now, so that nothing of the reply is sent before the reply itself.


def _confirmed(deps: Deps, uow: Uow, site: Site, comment: Comment, arrival: Arrival) -> Comment:
    """Note whether the author brought the token of the address that they give.

    Where the site does not ask for one, it stands for the receipt of their latest approved comment.
    """
    box = known(deps, uow, site.id, arrival.receipt)
    own = box is not None and box.fingerprint == comment.fingerprint
    if site.confirm:
        return replace(comment, confirmed=own)
    return replace(comment, known_by=uow.mailboxes.approved(box)) if box and own else comment


def _follow(deps: Deps, uow: Uow, comment: Comment, arrival: Arrival) -> None:
    """Keep what the author wants to be told; nobody is, before the address is confirmed.

    Members are told by their site: what they are known by here is no address, so that none can be confirmed. Who once
    said that they want nothing more is heard again under their own token alone.
    """
    if arrival.member or not comment.fingerprint or not (arrival.replies or arrival.decision):
        return
    uow.mailboxes.follow(Follow(comment.id, comment.site_id, comment.fingerprint, arrival.replies, arrival.decision))
    box = known(deps, uow, comment.site_id, arrival.receipt)
    if box and box.silent and box.fingerprint == comment.fingerprint:
        uow.mailboxes.hear_again(box)


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
    """Name what may happen once a day: this key, form, token or proof, these words by this author in this place."""
    author = comment.fingerprint or f"{comment.name}\0{comment.network}".encode()
    words = deps.seals.digest(REPEAT, arrival.thread, str(arrival.parent), author, arrival.text).hex()
    named = arrival.member.token_id if arrival.member else None
    token = deps.seals.digest(TOKEN, named).hex() if named else None
    keys = [
        (KEY, arrival.idempotency_key),
        (FORM, arrival.form.nonce),
        (TOKEN, token),
        (PROOF, arrival.solved),
        (REPEAT, words),
    ]
    return [(purpose, f"{purpose}:{key}") for purpose, key in keys if key]


def _same(purpose: str, earlier: Once, body: bytes) -> Once:
    """Give the earlier use back if this is the same request; raise what it means otherwise."""
    if purpose == REPEAT:
        raise Conflict("You have already said that here.", code="duplicate", about=earlier.comment_id)
    if earlier.body != body and purpose == TOKEN:
        raise Unauthenticated("This token was used for another comment; get a new one.", code="member-token-used")
    if earlier.body != body and purpose == PROOF:
        raise Invalid(
            [Fault("/proof", "proof-used", "This challenge was used for another comment; ask for a new one.")]
        )
    if earlier.body != body:
        detail = "This key was used for another comment; take a new one."
        raise Invalid([Fault("/Idempotency-Key", "idempotency-key-reused", detail)], detail)
    return earlier


def _repeated(deps: Deps, site: Site, comment: Comment, arrival: Arrival, body: bytes) -> Once | None:
    """Look whether somebody whom nothing new is taken from only says the same thing again."""
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
        by=arrival.staff.by if arrival.staff else Actor.AUTHOR,
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
