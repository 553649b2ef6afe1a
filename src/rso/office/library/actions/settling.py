"""After each change of a record: what lists, search and harvesters go by is brought to what the record says."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from rso.accounts.rules import ANONYMOUS
from rso.content.markup import plain
from rso.content.models import Publication
from rso.content.queries import current_source
from rso.content.rules import Form, standing
from rso.office.library.metadata import card, dublin_core
from rso.office.library.models import Copy, Described, Document, Label, Record
from rso.office.library.queries import access_of, documents, is_open, is_safe
from rso.office.library.rules import FOUND
from rso.office.library.sources import of_record
from rso.search.actions import drop_rows, put
from rso.search.entries import Entry
from rso.search.models import Document as Found


def settle(record: Record, *, now: datetime) -> None:
    """Runs in the transaction of the change."""
    record = Record.objects.select_related("work__owner", "supersedes__work").get(pk=record.pk)
    _describe(record)
    _label(record)
    _open(record, now)
    _make_findable(record, now)


def _describe(record: Record) -> None:
    """The published words of the newest edition in each language."""
    source = current_source(record.work) if record.is_shown else None
    rows: list[Described] = []
    if source is not None:
        live = Publication.objects.filter(version__edition=source.version.edition_id, withdrawn_at=None)
        newest = {row.version.language: row for row in live.select_related("version").order_by("number")}
        for language, row in newest.items():
            said = {block.form: plain(block.text) for block in row.snapshot if block.text}
            if Form.TITLE not in said:
                continue
            is_source = row.version.is_source
            rows.append(
                Described(
                    record=record, language=language, is_source=is_source, title=said[Form.TITLE][:400],
                    about=said.get(Form.SUMMARY, ""),
                    is_current=is_source or standing(source.snapshot, row.snapshot).is_current,
                )
            )  # fmt: skip
    record.described.all().delete()
    Described.objects.bulk_create(rows)


def _label(record: Record) -> None:
    values = {
        ("kind", record.kind, ""),
        ("owner", record.work.owner.name, ""),
        ("access", record.work.audience, ""),
        *(("theme", one, "") for one in record.themes),
        *(("area", one, "") for one in record.areas),
        *(("readers", one, "") for one in record.readers),
        *(("language", row.language, "") for row in record.described.all()),
    }
    if record.year:
        values.add(("year", record.year, ""))
    spoken = {value for facet, value, _audience in values if facet == "language"}
    for document in standing_documents(record):
        # A language that only a restricted part has is that part's: whoever may not read it does not count it.
        if document.version.language not in spoken:
            audience = access_of(document)
            values.add(("language", document.version.language, "" if audience == record.work.audience else audience))
    record.labels.all().delete()
    Label.objects.bulk_create([Label(record=record, facet=f, value=v, audience=a) for f, v, a in sorted(values)])


def standing_documents(record: Record) -> list[Document]:
    """Documents with a copy that may be handed out."""
    rows = Document.objects.filter(record=record, removed_at=None).select_related("record__work", "version")
    newest: dict[object, Copy] = {}
    for copy in Copy.objects.filter(document__in=rows, file__isnull=False).defer("text").order_by("number"):
        newest[copy.document_id] = copy
    return [row for row in rows if row.pk in newest and is_safe(newest[row.pk])]


def _open(record: Record, now: datetime) -> None:
    """When what everybody may read of it has changed, so that harvesters come again; and only then."""
    opened = is_open(record)
    if not opened and record.open_since is None:
        return
    said = json.dumps(_harvested(record), ensure_ascii=False, sort_keys=True) if opened else "gone"
    digest = hashlib.sha256(said.encode()).hexdigest()
    if digest == record.open_digest:
        return
    record.open_since = record.open_since or now
    record.open_changed_at, record.open_digest = now, digest
    record.save(update_fields=["open_since", "open_changed_at", "open_digest"])


def _harvested(record: Record) -> list[list[str]]:
    of = card(record, documents(ANONYMOUS, record))
    return [*map(list, dublin_core(of)), *([part.url, part.sha256] for part in of.parts)]


def _make_findable(record: Record, now: datetime) -> None:
    """At once, not when the index is next refreshed: what was narrowed must not be found a minute longer."""
    entries = list(of_record(record))
    code = record.work.code
    known = {(row.ref, row.language): row for row in Found.objects.select_related("audience").filter(kind=FOUND).filter(
        ref__in=[code, *(f"{code}/{document.hex[:12]}" for document in record.documents.values_list("pk", flat=True))]
    )}  # fmt: skip
    gone = known.keys() - {(one.ref, one.language) for one in entries}
    if gone:
        drop_rows([known[key].pk for key in gone])
    put([one for one in entries if one != _entry(known.get((one.ref, one.language)))], now=now)


def _entry(row: Found | None) -> Entry | None:
    if row is None:
        return None
    return Entry(row.kind, row.ref, row.language, row.title, row.body, row.path, row.audience.key)
