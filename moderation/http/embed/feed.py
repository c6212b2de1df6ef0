"""Feeds of public comments, as Atom with threading (RFC 4685): of one page, or of a whole site."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from urllib.parse import urldefrag
from xml.etree.ElementTree import Element, SubElement

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from moderation.domain.scope import Scope
from moderation.domain.thread import Thread
from moderation.http.atom import ATOM, THR, sent, written
from moderation.http.context import deps, site, web
from moderation.http.guard import for_site
from moderation.http.shapes import instant, public_comment
from moderation.http.submission import asked_key
from moderation.services import threads
from moderation.services.ports import Row

blueprint = Blueprint("feed", __name__, url_prefix="/embed/<pk>")

MOST: Final = 50
CACHED: Final = "public, max-age=30, stale-while-revalidate=300"


@blueprint.get("/feed.atom")
@for_site(Scope.READ)
def show(pk: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Give the latest public comments, newest first; `thread` narrows them to one page."""
    named = request.args.get("thread")
    found = threads.find(deps(), site(), asked_key(named, None)) if named else None
    rows = _rows(named, found)
    return sent(_feed(named, found, rows), {"Cache-Control": CACHED})


def _rows(named: str | None, found: Thread | None) -> list[tuple[Row, str]]:
    """Give what is to be shown, each with the key of its page; gaps are nothing to hear of."""
    if named is None:
        return [
            (row, row["thread"]) for row in threads.recent(deps(), site(), sort="newest", cursor=None, limit=MOST).rows
        ]
    if found is None:
        return []
    page = threads.read(deps(), found, sort="newest", cursor=None, limit=MOST)
    return [(row, found.key) for row in page.rows if "gone" not in public_comment(row, found.key)]


def _feed(named: str | None, found: Thread | None, rows: list[tuple[Row, str]]) -> Element:
    """Make the feed; one that was asked for by another spelling of its address is the same feed."""
    here = f"{web().public_url}/embed/{site().key}/feed.atom"
    feed = Element(f"{ATOM}feed")
    about = (found.title or found.key) if found else named
    written(feed, "id", f"urn:uuid:{found.id if found else site().id}")
    written(feed, "title", f"{about} ({site().name})" if about else site().name)
    written(feed, "updated", _latest(rows))
    SubElement(feed, f"{ATOM}link", rel="self", href=here + (f"?{request.query_string.decode()}" if named else ""))
    feed.extend(_entries(rows, found))
    return feed


def _latest(rows: Iterable[tuple[Row, str]]) -> str | None:
    moments: list[datetime] = [row["edited_at"] or row["received_at"] for row, _ in rows]
    return instant(max(moments, default=site().created_at))


def _entries(rows: Iterable[tuple[Row, str]], found: Thread | None) -> Iterable[Element]:
    for row, key in rows:
        yield _entry(public_comment(row, key), found.url if found else None)


def _entry(shown: dict[str, Any], url: str | None) -> Element:
    """Tell one comment from its public shape alone."""
    entry = Element(f"{ATOM}entry")
    written(entry, "id", f"urn:uuid:{shown['id']}")
    written(entry, "title", shown["author"]["name"])
    written(entry, "published", shown["created_at"])
    written(entry, "updated", shown["edited_at"] or shown["created_at"])
    author = SubElement(entry, f"{ATOM}author")
    written(author, "name", shown["author"]["name"])
    if shown["author"]["url"]:
        written(author, "uri", shown["author"]["url"])
    page = url or (shown["thread"] if shown["thread"].startswith("https://") else None)
    if page:
        SubElement(entry, f"{ATOM}link", rel="alternate", href=f"{urldefrag(page).url}#comment-{shown['id']}")
    if "staff" in shown["author"]:
        SubElement(entry, f"{ATOM}category", term="staff", label="Staff")
    if shown["parent"]:
        SubElement(entry, f"{THR}in-reply-to", ref=f"urn:uuid:{shown['parent']}")
    content = written(entry, "content", shown["html"] or shown["text"])
    content.set("type", "html" if shown["html"] else "text")
    return entry
