"""Facts as CSV and XLSX, out and in. A formula never leaves as one, and none is taken in."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from rso.base.errors import RsoError

#: Labelled defaults, not RSO policy: what one sheet may hold.
MOST_ROWS: Final = 2000
MOST_BYTES: Final = 2 * 1024 * 1024
_MOST_UNPACKED: Final = 40 * 1024 * 1024

CSV: Final = "text/csv; charset=utf-8"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What makes a spreadsheet take a text for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")

Row = dict[str, str]


def safe(value: object) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe goes before the signs that begin one."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def plain(text: str) -> str:
    """The text of a cell that :func:`safe` made: its apostrophe is taken off again."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def is_formula(text: str) -> bool:
    """True for a text that a spreadsheet would run. A telephone number in international form is none."""
    if text.startswith("+") and all(sign in "0123456789 ()-./" for sign in text[1:]):
        return False
    return text.startswith(_FORMULA) and not (text.startswith("-") and text[1:].strip().isdigit())


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with the mark that spreadsheets need to see that it is."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([safe(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A workbook of one sheet in which every cell is a text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("rso")
    sheet.append(list(columns))
    for row in rows:
        sheet.append([safe(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(content: IO[bytes], name: str, columns: Sequence[str]) -> list[Row]:
    """The rows of a CSV or XLSX file by column; raises ``RsoError`` for what cannot be read or is too long.

    Formulas are given as they stand, so that the caller can refuse the row that holds one.
    """
    data = content.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise RsoError("sheet-too-long", "The sheet has too many rows: send it in parts.")
    table = list(_xlsx(data) if name.lower().endswith(".xlsx") else _csv(data))
    if not table:
        raise RsoError("sheet-columns", "The first row must hold the names of the columns.")
    head = [cell.strip() for cell in table[0]]
    while head and not head[-1]:  # a workbook is read with more columns than it has
        head.pop()
    if len(table) - 1 > MOST_ROWS:
        raise RsoError("sheet-too-long", "The sheet has too many rows: send it in parts.")
    if len(set(head)) != len(head) or not set(columns) <= set(head):
        raise RsoError("sheet-columns", "The first row must hold the names of the columns.")
    found = [dict(zip(head, [*row, *[""] * len(head)], strict=False)) for row in table[1:] if any(map(str.strip, row))]
    return [{name: row[name].strip() for name in columns} for row in found]


def _unreadable() -> RsoError:
    return RsoError("sheet-unreadable", "This is no spreadsheet that can be read.")


def _csv(data: bytes) -> Iterator[list[str]]:
    try:
        text = data.decode("utf-8-sig")
        if "\x00" in text:
            raise _unreadable()
        first = text.split("\n", 1)[0]
        delimiter = ";" if first.count(";") > first.count(",") else ","
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except (UnicodeDecodeError, csv.Error) as error:
        raise _unreadable() from error


def _xlsx(data: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > _MOST_UNPACKED:
                raise _unreadable()
        # Formulas are read as they are written, not as the value that somebody's program last left there.
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=60)):
            if number > MOST_ROWS + 1:
                break
            yield [_cell(value) for value in row]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, IndexError, EOFError) as error:
        raise _unreadable() from error


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if hasattr(value, "date"):
        return str(value.date())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
