"""What a fault test stands on: a database that crashes honestly, an installation, and people who post to it."""

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from faults.scene import Scene
from servers.postgres import OwnPostgres


@pytest.fixture(scope="session")
def durable() -> Iterator[OwnPostgres]:
    """A PostgreSQL of our own that writes to the disk before it answers, and may be crashed."""
    with closing(OwnPostgres.started(fsync=True)) as server:
        yield server


@pytest.fixture
def durable_url(durable: OwnPostgres) -> Iterator[str]:
    """An empty database on it."""
    url = durable.fresh_database()
    yield url
    durable.drop(url)


@pytest.fixture
def seed() -> int:
    """What everything by chance in a test follows; the run's own seed, which pytest prints, gives the same again."""
    chosen = random.getrandbits(32)
    sys.stdout.write(f"seed {chosen}\n")
    return chosen


@pytest.fixture
def scene_at(tmp_path: Path, seed: int) -> Iterator[Callable[..., Scene]]:
    """Make scenes; at the end nothing that people wrote may be in any log, bell or metric.

    Ask for the database first, so that it outlives the scene.
    """
    with ExitStack() as scenes:
        yield lambda url, **settings: scenes.enter_context(Scene.at(tmp_path, url, seed, **settings))


@pytest.fixture
def scene(durable_url: str, scene_at: Callable[..., Scene]) -> Scene:
    """An installation on PostgreSQL with people who post to it; nothing but its broker runs yet."""
    return scene_at(durable_url)
