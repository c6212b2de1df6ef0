"""Feeds of public comments, as Atom with threading (RFC 4685): of one page, or of a whole site."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final
from urllib.parse import urldefrag
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

import regex
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from moderation.domain.scope import Scope
from moderation.domain.thread import Thread
from moderation.http.context import deps, site, web
from moderation.http.guard import for_site
from moderation.http.shapes import instant, public_comment
from moderation.http.submission import asked_key
from moderation.services import threads
from moderation.services.ports import Row

blueprint = Blueprint("feed", __name__, url_prefix="/embed/<pk>")

ATOM: Final = "{http://www.w3.org/2005/Atom}"
THR: Final = "{http://purl.org/syndication/thread/1.0}"
MOST: Final = 50
CACHED: Final = "public, max-age=30, stale-while-revalidate=300"
_UNWRITABLE: Final = regex.compile(r"[^\t\n\r -\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
"""What XML has no way of writing."""

register_namespace("", ATOM.strip("{}"))
register_namespace("thr", THR.strip("{}"))


@blueprint.get("/feed.atom")
@for_site(Scope.READ)
def show(pk: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Give the latest public comments, newest first; `thread` narrows them to one page."""
    named = request.args.get("thread")
    found = threads.find(deps(), site(), asked_key(named, None)) if named else None
    rows = _rows(named, found)
    document = tostring(_feed(named, found, rows), encoding="utf-8", xml_declaration=True)
    tag = blake2b(document, digest_size=12).hexdigest()
    headers = {"Cache-Control": CACHED, "ETag": f'"{tag}"'}
    if request.if_none_match.contains_weak(tag):
        return "", 304, headers
    return Response(document, 200, headers, mimetype="application/atom+xml")


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
    _text(feed, "id", f"urn:uuid:{found.id if found else site().id}")
    _text(feed, "title", f"{about} ({site().name})" if about else site().name)
    _text(feed, "updated", _latest(rows))
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
    _text(entry, "id", f"urn:uuid:{shown['id']}")
    _text(entry, "title", shown["author"]["name"])
    _text(entry, "published", shown["created_at"])
    _text(entry, "updated", shown["edited_at"] or shown["created_at"])
    author = SubElement(entry, f"{ATOM}author")
    _text(author, "name", shown["author"]["name"])
    if shown["author"]["url"]:
        _text(author, "uri", shown["author"]["url"])
    page = url or (shown["thread"] if shown["thread"].startswith("https://") else None)
    if page:
        SubElement(entry, f"{ATOM}link", rel="alternate", href=f"{urldefrag(page).url}#comment-{shown['id']}")
    if shown["parent"]:
        SubElement(entry, f"{THR}in-reply-to", ref=f"urn:uuid:{shown['parent']}")
    content = _text(entry, "content", shown["html"] or shown["text"])
    content.set("type", "html" if shown["html"] else "text")
    return entry


def _text(inside: Element, name: str, text: str | None) -> Element:
    made = SubElement(inside, f"{ATOM}{name}")
    made.text = _UNWRITABLE.sub("", text or "")
    return made
