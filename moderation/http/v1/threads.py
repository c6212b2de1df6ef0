"""What readers see: threads, a site's recent comments, and counts."""

from hashlib import blake2b
from typing import Literal

from flask import Blueprint, json, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from moderation.domain.scope import Scope
from moderation.domain.site import Site
from moderation.domain.thread import Thread
from moderation.http.answers.public import Counts, PublicPage
from moderation.http.context import deps, site, web
from moderation.http.described import NOTHING, Answer, described
from moderation.http.fields import PublicQuery, read_query
from moderation.http.guard import for_site
from moderation.http.kept import Shown
from moderation.http.packed import SHOWS
from moderation.http.paging import Paged, listed
from moderation.http.shapes import public_comment
from moderation.http.submission import asked_key
from moderation.services import threads

blueprint = Blueprint("threads", __name__, url_prefix="/v1/sites/<pk>")
MOST_COUNTS = 100


class Reading(Paged, PublicQuery):
    """Which comments are wanted."""

    thread: str | None = Field(None, description="The page's id; without it, the site's recent comments.")
    thread_url: str | None = Field(None, description="The page's address, where it has no id.")
    sort: Literal["oldest", "newest"] | None = Field(
        None, description="By arrival. A thread begins with the oldest, the site's recent comments with the newest."
    )


class Counted(PublicQuery):
    """Which pages are to be counted."""

    thread: tuple[str, ...] = Field(min_length=1, max_length=MOST_COUNTS, description="A page's id; repeatable.")


@blueprint.get("/comments")
@for_site(Scope.READ)
@described({200: Answer(PublicPage, headers=("ETag", "Link")), 304: NOTHING}, query=Reading, headers=["If-None-Match"])
def comments(pk: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Give a page of public comments. A page that did not change is not sent twice."""
    wanted = read_query(Reading)
    if wanted.thread is None and wanted.thread_url is None:
        return _recent(site(), wanted)
    key = asked_key(wanted.thread, wanted.thread_url)
    thread = web().thread(site(), key)
    request.environ[SHOWS] = Shown.now(site(), key, thread)
    tag = _tag(thread, wanted)
    headers = {"ETag": f'"{tag}"', "Cache-Control": "no-cache"}
    if request.if_none_match.contains_weak(tag):
        return "", 304, headers
    if thread is None:
        return {"items": [], "next": None}, 200, headers
    page = threads.read(deps(), thread, sort=wanted.sort or "oldest", cursor=wanted.cursor, limit=wanted.limit)
    document, status, more = listed(page, lambda row: public_comment(row, thread.key))
    if wanted.cursor is None and (pinned := threads.pinned(deps(), thread)):
        document["pinned"] = [public_comment(row, thread.key) for row in pinned]
    return document, status, headers | more


def _recent(site: Site, wanted: Reading) -> ResponseReturnValue:
    """Give a site's comments; no counter tells when they change, so they are read and named by what they are."""
    sort = wanted.sort or threads.NEWEST
    page = threads.recent(deps(), site, sort=sort, cursor=wanted.cursor, limit=wanted.limit)
    document, status, headers = listed(page, lambda row: public_comment(row, row["thread"]))
    tag = _hash(json.dumps(document))
    headers |= {"ETag": f'"{tag}"', "Cache-Control": "no-cache"}
    return ("", 304, headers) if request.if_none_match.contains_weak(tag) else (document, status, headers)


def _tag(thread: Thread | None, wanted: Reading) -> str:
    """Name what is being read: the thread's version counts every public change in it."""
    state = (thread.id, thread.version) if thread else ("empty", wanted.thread)
    return _hash(repr((*state, wanted.sort, wanted.cursor, wanted.limit)))


def _hash(facts: str) -> str:
    return blake2b(facts.encode(), digest_size=12).hexdigest()


@blueprint.get("/counts")
@for_site(Scope.READ)
@described({200: Counts}, query=Counted)
def counts(pk: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Count the public comments of up to a hundred pages."""
    asked = read_query(Counted)
    keys = {name: asked_key(name, None) for name in asked.thread}
    found = threads.counts(deps(), site(), list(set(keys.values())))
    return {name: found[key] for name, key in keys.items()}, 200, {"Cache-Control": "no-cache"}
