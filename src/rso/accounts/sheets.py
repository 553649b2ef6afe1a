"""Tables as CSV and XLSX, out and in. Nothing that a spreadsheet takes for a formula leaves or enters as one."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.http import HttpResponse
from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from rso.base.errors import RsoError

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_BYTES = 2 * 1024 * 1024
#: What the parts of a workbook may come to when they are unpacked: a small file can hold a very large one.
MOST_UNPACKED = 40 * 1024 * 1024
MOST_ROWS = 500
_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe(text: str) -> str:
    """A spreadsheet takes these first signs for a formula."""
    return f"'{text}" if text.startswith(_STARTS) else text


def is_formula(text: str) -> bool:
    """True for what a spreadsheet would compute. A telephone number or a minus sign before a figure is not one."""
    return text.startswith(("=", "@", "\t", "\r")) or (
        text[:1] in ("+", "-") and not text[1:].replace(" ", "").isdigit()
    )


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(columns)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def as_xlsx(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """One sheet of texts, its head held in place."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("rso")
    sheet.freeze_panes = "A2"
    sheet.append(list(columns))
    for row in rows:
        sheet.append([safe(cell) for cell in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def answer(kind: str, name: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> HttpResponse:
    """A download in the wanted form, CSV where it is not known."""
    xlsx = kind == "xlsx"
    content = as_xlsx(columns, rows) if xlsx else as_csv(columns, rows)
    response = HttpResponse(content, content_type=XLSX_TYPE if xlsx else "text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.{"xlsx" if xlsx else "csv"}"'
    response["Cache-Control"] = "no-store"
    return response


def read(data: bytes) -> list[list[str]]:
    """All rows of a CSV or of the first sheet of an XLSX as texts, empty rows left out.

    Raises ``RsoError`` (``table-too-large``, ``table-unreadable``) for what is no table or too much of one.
    """
    if len(data) > MOST_BYTES:
        raise RsoError("table-too-large", "This file is larger than 2 MB.")
    rows = _of_xlsx(data) if data[:2] == b"PK" else _of_csv(data)
    kept = [_trimmed(row) for row in rows if any(row)]
    if len(kept) > MOST_ROWS + 1:
        raise RsoError("table-too-large", f"This table has more than {MOST_ROWS} rows.")
    return kept


def _trimmed(row: list[str]) -> list[str]:
    """Without the empty cells at its end, which a sheet has as many of as it likes."""
    last = max(number for number, cell in enumerate(row, start=1) if cell)
    return row[:last]


def _of_csv(data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
        first = text.partition("\n")[0]
        separator = max(",;\t", key=first.count)  # what spreadsheets write depends on the country
        rows = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
        return [[cell.strip() for cell in row] for _number, row in zip(range(MOST_ROWS + 2), rows, strict=False)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise RsoError("table-unreadable", "This is neither CSV in UTF-8 nor XLSX.") from error


def _of_xlsx(data: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise RsoError("table-too-large", "This workbook is too large when it is unpacked.")
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        limit = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=30, values_only=True)
        return [[_text(cell) for cell in row] for row in limit]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, TypeError, OSError) as error:
        raise RsoError("table-unreadable", "This is neither CSV in UTF-8 nor XLSX.") from error


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
