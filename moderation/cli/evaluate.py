"""`lychgate evaluate`: how good the models are on labelled texts of one's own."""

import json
from collections.abc import Iterator, Mapping, Sequence
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from moderation.cli.console import as_json, console, tell_all

if TYPE_CHECKING:
    from moderation.lab.evaluation import Labelled
    from moderation.lab.scoring import Models

_LABELS: Final = {"toxic": "toxicity", "identity_hate": "identity_attack", "severe_toxic": "severe_toxicity"}
"""Other names under which labels are often kept."""


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--model", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A folder of models.")
@click.option(
    "--threshold", default=0.5, show_default=True, type=click.FloatRange(0, 1), help="For precision and recall."
)
@click.option("--attacks", is_flag=True, help="Spell the texts in ten evasive ways, too.")
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw the curves into this SVG.")
@as_json
def evaluate(
    files: tuple[Path, ...], model: Path | None, threshold: float, plot: Path | None, *, attacks: bool, as_json: bool
) -> None:
    """Score labelled texts and hold the scores against the labels.

    Each line of a FILE is JSON: {"text": …, "toxic": 0 or 1, "spam": 0 or 1, …}, with "lang" and "source" if you like;
    a .parquet with such columns does as well. A label that is missing or null is not measured.

    Example: lychgate evaluate labelled.jsonl --plot curves.svg
    """
    from moderation.adapters.scorers import MODELS  # noqa: PLC0415 (takes a second, which `--help` does not need)
    from moderation.lab import evaluation  # noqa: PLC0415
    from moderation.lab import plot as plots  # noqa: PLC0415
    from moderation.lab.scoring import Models  # noqa: PLC0415

    rows = [_labelled(raw, path) for path in files for raw in _raw(path)]
    models = Models(model or MODELS)
    with console.status("Reading…") as status:
        texts, languages = [row.text for row in rows], [row.language for row in rows]
        scores = models.score(texts, languages, lambda done: status.update(f"{done} of {len(rows)} texts are scored…"))
        lines = evaluation.evaluate(rows, scores, threshold)
        if plot and lines:
            plot.write_text(plots.drawn(lines[0].question, rows, scores, lines), encoding="utf-8")
        status.update("Texts are spelled in ten evasive ways…")
        kept = _attacked(models, rows, threshold) if attacks else []
    if as_json:
        click.echo(json.dumps({"lines": [line.document() for line in lines], "attacks": kept}))
        return
    tell_all([_shown(line.document()) for line in lines], as_json=False, empty="No text of these has a label.")
    if attacks:
        tell_all([_shown(line) for line in kept], as_json=False, empty="No English text has a label for toxicity.")


def _raw(path: Path) -> Iterator[Mapping[str, Any]]:
    if path.suffix == ".parquet":
        from pyarrow import parquet  # noqa: PLC0415 (an extra)

        yield from parquet.read_table(path).to_pylist()
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        if not isinstance(found, dict) or not isinstance(found.get("text"), str):
            raise click.ClickException(f'{path}, line {number}: write {{"text": "…", "toxic": 0 or 1}}.')
        yield found


def _labelled(raw: Mapping[str, Any], path: Path) -> "Labelled":
    from moderation.lab.corpora import KINDS  # noqa: PLC0415
    from moderation.lab.evaluation import Labelled  # noqa: PLC0415

    named = {_LABELS.get(key, key): value for key, value in raw.items()}
    labels = {kind: float(named[kind]) for kind in KINDS if isinstance(named.get(kind), int | float)}
    known = {kind: value for kind, value in labels.items() if not isnan(value)}
    return Labelled(raw["text"], known, raw.get("lang") or "en", raw.get("source") or path.stem)


def _shown(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: f"{value:.3f}" if isinstance(value, float) else value for name, value in document.items()}


def _attacked(models: "Models", rows: "Sequence[Labelled]", threshold: float) -> list[dict[str, Any]]:
    """Measure what is kept of recall, and what clean texts are taken for harmful, under each attack."""
    from moderation.lab.evaluation import kept_under_attack  # noqa: PLC0415

    known = [row for row in rows if "toxicity" in row.labels and row.language == "en"]
    kept = kept_under_attack(known, models.score, "toxicity", threshold) if known else {}
    return [{"attack": name, "recall_kept": share, "false_positives": wrong} for name, (share, wrong) in kept.items()]
