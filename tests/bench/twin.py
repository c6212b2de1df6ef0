"""The naive twin: the same product in the shape one would first think of. Kept for the benchmark alone.

Each request commits by itself and puts one Celery message into the queue; each message is answered for one
comment: read, score, render, decide, commit. What is checked, sealed, stored and logged is ours unchanged; it
plans no jobs and numbers no events, so it does rather less.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from celery import Celery
from flask import Flask

from config.settings import Settings
from moderation.adapters.broker import silent
from moderation.adapters.db.inbox import DirectInbox
from moderation.adapters.db.uow import Database
from moderation.app import create_app
from moderation.http.context import Web
from moderation.services import scoring
from moderation.services.addresses import submission_of
from moderation.services.decisions import settle
from moderation.services.ports import Deps, Uow
from moderation.wiring import build, celery_settings, shipped_scorers

T = TypeVar("T")
TASK = "twin.moderate"
QUEUE = "twin"
celery = Celery("twin")
celery.add_defaults(lambda: celery_settings(Settings.load().broker_url))


class NaiveInbox(DirectInbox):
    """Commits for each caller and then sends a message for each comment."""

    def accept(self, site_id: UUID, work: Callable[[Any], T]) -> T:
        """Store one comment; tell the worker which."""
        stored: Any = super().accept(site_id, work)
        celery.send_task(TASK, (str(stored.id),), queue=QUEUE, retry=False, ignore_result=True)
        return stored


def application() -> Flask:
    """Make the web application over a naive inbox, with no jobs planned."""
    settings = Settings.load()
    inbox = NaiveInbox(Database(settings.database_url, pool_size=settings.threads))
    deps = replace(build(settings, ring=silent), inbox=inbox, kinds=())
    return create_app(Web(deps, public_url=settings.public_url, ready=dict))


@cache
def parts() -> Deps:
    """Give a worker its parts."""
    return build(Settings.load(), scorers=shipped_scorers(), ring=silent)


@celery.task(name=TASK, ignore_result=True)
def moderate(comment_id: str) -> None:
    """Score, render and decide one comment."""
    deps = parts()
    with deps.reading(None) as uow:
        comment = uow.comments.find(UUID(comment_id))
    assert comment
    submission = submission_of(deps, comment)
    signals = [scorer.look_at([submission])[0] for scorer in deps.scorers.values()]
    html = deps.render(comment.text)
    with deps.uow(None) as uow:
        _store(deps, uow, comment, signals, html)
        uow.commit()


def _store(deps: Deps, uow: Uow, comment: Any, signals: list[Any], html: str) -> None:
    uow.signals.add([(comment, signal) for signal in signals if signal])
    uow.comments.set_html({comment.id: html})
    settle(deps, uow, scoring._rulings(deps, uow, uow.comments.lock([comment.id])))
