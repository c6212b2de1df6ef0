"""One whole run: the rounds, and then what is measured once."""

import os
import platform
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import granian
import psycopg
from bench import draining, overload, rounds, starting, validating, weight
from bench.ground import Ground, Pair
from bench.plan import Plan

from moderation.embedded.folder import remove, temporary_folder

Say = Callable[[str], None]


def run(plan: Plan, say: Say) -> dict[str, Any]:
    """Measure everything; give all figures by name."""
    folder = temporary_folder()
    try:
        measured = _measured(folder, plan, say)
        return {"conditions": conditions(plan), **measured}
    finally:
        remove(folder)


def _measured(folder: Path, plan: Plan, say: Say) -> dict[str, Any]:
    say("validation, scoring and rendering by themselves")
    alone = {"validation": validating.costs(folder, plan.repeats), "costs": draining.costs()}
    say("starting")
    starts = starting.Starts(folder)
    for _ in range(plan.starts - 1):
        starts.servers_and_installation()
    say(f"memory over {plan.comments} comments")
    starts.servers()
    with starts.installation(LYCHGATE_RATE_LIMITS="off") as up:
        alone["weight"] = weight.weigh(up, plan.comments)
    alone["starts"] = starts.medians()
    say("two installations, their twins and the empty view")
    with Ground.prepared(folder) as ground:
        figures = rounds.measure(ground, plan, say)
        for pair in ground.pairs:
            say(f"overload, and the broker away, {pair.name}")
            figures[pair.name] |= _once(ground, pair, plan, figures[pair.name]["rate"])
    return alone | figures


def _once(ground: Ground, pair: Pair, plan: Plan, saturation: float) -> dict[str, float]:
    """Measure what need not be repeated; what is broken on the way comes last."""
    return {
        **draining.decided_per_core(ground.folder, pair.postgres, plan.drained),
        **overload.overloaded(pair.ours, saturation, plan.overload),
        **overload.without_broker(pair.ours, plan.seconds),
        **overload.limited(pair.ours, saturation, plan.overload),
    }


def conditions(plan: Plan) -> dict[str, Any]:
    """Say on what and when this was measured."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "system": platform.system(),
        "python": platform.python_version(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load over the last quarter of an hour": round(os.getloadavg()[2], 1),
        "granian": granian.__version__,
        "sqlite": sqlite3.sqlite_version,
        "psycopg": psycopg.__version__,
        "rounds": plan.rounds,
        "seconds": plan.seconds,
        "comments": plan.comments,
    }
