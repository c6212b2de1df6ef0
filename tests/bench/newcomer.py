"""A new site that learns from its moderators, simulated on texts that no shipped model saw; figures and curves."""

import argparse
from pathlib import Path

import click

from moderation.lab.newcomer import simulate

DOCS = Path(__file__).parents[2] / "docs" / "images"


def main() -> None:
    """Simulate, print the table, and leave `learning.json` and `learning.svg` among the pictures of the docs."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--data", type=Path, required=True)
    asked.add_argument("--out", type=Path, default=DOCS)
    asked.add_argument("--rounds", type=int, default=5)
    given = asked.parse_args()
    points = simulate(
        given.data / "train", given.out, rounds=given.rounds, told=lambda line: click.echo(line, err=True)
    )
    click.echo(f"{'site':<22}{'decisions':>10}{'AUC':>8}{'worst':>9}{'recall':>8}{'at 0.5':>8}{'alarms':>8}")
    for point in points:
        figures = (
            f"{point.auc:>8.3f}{point.worst_auc:>+9.4f}{point.recall:>8.3f}{point.found:>8.3f}{point.alarms:>8.3f}"
        )
        click.echo(f"{point.site:<22}{point.decisions:>10}{figures}")


if __name__ == "__main__":
    main()
