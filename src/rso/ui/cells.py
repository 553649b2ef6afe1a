"""Tables for spreadsheets. What people typed must not become a formula in somebody's spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def safe(value: Any) -> str:
    """A cell's text; a spreadsheet takes the signs that are caught here for the beginning of a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def csv_lines(head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """A table as CSV, piece by piece, every cell of it safe."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in (head, *rows):
        writer.writerow([safe(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
