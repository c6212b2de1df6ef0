"""G7: without its database nothing is accepted, everything says so, and it comes back by itself."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from faults.scene import Scene
from servers.postgres import OwnPostgres

from moderation.adapters.db.uow import Database
from moderation.domain.errors import TemporaryFailure

Frozen = Callable[[], AbstractContextManager[None]]


def test_a_database_that_is_down_is_said_and_comes_back_by_itself(scene: Scene, durable: OwnPostgres) -> None:
    scene.stack.start()
    scene.client.insist(scene.people.says())
    reply = scene.people.says()

    durable.crash()
    refusals = [
        scene.client.post(reply),
        scene.client.call("GET", scene.client.path),
        scene.client.call("GET", "/readyz"),
    ]
    durable.restart()

    for refused in refusals:
        assert refused is not None
        assert refused.status == 503
    for refused in refusals[:2]:
        assert refused is not None
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert int(refused.headers["Retry-After"]) >= 1
        assert refused.json["type"].endswith("#temporarily-unavailable")
    assert scene.client.insist(reply).status == 202
    assert not scene.count().faults


def test_whoever_asks_a_frozen_database_hears_so_and_is_served_when_it_goes_on(
    quick: Database, freezes: Frozen
) -> None:
    with freezes(), pytest.raises(TemporaryFailure), quick.uow(None):
        pytest.fail("it began with a database that says nothing")

    with quick.uow(None) as uow:
        assert uow.clock()


def test_a_database_that_freezes_in_a_transaction_is_not_waited_for(quick: Database, freezes: Frozen) -> None:
    with pytest.raises(TemporaryFailure), quick.uow(None) as uow, freezes():
        uow.clock()

    with quick.uow(None) as uow:
        assert uow.clock()


@pytest.fixture
def quick(durable_url: str) -> Iterator[Database]:
    """A database that is given up after half a second; a connection to it waits in its pool."""
    database = Database(durable_url, silence=0.5)
    with database.uow(None) as uow:
        uow.clock()
    yield database
    database.engine.dispose()


@pytest.fixture
def freezes(durable: OwnPostgres) -> Frozen:
    """Keep it frozen for as long as a block lasts."""

    @contextmanager
    def frozen() -> Iterator[None]:
        durable.freeze()
        try:
            yield
        finally:
            durable.thaw()

    return frozen
