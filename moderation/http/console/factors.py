"""Ways in beside the password, in the words of Flask-Security: who is half-way in, let in, or proved it anew."""

import time
from typing import Any, Final, cast

from flask import Flask, redirect, request, session
from flask_security import current_user, login_user
from flask_security.tf_plugin import TfPluginBase, tf_check_state, tf_clean_session
from werkzeug import Response

from moderation.domain.person import Person
from moderation.http.console.accounts import Account
from moderation.http.console.onwards import SECOND, leading_to
from moderation.http.context import web
from moderation.services import passkeys

PROVED: Final = "fs_paa"
"""Where the library keeps when somebody last proved who they are."""
PASSKEY: Final = "passkey"


class PasskeyFactor(TfPluginBase):
    """Asks for a passkey after the password of whoever has one; who has an authenticator too is asked for either."""

    def __init__(self, app: Flask) -> None:
        """Need nothing."""

    def get_setup_methods(self, user: Any) -> list[tuple[str, str]]:
        """Name what is asked for; nothing where the authenticator's page asks for both."""
        person = cast("Account", user).person
        return [(PASSKEY, PASSKEY)] if person.passkeys and not person.totp else []

    def tf_login(self, user: Any, json_payload: dict[str, Any], next_loc: str | None) -> Response:  # noqa: ARG002 (the library's shape)
        """Lead somebody whose password was right to where they are asked for a passkey."""
        session["tf_state"] = "ready"
        return redirect(leading_to(SECOND, request.form.get("next", "")), 303)


def half_way() -> Person | None:
    """Give whose password was right and who is still to bring a second factor."""
    account = tf_check_state(["ready"]) if "tf_user_id" in session else None
    return cast("Account", account).person if account else None


def let_in(person: Person) -> None:
    """Sign somebody in who proved with a passkey who they are."""
    tf_clean_session()  # type: ignore[no-untyped-call]
    login_user(Account(person), remember=False, authn_via=[PASSKEY])


def prove_anew() -> None:
    """Remember that whoever is here proved just now who they are."""
    session[PROVED] = time.time()


def offered() -> dict[str, Any]:
    """Say on the library's pages whether a passkey may be used there, and where that leads."""
    there = request.values.get("next", "")
    person = current_user.person if current_user.is_authenticated else half_way()
    here = passkeys.party(web().deps) is not None
    return {"passkey": here and (person is None or person.passkeys > 0), "onwards": there}
