"""What a request stands in: the parts of the application, and who is calling."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from threading import BoundedSemaphore
from time import monotonic
from typing import Final, cast
from uuid import UUID

from flask import current_app, g, request

from moderation.domain.audit import Who
from moderation.domain.scope import ApiKey, Scope
from moderation.domain.site import Site
from moderation.domain.thread import Thread
from moderation.http.kept import Pages
from moderation.http.scripted import Script
from moderation.http.shared import Shared
from moderation.services import sites, threads
from moderation.services.ports import Deps

PLACES: Final = 96
"""So many may bring something at once, where nobody says otherwise."""
REMEMBERED: Final = 2.0
"""Seconds for which a site's choices are not asked for again; a change is seen everywhere after that."""


@dataclass(frozen=True)
class Web:
    """Everything the web floor was given when the application was made."""

    deps: Deps
    public_url: str
    ready: Callable[[], dict[str, str]]
    """Names what is not ready, with a sentence each; empty when all is well."""
    metrics_token: str | None = None
    demo_key: str | None = None
    """The site on whose sample page people try things out; without one there is no such page."""
    remembered: dict[str, tuple[float, Site]] = field(default_factory=dict)
    usual: dict[UUID, tuple[float, int | None]] = field(default_factory=dict)
    """How many minutes review usually takes at a site, and when that was looked up."""
    pages: Pages = field(default_factory=Pages)
    looks: Shared[Thread | None] = field(default_factory=Shared)
    """What many readers of one page ask at the same time is asked once."""
    editions: dict[str, Script] = field(default_factory=dict)
    """Former editions of the widget that pages asked for here; they never change, and are few."""
    places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(PLACES))
    """Taken while something is brought. The server gives each request a thread for as long as it takes, so that
    a rush, or senders who never finish, would take them all, and nobody could read or be refused either."""

    def site(self, key: str) -> Site:
        """Give the site that a browser names; raises NotFound."""
        kept = self.remembered.get(key)
        if kept and monotonic() - kept[0] < REMEMBERED:
            return kept[1]
        found = sites.by_key(self.deps, key)
        self.remembered[key] = (monotonic(), found)
        return found

    def thread(self, site: Site, key: str) -> Thread | None:
        """Give the thread of a page as it stands now; None before its first comment."""
        return self.looks((site.id, key), lambda: threads.find(self.deps, site, key))

    def forget(self, key: str) -> None:
        """Ask for a site's choices anew the next time, since they were just changed here."""
        self.remembered.pop(key, None)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling, as far as they proved it."""

    site: Site | None = None
    key: ApiKey | None = None
    comment_id: UUID | None = None
    """The comment whose receipt came along."""

    def may(self, scope: Scope) -> bool:
        """Say whether the caller's key has this scope."""
        return self.key is not None and scope in self.key.scopes


def web() -> Web:
    """Give the application's parts."""
    return cast("Web", current_app.extensions["lychgate"])


def deps() -> Deps:
    """Give what services need, with on whose behalf they are asked."""
    found: Deps = g.get("deps") or web().deps
    return found


def act_for(who: Who) -> None:
    """Let whatever this request does be done on somebody's behalf."""
    g.deps = replace(web().deps, by=who)


def caller() -> Caller:
    """Give who is calling this request."""
    return cast("Caller", g.caller)


def caller_site() -> Site | None:
    """Give the site that this request is about, also where the request was refused; None where none is known."""
    found = g.get("caller")
    return found.site if found else None


def address() -> str | None:
    """Give the network address that the request came from; None where the server knows none, as on a socket."""
    try:
        return str(ip_address((request.remote_addr or "").partition("%")[0]))
    except ValueError:
        return None


def site() -> Site:
    """Give the site that this request is about; routes that ask for it have been told one."""
    found = caller().site
    if found is None:
        raise LookupError("This route was marked as one without a site.")
    return found


def key() -> ApiKey:
    """Give the secret key of this request; routes that ask for it have been told one."""
    found = caller().key
    if found is None:
        raise LookupError("This route was marked as one without a key.")
    return found
