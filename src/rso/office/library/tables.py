"""Records as tables: written as CSV, XLSX or JSON, and read back from the first two. What is written can be read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import IO, Final

from rso import sheets
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
FORMS: Final = {"csv": sheets.CSV, "xlsx": sheets.XLSX, "json": "application/json"}


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
    table = ([one[name] for name in COLUMNS] for one in lines)
    return sheets.as_xlsx(COLUMNS, table) if form == "xlsx" else sheets.as_csv(COLUMNS, table)


def read(content: IO[bytes]) -> list[dict[str, str]]:
    """The rows of a table, each a text by column; raises ``SheetError``.

    Formulas are refused: what they would be worth is known to the program that wrote them, and to nobody here.
    """
    table = sheets.read(content, most_rows=MOST_ROWS, refuse_formulas=True)
    rows = sheets.by_column(table, COLUMNS, needed=NEEDED)
    return [{name: sheets.bare(text)[:_MOST_CELL] for name, text in row.items()} for row in rows]
