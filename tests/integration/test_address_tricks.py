"""No spelling of an address leads inside: refused when it is saved, and a recorded failure when it changes later."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from socket import getaddrinfo
from time import monotonic

import pytest
from makers import World
from publisher import House
from servers.names import saying
from servers.scorer import says
from sqlalchemy import text as sql
from tricks import MORE, NAMES, TRICKS

from moderation.adapters.couriers import courier
from moderation.adapters.names import Names, Resolve
from moderation.adapters.outbound import Outbound
from moderation.adapters.reach import Reach
from moderation.adapters.ways import finder
from moderation.domain.errors import Fault, Invalid
from moderation.services import sites, webhooks
from moderation.services.ports import Deps
from moderation.services.rounds import Rounds

EVERY = {**TRICKS, **MORE}
SAVED = {**EVERY, **NAMES}
NAMED = "https://named.example/hooks"
each_trick = pytest.mark.parametrize("host", EVERY.values(), ids=EVERY)


@pytest.fixture(scope="module")
def world(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    path = tmp_path_factory.mktemp("tricks") / "lychgate.db"
    path.write_bytes(migrated_file.read_bytes())
    with closing(World.at(f"sqlite:///{path}")) as world:
        yield world


@pytest.fixture
def house(sqlite_url: str) -> Iterator[House]:
    with ExitStack() as parts:
        world = parts.enter_context(closing(World.at(sqlite_url, outbound_allow="127.0.0.0/8")))
        yield House(world, parts)


def test_there_are_as_many_tricks_as_were_counted() -> None:
    assert len(TRICKS) == 27


@pytest.mark.parametrize("host", SAVED.values(), ids=SAVED)
def test_a_trick_is_refused_when_it_is_saved(world: World, host: str) -> None:
    with pytest.raises(Invalid) as refused:
        webhooks.add(world.deps, world.site.id, url=f"https://{host}/hooks")

    (fault,) = refused.value.faults
    assert (fault.pointer, fault.code) == ("/url", "url-invalid" if host.endswith(".") else "url-refused")


@pytest.mark.parametrize("host", SAVED.values(), ids=SAVED)
def test_a_trick_is_refused_when_it_is_saved_as_a_scorer(world: World, host: str) -> None:
    before = sites.get(world.deps, world.site.id)
    with pytest.raises(Invalid) as refused:
        sites.change(world.deps, world.site.id, scorer_url=f"https://{host}/score")

    (fault,) = refused.value.faults
    code = "scorer-url-invalid" if host.endswith(".") else "url-refused"
    assert (fault.pointer, fault.code) == ("/scorer_url", code)
    assert sites.get(world.deps, world.site.id) == before


@each_trick
def test_an_endpoint_that_leads_to_a_trick_later_fails_and_says_so(world: World, host: str) -> None:
    endpoint, _ = webhooks.add(world.deps, world.site.id, url="https://www.example.com/hooks")
    webhooks.ping(world.deps, world.site.id, endpoint.id)
    with world.deps.uow(None) as uow:
        moved = sql("UPDATE endpoint SET url = :url WHERE id = :id")
        uow.connection.execute(moved, {"url": f"https://{host}/hooks", "id": endpoint.id.hex})  # type: ignore[attr-defined]
        uow.commit()

    Rounds(world.deps, tried=False).go(endpoint.id)

    (row,) = webhooks.deliveries(world.deps, world.site.id, endpoint.id, {}, cursor=None, limit=2).rows
    assert [(each["status"], each["failure"]) for each in row["log"]] == [(None, "refused")]
    webhooks.remove(world.deps, world.site.id, endpoint.id)


@each_trick
def test_a_name_that_leads_to_a_trick_is_refused_when_it_is_saved(world: World, host: str) -> None:
    address = getaddrinfo(host.strip("[]"), 443)[0][4][0]

    with pytest.raises(Invalid) as refused:
        webhooks.add(looking(world, lambda *_, **__: [(0, 0, 0, "", (address, 443))]), world.site.id, url=NAMED)

    (fault,) = refused.value.faults
    assert (fault.pointer, fault.code) == ("/url", "url-refused")
    assert "name leads to an address that is not public" in fault.detail


def looking(world: World, resolve: Resolve, *allowed: str, patience: float = 2.0) -> Deps:
    """Give an installation that looks names up in this way when an address is saved."""
    return replace(world.deps, way=finder(Reach(allowed), Names(resolve), patience))


@pytest.mark.parametrize("said", ["10.0.0.1", "93.184.215.14 10.0.0.1"], ids=["inside", "also-inside"])
def test_an_address_is_not_changed_to_a_name_that_leads_inside(world: World, said: str) -> None:
    with saying("93.184.215.14", said) as names:
        deps = looking(world, names.resolve)
        endpoint, _ = webhooks.add(deps, world.site.id, url=NAMED)

        with pytest.raises(Invalid, match="fields"):
            webhooks.change(deps, world.site.id, endpoint.id, url="https://elsewhere.example/hooks")

    assert names.asked == ["named.example.", "elsewhere.example."]
    assert webhooks.get(deps, world.site.id, endpoint.id).url == NAMED
    webhooks.remove(deps, world.site.id, endpoint.id)


def test_a_name_that_nobody_knows_is_kept_and_warned_of(world: World) -> None:
    warnings: list[Fault] = []
    with saying("") as names:
        deps = looking(world, names.resolve)
        endpoint, _ = webhooks.add(deps, world.site.id, url=NAMED, warn=warnings.append)

    assert webhooks.get(deps, world.site.id, endpoint.id).url == NAMED
    assert [(each.pointer, each.code) for each in warnings] == [("/url", "name-unknown")]
    webhooks.remove(deps, world.site.id, endpoint.id)


def test_a_name_server_that_keeps_silent_is_not_waited_for(world: World) -> None:
    warnings: list[Fault] = []
    with saying() as names:
        deps = looking(world, names.resolve, patience=0.2)
        began = monotonic()
        endpoint, _ = webhooks.add(deps, world.site.id, url=NAMED, warn=warnings.append)
        took = monotonic() - began

    assert took < 4, "the look-up itself would have gone on for five seconds"
    assert [each.code for each in warnings] == ["name-unknown"]
    webhooks.remove(deps, world.site.id, endpoint.id)


def test_a_name_that_leads_to_what_the_operator_allows_is_kept_without_a_word(world: World) -> None:
    warnings: list[Fault] = []
    with saying("10.7.7.7") as names:
        deps = looking(world, names.resolve, "10.0.0.0/8")
        endpoint, _ = webhooks.add(deps, world.site.id, url="http://named.example:8080/", warn=warnings.append)

    assert warnings == []
    webhooks.remove(deps, world.site.id, endpoint.id)


def test_a_name_that_leads_inside_later_is_asked_once_for_each_attempt_and_not_reached(house: House) -> None:
    receiver = house.listens(says(500))
    port = receiver.server.url.split(":")[2]
    with saying("127.0.0.1", "127.0.0.1", "10.0.0.1", "169.254.169.254") as names:
        outbound = Outbound(Reach(["127.0.0.1/32"]), resolve=names.resolve)
        deps = replace(looking(house.world, names.resolve, "127.0.0.1/32"), send=courier(outbound))
        house.world.deps = deps
        webhooks.change(deps, house.world.site.id, receiver.endpoint.id, url=f"http://rebinding.example:{port}")
        house.world.receives()

        house.tells()
        house.insists(2)

    (row,) = house.log(receiver)
    assert [(each["status"], each["failure"]) for each in row["log"]] == [
        (500, None),
        (None, "refused"),
        (None, "refused"),
    ]
    assert names.asked == ["rebinding.example."] * 4
    assert len(receiver.ids) == 1
