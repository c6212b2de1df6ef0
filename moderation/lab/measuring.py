"""Measuring what was trained, on rows that nothing was fitted on and on those of foreign origin; card and picture."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from moderation.lab.card import card
from moderation.lab.corpora import Row, digests_of
from moderation.lab.evaluation import Labelled, Line, Scores, evaluate
from moderation.lab.plot import drawn
from moderation.lab.scoring import Models
from moderation.lab.training import Rows


def measured(
    rows: Rows, folder: Path, *, seed: int, version: str, digests: Mapping[str, str], told: Callable[[str], None]
) -> list[Line]:
    """Score what was held out, write `card.md` and `card.svg` into the folder, and give every line of the table."""
    models = Models(folder)
    own, foreign = [labelled(row) for row in rows.measure], [labelled(row) for row in rows.foreign]
    scores = _scored(models, own, told)
    lines = evaluate(own, scores)
    lines += [line for line in evaluate(foreign, _scored(models, foreign, told)) if line.texts.startswith("source")]
    (folder / "card.md").write_text(
        card(version, seed, rows, digests, digests_of(_parts(folder)), lines), encoding="utf-8"
    )
    (folder / "card.svg").write_text(drawn("toxicity", own, scores, lines), encoding="utf-8")
    return lines


def _scored(models: Models, rows: Sequence[Labelled], told: Callable[[str], None]) -> Scores:
    return models.score(
        [row.text for row in rows],
        [row.language for row in rows],
        lambda done: told(f"{done} of {len(rows)} held-out texts are scored"),
    )


def _parts(folder: Path) -> list[Path]:
    """Give the files that are the models; the card and its picture tell of them."""
    return sorted(path for path in folder.iterdir() if path.is_file() and path.stem != "card")


def labelled(row: Row) -> Labelled:
    """Give a row as it is measured on; one whose licence is not free says so in its source."""
    return Labelled(row.text, row.labels, row.language, row.source if row.free else f"{row.source} (measured only)")
