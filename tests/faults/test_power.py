"""The counting can fail: installations that break a promise on purpose are caught by it, sound ones are not."""

import json
import os
import subprocess
import sys

import pytest
from bench.measuring import MEASURABLE
from faults.sabotage import MANY, answering_before_storing, come_back_late, without_key, without_sweep
from faults.scene import Scene
from faults.stack import TESTS
from servers.postgres import OwnPostgres

LOSING = "--quick --kills-only --json --web faults.hasty:application"


def test_without_the_sweep_forgotten_bells_are_reported_as_stuck_comments(scene: Scene, durable: OwnPostgres) -> None:
    assert len(without_sweep(scene, durable).stuck) == MANY

    scene.stack.sweep()
    assert not scene.count().faults


def test_a_server_that_forgets_keys_is_reported_as_doubling_a_comment(scene: Scene, durable: OwnPostgres) -> None:
    counted = without_key(scene, durable)

    assert len(counted.doubled) == 1
    assert not counted.lost


def test_a_web_that_answers_and_does_not_store_is_reported_as_losing_comments(
    scene: Scene, durable: OwnPostgres
) -> None:
    counted = answering_before_storing(scene, durable)

    assert counted.acked == MANY
    assert len(counted.lost) == MANY
    assert not counted.doubled


@pytest.mark.parametrize(
    ("app", "caught"), [("faults.poisoned", 0), ("faults.unfenced", 1)], ids=["fenced", "unfenced"]
)
def test_a_worker_that_comes_back_late_decides_nothing_unless_the_fence_is_down(
    scene: Scene, app: str, caught: int
) -> None:
    counted = come_back_late(scene, app)

    assert len(counted.wrong) == caught
    assert not counted.faults.keys() - {"wrong"}


@pytest.mark.timeout(300)
@pytest.mark.skipif(not MEASURABLE, reason="Only Linux tells what processes use.")
def test_the_benchmark_that_kills_every_process_fails_where_comments_are_lost() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.scaleout", *LOSING.split()],
        env=os.environ | {"PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )

    killed = json.loads(done.stdout)["killed"]
    assert done.returncode == 1, done.stderr
    assert killed["taken"] == len(killed["faults"]["lost"]) > 0
