"""`make bench`: how fast, how light and how steady all of it is, as ratios beside what it could be at best."""

import json
import sys

import click
from bench import page
from bench.account import account
from bench.measuring import MEASURABLE
from bench.plan import FULL, QUICK
from bench.run import run
from bench.telling import tell
from rich.console import Console


@click.command()
@click.option("--quick", is_flag=True, help="Measure next to nothing, to see that everything can be measured.")
@click.option("--json", "as_json", is_flag=True, help="Print every figure as one JSON object on stdout.")
@click.option("--write", is_flag=True, help="Write the table and the picture into the documentation.")
@click.option("--comments", type=click.IntRange(1), help="How many are taken in while memory is watched.")
@click.option("--rounds", type=click.IntRange(1), help="How often all of it is measured; medians are told.")
def main(*, quick: bool, as_json: bool, write: bool, comments: int | None, rounds: int | None) -> None:
    """Measure both databases side by side, with the empty view, the bare insert and the naive twin."""
    if not MEASURABLE:
        sys.exit("This reads /proc/PID/smaps_rollup, which only Linux has.")
    plan = (QUICK if quick else FULL).but(comments=comments, rounds=rounds)
    said = Console(stderr=True)
    measures = run(plan, lambda step: said.print(f"… {step}", style="dim"))
    found = account(measures)
    if as_json:
        click.echo(json.dumps({**measures, "goals": [goal.told() for goal in found]}))
    tell(found, measures["conditions"], said if as_json else Console())
    if write:
        page.write(found, measures["conditions"])


if __name__ == "__main__":
    main()
