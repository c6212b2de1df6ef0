"""The counting can fail: installations that break a promise on purpose are caught by it, sound ones are not."""

import pytest
from faults.sabotage import MANY, answering_before_storing, come_back_late, without_key, without_sweep
from faults.scene import Scene
from servers.postgres import OwnPostgres


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
