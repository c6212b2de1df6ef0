"""Working the review queue by key: looking, deciding, undoing, and the rare look at an address."""

from dataclasses import replace
from typing import Annotated, Any, Literal
from uuid import UUID

import regex
from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import AfterValidator, Field, RootModel, StrictInt, WithJsonSchema
from pydantic_core import PydanticCustomError

from moderation.domain.canned import PUBLIC_NOTE_MAX
from moderation.domain.comment import Status
from moderation.domain.decision import Action, Decision
from moderation.domain.errors import Invalid, ModerationError, NotFound, PreconditionRequired, Stale
from moderation.domain.privacy import SecretEmail
from moderation.domain.scope import Scope
from moderation.domain.text import Unfit
from moderation.http.answers.review import Address, Decided, DecidedMany, ReviewPage, WholeComment
from moderation.http.context import deps, key
from moderation.http.described import Answer, described
from moderation.http.fields import Shape, body, example, fit, read, read_query
from moderation.http.guard import requires
from moderation.http.paging import Paged, listed
from moderation.http.problems import problem_of
from moderation.http.review_shapes import listed_comment, whole_comment
from moderation.http.seen import tag_seen
from moderation.http.submission import asked_key
from moderation.services import review, sites
from moderation.services.review import Moderator, Wish

blueprint = Blueprint("review", __name__, url_prefix="/v1/moderation")
PRIVATE = {"Cache-Control": "no-store"}
CODE = regex.compile("[a-z0-9-]{1,64}")
VERSION = regex.compile("[0-9]{1,18}")


def _code(sent: str) -> str:
    if CODE.fullmatch(sent) is None:
        raise PydanticCustomError("reason-invalid", "Use 1 to 64 small letters (a to z), digits and hyphens.")
    return sent


Code = Annotated[str, AfterValidator(_code), WithJsonSchema({"type": "string", "pattern": f"^{CODE.pattern}$"})]
"""A stable word, written by whoever decides."""


class Wanted(Paged):
    """Which comments a moderator wants to see; without a filter, all of the site's, newest first."""

    status: Status | None = Field(None, description="Only comments in this state.")
    site: str | None = Field(None, max_length=64, description="The key's own site, by id or public key.")
    thread: str | None = Field(None, description="Only this page, by its id or its address.")
    author: str | None = Field(None, max_length=254, description="An author's exact name, or a whole e-mail address.")
    q: str | None = Field(
        None,
        max_length=200,
        description='Words in the text or the name: all of them; `"a phrase"`, `-without`, `begin*`.',
    )
    lang: str | None = Field(None, max_length=16, description="Only comments in this language, such as `en`.")
    appealed: Literal["yes"] | None = Field(None, description="`yes`: only comments whose appeals wait.")
    sort: Literal["newest", "oldest"] = Field("newest", description="The order, by arrival.")


class DecisionMade(Shape):
    """What is to become of a comment, and why."""

    model_config = example(action="reject", reason="off-topic")

    action: Action
    reason: Code | None = Field(None, description="A stable code; it travels in events.")
    note: str = Field("", max_length=1000, description="For other moderators; never published.")
    rule: Code | None = Field(
        None,
        description="The code of the house rule that is not kept, with `reject` and `spam`. Without it a rejection "
        "cites the one that its reasons choose.",
    )
    public_note: str = Field("", max_length=PUBLIC_NOTE_MAX, description="For the author, with `reject` and `spam`.")


class DecisionOfMany(DecisionMade):
    """One of several decisions, with the comment and the version of it that was seen."""

    model_config = example(comment="0197f1c2-8d3e-7cc4-9d5a-6f0f3a1b2c3d", version=2, action="approve")

    comment: UUID
    version: StrictInt = Field(ge=1, description="As shown with the comment.")


class Batch(Shape):
    """Up to a hundred decisions, each made by itself, in this order."""

    items: tuple[DecisionOfMany, ...] = Field(max_length=100)


class BatchOfDecisions(Shape):
    """The same under another name."""

    decisions: tuple[DecisionOfMany, ...] = Field(max_length=100)


class AnyBatch(RootModel[tuple[DecisionOfMany, ...] | Batch | BatchOfDecisions]):
    """Up to a hundred decisions, bare or in an object."""

    model_config = example(
        items=[{"comment": "0197f1c2-8d3e-7cc4-9d5a-6f0f3a1b2c3d", "version": 2, "action": "approve"}]
    )


class Look(Shape):
    """Why somebody wants to see an address."""

    model_config = example(reason="She asked us to write to her.")

    reason: str = Field(min_length=1, max_length=1000, pattern=r"\S", description="Kept with the look, for the audit.")


@blueprint.get("/comments")
@requires(Scope.MODERATE)
@described({200: Answer(ReviewPage, headers=("Link",))}, query=Wanted)
def queue() -> ResponseReturnValue:
    """List comments in any state, a page at a time."""
    wanted = read_query(Wanted)
    _same_site(wanted.site)
    page = review.queue(deps(), key().site_id, _filters(wanted), cursor=wanted.cursor, limit=wanted.limit)
    document, status, headers = listed(page, listed_comment)
    return document, status, headers | PRIVATE


