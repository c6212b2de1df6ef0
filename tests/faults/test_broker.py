"""G3, G7: the broker may forget everything and may be away; comments are taken in, and every one is decided."""

import json
from typing import Final

from faults.proxy import Harm, Proxy
from faults.scene import Scene

from config.queues import QUEUES

PROCESSES: Final = 2
"""A worker has so many, and takes as many bells before it acknowledges one."""
ANSWERABLE: Final = {"headers": {"task": "lychgate.spam"}, "properties": {"delivery_tag": "2", "delivery_info": {}}}
"""As much of a bell as is taken from the queue before it turns out to have no id."""
NO_BELLS: Final = (
    b"\xff\xfe",
    b"aGVsbG8=",
    b"7",
    b"[]",
    b'{"body": "", "properties": {}}',
    json.dumps({"body": "", "content-encoding": "utf-8", "content-type": "application/json", **ANSWERABLE}).encode(),
    b'{"__type__": "datetime", "__value__": 1}',
    b"[" * 100_000,
    b'{"body": "", "headers": {}, "properties": {"delivery_tag": "1", "delivery_info": {}}, "content-type": "a/b"}',
)
"""What lies in a queue and was put there by no Celery: no text, no JSON, and JSON of other shapes."""


def test_bells_that_the_broker_forgot_are_rung_again(scene: Scene) -> None:
    scene.stack.start()
    scene.stack.kill("worker")
    with scene.load().posting() as load:
        load.goes_on(40)
    bells = scene.bells()

    scene.stack.broker.flush()
    scene.stack.restart("worker")

    counted = scene.count()
    assert bells
    assert not counted.faults
    assert counted.acked == load.begun


def test_a_broker_that_is_killed_or_hangs_keeps_nobody_from_posting_and_delays_nothing_for_long(scene: Scene) -> None:
    scene.stack.start()

    with scene.reader.reading(), scene.load().posting() as load:
        for _ in "ab":
            load.goes_on(20)
            scene.stack.broker.kill()
            load.goes_on(40)
            scene.stack.broker.restart()
        load.goes_on(20)
        scene.stack.broker.freeze()
        load.goes_on(40)
        scene.stack.broker.thaw()

    counted = scene.count()
    scene.say_latencies("broker killed twice, then frozen")
    assert not counted.faults
    assert scene.client.refusals == []
    assert scene.client.ledger.outcomes() == {"acked": load.begun}, "posting works as if nothing had happened"


def test_a_worker_whose_receipts_for_bells_are_lost_listens_again(scene: Scene) -> None:
    with Proxy(("127.0.0.1", scene.stack.broker.port)) as link:
        traps = [link.trap(b"ZREM", Harm.LOSE_REQUEST) for _ in range(PROCESSES)]
        scene.stack.worker(broker_url=f"redis://127.0.0.1:{link.port}/0")
        scene.stack.sweep()
        scene.stack.web()

        scene.client.insist(scene.people.says())
        for trap in traps:
            trap.wait_sprung(within=30)
        scene.client.insist(scene.people.says())

        assert not scene.count().faults


def test_what_is_no_bell_silences_no_worker(scene: Scene) -> None:
    worker = scene.stack.worker("worker", "--concurrency", "1")
    with scene.stack.broker.client() as client:
        for queue in QUEUES:
            client.lpush(queue, *NO_BELLS)
    scene.stack.sweep()
    scene.stack.web()

    scene.client.insist(scene.people.says())

    assert not scene.count().faults
    assert worker.alive
