"""The one place where parts are chosen: settings go in, `Deps` comes out."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from celery import Celery
from uuid_utils.compat import uuid7

from config.queues import QUEUE_OF
from config.settings import Settings
from moderation.adapters.broker import Ringer, redis_url
from moderation.adapters.db.inbox import DirectInbox, GroupInbox
from moderation.adapters.db.uow import Database
from moderation.adapters.limits import MovingLimits, NoLimits
from moderation.adapters.render import render
from moderation.adapters.scorers import shipped
from moderation.adapters.seals import Seals
from moderation.adapters.vault import Vault
from moderation.services.ports import Deps, Inbox, Limits, Ring, Scorer


def build(
    settings: Settings, *, scorers: Mapping[str, Scorer] | None = None, ring: Ring | None = None
) -> Deps:
    """Make the parts of one process. Nothing is opened yet; scorers load when they are made."""
    database = Database(settings.database_url, pool_size=settings.threads)
    return Deps(
        uow=database.uow,
        reading=database.reading,
        views=database.views,
        inbox=inbox(database),
        scorers=shipped() if scorers is None else scorers,
        render=render,
        vault=Vault(settings.encryption),
        seals=Seals([settings.secret_key.get_secret_value().encode()]),
        limits=limits(settings),
        ring=ring or Ringer(celery_app(settings.broker_url), settings.broker_url, QUEUE_OF),
        now=lambda: datetime.now(UTC),
        new_id=uuid7,
    )


def inbox(database: Database) -> Inbox:
    """Commit each caller alone on PostgreSQL, many together on SQLite."""
    return GroupInbox(database) if database.dialect == "sqlite" else DirectInbox(database)


def limits(settings: Settings) -> Limits:
    """Count in the broker where many web processes share the limits, in memory where there is one."""
    if settings.rate_limits == "off":
        return NoLimits()
    return MovingLimits(None if settings.sqlite_path else redis_url(settings.broker_url))


def celery_app(broker_url: str) -> Celery:
    """Make a Celery application that puts bells into queues and gives up at once when it cannot."""
    app = Celery("lychgate", broker=broker_url, set_as_current=False)
    options: dict[str, Any] = {"socket_timeout": 1, "socket_connect_timeout": 1, "retry_on_timeout": False}
    app.conf.update(
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_create_missing_queues=True,
        broker_pool_limit=2,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={**options, "health_check_interval": 10},
    )
    return app
