"""Which tests lead to a server: those that say so, and those that ask for a fixture which gives one."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final, get_args

import pytest
from servers.postgres import Postgres
from servers.valkey import Broker

KINDS: Final = ("sqlite", pytest.param("postgresql", marks=pytest.mark.servers))
"""Of databases."""


def leads_to_server(item: pytest.Item) -> bool:
    """Tell whether a test may start a server, or speak to one that others started."""
    if item.get_closest_marker("servers"):
        return True
    asked = item._fixtureinfo.name2fixturedefs.values() if isinstance(item, pytest.Function) else ()
    return any(_gives_server(fixtures[-1].func) for fixtures in asked)


@cache
def _gives_server(fixture: Callable[..., Any]) -> bool:
    given = fixture.__annotations__.get("return")
    return any(isinstance(one, type) and issubclass(one, Postgres | Broker) for one in (given, *get_args(given)))
