"""WordPress's REST interface for frontends of their own: `/<pk>/wp-json/wp/v2/comments` lists and takes comments.

Statuses, codes and the order of checks are WordPress's; what is public, and what is taken in, is as everywhere here.
"""

from hashlib import blake2b
from math import ceil
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, json, request
from flask.typing import ResponseReturnValue

from moderation.domain.errors import Fault, Invalid
from moderation.domain.scope import Scope
from moderation.domain.text import EMAIL_MAX
from moderation.domain.thread import Thread
from moderation.http import pages
from moderation.http.compat import rest_refusals
from moderation.http.compat.rest_answers import (
    ROOM,
    NumberedComment,
    NumberedComments,
    Refusal,
    address,
    public_row,
    taken,
)
from moderation.http.compat.rest_fields import Browsing, Posted, posted, reading
from moderation.http.compat.submitted import (
    Refused,
    is_email,
    is_member,
    page_among,
    refuse_long,
    taken_in,
    untagged,
    website_of,
)
from moderation.http.context import caller, deps, site
from moderation.http.described import NOTHING, Answer, described
from moderation.http.guard import for_site
from moderation.services import numbers, threads
from moderation.services.ports import Row

blueprint = Blueprint("wordpress_rest", __name__, url_prefix=f"/<pk>/{ROOM}")

TOTAL: Final = "X-WP-Total"
PAGES: Final = "X-WP-TotalPages"
KEPT: Final = frozenset(Browsing.model_fields) - {"page"}
"""What stays in the addresses of other pages."""
OF_READING: Final = {status: Answer(Refusal) for status in (400, 401, 404, 503)}
OF_SENDING: Final = {status: Answer(Refusal) for status in (400, 401, 403, 404, 409, 411, 413, 415, 500, 503)}


@blueprint.get("")
@for_site(Scope.READ)
@described(
    {200: Answer(NumberedComments, headers=("Link", TOTAL, PAGES, "ETag")), 304: NOTHING, **OF_READING},
    query=Browsing,
    headers=["If-None-Match"],
    dialect=True,
)
def comments(pk: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Give a page of public comments, newest first, counted in the headers."""
    asked = reading()
    found = numbers.listed(deps(), site(), asked.wanted)
    last = ceil(found.total / asked.per_page)
    headers = {TOTAL: str(found.total), PAGES: str(last), **_neighbours(asked, last)}
    return _unless_known([public_row(row) for row in found.rows], headers)


@blueprint.get("/<int:number>")
@for_site(Scope.READ)
@described({200: Answer(NumberedComment, headers=("ETag",)), 304: NOTHING, **OF_READING}, dialect=True)
def comment(pk: str, number: int) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Give one public comment."""
    return _unless_known(public_row(_found(number)), {})


@blueprint.post("")
@for_site(Scope.SUBMIT, Scope.MODERATE)
@described(
    {201: Answer(NumberedComment, headers=("Location",)), **OF_SENDING},
    body=Posted,
    headers=["Idempotency-Key"],
    dialect=True,
)
def create(pk: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Take in a comment; it is on hold until it is decided."""
    sent = posted()
    thread, answered = _asked(sent)
    page = page_among(pages.page_before())
    made = taken_in(
        {
            "thread": sent.key,
            "thread_url": page,
            "parent": str(answered["id"]) if answered else None,
            "name": untagged(sent.said("author_name")),
            "email": sent.said("author_email"),
            "website": website_of(sent.said("author_url")),
            "text": sent.text,
        }
    )
    shown = taken(made, (thread.url if thread else None) or page)
    return shown, 201, {"Location": f"{address()}/{shown['id']}", "Cache-Control": "no-store"}


def _found(number: int) -> Row:
    """Give a public comment; raises Refused."""
    row = numbers.find(deps(), site(), number)
    if row is None:
        raise Refused("rest_comment_invalid_id")
    return row


def _asked(sent: Posted) -> tuple[Thread | None, Row | None]:
    """Ask everything that WordPress asks before it looks for repeats and haste; give the thread and who is answered."""
    _ask_of_sender(sent)
    thread = threads.find(deps(), site(), sent.key) if sent.key else None
    if not sent.key:
        raise Refused("rest_comment_invalid_post_id")
    staff = caller().may(Scope.MODERATE)
    if thread and thread.is_closed(site().close_after_days, deps().now()) and not staff:
        raise Refused("rest_comment_closed")
    if not sent.text:
        raise Refused("rest_comment_content_invalid")
    answered = _answered(sent.answers, thread) if sent.answers else None
    _ask_of_author(sent, required=() if staff or is_member() else site().required)
    return thread, answered


def _ask_of_sender(sent: Posted) -> None:
    """Raise Invalid or Refused for what no sender may say."""
    email = sent.said("author_email")
    if email and len(email) <= EMAIL_MAX and not is_email(email):
        raise Invalid([Fault("/author_email", "email-invalid", "Enter an e-mail address such as name@example.com.")])
    for name, code in rest_refusals.FORBIDDEN.items():
        if str(getattr(sent, name) or "").strip("0"):
            raise Refused(code)
    if sent.type not in {None, "", "comment"}:
        raise Refused("rest_invalid_comment_type")


def _answered(number: int, thread: Thread | None) -> Row:
    """Give the comment that is answered, if it is public and in this thread; raises Refused."""
    row = numbers.find(deps(), site(), number)
    if row is None or thread is None or row["thread_id"] != thread.id:
        raise Refused(rest_refusals.PARENT)
    return row


def _ask_of_author(sent: Posted, *, required: tuple[str, ...]) -> None:
    """Raise Refused for what is missing of an author, and for what is too long."""
    author = {"author": untagged(sent.said("author_name")), "email": sent.said("author_email")}
    if ("name" in required and not author["author"]) or ("email" in required and not author["email"]):
        raise Refused("require_name_email")
    refuse_long({**author, "url": sent.said("author_url"), "comment": sent.text})


def _neighbours(asked: Browsing, last: int) -> dict[str, str]:
    """Name the pages before and after this one, as far as there are any."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name.removesuffix("[]") in KEPT]
    beside = {"prev": min(asked.page - 1, last), "next": asked.page + 1 if asked.page < last else 0}
    links = [
        f'<{address()}?{urlencode([*kept, ("page", page)])}>; rel="{name}"' for name, page in beside.items() if page
    ]
    return {"Link": ", ".join(links)} if links else {}


def _unless_known(document: Any, headers: dict[str, str]) -> ResponseReturnValue:
    """Answer with a document, unless the reader has it already."""
    written = json.dumps(document)
    tag = blake2b(written.encode(), digest_size=12).hexdigest()
    headers |= {"ETag": f'"{tag}"', "Cache-Control": "no-cache"}
    if request.if_none_match.contains_weak(tag):
        return "", 304, headers
    return Response(written, 200, headers, mimetype="application/json")


@blueprint.errorhandler(Exception)
def refused(error: Exception) -> Response:
    """Answer what is refused in WordPress's shape."""
    return rest_refusals.refused(error)
