"""G3, G7: the broker may forget everything and may be away; comments are taken in, and every one is decided."""

from faults.scene import Scene


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


def test_a_broker_that_is_killed_and_comes_back_empty_delays_nothing_for_long(scene: Scene) -> None:
    scene.stack.start()

    with scene.reader.reading(), scene.load().posting() as load:
        for _ in "ab":
            load.goes_on(20)
            scene.stack.broker.kill()
            load.goes_on(40)
            scene.stack.broker.restart()
            load.goes_on(20)

    counted = scene.count()
    scene.say_latencies("broker killed twice")
    assert not counted.faults
    assert scene.client.ledger.outcomes() == {"acked": load.begun}, "posting works as if nothing had happened"


def test_a_broker_that_hangs_does_not_keep_people_from_posting(scene: Scene) -> None:
    scene.stack.start()

    with scene.load().posting() as load:
        load.goes_on(10)
        scene.stack.broker.freeze()
        load.goes_on(60)
        scene.stack.broker.thaw()

    counted = scene.count()
    scene.say_latencies("broker frozen")
    assert not counted.faults
    assert scene.client.ledger.outcomes() == {"acked": load.begun}
