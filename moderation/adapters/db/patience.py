"""Connections to PostgreSQL that do not wait for ever for a server which says nothing."""

from typing import Any, Final, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, event

T = TypeVar("T")
SILENCE: Final = 9.0
"""Seconds; the server itself ends what takes longer than eight, unless it is frozen or out of reach."""
GLANCE: Final = 0.1
"""Seconds between two looks whether somebody interrupts us; the driver's own."""


class Impatient(psycopg.Connection[Any]):
    """Gives itself up where no answer comes.

    No setting does that: timeouts of statements and locks are the server's to keep, and all that the system
    knows of a link is that the machine behind it is there.
    """

    silence = SILENCE

    def wait(self, gen: PQGen[T], interval: float = GLANCE, timeout: float | None = None) -> T:
        """Wait for an answer; raises OperationalError where none comes in time, and is closed then."""
        try:
            return super().wait(gen, interval, self.silence if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:  # The answer may still come, to nobody.
                self.close()
            raise


def lose_patience(engine: Engine, silence: float | None) -> None:
    """Let this engine's connections be given up, as if they had broken, after so many seconds without an answer."""

    def connect(_dialect: object, _record: object, args: list[Any], options: dict[str, Any]) -> Impatient:
        connection = Impatient.connect(*args, **options)
        connection.silence = silence or SILENCE
        return connection

    event.listen(engine, "do_connect", connect)
