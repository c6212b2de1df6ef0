"""The guard: a route says who may call it, or it is refused.

What a caller may not see is not found; only a call without any key at all is told that it
needs one. Every look-up that a caller can steer is made together with the caller's site.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request

from moderation.domain.audit import Doer, Who
from moderation.domain.errors import NotFound, Unauthenticated
from moderation.domain.scope import ApiKey, Scope
from moderation.http.context import Caller, act_for, deps, web
from moderation.services import keys

View = TypeVar("View", bound=Callable[..., Any])
Check = Callable[[], Caller]
BEARER: Final = "Bearer"
RECEIPT: Final = "Receipt"


class Door(StrEnum):
    """The ways of being let in."""

    OPEN = "open"
    SITE = "site"
    KEY = "key"
    RECEIPT = "receipt"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a route says about its callers, and the check that finds out who is calling."""

    door: Door
    check: Check
    scope: Scope | None = None


def admit(app: Flask) -> None:
    """Put the guard before every request of an application."""
    app.before_request(_check)


def open_to_all(view: View) -> View:
    """Mark a route that anybody may call."""
    return _marked(view, Mark(Door.OPEN, Caller))


def for_site(*scopes: Scope) -> Callable[[View], View]:
    """Mark a route under `/sites/<pk>/`: for its pages' readers, and its servers' keys with one of these scopes."""
    return lambda view: _marked(view, Mark(Door.SITE, lambda: _at_site(scopes), scopes[0]))


def requires(scope: Scope) -> Callable[[View], View]:
    """Mark a route for secret keys with this scope; the key's site is the only one the view sees.

    Where the address names a site by its id, it is the key's own or there is none.
    """
    return lambda view: _marked(view, Mark(Door.KEY, lambda: _with_key(scope), scope))


def for_author(view: View) -> View:
    """Mark a route about one comment, for whoever holds its receipt."""
    return _marked(view, Mark(Door.RECEIPT, _with_receipt))


def for_people(view: View) -> View:
    """Mark a page of the desk, for whoever signed in there; what they ask for is looked up among their own sites."""
    return _marked(view, Mark(Door.PERSON, Caller))


def mark_of(view: Callable[..., Any]) -> Mark | None:
    """Give what a view was marked with."""
    return getattr(view, "lychgate_mark", None)


def _marked(view: View, mark: Mark) -> View:
    view.lychgate_mark = mark  # type: ignore[attr-defined]
    return view


def _check() -> None:
    """Let a request through to its view, or raise; a view without a mark is found by nobody."""
    if request.endpoint is None:
        return  # Flask answers with its own "not found" or "method not allowed".
    mark = mark_of(current_app.view_functions[request.endpoint])
    if mark is None:
        raise NotFound("There is nothing here.")
    g.caller = found = mark.check()
    if found.key:
        act_for(Who(Doer.KEY, found.key.id))


def _at_site(scopes: tuple[Scope, ...]) -> Caller:
    site = web().site((request.view_args or {})["pk"])
    if not allowed_origin(site.origins):
        raise NotFound("There is no such site.")
    key = _key()
    if key is not None and (key.site_id != site.id or key.scopes.isdisjoint(scopes)):
        raise NotFound("There is no such site.")
    return Caller(site=site, key=key)


def allowed_origin(origins: tuple[str, ...]) -> bool:
    """Say whether the page that calls may speak for a site; a call without an origin is no page's.

    Our own pages may send, since a form that was refused is shown again on one of them.
    """
    origin = request.headers.get("Origin")
    ours = request.method == "POST" and origin == own_origin()
    return origin is None or origin in origins or ours


def own_origin() -> str:
    """Give the origin of our own pages."""
    parts = urlsplit(web().public_url)
    return f"{parts.scheme}://{parts.netloc}"


def _with_key(scope: Scope) -> Caller:
    key = _key()
    if key is None:
        raise Unauthenticated("Send a secret key: Authorization: Bearer sk_…")
    named = (request.view_args or {}).get("site_id", key.site_id)
    if scope not in key.scopes or named != key.site_id:
        raise NotFound("There is nothing here.")
    return Caller(key=key)


def _with_receipt() -> Caller:
    receipt = credential(RECEIPT)
    if receipt is None:
        raise Unauthenticated("Send the comment's receipt: Authorization: Receipt …")
    comment_id = deps().seals.read_receipt(receipt)
    if comment_id is None or comment_id != (request.view_args or {})["comment_id"]:
        raise NotFound("There is no such comment.")
    return Caller(comment_id=comment_id)


def _key() -> ApiKey | None:
    secret = credential(BEARER)
    if secret is None:
        return None
    key = keys.recognise(deps(), secret)
    if key is None:
        raise Unauthenticated("This key is unknown or revoked.")
    return key


def credential(scheme: str) -> str | None:
    """Give what follows the scheme in the Authorization header."""
    sent, _, credential = request.headers.get("Authorization", "").partition(" ")
    return credential.strip() if sent.lower() == scheme.lower() and credential.strip() else None
