"""One comment: its author's view of it, and readers' flags."""

from typing import Literal
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import Field

from moderation.domain.errors import Fault, Invalid, NotFound
from moderation.domain.text import Unfit, clean_text
from moderation.http.answers.public import FlagTaken, OwnComment
from moderation.http.appealing import appeal_of
from moderation.http.context import address, deps
from moderation.http.described import described
from moderation.http.fields import Shape, example, read, read_if_sent
from moderation.http.guard import allowed_origin, for_author, open_to_all
from moderation.http.shapes import own_comment
from moderation.http.usual import review_of
from moderation.services import appeals, authors, flags, sites

blueprint = Blueprint("comments", __name__, url_prefix="/v1/comments/<uuid:comment_id>")
PRIVATE = {"Cache-Control": "no-store"}
NOWHERE = "::"
"""Readers whose address nobody knows count as one network."""


class Edit(Shape):
    """A new text."""

    model_config = example(text="I meant the second chapter.")

    text: str


class Plea(Shape):
    """Why somebody should look at the comment again."""

    model_config = example(text="It names no company; the word is that of a fish.")

    text: str


class Flag(Shape):
    """What a reader says is wrong."""

    model_config = example(reason="spam")

    reason: Literal["spam", "offensive", "abusive", "off-topic", "illegal", "other"] = Field("other")


@blueprint.get("")
@for_author
@described({200: OwnComment})
def show(comment_id: UUID) -> ResponseReturnValue:
    """Tell an author where their comment stands."""
    comment = authors.show(deps(), comment_id)
    return own_comment(comment) | review_of(comment) | appeal_of(comment), 200, PRIVATE


@blueprint.patch("")
@for_author
@described({200: OwnComment}, body=Edit, problems=["edit-window-closed", "not-editable", "stale", "rate-limited"])
def edit(comment_id: UUID) -> ResponseReturnValue:
    """Change the text while the window is open; the comment waits for a verdict again."""
    edited = authors.edit(deps(), comment_id, _text(read(Edit).text), address=address())
    return own_comment(edited), 200, PRIVATE


@blueprint.delete("")
@for_author
@described({200: OwnComment}, problems=["stale"])
def withdraw(comment_id: UUID) -> ResponseReturnValue:
    """Take a comment back, at any time."""
    return own_comment(authors.withdraw(deps(), comment_id)), 200, PRIVATE


@blueprint.post("/appeal")
@for_author
@described(
    {200: OwnComment}, body=Plea, problems=["already-appealed", "not-appealable", "not-found", "stale", "rate-limited"]
)
def appeal(comment_id: UUID) -> ResponseReturnValue:
    """Ask that somebody looks again at why a comment was turned down; there is one appeal for each comment.

    It may be sent again, as after an answer that was lost: the same words count once.
    """
    appealed = appeals.appeal(deps(), comment_id, read(Plea).text, address=address())
    return own_comment(appealed) | appeal_of(appealed), 200, PRIVATE


@blueprint.post("/flags")
@open_to_all
@described(
    {202: FlagTaken},
    body=Flag,
    body_optional=True,
    problems=["not-found", "rate-limited", "temporarily-unavailable", "busy"],
)
def flag(comment_id: UUID) -> ResponseReturnValue:
    """Say that something is wrong with a public comment; enough of that brings it before a person."""
    reason = read_if_sent(Flag).reason
    flags.flag(deps(), _own_page(comment_id), comment_id, reason=reason, address=address() or NOWHERE)
    return {"status": "received"}, 202, PRIVATE


def _own_page(comment_id: UUID) -> UUID:
    """Give the comment's site, if the flag comes from one of its pages or the browser does not say."""
    site = sites.get(deps(), authors.show(deps(), comment_id).site_id)
    if not allowed_origin(site.origins):
        raise NotFound("There is no such comment.")
    return site.id


def _text(sent: str) -> str:
    try:
        text = clean_text(sent)
    except Unfit as error:
        raise Invalid([Fault("/text", error.code, error.detail)]) from None
    if not text:
        raise Invalid([Fault("/text", "required", "This field is required.")])
    return text
