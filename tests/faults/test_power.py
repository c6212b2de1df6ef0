"""The counting can fail: installations that break a promise on purpose are caught by it, sound ones are not."""

import os
import sys
from pathlib import Path

import pytest
from faults.odd import DAWDLES, GATE
from faults.scene import Scene
from faults.waiting import until


def test_without_the_sweep_forgotten_bells_are_reported_as_stuck_comments(scene: Scene) -> None:
    scene.stack.web()
    for _ in range(10):
        scene.client.insist(scene.people.says())
    until(scene.bells, "the bells have rung")

    scene.stack.kill("web")  # It rings a moment after it has answered, and shall not ring again.
    scene.stack.broker.flush()
    scene.stack.restart("web")
    scene.stack.worker()

    assert len(scene.count(within=3).stuck) == 10
    scene.stack.sweep()
    assert not scene.count().faults


def test_a_web_that_answers_and_does_not_store_is_reported_as_losing_comments(scene: Scene) -> None:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--no-ws", "--no-log"]
    here = ["--host", "127.0.0.1", "--port", str(scene.stack.port), "faults.hasty:application"]
    scene.stack.run("web", [*command, *here], ready=f"{scene.stack.url}/readyz")
    for _ in range(10):
        scene.client.insist(scene.people.says())

    scene.stack.kill("web")
    scene.stack.web()

    counted = scene.count(within=0)
    assert counted.acked == 10
    assert len(counted.lost) == 10
    assert not counted.doubled


@pytest.mark.parametrize(
    ("app", "caught"), [("faults.poisoned", 0), ("faults.unfenced", 1)], ids=["fenced", "unfenced"]
)
def test_a_worker_that_comes_back_late_decides_nothing_unless_the_fence_is_down(
    scene: Scene, tmp_path: Path, app: str, caught: int
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    scene.stack.odd_worker(app, concurrency=1, queues="toxicity", limit=120, **{GATE: str(gate)})
    scene.stack.worker("other", "--queues", "spam,deliver,housekeeping")
    scene.stack.sweep(every=0.1)
    scene.stack.web()
    reply = scene.people.says(DAWDLES)
    taken = scene.client.insist(reply)
    until(scene.stored.claimed, "the scorer has taken the first text")

    scene.stored.lease_runs_out(taken.json["id"])
    edited = scene.client.edit(reply, taken, "TOXICITY in capitals, by the same author.")
    gate.write_text("Go on.")  # Waits until the scorer has come to the gate.

    counted = scene.count()
    assert edited.status == 200
    assert len(counted.wrong) == caught
    assert not counted.faults.keys() - {"wrong"}
