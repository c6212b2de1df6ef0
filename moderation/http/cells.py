"""Tables as files (CSV, RFC 4180) in which no cell is a formula, whatever people wrote into it."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from flask import Response

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would work out."""


def csv_row(cells: Sequence[str]) -> str:
    """Write one row in which no cell is a formula."""
    file = io.StringIO()
    csv.writer(file).writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells])
    return file.getvalue()


def csv_rows(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Iterator[str]:
    """Write a table with its head; what is not known is empty."""
    yield csv_row(columns)
    for row in rows:
        yield csv_row(["" if row[name] is None else str(row[name]) for name in columns])


def as_file(lines: Iterator[str], kind: str, name: str) -> Response:
    """Give lines as a file to be kept under this name."""
    return Response(lines, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


CSV: Final = "text/csv; charset=utf-8"
