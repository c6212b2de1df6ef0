"""No spelling of an address leads inside: refused when it is saved, and a recorded failure when it changes later."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from socket import AF_INET, SOCK_DGRAM, socket
from threading import Thread
from typing import Any

import pytest
from dns import flags, message, rrset
from dns.resolver import Resolver
from makers import World
from publisher import House
from servers.scorer import says
from sqlalchemy import text as sql
from tricks import MORE, NAMES, TRICKS

from moderation.adapters.couriers import courier
from moderation.adapters.outbound import Outbound
from moderation.adapters.reach import Reach
from moderation.domain.errors import Invalid
from moderation.services import deliveries, webhooks

EVERY = {**TRICKS, **MORE}
SAVED = {**EVERY, **NAMES}
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


@each_trick
def test_an_endpoint_that_leads_to_a_trick_later_fails_and_says_so(world: World, host: str) -> None:
    endpoint, _ = webhooks.add(world.deps, world.site.id, url="https://www.example.com/hooks")
    webhooks.ping(world.deps, world.site.id, endpoint.id)
    with world.deps.uow(None) as uow:
        moved = sql("UPDATE endpoint SET url = :url WHERE id = :id")
        uow.connection.execute(moved, {"url": f"https://{host}/hooks", "id": endpoint.id.hex})  # type: ignore[attr-defined]
        uow.commit()

    deliveries.deliver(world.deps, endpoint.id, tried=False)

    (row,) = webhooks.deliveries(world.deps, world.site.id, endpoint.id, {}, cursor=None, limit=2).rows
    assert [(each["status"], each["failure"]) for each in row["log"]] == [(None, "refused")]
    webhooks.remove(world.deps, world.site.id, endpoint.id)


class NameServer:
    """A name server that answers each question with the next of its addresses, and forbids to remember it."""

    def __init__(self, *answers: str) -> None:
        self.left = list(answers)
        self.asked: list[str] = []
        self._socket = socket(AF_INET, SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while self.left:
            wire, asker = self._socket.recvfrom(512)
            question = message.from_wire(wire)
            answer = message.make_response(question)
            answer.flags |= flags.AA
            name = question.question[0].name
            self.asked.append(str(name))
            answer.answer.append(rrset.from_text(name, 0, "IN", "A", self.left.pop(0)))
            self._socket.sendto(answer.to_wire(), asker)
        self._socket.close()

    def resolve(self, host: str, port: int, **_: Any) -> list[Any]:
        """Look a name up here, as the system would if it were told to."""
        resolver = Resolver(configure=False)
        resolver.nameservers, resolver.port, resolver.cache = ["127.0.0.1"], self.port, None
        return [(None, None, 0, "", (str(found), port)) for found in resolver.resolve(host, "A", search=False)]


def test_a_name_that_leads_inside_later_is_asked_once_for_each_attempt_and_not_reached(house: House) -> None:
    receiver = house.listens(says(500))
    names = NameServer("127.0.0.1", "10.0.0.1", "169.254.169.254")
    port = receiver.server.url.split(":")[2]
    house.alters(f"UPDATE endpoint SET url = 'http://rebinding.example:{port}'")  # noqa: S608
    outbound = Outbound(Reach(["127.0.0.1/32"]), resolve=names.resolve)
    house.world.deps = replace(house.world.deps, send=courier(outbound))
    house.world.receives()

    house.tells()
    house.insists(2)

    (row,) = house.log(receiver)
    assert [(each["status"], each["failure"]) for each in row["log"]] == [
        (500, None),
        (None, "refused"),
        (None, "refused"),
    ]
    assert names.asked == ["rebinding.example."] * 3
    assert len(receiver.ids) == 1
