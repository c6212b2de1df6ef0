"""The soak: faults by chance for as long as one likes, and a look at what grows.

Run by `make soak HOURS=1`. One JSON line for each minute and a closing verdict go to standard output.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from random import SystemRandom
from statistics import linear_regression
from time import monotonic
from typing import Any, Final

from faults.field import Field
from faults.plan import on_a_field, versions_of
from faults.promises import Tally
from faults.stack import COMMAND
from faults.vitals import vitals
from faults.waiting import pause
from servers.postgres import OwnPostgres

RATE: Final = 20.0
CALM: Final = (20.0, 90.0)
"""Seconds between two faults."""
MINUTE: Final = 60.0
WARM: Final = 0.25
"""Part of the run that is left out of the slopes: whatever starts grows at first."""
LONG_ENOUGH: Final = 0.5
"""Hours below which a slope says nothing and is only reported."""
MOST_AN_HOUR: Final = {"memory_mb": 30.0, "files": 30.0}
"""So much of these may be added in an hour; everything else is reported, since it follows how much is stored."""


def _a_process_of_web(field: Field) -> None:
    field.kill_one_of("web")
    field.web_is_back()


def _the_worker(field: Field) -> None:
    field.kill("worker")


def _the_sweep(field: Field) -> None:
    field.kill("sweep")


def _everything(field: Field) -> None:
    field.kill("web", "worker", "sweep")
    field.crash_database()
    field.kill_broker()


def _the_broker(field: Field) -> None:
    field.kill_broker()
    field.rest(5)


def _all_bells(field: Field) -> None:
    field.scene.stack.broker.flush()


def _the_brokers_answers(field: Field) -> None:
    field.scene.stack.broker.freeze()
    field.rest(10)


def _the_way_to_the_broker(field: Field) -> None:
    field.line.fall_silent()
    field.rest(10)


def _every_connection_to_the_broker(field: Field) -> None:
    field.line.reset()
    field.rest(2)


def _the_database(field: Field) -> None:
    field.crash_database()


LOSSES: Final[Mapping[str, Callable[[Field], None]]] = {
    "a process of web": _a_process_of_web,
    "the worker": _the_worker,
    "the sweep": _the_sweep,
    "everything": _everything,
    "the broker": _the_broker,
    "all bells": _all_bells,
    "the broker's answers": _the_brokers_answers,
    "the way to the broker": _the_way_to_the_broker,
    "every connection to the broker": _every_connection_to_the_broker,
    "the database": _the_database,
}
"""What can be lost, and how."""


def soak(field: Field, hours: float) -> list[dict[str, Any]]:
    """Lose something every now and then for so many hours; print and give what was measured each minute."""
    began, measured, lost = monotonic(), [], []
    fault_at, look_at, end = field.chance.uniform(*CALM), MINUTE, hours * 60 * MINUTE
    with field.posting(rate=RATE) as load:
        while (now := monotonic() - began) < end:
            if now >= look_at:
                about = {"minute": round(now / MINUTE), "begun": load.begun, "lost": lost}
                measured.append({**about, **vitals(field.scene)})
                say(measured[-1])
                look_at, lost = look_at + MINUTE, []
            if now >= fault_at:
                name = field.chance.choice(list(LOSSES))
                LOSSES[name](field)
                field.heal()
                lost.append(name)
                fault_at = monotonic() - began + field.chance.uniform(*CALM)
            pause(max(0.0, min(fault_at, look_at, end) - (monotonic() - began)))
    return measured


def slopes(measured: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Give by how much each measure grew in an hour, once everything was warm."""
    rows = measured[int(len(measured) * WARM) :]
    if len(rows) < 2:
        return {}
    minutes = [row["minute"] for row in rows]
    measures = [name for name, value in rows[0].items() if isinstance(value, int | float) and name != "minute"]
    return {name: round(linear_regression(minutes, [row[name] for row in rows]).slope * 60, 1) for name in measures}


def verdict(field: Field, hours: float, measured: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Count what became of every comment, let `lychgate verify` look at everything, and judge what grew."""
    count = field.scene.counted()
    verified = subprocess.run([*COMMAND, "verify"], env=field.scene.stack.env, capture_output=True, check=False)
    grown = slopes(measured)
    too_much = {name: grown[name] for name, most in MOST_AN_HOUR.items() if grown.get(name, 0) > most}
    broken = {name: len(found) for name, found in count.faults.items()}
    return {
        "kept": not broken and verified.returncode == 0 and not (too_much and hours >= LONG_ENOUGH),
        "hours": hours,
        "taken": count.acked,
        "broken": broken,
        "verify": verified.returncode,
        "sigkills": field.tally.sigkills,
        "an_hour": grown,
        "too_much": too_much,
        "versions": versions_of(field.scene),
    }


def say(line: Mapping[str, Any]) -> None:
    """Print one line."""
    print(json.dumps(line), flush=True)  # noqa: T201 (what it is for)


def main() -> int:
    """Soak; 1 if a promise was broken, or something grew that should not."""
    hours = float(os.environ.get("HOURS") or 1)
    seed = int(os.environ.get("SEED") or SystemRandom().getrandbits(32))
    say({"seed": seed, "hours": hours, "comments_per_s": RATE})
    tally = Tally()
    with closing(OwnPostgres.started(fsync=True)) as server, on_a_field(server, seed, tally) as field:
        measured = soak(field, hours)
        field.heal()
        closing_line = verdict(field, hours, measured) | {"seed": seed}
        say(closing_line)
    return 0 if closing_line["kept"] else 1


if __name__ == "__main__":
    sys.exit(main())
