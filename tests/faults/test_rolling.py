"""G8: a rolling restart refuses nobody, cuts nobody off and loses no job."""

from concurrent.futures import ThreadPoolExecutor

from faults.ledger import Client
from faults.load import Load
from faults.proxy import Harm, Proxy
from faults.scene import Scene
from servers.postgres import OwnPostgres
from servers.valkey import free_port


def test_every_process_restarted_in_turn_under_load_refuses_nobody_and_loses_nothing(scene: Scene) -> None:
    stack, ports = scene.stack, {"web": scene.stack.port, "web-2": free_port()}
    stack.start()
    stack.web("web-2", port=ports["web-2"])

    with Proxy(*(("127.0.0.1", port) for port in ports.values())) as balancer:
        client = Client(f"http://127.0.0.1:{balancer.port}", stack.site.key, scene.client.ledger, secret=stack.writer)
        with scene.reader.reading(), Load(client, scene.people, rate=40).posting() as load:
            for name, port in ports.items():
                load.goes_on(20)
                balancer.take_out(("127.0.0.1", port))
                stack.end(name)
                stack.restart(name)
                balancer.put_in(("127.0.0.1", port))
            for name in ("worker", "sweep"):
                load.goes_on(20)
                stack.end(name)
                stack.restart(name)

    counted = scene.count()
    assert not counted.faults
    assert scene.client.ledger.outcomes() == {"acked": load.begun}


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
