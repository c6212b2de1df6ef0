"""Passkeys at the desk: adding and removing one's own, and answering with one instead of a password, or after it."""

import base64
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, session
from flask.typing import ResponseReturnValue

from moderation.domain.errors import Conflict
from moderation.domain.passkey import NAME_MAX, Challenge, Purpose
from moderation.domain.person import Person
from moderation.domain.text import Unfit
from moderation.http.console.factors import half_way, let_in, prove_anew
from moderation.http.console.gate import person as myself
from moderation.http.console.onwards import AGAIN, LOGIN, SECOND, leading_to, onwards
from moderation.http.console.owned import surely, told
from moderation.http.console.printing import printed
from moderation.http.console.signin import present
from moderation.http.console.speech import gettext, spoken
from moderation.http.context import address, deps, web
from moderation.http.guard import for_people, open_to_all
from moderation.services import passkeys, people

blueprint = Blueprint("passkeys", __name__)
HOME: Final = "/console/account"
NEW: Final = "/console/passkeys/new"
GIVEN: Final = "challenge"
"""Where a browser's cookie, which is signed, holds the challenge that it was given last."""
ASKED_ON: Final = {Purpose.SIGN_IN: LOGIN, Purpose.SECOND: SECOND, Purpose.AGAIN: AGAIN}


@blueprint.get("/passkeys/new")
@for_people
def new() -> ResponseReturnValue:
    """Ask what a new passkey is to be called, and let the browser make it."""
    surely(NEW)
    return _new()


@blueprint.post("/passkeys/challenge")
@for_people
def ask_for_new() -> ResponseReturnValue:
    """Give our script what a browser needs to make a passkey."""
    surely(NEW)
    challenge, options = passkeys.ask_for_new(deps(), myself())
    return _given(challenge, options)


@blueprint.post("/passkeys")
@for_people
def add() -> ResponseReturnValue:
    """Keep the passkey that a browser made."""
    surely(NEW)
    name = request.form.get("name", "")
    try:
        passkeys.add(deps(), myself(), _taken(), request.form.get("credential", ""), name)
    except (Unfit, Conflict) as error:
        return _new(spoken(error.detail), name, 422 if isinstance(error, Unfit) else 409)
    return told(HOME, gettext("Your passkey is kept. It lets you in from now on, without your password or after it."))


@blueprint.post("/passkeys/<uuid:passkey_id>/remove")
@for_people
def remove(passkey_id: UUID) -> ResponseReturnValue:
    """Forget one of one's own passkeys."""
    surely(HOME)
    passkeys.remove(deps(), myself(), passkey_id)
    return told(HOME, gettext("That passkey lets nobody in any more. Remove it from your device, too."))


@blueprint.get("/passkey")
@open_to_all
def second() -> ResponseReturnValue:
    """Ask for a passkey after the password."""
    person = half_way()
    if person is None:
        return redirect(LOGIN, 303)
    if person.totp:  # The page that asks for a code offers this as well.
        return redirect(leading_to("/console/tf-validate", request.args.get("next", "")), 303)
    return printed("second.html", onwards=request.args.get("next", ""), passkey=passkeys.party(deps()) is not None)


@blueprint.post("/passkey/challenge")
@open_to_all
def ask() -> ResponseReturnValue:
    """Give our script what a browser needs to answer with a passkey."""
    purpose, person = _asking()
    return _given(*passkeys.ask(deps(), purpose, person))


@blueprint.post("/passkey")
@open_to_all
def answer() -> ResponseReturnValue:
    """Let in whoever answered rightly, or remember that it is still them."""
    purpose, person = _asking()
    sent, there = request.form.get("credential", ""), request.form.get("next", "")
    try:
        found = passkeys.prove(deps(), purpose, _taken(), sent, person)
    except Unfit as error:
        _failed(error, person, sent)
        flash(spoken(error.detail))
        return redirect(leading_to(ASKED_ON[purpose], there), 303)
    if purpose is Purpose.AGAIN:
        prove_anew()
    else:
        let_in(found)
    return redirect(onwards(there, HOME if purpose is Purpose.AGAIN else "/console/"), 303)


def _new(fault: str = "", name: str = "", status: int = 200) -> Response:
    here = passkeys.party(deps())
    return printed(
        "passkey.html",
        status=status,
        fault=fault,
        called=name,
        most=NAME_MAX,
        party=here,
        address=deps().public_url,
        safe=bool(myself().recovery),
    )


def _asking() -> tuple[Purpose, Person | None]:
    """Say what an answer would be for, and who is to give it: the session knows, and nobody may say otherwise."""
    if person := present(web()):
        return Purpose.AGAIN, person
    person = half_way()
    return (Purpose.SECOND, person) if person else (Purpose.SIGN_IN, None)


def _given(challenge: Challenge, options: str) -> Response:
    """Give a challenge to this browser, in place of any before it."""
    kept = asdict(challenge) | {"octets": base64.b64encode(challenge.octets).decode()}
    session[GIVEN] = {**kept, "given_at": challenge.given_at.isoformat(), "person_id": _written(challenge.person_id)}
    return Response(options, mimetype="application/json")


def _taken() -> Challenge | None:
    """Take back the challenge that this browser was given; it is good for one try."""
    kept: dict[str, Any] | None = session.pop(GIVEN, None)
    if kept is None:
        return None
    person_id = UUID(kept["person_id"]) if kept["person_id"] else None
    given_at = datetime.fromisoformat(kept["given_at"])
    return Challenge(base64.b64decode(kept["octets"]), Purpose(kept["purpose"]), given_at, person_id)


def _written(person_id: UUID | None) -> str | None:
    return str(person_id) if person_id else None


def _failed(error: Unfit, person: Person | None, sent: str) -> None:
    """Write down at somebody's sites that a passkey did not prove that it is them; what came late proves nothing."""
    if error.code != "passkey-unproved":
        return
    whose = person or passkeys.owner_of(deps(), sent)
    if whose:
        people.failed(deps(), whose.name, whose, "passkey", address())
