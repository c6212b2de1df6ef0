"""G8: a rolling restart refuses nobody, cuts nobody off and loses no job."""

from concurrent.futures import ThreadPoolExecutor

from faults.blocks.rolling import restarted_in_turn
from faults.proxy import Harm, Proxy
from faults.scene import Scene
from servers.postgres import OwnPostgres


def test_every_process_restarted_in_turn_under_load_refuses_nobody_and_loses_nothing(scene: Scene) -> None:
    scene.stack.start()

    outcomes = restarted_in_turn(scene, rounds=1)

    assert not scene.count().faults
    assert outcomes.keys() == {"acked"}


def test_web_that_is_asked_to_end_finishes_what_it_has_begun(scene: Scene, durable: OwnPostgres) -> None:
    with Proxy(durable.socket) as link, ThreadPoolExecutor(1) as writer:
        scene.stack.web(database_url=link.in_front_of(scene.stack.database_url))
        trap = link.trap(b"COMMIT", Harm.HOLD)
        posted = writer.submit(scene.client.post, scene.people.says())
        trap.wait_caught()

        web = scene.stack.process("web")
        web.ask_to_end()
        assert not web.wait(0.5), "it waits for the request that it has begun"
        trap.release()

        answer = posted.result()
        assert web.wait(12)
    assert answer is not None
    assert answer.status == 202
    assert web.code == 0
