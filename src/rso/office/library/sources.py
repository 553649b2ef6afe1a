"""What the library has to show to the search: records in each language, and the words of their files.

Each text has the audience of what it belongs to: the words of a restricted file are never under the record's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rso.office.library.models import Record
from rso.office.library.queries import texts_by_record, texts_of
from rso.office.library.rules import FOUND, Reading
from rso.search.entries import Entry
from rso.search.sources import register

#: Characters of a file's text that are searched: about forty pages.
SEARCHED: Final = 100_000
_LONGEST_TITLE: Final = 400


def of_record(record: Record, texts: list[dict[str, Any]] | None = None) -> Iterator[Entry]:
    """The texts of one record; ``texts`` are what :func:`texts_of` gives, where the caller has them."""
    if not record.is_shown or record.withdrawn_at is not None:
        return
    code, audience = record.work.code, record.work.audience
    path = reverse("library:record", args=[code])
    said = {row.language: row for row in record.described.all()}
    for one in said.values():
        body = " ".join(part for part in (one.about, record.partners, record.work.owner.name) if part)
        yield Entry(FOUND, code, one.language, one.title[:_LONGEST_TITLE], body, _in(path, one.language), audience)
    source = next(iter(said.values()), None)
    for row in texts_of(record) if texts is None else texts:
        if row["reading"] != Reading.READ.value:
            continue
        language = row["document__version__language"]
        title = said[language].title if language in said else source.title if source else record.work.title
        yield Entry(
            FOUND, f"{code}/{row['document'].hex[:12]}", language, title[:_LONGEST_TITLE], row["text"][:SEARCHED],
            _in(path, language), row["document__access"] or audience,
        )  # fmt: skip


def _in(path: str, language: str) -> str:
    return f"{path}?language={language}"


def all_records() -> Iterator[Entry]:
    """The texts of all records."""
    texts = texts_by_record()
    for record in Record.objects.select_related("work__owner").prefetch_related("described").filter(is_shown=True):
        yield from of_record(record, texts.get(record.pk, []))


def enter() -> None:
    """Enters them with the search."""
    register(FOUND, _("Library"), all_records)
