"""Speaking to whoever called: messages on stderr, results on stdout, JSON for programs."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from moderation.domain.errors import Fault
from moderation.domain.share import Share

Command = TypeVar("Command", bound=Callable[..., Any])

console = Console(stderr=True, highlight=False)
WIDE: Final = 100_000
"""Columns of a table that no terminal shows: nothing in it is folded."""

data_option = click.option(
    "--data",
    default="var",
    show_default=True,
    envvar="LYCHGATE_DATA",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that everything is kept in.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, for programs.")


def announce(**facts: Any) -> None:
    """Say in one JSON line that a command that goes on has begun, and with what."""
    click.echo(json.dumps(facts))


def tell(result: Mapping[str, Any], *, as_json: bool) -> None:
    """Print one thing: a line for each of its facts, or JSON."""
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False, default=_written))
        return
    width = max(map(len, result), default=0)
    for name, value in result.items():
        click.echo(f"{name:<{width}}  {_plain(value)}")


def report(sentence: str, result: Mapping[str, Any], *, as_json: bool) -> None:
    """Say what was done: in a sentence for people, among the messages, or with the facts as JSON."""
    if as_json:
        tell(result, as_json=True)
    else:
        console.print(sentence, markup=False, soft_wrap=True)


def warn(fault: Fault) -> None:
    """Say what is odd and kept all the same, among the messages."""
    console.print(fault.detail, markup=False, soft_wrap=True)


def tell_all(rows: Sequence[Mapping[str, Any]], *, as_json: bool, empty: str) -> None:
    """Print a list: a table, or JSON with one array."""
    if as_json:
        click.echo(json.dumps(list(rows), ensure_ascii=False, default=_written))
    elif not rows:
        console.print(empty)
    else:
        columns = (Column(name.replace("_", " "), overflow="fold") for name in rows[0])
        table = Table(*columns, box=None, header_style="bold", pad_edge=False)
        for row in rows:
            table.add_row(*(Text(_plain(value)) for value in row.values()))
        Console(highlight=False, width=None if sys.stdout.isatty() else WIDE).print(table)


def tell_whole(result: Mapping[str, Any], *, as_json: bool) -> None:
    """Print one thing that has lists in it: its facts, then each list under its name; or JSON."""
    if as_json:
        tell(result, as_json=True)
        return
    lists = {name: value for name, value in result.items() if isinstance(value, list)}
    tell({name: value for name, value in result.items() if name not in lists}, as_json=False)
    for name, rows in lists.items():
        if rows:
            click.echo(f"\n{name.replace('_', ' ').capitalize()}")
            _tell_rows(rows)


def _tell_rows(rows: Sequence[Any]) -> None:
    if isinstance(rows[0], str):
        click.echo("\n".join(rows))
    else:
        tell_all(rows, as_json=False, empty="")


def _plain(value: Any) -> str:
    match value:
        case None | [] | ():
            return "-"
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(map(str, value))
        case datetime():
            return str(_written(value))
        case _:
            return str(value)


def _written(value: Any) -> Any:
    """Write what JSON has no word for; times as everywhere else, a share with how far it can be trusted."""
    if isinstance(value, datetime):
        from moderation.domain.event import instant  # noqa: PLC0415 (`web` and `worker` tell no time)

        return instant(value)
    if isinstance(value, Share):
        low, high = value.interval or (None, None)
        return {"hits": value.hits, "of": value.of, "share": value.value, "low": low, "high": high}
    return str(value)
