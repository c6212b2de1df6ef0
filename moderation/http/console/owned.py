"""What is somebody's own to run; before what opens doors they are asked once more who they are."""

from urllib.parse import urlencode
from uuid import UUID

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from werkzeug.routing import RequestRedirect

from moderation.domain.errors import Invalid, NotFound
from moderation.domain.person import Role
from moderation.domain.site import Site
from moderation.http.console.gate import person
from moderation.http.console.signin import is_fresh
from moderation.http.console.speech import spoken
from moderation.http.context import deps, web
from moderation.services import desk


class AskedAgain(RequestRedirect):
    """Leads to where somebody says their password again, and from there back."""

    code = 303


def own_sites() -> list[Site]:
    """List the sites that somebody owns; raises NotFound for whoever owns none."""
    own = set(person().sites(Role.OWNER))
    found = [site for site in desk.sites(deps(), person()) if site.id in own]
    if not found:
        raise NotFound("There is nothing here.")
    return found


def own_site(named: UUID | str) -> Site:
    """Give a site that somebody owns; raises NotFound for every other."""
    for site in own_sites():
        if str(site.id) == str(named):
            return site
    raise NotFound("There is no such site.")


def surely(page: str) -> None:
    """Ask whoever has not said their password for ten minutes, and lead back to this page."""
    if not is_fresh(web()):
        raise AskedAgain(f"/console/verify?{urlencode({'next': page})}")


def told(page: str, sentence: str) -> ResponseReturnValue:
    """Go back to a page, and say there what was done."""
    flash(sentence)
    return redirect(page, 303)


def faults_of(error: Invalid) -> dict[str, str]:
    """Give the first fault of each field, by its name on the form."""
    found: dict[str, str] = {}
    for fault in error.faults:
        found.setdefault(fault.pointer.split("/")[1], spoken(fault.detail))
    return found
