"""What was said on a page, and the form below it, for `discussion.html`: all that is shown where no script runs."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request

from moderation.domain.errors import Invalid
from moderation.domain.site import Site
from moderation.domain.thread import Thread
from moderation.http.context import deps
from moderation.http.conversation import Said, answerable, conversation
from moderation.http.form import ReplyForm, reply_form
from moderation.http.guard import own_origin
from moderation.http.submission import Submission, asked_key
from moderation.http.unapproved import UNAPPROVED, waiting
from moderation.http.usual import usual_time
from moderation.services import threads

MOST = 100
"""Comments on one page."""


def discussion(
    site: Site, named: Mapping[str, str], *, language: str, query: Mapping[str, str], token: str | None = None
) -> dict[str, Any]:
    """Give everything that is printed of the thread that is named, for a page of ours with this in its query.

    The form comes back there. Where a member's token is given it is theirs, as long as the token counts.
    """
    found = threads.find(deps(), site, asked_key(named.get("thread"), named.get("thread_url")))
    starts, onwards = _read(found)
    here = f"{request.path}?{urlencode({**query, 'lang': language})}"
    return {
        "site": site,
        "here": here,
        "starts": starts,
        "count": found.approved if found else 0,
        "closed": found is not None and found.is_closed(site.close_after_days, deps().now()),
        "later": f"{here}&{urlencode({'cursor': onwards})}" if onwards else None,
        "form": _form(site, {**named, "member": token}, found, language, here),
        "received": "received" in request.args,
        "waiting": waiting(site, request.args),
        "usual": usual_time(site.id, language) if {"received", UNAPPROVED} & set(request.args) else None,
        "now": deps().now(),
    }


def _read(found: Thread | None) -> tuple[list[Said], str | None]:
    """Read a page of the thread; whoever comes with a cursor that is none sees the first."""
    if found is None:
        return [], None
    cursor = request.args.get("cursor")
    try:
        read = threads.read(deps(), found, sort="oldest", cursor=cursor, limit=MOST)
    except Invalid:
        cursor, read = None, threads.read(deps(), found, sort="oldest", cursor=None, limit=MOST)
    pinned = threads.pinned(deps(), found) if cursor is None else ()
    return conversation(read.rows, found.key, pinned)[0], read.next


def _form(site: Site, named: Mapping[str, str | None], found: Thread | None, language: str, here: str) -> ReplyForm:
    """Make an empty form, or one that answers the comment that the link named; it leads back here."""
    answered = answerable(request.args.get("replyto", ""), found)
    return reply_form(
        site,
        Submission.model_validate({**named, "parent": str(answered.id) if answered else None}),
        language=language,
        redirect_to=f"{own_origin()}{here}&received=1#respond",
        answers=answered.name if answered else None,
    )
