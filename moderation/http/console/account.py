"""One's own account: where one is signed in, the second factor, and signing out."""

from uuid import UUID

from flask import Blueprint, redirect, session
from flask.typing import ResponseReturnValue

from moderation.domain.person import Role
from moderation.http.console.gate import person
from moderation.http.console.printing import printed
from moderation.http.console.signin import SEAT, leave
from moderation.http.context import deps, web
from moderation.http.guard import for_people
from moderation.services import desk, people

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
@for_people
def show() -> ResponseReturnValue:
    """Show what somebody is where, and every browser that they are signed in with."""
    here = people.recognise(deps(), session.get(SEAT, ""), person())
    return printed(
        "account.html",
        person=person(),
        roles=[(site.name, person().role_at(site.id)) for site in desk.sites(deps(), person())],
        senior=bool(person().sites(Role.SENIOR)),
        sessions=people.sessions(deps(), person()),
        here=here.id if here else None,
        now=deps().now(),
    )


@blueprint.post("/sessions/<uuid:session_id>/end")
@for_people
def end(session_id: UUID) -> ResponseReturnValue:
    """Sign one browser out; it is turned away from its next request on."""
    people.sign_out(deps(), person(), session_id)
    return redirect("/console/account", 303)


@blueprint.post("/leave")
@for_people
def sign_out() -> ResponseReturnValue:
    """Sign out here."""
    leave(web(), person())
    return redirect("/console/login", 303)
