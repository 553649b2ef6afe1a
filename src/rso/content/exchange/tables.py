"""Tables of rows with named columns, in and out: CSV and XLSX. No cell that leaves here is a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from rso.content.exchange.units import FileUnreadable
from rso.files.errors import FileRefused
from rso.files.rules import CSV, XLSX, kind_of

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_ROWS: Final = 5_000
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def defused(text: str) -> str:
    """A spreadsheet takes some first signs for a formula: an apostrophe before them makes it text."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _plain(text: str) -> str:
    """What :func:`defused` did, undone."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """CSV in UTF-8 with a byte order mark, without which a spreadsheet guesses the encoding."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([defused(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str) -> bytes:
    """A workbook with one sheet of text cells."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.append(list(columns))
    for row in rows:
        sheet.append([defused(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(content: bytes, name: str, columns: Sequence[str], needed: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a table by column; columns that are not asked for are left aside, and so are empty rows.

    Raises :class:`FileUnreadable` for what is no table, lacks a ``needed`` column, or is too long.
    """
    if not content:
        raise FileUnreadable("file-empty", "The file is empty.")
    if len(content) > MOST_BYTES:
        raise FileUnreadable("file-too-large", "The file is too large.")
    try:
        kind = kind_of(io.BytesIO(content), name, (CSV, XLSX))
    except FileRefused as error:
        raise FileUnreadable("table-unreadable", "This table cannot be read.", error.code) from None
    lines = _csv(content) if kind == CSV else _xlsx(content)
    head = [" ".join(cell.split()).casefold() for cell in next(lines, [])]
    if not set(needed) <= set(head):
        raise FileUnreadable("table-columns", "The first row must name the columns.", ", ".join(head)[:200])
    return _rows(head, lines, columns)


def _rows(head: Sequence[str], lines: Iterator[list[str]], columns: Sequence[str]) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for line in lines:
        found: Mapping[str, str] = dict(zip(head, line, strict=False))
        row = {name: _plain(found.get(name, "").strip()) for name in columns}
        if not any(row.values()):
            continue
        rows.append(row)
        if len(rows) > MOST_ROWS:
            raise FileUnreadable("table-too-long", "A table has at most 5,000 rows.")
    return rows


def _csv(content: bytes) -> Iterator[list[str]]:
    text = content.decode("utf-8-sig")  # kind_of has looked
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    except csv.Error as error:
        raise FileUnreadable("table-unreadable", "This table cannot be read.", str(error)) from None


def _xlsx(content: bytes) -> Iterator[list[str]]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for row in sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=40, values_only=True):
            yield [_cell(value) for value in row]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, IndexError, OSError):
        raise FileUnreadable("table-unreadable", "This table cannot be read.") from None


def _cell(value: Any) -> str:
    return "" if value is None else str(value)
