"""The sample page `/demo/`: works without script, better with it."""

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from moderation.domain.errors import Invalid, NotFound
from moderation.domain.site import Site
from moderation.domain.thread import Thread as Stored
from moderation.http import words
from moderation.http.context import deps, web
from moderation.http.conversation import Said, answerable, conversation
from moderation.http.form import ReplyForm, reply_form
from moderation.http.guard import open_to_all, own_origin
from moderation.http.paper import page
from moderation.http.submission import Submission
from moderation.services import threads
from moderation.services.paging import Page

blueprint = Blueprint("demo", __name__)

THREAD: Final = "demo"
TITLE: Final = "The Gate Where Everybody Waits"
MOST: Final = 200
"""Comments on one page of the article."""


@dataclass(frozen=True, slots=True)
class Thread:
    """What the page shows of its thread."""

    stored: Stored | None
    starts: list[Said]
    count: int = 0
    closed: bool = False
    next: str | None = None


@blueprint.get("/demo/")
@open_to_all
def show() -> ResponseReturnValue:
    """Show the article, what was said about it, and the form; in the language that is asked for."""
    site, language = (
        _site(),
        words.language_of(request.args.get("lang") or words.LANGUAGES[0], request.accept_languages),
    )
    thread = _thread(site)
    return page(
        "demo/article.html",
        language,
        cache_control="private, no-cache",
        negotiated=True,
        site=site,
        title=TITLE,
        thread=thread,
        form=_form(site, thread, language),
        received="received" in request.args,
        now=deps().now(),
        words=_words(language, site),
    )


def _site() -> Site:
    key = web().demo_key
    if key is None:
        raise NotFound("There is nothing here.")
    return web().site(key)


def _thread(site: Site) -> Thread:
    found = threads.find(deps(), site, THREAD)
    if found is None:
        return Thread(None, [])
    cursor = request.args.get("cursor")
    read = _read(found, cursor)
    starts, _ = conversation(read.rows, found.key, () if cursor else threads.pinned(deps(), found))
    return Thread(found, starts, found.approved, found.is_closed(site.close_after_days, deps().now()), read.next)


def _read(found: Stored, cursor: str | None) -> Page:
    """Read a page of the thread; whoever comes with a cursor that is none sees the first."""
    try:
        return threads.read(deps(), found, sort="oldest", cursor=cursor, limit=MOST)
    except Invalid:
        return threads.read(deps(), found, sort="oldest", cursor=None, limit=MOST)


def _form(site: Site, thread: Thread, language: str) -> ReplyForm:
    """Make an empty form, or one that answers the comment that the link named."""
    answered = answerable(request.args.get("replyto", ""), thread.stored)
    back = own_origin() + url_for("demo.show", received=1, lang=language, _anchor="respond")
    return reply_form(
        site,
        Submission.model_validate(
            {"thread": THREAD, "thread_title": TITLE, "parent": str(answered.id) if answered else None}
        ),
        language=language,
        redirect_to=back,
        answers=answered.name if answered else None,
    )


def _words(language: str, site: Site) -> dict[str, object]:
    """Give the page's script its sentences, in the page's language, and the addresses it asks."""
    listed = url_for("threads.comments", pk=site.key, thread=THREAD, limit=1)
    asked = {"list": listed, "status": url_for("status.ask", pk=site.key, lang=language)}
    return {**asked, "language": language, "author": f"{site.key}:author", **words.for_scripts(language)}
