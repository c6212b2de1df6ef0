"""The rounds: everything that is compared is measured side by side, again and again, so that medians can be told."""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from bench import reading
from bench.ground import Ground, Installation, Pair
from bench.inserts import bare_rate
from bench.measuring import cpu_of, family, percentile
from bench.plan import Plan
from bench.sending import Came, send
from bench.watching import Watcher

Figures = dict[str, float]


@dataclass
class Notes:
    """Figures by name, one for each round."""

    figures: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def note(self, figures: Figures, *, prefix: str = "") -> None:
        """Write down what one round came to."""
        for name, value in figures.items():
            self.figures[prefix + name].append(value)

    def medians(self) -> Figures:
        """Give the median of each figure over all rounds."""
        return {name: median(values) for name, values in self.figures.items()}


def measure(ground: Ground, plan: Plan, say: Callable[[str], None]) -> dict[str, Figures]:
    """Go through all rounds; give the medians for the empty view and for each database."""
    empty, notes = Notes(), {pair.name: Notes() for pair in ground.pairs}
    pages = {pair.name: reading.filled(pair.ours) for pair in ground.pairs}
    for number in range(plan.rounds):
        say(f"round {number + 1} of {plan.rounds}")
        empty.note(_empty(ground, plan))
        for pair in ground.pairs:
            _round(ground, pair, plan, notes[pair.name])
            notes[pair.name].note(reading.rates(pair.ours, pages[pair.name], ground.empty_port, plan.seconds / 2))
    return {"empty": empty.medians()} | {name: noted.medians() for name, noted in notes.items()}


def _round(ground: Ground, pair: Pair, plan: Plan, notes: Notes) -> None:
    notes.note({"bare_rate": bare_rate(pair.ours.stack.database_url, ground.folder, plan.seconds / 4)})
    notes.note(posted(pair.ours, plan.seconds))
    notes.note(posted(pair.twin, plan.seconds), prefix="twin_")
    notes.note(_decided(pair.ours, seconds=plan.seconds / 2), prefix="saturated_")
    notes.note(_decided(pair.ours, seconds=plan.seconds, rate=plan.steady_rate), prefix="steady_")


def _empty(ground: Ground, plan: Plan) -> Figures:
    before = cpu_of(family(ground.empty.pid))
    came = send(ground.empty_port, "/", first=1, seconds=plan.seconds / 2)
    used = cpu_of(family(ground.empty.pid)) - before
    return {"rate": came.rate, "cpu": used / len(came.accepted), "p99": came.p99, "load_cpu": _load_cpu(came)}


def posted(installation: Installation, seconds: float) -> Figures:
    """Let people post as fast as they can, wait until all of it is decided, and give what that took."""
    cpu, messages = installation.cpu(), installation.messages()
    came = installation.post(seconds=seconds)
    installation.rests()
    took = time.time() - came.began
    accepted = max(1, len(came.accepted))
    return {
        "rate": came.rate,
        "p99": came.p99,
        "cpu": (installation.cpu() - cpu) / accepted,
        "messages": (installation.messages() - messages) / accepted,
        "decided_rate": (accepted - installation.waiting()) / took,
        "not_accepted": float(len(came.refused) + came.lost),
        "load_cpu": _load_cpu(came),
    }


def _decided(installation: Installation, **load: float) -> Figures:
    """Give how long it took from sending until the decision could be read, in milliseconds."""
    came, times = Watcher(installation).watch(lambda: installation.post(ids=True, **load))
    installation.rests()
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    return {"rate": came.rate} | {name: percentile(times, share) * 1000 for name, share in shares.items()}


def _load_cpu(came: Came) -> float:
    return came.cpu / max(1, came.begun)
