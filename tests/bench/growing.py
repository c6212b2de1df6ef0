"""The arithmetic of growing: what so many comments a second need, from what one comment was measured to cost."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import ceil
from typing import Final

from bench.telling import figure

RATES: Final = (10, 1_000, 100_000)
BUSY: Final = 0.6
"""The share of a core that is planned with; the rest is for peaks."""
THREADS: Final = 16
"""Connections that one web process may hold: `LYCHGATE_THREADS`."""
DAY: Final = 86_400
EVENTS: Final = 2
"""Of one comment: it was taken in, and it was decided."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What one comment costs, and what one process weighs."""

    web_ms: float
    worker_ms: float
    postgresql_taking_ms: float
    postgresql_deciding_ms: float
    sweep_and_broker_ms: float
    numbering_ms: float
    """For one event, in the one pass."""
    transactions: float
    log_kb: float
    stored_kb: float
    web_mb: float
    worker_mb: float
    sweep_mb: float


MEANING: Final = {
    "web_ms": ("w", "ms of CPU, web, for a comment taken in"),
    "worker_ms": ("k", "ms of CPU, workers, for a comment decided, rendered and told"),
    "postgresql_taking_ms": ("a", "ms of CPU, PostgreSQL, for taking one in"),
    "postgresql_deciding_ms": ("d", "ms of CPU, PostgreSQL, for deciding it"),
    "sweep_and_broker_ms": ("s", "ms of CPU, sweep and broker together"),
    "numbering_ms": ("n", "ms of the numbering pass for an event"),
    "transactions": ("t", "transactions, reading ones among them"),
    "log_kb": ("l", "KB of PostgreSQL's log (WAL)"),
    "stored_kb": ("b", "KB in PostgreSQL's tables and indexes once decided"),
    "web_mb": ("mw", "MB (PSS), a web process"),
    "worker_mb": ("mk", "MB (PSS), a worker of one process, its parent included"),
    "sweep_mb": ("ms", "MB (PSS), a sweep"),
}


def inputs(costs: Costs) -> str:
    """Write what was measured as Markdown, with the letter by which the formulas call it."""
    rows = [f"| {letter} | {what} | {figure(asdict(costs)[name])} |" for name, (letter, what) in MEANING.items()]
    return "\n".join(["| | for one comment | measured |", "|---|---|---:|", *rows])


def needs(rate: float, costs: Costs) -> Mapping[str, str]:
    """Work out what so many comments a second need; the page says the formulas."""
    cores = {
        name: rate * each / 1000 / BUSY
        for name, each in {
            "web": costs.web_ms,
            "worker": costs.worker_ms,
            "postgresql": costs.postgresql_taking_ms + costs.postgresql_deciding_ms,
        }.items()
    }
    webs, workers = max(2, ceil(cores["web"])), max(2, ceil(cores["worker"]))
    memory = webs * costs.web_mb + workers * costs.worker_mb + 2 * costs.sweep_mb
    return {
        "web processes, max(2, R·w/600)": _whole(webs),
        "worker processes, max(2, R·k/600)": _whole(workers),
        "cores of PostgreSQL, R·(a+d)/600": _plain(cores["postgresql"]),
        "the one numbering pass is busy for, R·2n/1000": f"{_plain(rate * EVENTS * costs.numbering_ms / 10)} %",
        "transactions a second, R·t": _plain(rate * costs.transactions),
        "log, MB a second, R·l/1000": _plain(rate * costs.log_kb / 1000),
        "stored, GB a day, R·b·0.0864": _plain(rate * costs.stored_kb * DAY / 1e6),
        "connections without a pooler, 16 a web and 1 a worker and sweep": _whole(webs * THREADS + workers + 2),
        "memory of our processes, GB": _plain(memory / 1000),
    }


def plan(costs: Costs) -> str:
    """Write the arithmetic for each rate as Markdown."""
    columns = [needs(rate, costs) for rate in RATES]
    heads = " | ".join(f"{_whole(rate)}/s" for rate in RATES)
    rows = [f"| {what} | {' | '.join(column[what] for column in columns)} |" for what in columns[0]]
    return "\n".join([f"| | {heads} |", "|---|---:|---:|---:|", *rows])


def _whole(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ")


def _plain(value: float) -> str:
    return figure(value) if value < 1000 else _whole(value)
