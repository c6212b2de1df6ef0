"""`lychgate thresholds`: the lowest thresholds that keep within a budget, from scores with labels."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import click

from moderation.cli.console import Command, as_json, console, tell_whole
from moderation.cli.labelled import Misread, labels_in, lines_of
from moderation.domain.budget import Budget
from moderation.domain.errors import Fault
from moderation.domain.label import Label
from moderation.domain.share import Share
from moderation.domain.signal import SCORED, SPAM, TOXICITY
from moderation.services.thresholds import Budgets, Picked, Scored, pick

ASIDE: Final = {SPAM: "spam", TOXICITY: "rejected"}
"""What the shipped policies do with a score that leaves no doubt."""


def _share_option(name: str, default: float, most: int, sentence: str) -> Callable[[Command], Command]:
    return click.option(name, default=default, show_default=True, type=click.FloatRange(0, most), help=sentence)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_share_option("--held-right", 50.0, 100, "Of a hundred held, at least so many are right.")
@_share_option("--held-clean", 10.0, 1000, "Of a thousand clean, at most so many are held.")
@_share_option("--aside-right", 99.0, 100, "Of a hundred put aside unread, at least so many are right.")
@_share_option("--aside-clean", 1.0, 1000, "Of a thousand clean, at most so many are put aside.")
@click.option("--surely", is_flag=True, help="Keep the budget with the worse ends of the 95 % intervals.")
@as_json
def thresholds(
    file: Path,
    *,
    held_right: float,
    held_clean: float,
    aside_right: float,
    aside_clean: float,
    surely: bool,
    as_json: bool,
) -> None:
    """Pick the lowest thresholds for spam and toxicity that keep within a budget, each kind for itself.

    FILE has JSON lines: {"spam": 0.93, "toxicity": 0.02, "labels": {"spam": 1, "toxic": 0}}, with null for a label
    that nobody gave and for a score that there is not.

    Example: lychgate thresholds scored.jsonl --held-right 50 --held-clean 10
    """
    held = Budget(right=held_right / 100, clean=held_clean / 1000, surely=surely)
    aside = Budget(right=aside_right / 100, clean=aside_clean / 1000, surely=surely)
    with console.status("Reading scores…"):
        picked = pick(partial(lines_of, file, _scored), Budgets(held, aside))
    tell_whole(_document(picked), as_json=as_json)


def _document(picked: Picked) -> dict[str, Any]:
    return {
        "rows": picked.comments.total(),
        "held_right": picked.right(picked.held),
        "put_aside_right": picked.right(picked.aside),
        "thresholds": list(_thresholds(picked)),
        "together": [_together(picked, label) for label in Label if picked.comments[label]],
    }


def _thresholds(picked: Picked) -> Iterator[dict[str, Any]]:
    """Give a rule's numbers for each kind and outcome; none where no threshold keeps the budget."""
    for kind, cuts in picked.cuts.items():
        for outcome, cut in ((ASIDE[kind], cuts.aside), ("held", cuts.held)):
            yield {
                "signal": kind,
                "outcome": outcome,
                "at_least": cut and cut.at_least,
                "below": cut and cut.below,
                "right": cut and cut.right,
                "clean": cut and cut.clean,
                "found": cut and cut.found,
            }


def _together(picked: Picked, label: Label) -> dict[str, Any]:
    total = picked.comments[label]
    return {
        "label": label,
        "comments": total,
        "held": Share(picked.held[label], total),
        "put_aside": Share(picked.aside[label], total),
    }


def _scored(_line: int, row: Mapping[str, Any]) -> Scored:
    labels = row.get("labels")
    if not isinstance(labels, dict):
        raise Misread(Fault("/labels", "required", 'Give what people found, as {"spam": 0, "toxic": 1}.'))
    wrong = [kind for kind in SCORED if not _is_score(row.get(kind))]
    if wrong:
        raise Misread(*(Fault(f"/{kind}", "score-invalid", "This is a number from 0 to 1, or null.") for kind in wrong))
    scores = {kind: float(row[kind]) for kind in SCORED if row.get(kind) is not None}
    return Scored(scores, labels_in(labels, "/labels"))


def _is_score(value: Any) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1)
