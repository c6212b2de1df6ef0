"""Contract tests run on every database we support; the promise is the same."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
from fakes.scorers import obedient
from makers import World
from publisher import House
from traces import Scene, leave

from moderation.domain.comment import Comment
from moderation.domain.person import Role
from moderation.services import people


@pytest.fixture
def world_with(database_url: str) -> Iterator[Callable[..., World]]:
    """Make worlds with settings of their own."""
    with ExitStack() as worlds:

        def make(**settings: Any) -> World:
            return worlds.enter_context(closing(World.at(database_url, scorers=obedient(), **settings)))

        yield make


@pytest.fixture
def world(world_with: Callable[..., World]) -> World:
    return world_with()


@pytest.fixture
def house(world_with: Callable[..., World]) -> Iterator[House]:
    """An installation whose receivers are on this machine."""
    with ExitStack() as servers:
        yield House(world_with(outbound_allow="127.0.0.0/8"), servers)


@pytest.fixture
def scene(house: House) -> Scene:
    ada, _ = people.create(house.world.deps, name="Ada", roles={house.world.site.id: Role.OWNER})
    return Scene(house, ada)


@pytest.fixture
def traces(scene: Scene) -> list[Comment]:
    """Let somebody leave every trace that there is."""
    return leave(scene)
