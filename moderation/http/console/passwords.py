"""Choosing a password by a link, and asking for such a link; for whoever is not signed in."""

from flask import Blueprint, flash, g, redirect, request
from flask.typing import ResponseReturnValue

from moderation.domain.errors import Invalid
from moderation.domain.invitation import Occasion
from moderation.http.console.printing import printed
from moderation.http.console.speech import gettext, spoken
from moderation.http.context import address, deps
from moderation.http.guard import open_to_all
from moderation.services import invitations

blueprint = Blueprint("passwords", __name__)


@blueprint.get("/password/<token>")
@open_to_all
def chosen(token: str) -> ResponseReturnValue:
    """Ask for a password; looking at it uses no link up."""
    return _asked(token)


@blueprint.post("/password/<token>")
@open_to_all
def choose(token: str) -> ResponseReturnValue:
    """Keep the password that was chosen, once, and lead to where one signs in with it."""
    _, g.addressee = invitations.meant(deps(), token)
    try:
        person = invitations.accept(deps(), token, request.form.get("password", ""))
    except Invalid as error:
        return _asked(token, spoken(error.faults[0].detail))
    flash(gettext("Your password is kept. Sign in as %(name)s.", name=person.name))
    return redirect("/console/login", 303)


@blueprint.get("/forgotten")
@open_to_all
def forgotten() -> ResponseReturnValue:
    """Ask where a link is to go."""
    return printed("forgotten.html", may_post=deps().may_post, fault="", asked=False)


@blueprint.post("/forgotten")
@open_to_all
def ask() -> ResponseReturnValue:
    """Send a link to an address if it is somebody's here; the answer is the same for every one."""
    try:
        invitations.ask(deps(), request.form.get("email", ""), address())
    except Invalid as error:
        fault = spoken(error.faults[0].detail)
        return printed("forgotten.html", status=422, may_post=True, fault=fault, asked=False)
    return printed("forgotten.html", may_post=True, fault="", asked=True)


def _asked(token: str, fault: str = "") -> ResponseReturnValue:
    invitation, person = invitations.meant(deps(), token)
    g.addressee = person
    new = invitation.occasion is Occasion.WELCOME
    return printed("password.html", status=422 if fault else 200, token=token, called=person.name, new=new, fault=fault)
