"""`lychgate evaluate`: how good the models are on labelled texts of one's own."""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from moderation.cli.console import as_json, console, tell_all
from moderation.cli.figures import figures_of, shown
from moderation.cli.labelled import Misread, lines_of, shaped
from moderation.domain.errors import Fault

if TYPE_CHECKING:
    from moderation.lab.evaluation import Labelled
    from moderation.lab.scoring import Models

_LABELS: Final = {"toxic": "toxicity", "identity_hate": "identity_attack", "severe_toxic": "severe_toxicity"}
"""Other names under which labels are often kept."""


def _svg(_context: click.Context, _option: click.Parameter, path: Path | None) -> Path | None:
    if path and path.suffix.lower() != ".svg":
        raise click.BadParameter("pictures are SVG; let the name end in .svg.")
    return path


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--model", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A folder of models.")
@click.option(
    "--threshold", default=0.5, show_default=True, type=click.FloatRange(0, 1), help="For precision and recall."
)
@click.option("--attacks", is_flag=True, help="Spell the texts in ten evasive ways, too.")
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Measure every figure that is aimed at, on the data that the models were made from.",
)
@click.option("--peers", is_flag=True, help="With --data: other packages on the same texts; needs the extra `peers`.")
@click.option("--left-out", is_flag=True, help="With --data: train for spam anew without each video; takes minutes.")
@click.option(
    "--plot", type=click.Path(dir_okay=False, path_type=Path), callback=_svg, help="Draw the curves into this SVG."
)
@as_json
def evaluate(  # noqa: PLR0913 (one for each option)
    files: tuple[Path, ...],
    model: Path | None,
    threshold: float,
    data: Path | None,
    plot: Path | None,
    *,
    attacks: bool,
    peers: bool,
    left_out: bool,
    as_json: bool,
) -> None:
    """Score labelled texts and hold the scores against the labels.

    Each line of a FILE is JSON: {"text": …, "toxic": 0 or 1, "spam": 0 or 1, …}, with "lang" and "source" if you like;
    a .parquet with such columns does as well. A label that is missing or null is not measured. Without a FILE, --data
    names the folder that `lychgate train` reads, and every figure is held against what is aimed at.

    Example: lychgate evaluate labelled.jsonl --plot curves.svg
    """
    from moderation.adapters.scorers import MODELS  # noqa: PLC0415 (takes a second, which `--help` does not need)

    if bool(files) == bool(data) or (files and (peers or left_out)):
        raise click.UsageError("Give files, or --data with --peers and --left-out if you like.")
    if data:
        found = figures_of(data, model or MODELS, plot, peers=peers, left_out=left_out)
        tell_all(found if as_json else [shown(row) for row in found], as_json=as_json, empty="Nothing can be measured.")
        return
    from moderation.lab import evaluation  # noqa: PLC0415
    from moderation.lab import plot as plots  # noqa: PLC0415
    from moderation.lab.scoring import Models  # noqa: PLC0415

    rows = [row for path in files for row in _read(path)]
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
        click.echo(json.dumps({"lines": [line.document() for line in lines], "attacks": kept}, allow_nan=False))
        return
    tell_all([_shown(line.document()) for line in lines], as_json=False, empty="No text of these has a label.")
    if attacks:
        tell_all([_shown(line) for line in kept], as_json=False, empty="No English text has a label for toxicity.")


def _read(path: Path) -> "list[Labelled]":
    """Read one file; raises Invalid with every fault and the number of its row."""
    shape = partial(_labelled, path.stem)
    return list(shaped(path, _table(path), shape) if path.suffix.lower() == ".parquet" else lines_of(path, shape))


def _table(path: Path) -> list[dict[str, Any]]:
    try:
        from pyarrow import ArrowInvalid, parquet  # noqa: PLC0415 (an extra)
    except ImportError:
        raise click.ClickException("Reading parquet needs more: pip install 'lychgate[lab]'.") from None
    try:
        rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    except ArrowInvalid:
        raise click.ClickException(f"{path} is no parquet file.") from None
    return rows


def _labelled(source: str, _number: int, raw: Mapping[str, Any]) -> "Labelled":
    """Read one row; an alias counts where the label's own name is absent."""
    from moderation.lab.corpora import KINDS  # noqa: PLC0415
    from moderation.lab.evaluation import Labelled  # noqa: PLC0415

    named = {_LABELS.get(key, key): value for key, value in raw.items() if key in _LABELS} | dict(raw)
    faults = [] if isinstance(raw.get("text"), str) else [Fault("/text", "text-missing", "Give the text.")]
    faults += [_text_fault(key) for key in ("lang", "source") if not isinstance(raw.get(key), str | None)]
    faults += [_label_fault(kind) for kind in KINDS if not _is_label(named.get(kind))]
    if faults:
        raise Misread(*faults)
    labels = {kind: float(named[kind]) for kind in KINDS if named.get(kind) is not None and not isnan(named[kind])}
    return Labelled(raw["text"], labels, raw.get("lang") or "en", raw.get("source") or source)


def _is_label(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and (value in {0, 1} or isnan(value)))


def _text_fault(key: str) -> Fault:
    return Fault(f"/{key}", "not-text", "This is a text, or left out.")


def _label_fault(kind: str) -> Fault:
    return Fault(f"/{kind}", "label-invalid", "This is 1, 0 or null.")


def _shown(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: f"{value:.3f}" if isinstance(value, float) else value for name, value in document.items()}


def _attacked(models: "Models", rows: "Sequence[Labelled]", threshold: float) -> list[dict[str, Any]]:
    """Measure what is kept of recall, and what clean texts are taken for harmful, under each attack."""
    from moderation.lab.evaluation import kept_under_attack, numbered  # noqa: PLC0415

    known = [row for row in rows if "toxicity" in row.labels and row.language == "en"]
    kept = kept_under_attack(known, models.score, "toxicity", threshold) if known else {}
    return [
        {"attack": name, "recall_kept": numbered(share), "false_positives": numbered(wrong)}
        for name, (share, wrong) in kept.items()
    ]
