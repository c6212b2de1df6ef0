"""Following the queue in a feed reader: the address of a feed is made, renewed and revoked at the desk."""

from typing import Final
from uuid import UUID
from xml.etree.ElementTree import Element, SubElement

from flask import Blueprint, Response, flash, redirect
from flask.typing import ResponseReturnValue

from moderation.http.atom import ATOM, sent, written
from moderation.http.console.gate import person
from moderation.http.console.meanings import meaning
from moderation.http.console.printing import printed
from moderation.http.console.speech import gettext
from moderation.http.context import deps, web
from moderation.http.guard import for_people, open_to_all
from moderation.http.shapes import instant
from moderation.services import desk, feeds
from moderation.services.ports import Row

blueprint = Blueprint("feeds", __name__)
EXCERPT: Final = 200
"""So many characters of a text are told; the rest is read at the desk."""
PRIVATE: Final = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}


@blueprint.get("/feeds")
@for_people
def show() -> ResponseReturnValue:
    """Show for which sites somebody has a feed."""
    return _shown()


@blueprint.post("/feeds/<uuid:site_id>")
@for_people
def make(site_id: UUID) -> ResponseReturnValue:
    """Make a new address, which is shown this once; the one before ends at once."""
    return _shown(site_id, f"{web().public_url}/console/feed/{feeds.make(deps(), person(), site_id)}")


@blueprint.post("/feeds/<uuid:site_id>/revoke")
@for_people
def revoke(site_id: UUID) -> ResponseReturnValue:
    """End a feed."""
    feeds.revoke(deps(), person(), site_id)
    flash(gettext("That address leads nowhere any more."))
    return redirect("/console/feeds", 303)


@blueprint.get("/feed/<secret>")
@open_to_all
def follow(secret: str) -> ResponseReturnValue:
    """Give what waits at a site to whoever has the address of a feed."""
    waiting = feeds.read(deps(), secret)
    feed = Element(f"{ATOM}feed")
    written(feed, "id", f"urn:uuid:{waiting.feed_id}")
    written(feed, "title", gettext("Waiting at %(site)s", site=waiting.site.name))
    latest = max((row["received_at"] for row in waiting.rows), default=waiting.site.created_at)
    written(feed, "updated", instant(latest))
    written(SubElement(feed, f"{ATOM}author"), "name", waiting.site.name)
    SubElement(feed, f"{ATOM}link", rel="alternate", href=f"{web().public_url}/console/")
    feed.extend(_entry(row) for row in waiting.rows)
    return sent(feed, dict(PRIVATE))


def _entry(row: Row) -> Element:
    """Tell of a comment where it stands, why it waits and how it begins; nothing of whoever wrote it."""
    entry = Element(f"{ATOM}entry")
    reasons = ", ".join(meaning(code) for code in row["reasons"])
    written(entry, "id", f"urn:uuid:{row['id']}")
    written(entry, "title", f"{row['thread_title'] or row['thread']}: {reasons}" if reasons else row["thread"])
    written(entry, "published", instant(row["received_at"]))
    written(entry, "updated", instant(row["edited_at"] or row["received_at"]))
    SubElement(entry, f"{ATOM}link", rel="alternate", href=f"{web().public_url}/console/comments/{row['id']}")
    for code in row["reasons"]:
        SubElement(entry, f"{ATOM}category", term=code)
    text = row["text"]
    written(entry, "summary", text if len(text) <= EXCERPT else text[:EXCERPT] + "\N{HORIZONTAL ELLIPSIS}")
    return entry


def _shown(fresh: UUID | None = None, address: str = "") -> Response:
    made = feeds.made(deps(), person())
    rows = [
        {"site": site, "since": made.get(site.id), "address": address if site.id == fresh else ""}
        for site in desk.sites(deps(), person())
    ]
    return printed("feeds.html", rows=rows)
