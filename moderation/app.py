"""The web application: `create_app(web)` puts every room of the web floor under one roof."""

from threading import BoundedSemaphore
from typing import Any, Final
from uuid import uuid4

from flask import Flask, Response, g
from werkzeug.middleware.proxy_fix import ProxyFix

from config.logs import configure
from config.settings import Settings
from moderation.http import admission, cors, docs, guard, health, measure, packed, paper, problems
from moderation.http.compat import rest, wordpress
from moderation.http.console.beside import Beside
from moderation.http.context import Web
from moderation.http.demo import articles
from moderation.http.embed import about, feed, mailbox, received, script, status, thread
from moderation.http.fields import MOST_BYTES
from moderation.http.standing import Standing
from moderation.http.v1 import (
    authors,
    bans,
    comments,
    events,
    intake,
    keys,
    listings,
    notes,
    numbers,
    pins,
    privacy,
    proofs,
    record,
    review,
    rules,
    sites,
    threads,
    users,
    webhooks,
)
from moderation.wiring import build, keep, readiness

BLUEPRINTS: Final = (
    intake.blueprint,
    proofs.blueprint,
    threads.blueprint,
    comments.blueprint,
    review.blueprint,
    record.blueprint,
    pins.blueprint,
    authors.blueprint,
    notes.blueprint,
    bans.blueprint,
    listings.blueprint,
    sites.blueprint,
    rules.blueprint,
    webhooks.blueprint,
    keys.blueprint,
    users.blueprint,
    events.blueprint,
    privacy.blueprint,
    numbers.blueprint,
    script.blueprint,
    about.blueprint,
    thread.blueprint,
    feed.blueprint,
    received.blueprint,
    status.blueprint,
    mailbox.blueprint,
    wordpress.blueprint,
    rest.blueprint,
    articles.blueprint,
    paper.blueprint,
    health.blueprint,
    docs.blueprint,
)
"""Every room, in the order in which a reader would ask for it."""

SAFE: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def create_app(web: Web, *, trusted_proxies: int = 0) -> Flask:
    """Make the application over these parts; it opens nothing by itself."""
    app = Flask("lychgate", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MOST_BYTES + 1)  # One more is read, and tells that there is too much.
    app.config.update(MAX_FORM_MEMORY_SIZE=MOST_BYTES, MAX_FORM_PARTS=50)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["lychgate"] = web
    app.url_map.merge_slashes = False  # An address has one spelling.
    app.before_request(_name)
    measure.admit(app)
    admission.admit(app)
    cors.admit(app)
    guard.admit(app)
    problems.answer(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.after_request(_dress)
    app.after_request(packed.pack)
    app.wsgi_app = Standing(Beside(app.wsgi_app, web), web)  # type: ignore[method-assign, assignment]
    if trusted_proxies:
        proxies: dict[str, Any] = dict.fromkeys(("x_for", "x_proto", "x_host"), trusted_proxies)
        app.wsgi_app = ProxyFix(app.wsgi_app, **proxies)  # type: ignore[method-assign]
    return app


def application() -> Flask:
    """Make the application from this process's settings, for a WSGI server to run."""
    settings = Settings.load()
    configure(settings.log_level)
    deps = build(settings)
    keep(deps, script.current().edition)
    token = settings.metrics_token
    web = Web(
        deps,
        public_url=settings.public_url,
        ready=lambda: readiness(deps),
        metrics_token=token.get_secret_value() if token else None,
        demo_key=settings.demo_key,
        places=BoundedSemaphore(max(1, settings.threads * 3 // 4)),
    )
    return create_app(web, trusted_proxies=settings.trusted_proxies)


def _name() -> None:
    """Give each request an id of our own, whatever was sent as one."""
    g.request_id = uuid4().hex


def _dress(response: Response) -> Response:
    """Put on every answer what keeps browsers careful; a page that needs more has said so itself."""
    for name, value in SAFE.items():
        response.headers.setdefault(name, value)
    if response.status_code in {204, 304}:
        response.headers.pop("Content-Type", None)
    response.headers["X-Request-Id"] = g.get("request_id", "")
    return response
