"""Ringing: nobody waits, nothing is counted wrongly, and the thread that rings outlives whatever goes wrong."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import uuid4

import pytest
from celery import Celery
from faults.waiting import until
from kombu.exceptions import OperationalError
from prometheus_client import REGISTRY
from redis import Redis
from servers.valkey import Broker

from config.queues import QUEUE_OF
from moderation.adapters.ringer import Ringer
from moderation.services.ports import Bell
from moderation.wiring import celery_app

ALL: Final = {Bell.SPAM, Bell.TOXICITY, Bell.DELIVER}


class CutOff(Celery):
    """Sends so many bells before the line to the broker is cut."""

    def __init__(self, sends: int) -> None:
        super().__init__(set_as_current=False)
        self.sends = sends

    def send_task(self, *_args: Any, **_options: Any) -> None:
        self.sends -= 1
        if self.sends < 0:
            raise OperationalError("Somebody tripped over it.")


@pytest.fixture
def own() -> dict[str, str]:
    """Queues of the test's own: its thread goes on ringing after it, and shall ring in nobody's ears."""
    return {bell: f"{queue}-{uuid4().hex}" for bell, queue in QUEUE_OF.items()}


@pytest.fixture
def queues(valkey: Broker) -> Iterator[Redis]:
    valkey.flush()
    with valkey.client() as client:
        yield client
    valkey.flush()


def lost() -> dict[Bell, float]:
    return {bell: REGISTRY.get_sample_value("lychgate_bells_lost_total", {"bell": bell}) or 0 for bell in ALL}


def test_the_thread_that_rings_outlives_what_nobody_expected(
    valkey: Broker, queues: Redis, own: dict[str, str]
) -> None:
    ringer = Ringer(celery_app(valkey.url), valkey.url, {Bell.SPAM: own[Bell.SPAM]})
    ringer(Bell.TOXICITY)  # It has no queue, which is a fault of ours.

    def rings() -> int:
        ringer(Bell.SPAM)
        return int(queues.llen(own[Bell.SPAM]))

    until(rings, "a bell in the queue", within=10)


@pytest.mark.parametrize("sends", [0, 1, 2, 3])
@pytest.mark.usefixtures("queues")
def test_only_bells_that_were_not_sent_count_as_lost(valkey: Broker, own: dict[str, str], sends: int) -> None:
    before = lost()

    Ringer(CutOff(sends), valkey.url, own).now(set(ALL))

    assert sum(lost().values()) - sum(before.values()) == len(ALL) - sends


def test_all_are_lost_where_the_broker_is_away(own: dict[str, str]) -> None:
    before = lost()

    Ringer(CutOff(9), "redis://127.0.0.1:1/0", own).now(set(ALL))

    assert {bell: count - before[bell] for bell, count in lost().items()} == dict.fromkeys(ALL, 1)


def test_no_bell_is_added_where_two_lie_and_that_is_no_loss(valkey: Broker, queues: Redis, own: dict[str, str]) -> None:
    ringer, before = Ringer(celery_app(valkey.url), valkey.url, own), lost()
    for _ in range(4):
        ringer.now({Bell.SPAM})

    assert queues.llen(own[Bell.SPAM]) == 2
    assert lost() == before
