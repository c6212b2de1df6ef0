"""F10: every process is asked to end and started again, in turn, while people post."""

from faults.field import Field
from faults.ledger import Client
from faults.proxy import Proxy
from servers.valkey import free_port


def restart_in_turn(field: Field) -> None:
    """Take each web process out of the balancer, end it and put it in again; then the worker and the sweep."""
    scene, stack = field.scene, field.scene.stack
    ports = {"web": stack.port, "web-2": free_port()}
    stack.web("web-2", port=ports["web-2"])
    with Proxy(*(("127.0.0.1", port) for port in ports.values())) as balancer:
        client = Client(f"http://127.0.0.1:{balancer.port}", stack.site.key, scene.client.ledger, secret=stack.writer)
        window = field.window(client)
        with field.posting(client) as load:
            for _ in range(field.rounds(2)):
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
        outcomes = window.outcomes()
    stack.forget("web-2")
    scene.client.receipts += client.receipts
    field.tally.touched("G8", "F10", restarts=field.rounds(2) * 4, calls=dict(outcomes))
    for outcome in outcomes.keys() - {"acked"}:
        field.tally.broke("G8", "F10", f"{outcomes[outcome]} calls {outcome}")
