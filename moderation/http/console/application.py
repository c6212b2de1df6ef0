"""The desk as an application of its own, so that nothing of signing in is in the way of readers."""

from flask import Flask

from moderation.http import admission
from moderation.http.console import account, cards, feeds, gate, notices, queue, signin, webhooks
from moderation.http.console.beside import PREFIX
from moderation.http.context import Web


def create_desk(web: Web) -> Flask:
    """Make the desk over these parts."""
    app = Flask("lychgate.console", static_folder=None)
    secure = web.public_url.startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME="__Host-lychgate" if secure else "lychgate",
        SESSION_COOKIE_PATH="/" if secure else PREFIX,
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=256_000,
        MAX_FORM_PARTS=2_000,
    )
    app.extensions["lychgate"] = web
    admission.admit(app)
    gate.admit(app)
    for room in (queue, cards, account, webhooks, notices, feeds):
        app.register_blueprint(room.blueprint)
    signin.furnish(app, web)
    app.extensions["csrf"].exempt(notices.follow)  # Who has the link may; there is no session to borrow.
    return app
