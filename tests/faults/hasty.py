"""A web process that breaks a promise on purpose: it answers first and stores a little later."""

from collections.abc import Callable
from dataclasses import replace
from threading import Timer
from typing import Any, Final
from uuid import UUID

from flask import Flask

from config.settings import Settings
from moderation.adapters.db.uow import Database
from moderation.app import create_app
from moderation.http.context import Web
from moderation.wiring import build

LATER: Final = 1.0


class Hasty:
    """Gives the answer of work that is undone again, and does it once more when its caller has left."""

    def __init__(self, database: Database) -> None:
        """Accept into this database."""
        self._database = database

    def accept(self, site_id: UUID, work: Callable[[Any], Any]) -> Any:
        """Do it without a commit, and with one later."""
        later = Timer(LATER, self._store, (site_id, work))
        later.daemon = True
        later.start()
        with self._database.uow(site_id) as uow:
            return work(uow)

    def _store(self, site_id: UUID, work: Callable[[Any], Any]) -> None:
        with self._database.uow(site_id) as uow:
            work(uow)
            uow.commit()


def application() -> Flask:
    """Make the ordinary application over the hasty inbox."""
    settings = Settings.load()
    deps = replace(build(settings), inbox=Hasty(Database(settings.database_url)))
    return create_app(Web(deps, public_url=settings.public_url, ready=dict))
