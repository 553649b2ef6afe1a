"""Spreadsheets to take along, and the words for those that are not taken in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.http import HttpResponse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from rso import sheets

_WORDS: Final[dict[str, Any]] = {
    "table-empty": _("The file is empty. Choose another one."),
    "table-unreadable": _("This table cannot be read: save it as XLSX, or as CSV in UTF-8."),
    "table-too-large": _("This table is too large: at most %(most)s rows and 2 MB. Part it."),
    "table-columns": _("The first row must name each column once, as an exported table does. Look at: %(about)s."),
    "table-formulas": _(
        "This table holds formulas: %(about)s. Paste it again as values only, and write an apostrophe before a text "
        "that begins with one of = + - @."
    ),
}


def words_of(error: sheets.SheetError) -> str:
    """Why a table is not taken, in the reader's language."""
    most = number_format(error.most, use_l10n=True, force_grouping=True)
    return str(_WORDS[error.code]) % {"about": error.about, "most": most}


def download(kind: str, name: str, columns: Sequence[object], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A table in the wanted form, CSV where it is not known; ``name`` is without its ending. Nobody keeps a copy."""
    xlsx = kind == "xlsx"
    content = sheets.as_xlsx(columns, rows) if xlsx else sheets.as_csv(columns, rows)
    return named(content, sheets.XLSX if xlsx else sheets.CSV, f"{name}.{'xlsx' if xlsx else 'csv'}")


def named(content: bytes, media_type: str, name: str) -> HttpResponse:
    """What is saved under this name and not shown."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
