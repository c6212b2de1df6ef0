"""A web process that breaks a promise on purpose: it answers, and stores nothing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Flask

from config.settings import Settings
from moderation.adapters.db.uow import Database
from moderation.app import create_app
from moderation.http.context import Web
from moderation.wiring import build


class Hasty:
    """Gives the answer of work that is undone again."""

    def __init__(self, database: Database) -> None:
        """Accept into this database."""
        self._database = database

    def accept(self, site_id: UUID, work: Callable[[Any], Any]) -> Any:
        """Do it without a commit."""
        with self._database.uow(site_id) as uow:
            return work(uow)


def application() -> Flask:
    """Make the ordinary application over the hasty inbox."""
    settings = Settings.load()
    deps = replace(build(settings), inbox=Hasty(Database(settings.database_url)))
    return create_app(Web(deps, public_url=settings.public_url, ready=dict))
