"""Signing in: Flask-Security with our pages, our people and our sessions; `accounts` and `factors` know it, too."""

import base64
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final, cast

from flask import Flask, current_app, request, session
from flask_security import LoginForm, Security, current_user, logout_user, user_authenticated
from flask_wtf import CSRFProtect
from wtforms import StringField
from wtforms.validators import InputRequired

from moderation.domain.person import Person
from moderation.http.console.accounts import AUTHENTICATOR, Account, Accounts, OnceOnly, OnceShown
from moderation.http.console.factors import PASSKEY, PROVED, PasskeyFactor, offered
from moderation.http.console.printing import printed
from moderation.http.context import Web, address
from moderation.http.guard import open_to_all
from moderation.services import people

SEAT: Final = "seat"
"""Where a browser's cookie holds what it is known by, once somebody signed in."""
FRESH: Final = timedelta(minutes=10)
OPEN: Final = frozenset(
    {
        "security.login",
        "security.verify",
        "security.two_factor_setup",
        "security.two_factor_setup_validate",
        "security.two_factor_token_validation",
        "security.mf_recovery",
        "security.mf_recovery_codes",
    }
)
"""What of the library's pages is there; each sees for itself who asks. The others are found by nobody."""
TRIES: Final = frozenset(
    {
        "security.login",
        "security.verify",
        "security.two_factor_token_validation",
        "security.mf_recovery",
        "passkeys.answer",
    }
)
"""Where a password, a code or a passkey is tried."""
CHOSEN: Final[dict[str, Any]] = {
    "SECURITY_API_ENABLED_METHODS": ["session"],
    "SECURITY_FRESHNESS": FRESH,
    "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(0),
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__time_cost": 2,
        "argon2__memory_cost": 19_456,
        "argon2__parallelism": 1,
    },
    "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
    "SECURITY_PASSWORD_SINGLE_HASH": {"argon2"},
    "SECURITY_PASSWORD_LENGTH_MIN": 12,
    "SECURITY_TWO_FACTOR": True,
    "SECURITY_TWO_FACTOR_ENABLED_METHODS": [AUTHENTICATOR],
    "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
    "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/console/account",
    "SECURITY_TOTP_ISSUER": "Lychgate",
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 8,
    "SECURITY_POST_LOGIN_VIEW": "/console/",
    "SECURITY_POST_LOGOUT_VIEW": "/console/login",
    "SECURITY_POST_VERIFY_VIEW": "/console/account",
    "SECURITY_LOGIN_USER_TEMPLATE": "login.html",
    "SECURITY_VERIFY_TEMPLATE": "again.html",
    "SECURITY_TWO_FACTOR_SETUP_TEMPLATE": "factor.html",
    "SECURITY_TWO_FACTOR_VERIFY_CODE_TEMPLATE": "code.html",
    "SECURITY_MULTI_FACTOR_RECOVERY_TEMPLATE": "recovery.html",
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES_TEMPLATE": "codes.html",
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_LOGOUT_CSRF": True,
    "WTF_CSRF_TIME_LIMIT": None,
}


class SignIn(LoginForm):
    """A name and a password."""

    email = None
    remember = None
    username = StringField("Name", validators=[InputRequired()])

    def validate(self, **options: Any) -> bool:
        """Find who is meant; whether there is nobody or the password is wrong, the answer is the same."""
        self.ifield = self.username
        self.user = current_accounts().find_user(username=self.username.data or "")
        right = bool(super().validate(**options))
        if self.user is None:
            current_accounts().missed(self.username.data or "")
        return right


def furnish(app: Flask, web: Web) -> None:
    """Let people sign in to an application; every route of the library's is its own guard."""
    app.config.update(CHOSEN, **_secrets(web))
    CSRFProtect(app)
    accounts = Accounts(web)
    security = Security(
        app,
        accounts,
        login_form=SignIn,
        render_template=cast("Any", printed),
        totp_cls=OnceOnly,
        mf_recovery_codes_util_cls=OnceShown,
    )
    cast("OnceOnly", security.totp_factory).accounts = accounts
    cast("OnceShown", security.mf_recovery_codes_util).accounts = accounts
    security.two_factor_plugins.register_tf_impl(app, PASSKEY, PasskeyFactor)
    security.context_processor(offered)
    for endpoint in OPEN:
        app.view_functions[endpoint] = open_to_all(_bare(app.view_functions[endpoint]))
    app.before_request(lambda: _throttle(web))
    user_authenticated.connect(lambda _app, user, authn_via=None, **_: _seat(web, user, authn_via), app, weak=False)


def present(web: Web) -> Person | None:
    """Give who is signed in; whose session was ended elsewhere is signed out here too."""
    if not current_user.is_authenticated:
        return None
    person: Person = current_user.person
    if people.recognise(web.deps, session.get(SEAT, ""), person):
        return person
    logout_user()
    session.clear()
    return None


def is_fresh(web: Web) -> bool:
    """Say whether whoever is here proved it within the last ten minutes."""
    proved = session.get(PROVED)
    return proved is not None and abs(web.deps.now().timestamp() - proved) < FRESH.total_seconds()


def leave(web: Web, person: Person) -> None:
    """End the session of this browser."""
    found = people.recognise(web.deps, session.get(SEAT, ""), person)
    if found:
        people.sign_out(web.deps, person, found.id)
    logout_user()
    session.clear()


def current_accounts() -> Accounts:
    """Give the people of the application that answers."""
    return current_app.extensions["security"].datastore  # type: ignore[no-any-return]


def _secrets(web: Web) -> dict[str, Any]:
    """Derive every secret of the desk from the installation's."""
    keys = {name: web.deps.seals.digest("console", name) for name in ("cookie", "salt", "totp", "recovery")}
    return {
        "SECRET_KEY": keys["cookie"],
        "SECURITY_PASSWORD_SALT": keys["salt"].hex(),
        "SECURITY_TOTP_SECRETS": {"1": keys["totp"].hex()},
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [base64.urlsafe_b64encode(keys["recovery"])],
    }


def _seat(web: Web, account: Account, ways: Sequence[str] | None) -> None:
    way = PASSKEY if PASSKEY in (ways or ()) else None
    browser = request.headers.get("User-Agent", "")
    session[SEAT] = people.sign_in(web.deps, account.person, browser, way=way)


def _throttle(web: Web) -> None:
    """Count every try at a password or a code."""
    if request.method != "POST" or request.endpoint not in TRIES:
        return
    if request.endpoint == "security.login":
        people.throttle(web.deps, request.form.get("username", ""), address())
        return
    whose = str(session.get("tf_user_id") or session.get("_user_id") or "")  # Nobody may say otherwise.
    if whose or request.endpoint != "passkeys.answer":
        people.throttle_codes(web.deps, whose)
    else:
        people.throttle_passkeys(web.deps, address())


def _bare(view: Callable[..., Any]) -> Callable[..., Any]:
    """Give a view that a mark can be put on without touching the library's own."""

    def called(**named: Any) -> Any:
        return view(**named)

    return called
