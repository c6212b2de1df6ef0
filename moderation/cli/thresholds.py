"""`lychgate thresholds`: the lowest thresholds that keep within a budget, from scores with labels."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final

import click

from moderation.cli.console import Command, as_json, console, tell_whole
from moderation.cli.extras import with_lab
from moderation.cli.figures import SEED
from moderation.cli.labelled import Misread, labels_in, lines_of
from moderation.domain.budget import Budget
from moderation.domain.errors import Fault
from moderation.domain.label import BAD, Label
from moderation.domain.signal import SCORED, SPAM, TOXICITY
from moderation.services.thresholds import Budgets, Ends, Picked, Scored, pick

ASIDE: Final = {SPAM: "spam", TOXICITY: "rejected"}
"""What the shipped policies do with a score that leaves no doubt."""


def _share_option(name: str, default: float, most: int, sentence: str) -> Callable[[Command], Command]:
    return click.option(name, default=default, show_default=True, type=click.FloatRange(0, most), help=sentence)


def _rate_option(name: str, sentence: str) -> Callable[[Command], Command]:
    return click.option(name, type=click.FloatRange(0, 100, min_open=True, max_open=True), help=sentence)


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Instead of FILE: score the development comments of the data that the models were made from.",
)
@click.option("--model", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A folder of models.")
@_share_option("--held-right", 50.0, 100, "Of a hundred held, at least so many are right.")
@_share_option("--held-clean", 10.0, 1000, "Of a thousand clean, at most so many are held.")
@_share_option("--aside-right", 99.0, 100, "Of a hundred put aside unread, at least so many are right.")
@_share_option("--aside-clean", 1.0, 1000, "Of a thousand clean, at most so many are put aside.")
@_rate_option("--spam-rate", "Of a hundred comments of the site, so many are spam; unless said, as in the rows.")
@_rate_option("--toxic-rate", "Of a hundred comments of the site, so many are toxic; unless said, as in the rows.")
@click.option("--surely", is_flag=True, help="Keep the budget with the worse ends of the 95 % intervals.")
@as_json
def thresholds(  # noqa: PLR0913 (each is an option)
    file: Path | None,
    data: Path | None,
    model: Path | None,
    *,
    held_right: float,
    held_clean: float,
    aside_right: float,
    aside_clean: float,
    spam_rate: float | None,
    toxic_rate: float | None,
    surely: bool,
    as_json: bool,
) -> None:
    """Pick the lowest thresholds for spam and toxicity that keep within a budget, each kind for itself.

    FILE has JSON lines: {"spam": 0.93, "toxicity": 0.02, "labels": {"spam": 1, "toxic": 0}}, with null for a label
    that nobody gave and for a score that there is not, and with "source" if you like. Without one, --data names the
    folder that `lychgate train` reads: those of its comments are scored that nothing was fitted on.

    Example: lychgate thresholds scored.jsonl --held-right 50 --held-clean 10
    """
    if (file is None) == (data is None):
        raise click.UsageError("Give a file, or --data.")
    held = Budget(right=held_right / 100, clean=held_clean / 1000, surely=surely)
    aside = Budget(right=aside_right / 100, clean=aside_clean / 1000, surely=surely)
    rates = {kind: rate / 100 for kind, rate in ((SPAM, spam_rate), (TOXICITY, toxic_rate)) if rate is not None}
    with console.status("Reading scores…") as status:
        read = partial(lines_of, file, _scored) if file else _development(data, model, status.update)
        picked = pick(read, Budgets(held, aside, rates))
    tell_whole(_document(picked, rates), as_json=as_json)


def _development(data: Path | None, model: Path | None, told: Callable[[str], None]) -> Callable[[], Iterator[Scored]]:
    """Score development comments; give the question for what was said of them."""
    with with_lab():
        from moderation.adapters.scorers import MODELS  # noqa: PLC0415 (takes a second, which `--help` does not need)
        from moderation.lab.budgeting import scored  # noqa: PLC0415 (an extra that only this needs)

        rows = scored(Path(data or ""), model or MODELS, SEED, lambda done, all_: told(f"{done} of {all_} are scored…"))
    return lambda: iter(rows)


def _document(picked: Picked, rates: Mapping[str, float]) -> dict[str, Any]:
    ends, expected = picked.ends, picked.expected(rates)
    return {
        "rows": ends.comments.total(),
        "held_right": ends.right(ends.held),
        "put_aside_right": ends.right(ends.aside),
        **({f"expected_{name}": round(value, 4) for name, value in asdict(expected).items()} if expected else {}),
        "thresholds": list(_thresholds(picked)),
        "together": [_together(ends, label) for label in Label if ends.comments[label]],
        "sources": [_source(name, own) for name, own in sorted(picked.sources.items()) if name],
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
                "right_at_rate": cut and cut.purity and round(cut.purity, 4),
            }


def _together(ends: Ends, label: Label) -> dict[str, Any]:
    return {
        "label": label,
        "comments": ends.comments[label],
        "held": ends.share(ends.held, label),
        "put_aside": ends.share(ends.aside, label),
    }


def _source(name: str, ends: Ends) -> dict[str, Any]:
    return {
        "source": name,
        "clean_held": ends.share(ends.held, Label.CLEAN),
        "clean_put_aside": ends.share(ends.aside, Label.CLEAN),
        "bad_held": ends.share(ends.held, *BAD),
        "bad_put_aside": ends.share(ends.aside, *BAD),
    }


def _scored(_line: int, row: Mapping[str, Any]) -> Scored:
    labels = row.get("labels")
    if not isinstance(labels, dict):
        raise Misread(Fault("/labels", "required", 'Give what people found, as {"spam": 0, "toxic": 1}.'))
    source = row.get("source") or ""
    if not isinstance(source, str):
        raise Misread(Fault("/source", "not-text", "This is a text, or left out."))
    wrong = [kind for kind in SCORED if not _is_score(row.get(kind))]
    if wrong:
        raise Misread(*(Fault(f"/{kind}", "score-invalid", "This is a number from 0 to 1, or null.") for kind in wrong))
    scores = {kind: float(row[kind]) for kind in SCORED if row.get(kind) is not None}
    return Scored(scores, labels_in(labels, "/labels"), source)


def _is_score(value: Any) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1)
