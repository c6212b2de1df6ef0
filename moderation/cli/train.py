"""`lychgate train`: the shipped models, made anew from the data they came from."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from moderation.cli.console import as_json, console, report

if TYPE_CHECKING:
    from moderation.lab.training import Rows


def _named(_context: click.Context, _option: click.Parameter, version: str) -> str:
    if not version.strip() or not version.isprintable():
        raise click.BadParameter("a version is a name on one line.")
    return version.strip()


@click.command()
@click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where the data files lie.",
)
@click.option(
    "--out",
    default="var/models",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the models go.",
)
@click.option("--seed", default=2026, show_default=True, help="The same seed and data give the same models.")
@click.option(
    "--version",
    default="local",
    show_default=True,
    callback=_named,
    help="A name for the models; every signal carries it.",
)
@click.option(
    "--encoder",
    is_flag=True,
    help="Train the encoder too, most of an hour; without, the one that ships is taken along.",
)
@as_json
def train(data: Path, out: Path, seed: int, version: str, *, encoder: bool, as_json: bool) -> None:
    """Train the models, measure them, and leave them with their card in a folder.

    `lychgate score --model FOLDER` uses them. Takes some minutes; needs the extra `lab`, and `encoder-lab` where the
    encoder is trained. Whoever breaks that off goes on with the same command.

    Example: lychgate train --data data/train --out var/models
    """
    try:
        from moderation.lab import training  # noqa: PLC0415 (extras that only this needs)
        from moderation.lab.measuring import measured  # noqa: PLC0415
    except ImportError as missing:
        raise _without(missing, "lab") from None
    with console.status("Data are read…") as status:
        told = lambda what: status.update(f"{what}…")  # noqa: E731
        rows, digests = _rows(data, seed)
        lacking = training.lacking(rows)
        try:
            training.train(rows, out, version=version, seed=seed, encoder=encoder, told=told)
        except ImportError as missing:
            raise _without(missing, "encoder-lab") from None
        lines = measured(rows, out, seed=seed, version=version, digests=digests, told=told)
    if lacking:
        console.print(f"There is nothing to blend on in {', '.join(lacking)}: scored like any other language.")
    report(
        f"The models {version} and their card lie in {out}.",
        {"out": str(out), "rows": len(rows.train), "lines": len(lines), "lacking": lacking},
        as_json=as_json,
    )


def _without(missing: ImportError, extra: str) -> click.ClickException:
    return click.ClickException(f"{missing.name} is missing: pip install 'lychgate[{extra}]'.")


def _rows(data: Path, seed: int) -> "tuple[Rows, Mapping[str, str]]":
    from moderation.lab import corpora, training  # noqa: PLC0415

    try:
        found = corpora.load(data)
    except corpora.Unreadable as error:
        raise click.ClickException(str(error)) from None
    return training.rows_of(found, seed), found.digests
