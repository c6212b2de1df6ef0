"""One's own account: where one is signed in, the second factor, and signing out."""

from typing import Final
from uuid import UUID

from flask import Blueprint, Response, g, redirect, request, session
from flask.typing import ResponseReturnValue

from moderation.domain.errors import Invalid
from moderation.domain.person import SPACINGS, Reading, Role
from moderation.http.console.gate import person
from moderation.http.console.naming import LANGUAGES
from moderation.http.console.owned import surely, told
from moderation.http.console.printing import printed
from moderation.http.console.signin import SEAT, leave
from moderation.http.console.speech import gettext, spoken
from moderation.http.context import deps, web
from moderation.http.guard import for_people
from moderation.services import desk, passkeys, people, staff
from moderation.services.addresses import of_person

blueprint = Blueprint("account", __name__, url_prefix="/account")
HOME: Final = "/console/account"


@blueprint.get("")
@for_people
def show() -> ResponseReturnValue:
    """Show what somebody is where, and every browser that they are signed in with."""
    return _shown()


def _shown(fault: str = "", status: int = 200) -> Response:
    here = people.recognise(deps(), session.get(SEAT, ""), person())
    return printed(
        "account.html",
        status=status,
        fault=fault,
        address=of_person(deps(), person()),
        may_post=deps().may_post,
        person=person(),
        languages=LANGUAGES,
        spacings=SPACINGS,
        roles=[(site.name, person().role_at(site.id)) for site in desk.sites(deps(), person())],
        senior=bool(person().sites(Role.SENIOR)),
        owner=bool(person().sites(Role.OWNER)),
        passkeys=passkeys.of(deps(), person()),
        sessions=people.sessions(deps(), person()),
        here=here.id if here else None,
        now=deps().now(),
    )


@blueprint.post("/language")
@for_people
def choose() -> ResponseReturnValue:
    """Choose the language of the desk, or leave it to the browser; the answer speaks it already."""
    g.person = people.choose_language(deps(), person(), request.form.get("language"))
    return told(HOME, gettext("Kept."))


@blueprint.post("/reading")
@for_people
def read() -> ResponseReturnValue:
    """Choose what is kept from one's eyes until one looks, and whether a card may be swiped."""
    form = request.form
    spacing = next((each for each in SPACINGS if form.get("spacing") == str(each)), 0)
    people.choose_reading(deps(), person(), Reading("veiled" in form, spacing, "swipes" in form))
    return told(HOME, gettext("Kept."))


@blueprint.post("/address")
@for_people
def move() -> ResponseReturnValue:
    """Say where a link goes when somebody forgot their own password; whoever reads mail there can sign in."""
    surely(HOME)
    try:
        staff.set_address(deps(), person(), person().sites(), request.form.get("email", ""))
    except Invalid as error:
        return _shown(spoken(error.faults[0].detail), 422)
    return told(HOME, gettext("Kept."))


@blueprint.post("/sessions/<uuid:session_id>/end")
@for_people
def end(session_id: UUID) -> ResponseReturnValue:
    """Sign one browser out; it is turned away from its next request on."""
    people.sign_out(deps(), person(), session_id)
    return redirect(HOME, 303)


@blueprint.post("/leave")
@for_people
def sign_out() -> ResponseReturnValue:
    """Sign out here."""
    leave(web(), person())
    return redirect("/console/login", 303)
