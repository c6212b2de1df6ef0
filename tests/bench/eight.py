"""Two web processes, four workers and two sweeps under load, each killed in turn, and everything counted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Final

from bench.backlog import listening
from bench.measuring import percentile
from faults.counting import Installation
from faults.ledger import Answer, Client, Ledger, People, Reply
from faults.load import Load, Reader
from faults.proxy import Proxy
from faults.stack import COMMAND, Stack
from faults.waiting import until
from servers.postgres import OwnPostgres
from servers.valkey import free_port

WEBS: Final = ("web-1", "web-2")
SWEEPS: Final = ("sweep-1", "sweep-2")
WITHIN: Final = 60.0


@dataclass(frozen=True, slots=True)
class Killed:
    """What came of killing all eight."""

    taken: int
    unanswered: int
    """Calls that a kill cut off; each was sent again under its key."""
    p50: float
    p99: float
    """Milliseconds from the first attempt until the comment was taken."""
    faults: dict[str, Any]
    """What was lost, doubled, stuck, untold or broken: nothing, or a promise was not kept."""


class Patient(Client):
    """A client that notes how long it took until a reply was taken, all attempts counted."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.took: Final[list[float]] = []

    def insist(self, reply: Reply, **headers: str) -> Answer:
        """Post until there is an answer, and note how long it took."""
        began = monotonic()
        answer = super().insist(reply, **headers)
        self.took.append(monotonic() - began)
        return answer


def killed_in_turn(
    folder: Path, postgres: OwnPostgres, *, workers: int, rate: float, between: int, web: str | None = None
) -> Killed:
    """Kill each process once, at this rate of comments a second, with so many comments between two kills.

    Web is ours, unless another application is named.
    """
    folder.mkdir()
    with Stack.at(folder, postgres.fresh_database(), rate_limits="off", log_level="warning") as stack:
        webs = dict(zip(WEBS, (stack.port, free_port()), strict=True))
        names = tuple(f"worker-{number}" for number in range(1, workers + 1))
        _start(stack, webs, names, web)
        with Proxy(*(("127.0.0.1", port) for port in webs.values())) as balancer:
            url, ledger = f"http://127.0.0.1:{balancer.port}", Ledger(folder / "ledger.jsonl")
            client = Patient(url, stack.site.key, ledger, secret=stack.writer)
            with Load(client, People(1), rate=rate).posting() as load:
                _kill_each(stack, webs, names, balancer, lambda: load.goes_on(between))
            return _counted(stack, client)


def _start(stack: Stack, webs: Mapping[str, int], workers: Sequence[str], application: str | None) -> None:
    for name in workers:
        stack.run(name, [*COMMAND, "worker", "--concurrency", "1"])
    for name in SWEEPS:
        stack.run(name, [*COMMAND, "sweep"])
    for name, port in webs.items():
        if application is None:
            stack.web(name, port=port)
        else:
            stack.odd_web(application, name, port=port)
    _all_listen(stack, len(workers))


def _kill_each(
    stack: Stack, webs: Mapping[str, int], workers: Sequence[str], balancer: Proxy, goes_on: Callable[[], None]
) -> None:
    """Kill one after the other; the balancer sends nobody to a web process that is gone."""
    for name in (*webs, *workers, *SWEEPS):
        goes_on()
        stack.kill(name)
        if name in webs:
            balancer.take_out(("127.0.0.1", webs[name]))
        stack.restart(name)
        if name in webs:
            balancer.put_in(("127.0.0.1", webs[name]))
        _all_listen(stack, len(workers))
    goes_on()


def _all_listen(stack: Stack, workers: int) -> None:
    until(lambda: listening(stack.broker) == workers, "all workers listen", within=WITHIN)


def _counted(stack: Stack, client: Patient) -> Killed:
    """Wait until all is decided, at most so long, and hold what is stored and told against the ledger."""
    stored = Installation(stack.database, stack.deps)
    stored.all_decided(WITHIN)
    told = Reader(client, stack.site.key, stack.reader).catch_up()
    count = stored.count(client.ledger, told, {})
    stored.close()
    cut = client.ledger.outcomes()["unknown"]
    p50, p99 = (percentile(client.took, share) * 1000 for share in (0.5, 0.99))
    return Killed(count.acked, cut, p50, p99, count.faults)
