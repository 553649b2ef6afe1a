"""Records as tables: written as CSV, XLSX or JSON, and read back from the first two. What is written can be read."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, Any, Final

from rso.base.cells import bare_cell, safe_cell
from rso.base.errors import RsoError
from rso.office.library.metadata import record_url
from rso.office.library.models import Record

COLUMNS: Final = (
    "address", "title", "about", "language", "languages", "kind", "owner", "partners", "published", "themes",
    "written_for", "areas", "licence", "rights", "link", "doi", "isbn", "replaces", "access",
)  # fmt: skip
#: Columns that an import needs; the others may be absent.
NEEDED: Final = ("title", "kind")
MOST_ROWS: Final = 2_000
_MOST_CELL: Final = 5_000
_CSV = "text/csv; charset=utf-8"
FORMS: Final = {
    "csv": _CSV,
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


class Formulas(RsoError):
    """A table with formulas. What they would be worth is known to the program that wrote it, and to nobody here."""

    def __init__(self, cells: list[str]) -> None:
        shown = ", ".join(cells[:5]) + (" ..." if len(cells) > 5 else "")
        super().__init__("table-formulas", f"This table holds formulas: {shown}.")
        self.cells = shown


def line(record: Record) -> dict[str, str]:
    """A row of an export; works on what ``queries.with_words`` has fetched."""
    said = list(record.described.all())
    first = next(iter(said), None)
    spoken = [row.language for row in said] + [label.value for label in getattr(record, "spoken", [])]
    return {
        "address": record.work.code,
        "title": first.title if first else record.work.title,
        "about": first.about if first else "",
        "language": record.work.source_language,
        "languages": "; ".join(dict.fromkeys(spoken)),
        "kind": record.kind,
        "owner": record.work.owner.code,
        "partners": record.partners,
        "published": record.published,
        "themes": "; ".join(record.themes),
        "written_for": "; ".join(record.readers),
        "areas": "; ".join(record.areas),
        "licence": record.licence,
        "rights": record.rights,
        "link": record.link,
        "doi": record.doi,
        "isbn": record.isbn,
        "replaces": record.supersedes.work.code if record.supersedes else "",
        "access": record.work.audience,
    }


def written(rows: Iterable[Record], form: str) -> bytes:
    """The rows in one of :data:`FORMS`."""
    lines = [line(row) for row in rows]
    if form == "json":
        told = [{**one, "url": record_url(one["address"])} for one in lines]
        return json.dumps(told, ensure_ascii=False, indent=1).encode()
    return _xlsx(lines) if form == "xlsx" else _csv(lines)


def _csv(lines: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([safe_cell(one[name]) for name in COLUMNS] for one in lines)
    return ("\ufeff" + out.getvalue()).encode()  # with the mark, spreadsheets know that it is UTF-8


def _xlsx(lines: list[dict[str, str]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet("library")
    sheet.append(list(COLUMNS))
    for one in lines:
        cells = []
        for name in COLUMNS:
            cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub(" ", safe_cell(one[name])))
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# ---- reading


def read(content: IO[bytes], name: str) -> list[dict[str, str]]:
    """The rows of a table, each a text by column; raises ``RsoError`` (``table-...``)."""
    try:
        rows = _rows_of_xlsx(content) if name.lower().endswith(".xlsx") else _rows_of_csv(content)
        head = [str(cell).strip().lower() for cell in next(rows, [])]
        if not set(NEEDED) <= set(head):
            raise RsoError("table-columns", f"This table lacks columns: {', '.join(sorted(set(NEEDED) - set(head)))}.")
        told = []
        for cells in rows:
            said = {
                column: bare_cell(cell.strip()) for column, cell in zip(head, cells, strict=False) if column in COLUMNS
            }
            if any(said.values()):
                told.append(said)
            if len(told) > MOST_ROWS:
                raise RsoError("table-too-long", f"This table has more than {MOST_ROWS} rows.")
    except (UnicodeDecodeError, csv.Error, zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError) as error:
        raise RsoError("table-unreadable", "This table cannot be read.") from error
    return told


def _rows_of_csv(content: IO[bytes]) -> Iterator[list[str]]:
    content.seek(0)
    text = content.read().decode("utf-8-sig")
    first = text.partition("\n")[0]
    faults = []
    found = list(csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ","))
    for number, cells in enumerate(found, start=1):
        faults += [f"{_letter(at)}{number}" for at, cell in enumerate(cells) if cell.lstrip().startswith(("=", "@"))]
    if faults:
        raise Formulas(faults)
    return iter(found)


def _rows_of_xlsx(content: IO[bytes]) -> Iterator[list[str]]:
    from openpyxl import load_workbook

    content.seek(0)
    book = load_workbook(content, read_only=True, data_only=False, keep_links=False)
    faults, found = [], []
    for row in book.worksheets[0].iter_rows(max_row=MOST_ROWS + 2, max_col=60):
        faults += [cell.coordinate for cell in row if getattr(cell, "data_type", "") == "f"]
        found.append([_text(cell.value) for cell in row])
    book.close()
    if faults:
        raise Formulas(faults)
    return iter(found)


def _letter(at: int) -> str:
    return chr(65 + at) if at < 26 else chr(64 + at // 26) + chr(65 + at % 26)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    date = getattr(value, "date", None)
    return (date().isoformat() if callable(date) else str(value))[:_MOST_CELL]
