"""Tables for spreadsheets, out and in: CSV and XLSX. Nothing that a spreadsheet computes leaves here as such."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, Final
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from rso.base.errors import RsoError

CSV: Final = "text/csv; charset=utf-8"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MOST_BYTES: Final = 2 * 1024 * 1024
#: What the parts of a workbook may come to when they are unpacked: a small file can hold a very large one.
MOST_UNPACKED: Final = 40 * 1024 * 1024
MOST_COLUMNS: Final = 60
#: A workbook may say that it has a million rows, all of them empty; they are not looked for beyond this one.
_LAST_ROW: Final = 100_000

_ZIP: Final = b"PK\x03\x04"
_MARK: Final = "\ufeff"
#: What makes a spreadsheet take a text for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_BROKEN: Final = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, ParseError, KeyError, ValueError, TypeError, IndexError,
    AttributeError, EOFError, OSError, NotImplementedError, RuntimeError,
)  # fmt: skip


class SheetError(RsoError):
    """A table that is not taken: ``table-empty``, ``table-unreadable``, ``table-too-large``, ``table-columns`` or
    ``table-formulas``.

    ``about`` names columns or cells; ``most`` is the number of rows that a table may have.
    """

    def __init__(self, code: str, message: str, about: str = "", most: int = 0) -> None:
        super().__init__(code, message)
        self.about = about
        self.most = most


# ---- cells


def safe(value: object) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe goes before the signs that begin one."""
    text = "" if value is None else str(value)
    return f"'{text}" if _begins_one(text) else text


def bare(text: str) -> str:
    """What :func:`safe` was given: its apostrophe is taken off again."""
    return text[1:] if text.startswith("'") and _begins_one(text[1:]) else text


def _begins_one(text: str) -> bool:
    """Spaces before the sign are looked over, for they are taken off when a table comes back."""
    return text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA)


def is_formula(text: str) -> bool:
    """True for what a spreadsheet would compute. A telephone number or a minus sign before a figure is none."""
    if text.startswith("+") and any(map(str.isdigit, text)) and set(text[1:]) <= set("0123456789 ()-./"):
        return False
    return text.startswith(_FORMULA) and not (text.startswith("-") and text[1:].replace(" ", "").isdigit())


# ---- out


def csv_lines(columns: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A table as CSV, piece by piece, after the mark by which spreadsheets know UTF-8."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    yield _MARK
    for row in _after(columns, rows):
        writer.writerow([safe(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def as_csv(columns: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    return "".join(csv_lines(columns, rows)).encode()


def as_xlsx(columns: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    """A workbook of one sheet in which every cell is a text; its head is held in place."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("rso")
    sheet.freeze_panes = "A2"
    for row in _after(columns, rows):
        sheet.append([_text_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _after(columns: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    yield columns
    yield from rows


def _text_cell(sheet: Any, value: object) -> Any:
    """Said to be a text, for by itself ``#N/A`` would be an error; without signs that no workbook can hold."""
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub(" ", safe(value)))
    cell.data_type = "s"
    return cell


# ---- in


def read(content: IO[bytes], *, most_rows: int, refuse_formulas: bool = False) -> list[list[str]]:
    """The head and at most ``most_rows`` rows of a CSV or of the first sheet of an XLSX, as texts without spaces
    around them; empty rows and the empty cells at a row's end are left out.

    Formulas are given as they stand, so that the caller can refuse the row that holds one, or with
    ``refuse_formulas`` refuse the table. Raises :class:`SheetError`.
    """
    data = content.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise _too_large(most_rows)
    if not data:
        raise SheetError("table-empty", "The file is empty.")
    found: list[list[str]] = []
    formulas: list[str] = []
    for number, row in enumerate(_of_xlsx(data, most_rows) if data.startswith(_ZIP) else _of_csv(data), start=1):
        if not any(row):
            continue
        formulas += [f"{get_column_letter(at)}{number}" for at, text in enumerate(row, start=1) if is_formula(text)]
        found.append(row[: max(at for at, text in enumerate(row, start=1) if text)])
        if len(found) > most_rows + 1:
            raise _too_large(most_rows)
    if formulas and refuse_formulas:
        shown = ", ".join(formulas[:5]) + (" ..." if len(formulas) > 5 else "")
        raise SheetError("table-formulas", f"This table holds formulas: {shown}.", shown)
    return found


def by_column(table: Sequence[Sequence[str]], columns: Sequence[str], *, needed: Sequence[str]) -> list[dict[str, str]]:
    """The rows of what :func:`read` gave, by ``columns``, in which the head is met in any case.

    A column that is not asked for is left aside, one that is not there is in no row. Raises :class:`SheetError`
    (``table-columns``) for a head without what is ``needed`` or with a column of ours twice.
    """
    head = [" ".join(cell.split()).casefold() for cell in (table[0] if table else ())]
    if lacking := [name for name in needed if name not in head]:
        raise SheetError("table-columns", f"This table lacks columns: {', '.join(lacking)}.", ", ".join(lacking))
    if twice := [name for name in columns if head.count(name) > 1]:
        raise SheetError("table-columns", f"Columns stand in this table twice: {', '.join(twice)}.", ", ".join(twice))
    there = [name for name in columns if name in head]
    found = [dict(zip(head, row, strict=False)) for row in table[1:]]
    rows = [{name: row.get(name, "") for name in there} for row in found]
    return [row for row in rows if any(row.values())]


def _too_large(most_rows: int) -> SheetError:
    return SheetError("table-too-large", f"A table has at most {most_rows:,} rows and 2 MB.", most=most_rows)


def _unreadable() -> SheetError:
    return SheetError("table-unreadable", "This is neither CSV in UTF-8 nor XLSX.")


def _of_csv(data: bytes) -> Iterator[list[str]]:
    try:
        text = data.decode("utf-8-sig")
        if "\x00" in text:
            raise _unreadable()
        first = text.partition("\n")[0]
        separator = max(",;\t", key=first.count)  # what spreadsheets write depends on the country
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            yield [cell.strip() for cell in row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise _unreadable() from error


def _of_xlsx(data: bytes, most_rows: int) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise _too_large(most_rows)
        # Formulas are read as they are written, not as the value that somebody's program last left there.
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        rows = book.worksheets[0].iter_rows(max_row=_LAST_ROW, max_col=MOST_COLUMNS, values_only=True)
        for row in rows:
            yield [_text(value) for value in row]
    except _BROKEN as error:
        raise _unreadable() from error


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    day = getattr(value, "date", None)
    return day().isoformat() if callable(day) else str(value).strip()
