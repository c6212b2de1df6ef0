"""`make bench-scorers`: every tier of the scorers and a peer, each in its own process, taking turns."""

import json
import os
import subprocess
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Any, Final, Self

import click
from bench import page
from bench.telling import figure
from bench.tiers import PEER, TIERS, python_of
from rich.console import Console
from speech import remark

ROOT: Final = Path(__file__).parents[2]
MODELS_PAGE: Final = page.DOCS / "reference" / "models.md"
BATCH: Final = 64
ROUNDS: Final = 5
HEADS: Final = ("", "p50 ms", "p95 ms", f"p95 ms in {BATCH}s", "comments/s", "ratio", "memory MB", "start s")
Round = dict[str, float]


class Tier:
    """One tier in a fresh process, which answers one line with another."""

    def __init__(self, name: str) -> None:
        """Start it and wait until it has scored its first comment."""
        env = os.environ | {"PYTHONPATH": f"{ROOT / 'tests'}{os.pathsep}{ROOT}"}
        command = [str(python_of(name)), "-m", "bench.asked", name]
        self._process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.start: float = self._answer()["start"]

    def round(self, texts: list[str]) -> Round:
        """Score all texts one by one, then in batches."""
        alone = self._timed([[text] for text in texts])
        batches = self._timed([texts[begin : begin + BATCH] for begin in range(0, len(texts), BATCH)])
        p95 = lambda seconds: quantiles(seconds, n=20, method="inclusive")[-1]  # noqa: E731
        return {
            "p50 ms": 1000 * median(alone["seconds"]),
            "p95 ms": 1000 * p95(alone["seconds"]),
            f"p95 ms in {BATCH}s": 1000 * p95(batches["seconds"]) / BATCH,
            "comments/s": len(texts) / sum(batches["seconds"]),
            "memory MB": batches["memory"],
        }

    def _timed(self, batches: list[list[str]]) -> dict[str, Any]:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(batches) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._process as process:
            process.communicate()


@click.command()
@click.option("--write", is_flag=True, help="Write the table into the documentation.")
@click.option("--rounds", default=ROUNDS, show_default=True, type=click.IntRange(1))
@click.option("--texts", default=512, show_default=True, type=click.IntRange(BATCH))
def main(*, write: bool, rounds: int, texts: int) -> None:
    """Time calm remarks through every tier, in turn, and say how each compares with the peer."""
    chance = Random(2026)  # noqa: S311 (repeatable)
    remarks = [remark(chance) for _ in range(texts)]
    load = os.getloadavg()[0]
    found: dict[str, list[Round]] = defaultdict(list)
    with ExitStack() as stack:
        tiers = {name: stack.enter_context(Tier(name)) for name in TIERS}
        for _ in range(rounds):
            for name, tier in tiers.items():
                found[name].append(tier.round(remarks) | {"start s": tier.start})
    middle = {name: _middle(each) for name, each in found.items()}
    conditions = (
        f"Medians of {rounds} rounds of {texts} remarks; load when it began: {load:.1f} on {os.cpu_count()} cores."
    )
    table = f"{_table(middle)}\n\n{conditions}"
    Console().print(table)
    if write:
        page.put("scorers", table, MODELS_PAGE)


def _middle(rounds: list[Round]) -> Round:
    return {what: median(each[what] for each in rounds) for what in rounds[0]}


def _table(middle: dict[str, Round]) -> str:
    lines = [f"| {' | '.join(HEADS)} |", f"|---|{'---:|' * (len(HEADS) - 1)}"]
    for name, each in middle.items():
        row = each | {"ratio": each["comments/s"] / middle[PEER]["comments/s"]}
        lines.append(f"| {name} | {' | '.join(figure(row[what]) for what in HEADS[1:])} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
