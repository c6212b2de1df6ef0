"""F10: every process is asked to end and started again, in turn, while people post."""

from collections import Counter
from collections.abc import Mapping

from faults.field import RATE, Field, Window
from faults.ledger import Client
from faults.load import Load
from faults.proxy import Proxy
from faults.scene import Scene
from faults.stack import Stack
from servers.valkey import free_port


def restart_in_turn(field: Field) -> None:
    """Restart everything again and again; each call is taken."""
    rounds = field.rounds(2)
    outcomes = restarted_in_turn(field.scene, rounds)
    field.tally.touched("G8", "F10", restarts=rounds * 4, calls=dict(outcomes))
    for outcome in outcomes.keys() - {"acked"}:
        field.tally.broke("G8", "F10", f"{outcomes[outcome]} calls {outcome}")


def restarted_in_turn(scene: Scene, rounds: int) -> Counter[str]:
    """Post to two web processes behind a balancer while all is restarted; count the calls by how they ended."""
    stack = scene.stack
    ports = {"web": stack.port, "web-2": free_port()}
    stack.web("web-2", port=ports["web-2"])
    with Proxy(*(("127.0.0.1", port) for port in ports.values())) as balancer:
        client = Client(f"http://127.0.0.1:{balancer.port}", stack.site.key, scene.client.ledger, secret=stack.writer)
        window = Window(client)
        with scene.reader.reading(), Load(client, scene.people, rate=RATE).posting() as load:
            for _ in range(rounds):
                _restart(stack, balancer, ports, load)
    stack.forget("web-2")
    scene.client.receipts += client.receipts
    return window.outcomes()


def _restart(stack: Stack, balancer: Proxy, ports: Mapping[str, int], load: Load) -> None:
    """Take each web process out of the balancer, end it and put it in again; then the worker and the sweep."""
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
