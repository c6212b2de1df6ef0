"""CORS: the pages of a site may call its browser routes and read the answers; nobody else's may.

Origins are compared letter by letter with those that the site has chosen. No cookie is ever
asked for, so that a browser lends its user's standing with us to nobody.
"""

from typing import Final
from uuid import UUID

from flask import Flask, Response, current_app, request

from moderation.domain.errors import ModerationError, NotFound
from moderation.domain.site import Site
from moderation.http.context import deps, web
from moderation.services import authors, sites

BROWSER_ROOMS: Final = frozenset({"intake", "threads", "comments", "about", "proofs", "wordpress_rest"})
"""The blueprints whose routes are for browsers."""

ALLOWED: Final = "Content-Type, Authorization, Idempotency-Key, If-None-Match"
EXPOSED: Final = "Location, ETag, Link, Retry-After, RateLimit, RateLimit-Policy, X-WP-Total, X-WP-TotalPages"
HOUR: Final = 3600


def admit(app: Flask) -> None:
    """Answer preflights of an application, before its guard, and name the origin on every answer to a page."""
    app.before_request(_preflight)
    app.after_request(_name_origin)


def _preflight() -> Response | None:
    """Tell a browser what a page may send; a page of another origin is told that there is nothing here."""
    if request.method != "OPTIONS" or request.blueprint not in BROWSER_ROOMS:
        return None
    if "Origin" in request.headers and _origin() is None:
        raise NotFound("There is nothing here.")
    response = current_app.make_default_options_response()
    response.status_code = 204
    response.headers["Access-Control-Allow-Methods"] = response.headers["Allow"]
    response.headers["Access-Control-Allow-Headers"] = ALLOWED
    response.headers["Access-Control-Max-Age"] = str(HOUR)
    return response


def _name_origin(response: Response) -> Response:
    if request.blueprint in BROWSER_ROOMS:
        response.vary.add("Origin")
        origin = _origin()
        if origin is not None:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = EXPOSED
    return response


def _origin() -> str | None:
    """Give the origin of the page that calls, if it is one of the site's that it calls about."""
    origin = request.headers.get("Origin")
    if origin is None:
        return None
    try:
        return origin if origin in _site().origins else None
    except ModerationError:
        return None


def _site() -> Site:
    """Give the site that the address names, or that of the comment it names."""
    named = request.view_args or {}
    return web().site(named["pk"]) if "pk" in named else _site_of(named["comment_id"])


def _site_of(comment_id: UUID) -> Site:
    return sites.get(deps(), authors.show(deps(), comment_id).site_id)
