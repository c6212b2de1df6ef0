"""The table of figures to reach: ours beside those of peers, on texts that nothing was fitted on."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from moderation.cli.console import console
from moderation.domain.signal import TOXICITY

if TYPE_CHECKING:
    from moderation.lab.figures import Figure, Part, Score
    from moderation.lab.training import Rows

Told = Callable[[str], None]
SEED: Final = 2026
"""The seed of the models that ship: it parts the texts of our own as they were parted when those were trained."""
_MET: Final = {True: "met", False: "not met", None: ""}


def figures_of(data: Path, model: Path, plot: Path | None, *, peers: bool, left_out: bool) -> list[dict[str, Any]]:
    """Measure the models of a folder on development data, and the peers on the same texts; a row for each figure.

    The curves of toxicity on what was held out go into the picture `plot`, if one is named.
    """
    from moderation.lab import corpora, training  # noqa: PLC0415 (extras that only this needs)
    from moderation.lab import figures as measured  # noqa: PLC0415
    from moderation.lab import left_out as videos  # noqa: PLC0415
    from moderation.lab.marking import marks  # noqa: PLC0415
    from moderation.lab.scoring import Models  # noqa: PLC0415

    others = dict(_made()) if peers else {}
    with console.status("Data are read…") as status:
        told = lambda what: status.update(f"{what}…")  # noqa: E731
        try:
            found = corpora.load(data)
        except corpora.Unreadable as error:
            raise click.ClickException(str(error)) from None
        rows, models = training.rows_of(found, SEED), Models(model)
        score = lambda texts, hints: models.score(texts, hints, _counting(told, len(texts)))  # noqa: E731
        held, foreign = measured.scored(rows.measure, score), measured.scored(rows.foreign, score)
        if plot:
            plot.write_text(_picture(held), encoding="utf-8")
        ours = [
            *measured.figures(held, foreign, score),
            *marks(rows.measure, models),
            *(videos.left_out(rows.train, found.rows, model, told) if left_out else ()),
        ]
        columns = {name: _beside(name, rows, score, told) for name, score in others.items()}
    return [figure.document() | {name: column.get(figure.what) for name, column in columns.items()} for figure in ours]


def _picture(held: "Part") -> str:
    """Draw how well toxicity was told on what was held out, with bars for languages, sources and who is named."""
    from moderation.lab.evaluation import evaluate  # noqa: PLC0415
    from moderation.lab.measuring import labelled  # noqa: PLC0415
    from moderation.lab.plot import drawn  # noqa: PLC0415

    rows = [labelled(row) for row in held.rows]
    return drawn(TOXICITY, rows, held.scores, evaluate(rows, {TOXICITY: held.scores[TOXICITY]}))


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """Give a row as people read it."""
    sign = "≤" if row["less_is_better"] else "≥"
    aim = "" if row["aim"] is None else f"{sign} {row['aim']:g}"
    plain = {"figure": row["figure"], "texts": row["texts"], "measured": row["measured"], "aim": aim}
    peers = {name: value for name, value in row.items() if name not in {*plain, "less_is_better", "met"}}
    return {
        name: f"{value:.3f}" if isinstance(value, float) else value
        for name, value in (plain | {"": _MET[row["met"]]} | peers).items()
    }


def _made() -> "Iterator[tuple[str, Score]]":
    from moderation.lab.peers import PEERS  # noqa: PLC0415

    for name, made in PEERS.items():
        try:
            yield name, made()
        except ImportError as missing:
            raise click.ClickException(f"{missing.name} is missing: pip install 'lychgate[peers]'.") from None


def _beside(name: str, rows: "Rows", score: "Score", told: Told) -> dict[str, float | None]:
    """Measure a peer on the same texts; what it says nothing about it has no figure for."""
    from moderation.lab.figures import figures, scored  # noqa: PLC0415

    told(f"{name} scores the same texts")
    found: Sequence[Figure] = list(figures(scored(rows.measure, score), scored(rows.foreign, score), score))
    return {figure.what: figure.document()["measured"] for figure in found}


def _counting(told: Told, total: int) -> Callable[[int], None]:
    return lambda done: told(f"{done} of {total} texts are scored")