@blueprint.get("/comments/<uuid:comment_id>")
@requires(Scope.MODERATE)
@described({200: Answer(WholeComment, headers=("ETag",))})
def show(comment_id: UUID) -> ResponseReturnValue:
    """Show one comment with all that was seen, said and done about it."""
    shown = _shown(comment_id)
    return shown, 200, PRIVATE | {"ETag": f'"{shown["version"]}"'}


@blueprint.post("/comments/<uuid:comment_id>/decisions")
@requires(Scope.MODERATE)
@described(
    {201: Decided},
    body=DecisionMade,
    headers=["If-Match"],
    problems=["deleted", "own-decision", "stale", "precondition-required"],
)
def decide(comment_id: UUID) -> ResponseReturnValue:
    """Decide one comment, if it still is what `If-Match` says was seen."""
    wish = _wish(comment_id, _seen(comment_id), read(DecisionMade))
    return _made(review.decide(deps(), _moderator(), wish))


@blueprint.post("/decisions")
@requires(Scope.MODERATE)
@described({200: DecidedMany}, body=AnyBatch)
def decide_many() -> ResponseReturnValue:
    """Decide up to a hundred comments; each has a result of its own, in the same order.

    The list is sent bare, or in an object as `items` or `decisions`.
    """
    wishes = [_wish(item.comment, item.version, item) for item in _batch().items]
    results = review.decide_many(deps(), _moderator(), wishes)
    shown = [_result(wish, result) for wish, result in zip(wishes, results, strict=True)]
    return {"items": shown, "next": None}, 200, PRIVATE


@blueprint.post("/decisions/<uuid:decision_id>/undo")
@requires(Scope.MODERATE)
@described({201: Decided}, problems=["newer-decision", "not-undoable", "own-decision", "gone", "stale"])
def undo(decision_id: UUID) -> ResponseReturnValue:
    """Bring back the state before a decision, by another decision."""
    return _made(review.undo(deps(), _moderator(), decision_id))


@blueprint.post("/comments/<uuid:comment_id>/email")
@requires(Scope.REVEAL)
@described({200: Address}, body=Look)
def reveal(comment_id: UUID) -> ResponseReturnValue:
    """Show an author's address; who looked, when and why is written down first."""
    address = review.reveal(deps(), _moderator(), comment_id, read(Look).reason)
    return {"email": address.reveal()}, 200, PRIVATE


def _same_site(named: str | None) -> None:
    own = key().site_id
    if named not in {None, str(own)} and named != sites.get(deps(), own).key:
        raise NotFound("There is no such site.")


def _filters(wanted: Wanted) -> dict[str, Any]:
    return {
        "status": wanted.status,
        "language": wanted.lang,
        "thread": asked_key(wanted.thread, None) if wanted.thread else None,
        "q": wanted.q,
        "appealed": wanted.appealed == "yes",
        "sort": wanted.sort,
        **_by(wanted.author),
    }


def _by(author: str | None) -> dict[str, Any]:
    """Find an author by address where one was given in full, by name otherwise; the address itself goes no further."""
    if not author:
        return {}
    try:
        address = SecretEmail.parse(author)
    except Unfit:
        return {"name": author}
    return {"fingerprint": deps().seals.fingerprint(key().site_id, address)}


def _seen(comment_id: UUID) -> int:
    """Read the version that the caller saw; a tag that is none of ours, or weak, matches nothing."""
    sent = tag_seen()
    if sent is not None and VERSION.fullmatch(sent):
        return int(sent)
    review.dossier(deps(), key().site_id, comment_id)  # What a caller may not see is not found, before all else.
    if sent is None:
        raise PreconditionRequired("Say which version you saw: send its ETag as If-Match.")
    raise Stale("If-Match is not this comment's ETag; look at it again.")


def _batch() -> Batch:
    """Read a list of decisions however it is wrapped; faults point into what was sent."""
    sent = body()
    if isinstance(sent, dict) and list(sent) == ["decisions"]:
        return _fit_items(sent["decisions"], "/decisions")
    return _fit_items(sent, "") if isinstance(sent, list) else fit(Batch, sent)


def _fit_items(items: Any, place: str) -> Batch:
    try:
        return fit(Batch, {"items": items})
    except Invalid as error:
        moved = [replace(fault, pointer=place + fault.pointer.removeprefix("/items")) for fault in error.faults]
        raise Invalid(moved) from None


def _wish(comment_id: UUID, seen: int, made: DecisionMade) -> Wish:
    return Wish(comment_id, seen, made.action, made.reason, made.note, made.rule, made.public_note)


def _moderator() -> Moderator:
    return Moderator(key().site_id, key().id)


def _made(decision: Decision) -> ResponseReturnValue:
    return {"id": str(decision.id), "comment": _shown(decision.comment_id)}, 201, PRIVATE


def _shown(comment_id: UUID) -> dict[str, Any]:
    return whole_comment(review.dossier(deps(), key().site_id, comment_id))


def _result(wish: Wish, result: Decision | ModerationError) -> dict[str, Any]:
    """Say what became of one decision of many: its id and the comment's new state, or why not."""
    comment = str(wish.comment_id)
    if isinstance(result, ModerationError):
        return {"comment": comment, "error": problem_of(result)}
    return {"comment": comment, "id": str(result.id), "status": result.status, "version": result.version}
