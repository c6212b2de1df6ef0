"""Files of labelled rows: JSON lines, read strictly, every fault told with its line."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

from moderation.domain.errors import Fault, Invalid
from moderation.domain.label import Labels

R = TypeVar("R")
T = TypeVar("T")
MOST: Final = 20
"""Faults that are told; who sees so many knows enough."""
FLAG: Final = {None: None, 0: False, 1: True}


class Misread(Exception):
    """A line is not what it should be; it carries what to say about it."""

    def __init__(self, *faults: Fault) -> None:
        """Keep the faults, each with its place in the line."""
        super().__init__()
        self.faults = faults


def lines_of(file: Path, shape: Callable[[int, Mapping[str, Any]], T], limit: int | None = None) -> Iterator[T]:
    """Read up to so many rows; at the end, or after too many faults, raises Invalid with all of them."""
    with file.open("rb") as lines:
        yield from shaped(file, islice(lines, limit), lambda number, line: shape(number, _object(line)))


def shaped(file: Path, rows: Iterable[R], shape: Callable[[int, R], T]) -> Iterator[T]:
    """Shape each row that holds anything; at the end, or after too many faults, raises Invalid with all of them."""
    faults: list[Fault] = []
    for number, row in enumerate(rows, 1):
        try:
            if not isinstance(row, bytes) or row.strip():
                yield shape(number, row)
        except Misread as error:
            faults += [Fault(f"/{number}{fault.pointer}", fault.code, fault.detail) for fault in error.faults]
        if len(faults) >= MOST:
            break
    if faults:
        raise Invalid(faults[:MOST], f"{file} cannot be used yet; the first number is the line.")


def labels_in(row: Mapping[str, Any], place: str = "") -> Labels:
    """Read `spam` and `toxic`, each 1, 0 or null for what nobody looked for; raises Misread."""
    wrong = [name for name in ("spam", "toxic") if not _is_flag(row.get(name))]
    if wrong:
        raise Misread(*(Fault(f"{place}/{name}", "label-invalid", "This is 1, 0 or null.") for name in wrong))
    return Labels(spam=FLAG[row.get("spam")], toxic=FLAG[row.get("toxic")])


def _is_flag(value: Any) -> bool:
    return value is None or (isinstance(value, int) and value in {0, 1})


def _object(line: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise Misread(Fault("", "not-json", "This line is not JSON in UTF-8.")) from None
    if not isinstance(found, dict):
        raise Misread(Fault("", "not-an-object", "Write each row as a JSON object on a line of its own."))
    return found
