"""Rows that many callers wrote, sent to the database together: one statement for all that are alike."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Executable

Rows = Sequence[Mapping[str, Any]]


class Gathered:
    """Rows that wait for the end of the transaction, in the order in which they came.

    Only what nobody reads back within the transaction may wait here, and only what cannot
    conflict: whoever put it is told that all is well before it is sent.
    """

    def __init__(self, connection: Connection) -> None:
        """Gather for this connection."""
        self._connection = connection
        self._waiting: list[tuple[Executable, Rows]] = []
        self._begun = 0

    def begin(self) -> None:
        """Begin with another caller's rows."""
        self._begun = len(self._waiting)

    def put(self, statement: Executable, rows: Rows) -> None:
        """Let rows wait for a statement."""
        self._waiting.append((statement, rows))

    def forget(self) -> None:
        """Let go of the present caller's rows."""
        del self._waiting[self._begun :]

    def send_own(self) -> None:
        """Send the present caller's rows alone: what is sent for others must not be undone with these."""
        own = self._waiting[self._begun :]
        self.forget()
        self._send(own)

    def send(self) -> None:
        """Send all that waits."""
        self._begun = 0
        self.send_own()

    def _send(self, waiting: Sequence[tuple[Executable, Rows]]) -> None:
        """Send each statement once, in the order in which they were first needed."""
        alike: dict[Executable, list[Mapping[str, Any]]] = {}
        for statement, rows in waiting:
            alike.setdefault(statement, []).extend(rows)
        for statement, together in alike.items():
            self._connection.execute(statement, together)
