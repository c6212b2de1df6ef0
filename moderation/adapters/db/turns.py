"""Waiting for others while a PostgreSQL database is brought forward, so that nobody has to wait for us for long."""

from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, OperationalError

from moderation.domain.errors import Busy

UPGRADING: Final = 7_046_002
"""The advisory lock under which one process migrates at a time."""
LOCK_WAIT: Final = "500ms"
"""For so long a statement stands in line for a table: whoever comes after it waits as well. It is less than a second,
after which the server looks for deadlocks and may turn one of the others away."""
PAUSE: Final = (0.5, 8.0)
"""Seconds between two tries, at first and at most; those who stood behind us go on meanwhile."""
GLANCE: Final = 0.5
IN_USE: Final = frozenset({"55P03", "40P01"})
"""lock_not_available, deadlock_detected."""
Tell = Callable[[str], None]


def take_turn(connection: Connection, tell: Tell) -> None:
    """Be the only one who upgrades, until this connection ends; waits for whoever is at it, without a snapshot.

    Who waits within a statement holds a snapshot, and an index that is built concurrently would wait for that.
    """
    _settle(connection)
    told = False
    while not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": UPGRADING}).scalar_one():
        connection.commit()
        if not told:
            tell("Somebody else upgrades this database; waiting for them.")
        told = True
        Event().wait(GLANCE)
    connection.commit()


def patiently(connection: Connection, change: Callable[[], None], *, patience: float, tell: Tell) -> None:
    """Make a change that is a transaction of its own, anew as long as others hold what it needs.

    Raises Busy once that took so many seconds; what was done before it stays done.
    """
    until, pause = monotonic() + patience, PAUSE[0]
    while True:
        try:
            change()
        except OperationalError as error:
            connection.rollback()
            if getattr(error.orig, "sqlstate", None) not in IN_USE:
                raise
            if monotonic() >= until:
                raise Busy("Others hold a table that has to be changed; upgrade again in a quieter hour.") from None
            tell("Others hold a table that has to be changed; trying again.")
            Event().wait(pause)
            pause = min(pause * 2, PAUSE[1])
        else:
            connection.commit()
            return


def _settle(connection: Connection) -> None:
    """Stand in line briefly, take as long as it takes, and let the server notice when we are gone."""
    for name, value in {"lock_timeout": LOCK_WAIT, "statement_timeout": "0"}.items():
        connection.execute(text("SELECT set_config(:name, :value, false)"), {"name": name, "value": value})
    connection.commit()
    try:
        connection.execute(text("SET client_connection_check_interval = '1s'"))
    except DBAPIError:  # Not every system that PostgreSQL runs on can tell; then it notices when it next answers.
        connection.rollback()
    connection.commit()
