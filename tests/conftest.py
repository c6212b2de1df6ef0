"""What every test may ask for: real servers, once per run, and a database of its own."""

import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import settings
from servers.leads import KINDS, leads_to_server
from servers.memory import keep_in_memory
from servers.order import machines_own, without_servers
from servers.postgres import Postgres, running_postgres
from servers.valkey import Broker, running_broker

from moderation.adapters.db import migrate

TESTS = Path(__file__).parent
OPEN = frozenset({"contract", "integration", "e2e", "faults", "architecture"})
"""The folders whose tests may use sockets."""
SLOW = "faults"
"""Its tests wait for what must come, several times over, each time as long as a promise may take."""


def pytest_configure() -> None:
    """Let what tests write lie in memory, where it takes no time; databases that crash honestly are on the disk.

    There is a test for each core: where each also reckoned on every core, most of the time would go into waiting.
    No example is held against a clock: how long one takes says only how busy the machine is.
    """
    settings.register_profile("untimed", deadline=None)
    settings.load_profile("untimed")
    keep_in_memory()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Shut the sockets of tests that have no business with them; give those time that wait for long.

    On the machine's own servers, only those are run again that lead to one: to all others nothing would be new.
    """
    if machines_own():
        alike = {item for item in items if not leads_to_server(item)}
        config.hook.pytest_deselected(items=[*alike])
        items[:] = [item for item in items if item not in alike]
    for item in items:
        room = item.path.relative_to(TESTS).parts[0]
        if room not in OPEN:
            item.add_marker(pytest.mark.disable_socket)
        if room == SLOW and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(300))
    items.sort(key=_may_take, reverse=True)  # Who may take longest begins first; at the end nobody waits for one alone.


def _may_take(item: pytest.Item) -> float:
    """Give the seconds that a test may take, if it may take more than others."""
    marker = item.get_closest_marker("timeout")
    return marker.args[0] if marker else 0.0


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let no test start a server that does not say so."""
    with nullcontext() if leads_to_server(item) else without_servers(item.nodeid):
        return (yield)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def valkey() -> Iterator[Broker]:
    with running_broker() as broker:
        yield broker


@pytest.fixture(scope="session")
def migrated(postgres: Postgres) -> Iterator[str]:
    """A PostgreSQL database with today's tables, from which others are copied."""
    url = postgres.fresh_database()
    migrate.upgrade(url)
    yield url
    postgres.drop(url)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with today's tables, from which others are copied."""
    path = tmp_path_factory.mktemp("migrated") / "lychgate.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def postgres_url(postgres: Postgres, migrated: str) -> Iterator[str]:
    """A PostgreSQL database of the test's own, with today's tables and nothing in them."""
    url = postgres.fresh_database(template=migrated)
    yield url
    postgres.drop(url)


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """A SQLite database of the test's own, with today's tables and nothing in them."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path)}"


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """A database of the test's own; the test runs once on each kind."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url
