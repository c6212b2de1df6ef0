"""Where the desk stands: beside everything else, and made when somebody first asks for it."""

from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any, Final

from flask import Flask

from moderation.http.context import Web

PREFIX: Final = "/console"
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Beside:
    """Sends what is asked of the desk there, and everything else where it always went."""

    def __init__(self, others: Application, web: Web) -> None:
        """Make nothing yet: a process that nobody asks for the desk does not carry it."""
        self._others, self._web = others, web
        self._turn = Lock()
        self._desk: Flask | None = None

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        if path != PREFIX and not path.startswith(PREFIX + "/"):
            return self._others(environ, start)
        moved = {"SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + PREFIX, "PATH_INFO": path.removeprefix(PREFIX)}
        return self.desk.wsgi_app({**environ, **moved}, start)

    @property
    def desk(self) -> Flask:
        """Give the desk, which the first to ask makes."""
        from moderation.http.console.application import create_desk  # noqa: PLC0415 (see above)

        with self._turn:
            self._desk = self._desk or create_desk(self._web)
            return self._desk
