"""How soon something is there: an installation from nothing to its first comment, and the servers of tests."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from time import monotonic
from urllib.parse import urlsplit

from bench import writing
from servers.postgres import OwnPostgres
from servers.up import Up
from servers.valkey import OwnBroker


class Starts:
    """Starts things, and notes the seconds until they were there."""

    def __init__(self, folder: Path) -> None:
        """Let each installation have a data folder of its own in this one."""
        self._folder = folder
        self._first_comments: list[float] = []
        self._servers: list[float] = []

    def medians(self) -> dict[str, float]:
        """Give the median of each kind of start."""
        return {"first_comment": median(self._first_comments), "servers": median(self._servers)}

    def servers_and_installation(self) -> None:
        """Start both once."""
        self.servers()
        with self.installation():
            pass

    def servers(self) -> None:
        """Start the servers of tests, and end them."""
        began = monotonic()
        with closing(OwnPostgres.started()), closing(OwnBroker.started()):
            self._servers.append(monotonic() - began)

    @contextmanager
    def installation(self, **env: str) -> Iterator[Up]:
        """Run `lychgate up` in an empty folder; give it once its first comment was accepted."""
        began = monotonic()
        with Up.running(self._folder / f"up-{len(self._first_comments)}", env=env) as up:
            status = _post(up.url, str(up.facts["site_key"]))
            self._first_comments.append(monotonic() - began)
            if status != 202:
                raise RuntimeError(f"The first comment was answered with {status}.")
            yield up


def _post(url: str, site_key: str) -> int:
    place = urlsplit(url)
    connection = HTTPConnection(str(place.hostname), place.port, timeout=10)
    body = json.dumps(writing.reply("Lovely photos, thank you.", 1))
    connection.request("POST", f"/v1/sites/{site_key}/comments", body, {"Content-Type": "application/json"})
    status = connection.getresponse().status
    connection.close()
    return status
