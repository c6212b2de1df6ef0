"""The desk as an application of its own, so that nothing of signing in is in the way of readers."""

from typing import Final

from flask import Flask

from moderation.http import admission
from moderation.http.console import (
    account,
    addresses,
    answering,
    audit,
    bans,
    cards,
    company,
    feeds,
    gate,
    keyboards,
    keys,
    listings,
    many,
    merging,
    notes,
    notices,
    numbers,
    passkeys,
    passwords,
    people,
    policy,
    portraits,
    privacy,
    queue,
    record,
    rules,
    signin,
    sites,
    threads,
    waves,
    webhook_changes,
    webhook_since,
    webhooks,
)
from moderation.http.console.beside import PREFIX
from moderation.http.context import Web

ROOMS: Final = (
    *(queue, many, cards, answering, waves, merging, company),
    *(record, addresses, portraits, privacy, bans, notes, listings),
    *(account, keyboards, passkeys, notices, feeds, passwords),
    *(sites, policy, rules, keys, threads, people, webhooks, webhook_changes, webhook_since, audit, numbers),
)
"""Every room of the desk, in the order in which somebody would come by."""


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
    for room in ROOMS:
        app.register_blueprint(room.blueprint)
    signin.furnish(app, web)
    app.extensions["csrf"].exempt(notices.follow)  # Who has the link may; there is no session to borrow.
    return app
