"""What can be found is put in, and taken out, by the app that owns it, in its own transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from rso.search.adapters.engine import engine
from rso.search.entries import Entry
from rso.search.models import Audience, Document, Vocable
from rso.search.ports import Terms
from rso.search.sources import Source, sources
from rso.search.terms import terms_of, vocabulary


@transaction.atomic
def put(entries: Sequence[Entry], *, now: datetime) -> list[Document]:
    """Makes texts findable, in place of what was known under their kind, ref and language."""
    audiences = {key: Audience.objects.get_or_create(key=key)[0] for key in {one.audience for one in entries}}
    rows = [
        Document.objects.update_or_create(
            kind=one.kind,
            ref=one.ref,
            language=one.language,
            defaults={
                "title": one.title,
                "body": one.body,
                "path": one.path,
                "audience": audiences[one.audience],
                "changed_at": now,
            },
        )[0]
        for one in entries
    ]
    _keep(rows)
    return rows


@transaction.atomic
def put_new(entries: Sequence[Entry], *, now: datetime) -> int:
    """Makes many texts findable, none of which was known before (else ``IntegrityError``); returns how many."""
    audiences = {key: Audience.objects.get_or_create(key=key)[0] for key in {one.audience for one in entries}}
    rows = [
        Document(
            kind=one.kind, ref=one.ref, language=one.language, title=one.title, body=one.body, path=one.path,
            audience=audiences[one.audience], changed_at=now,
        )
        for one in entries
    ]  # fmt: skip
    Document.objects.bulk_create(rows, batch_size=500)
    _keep(rows)
    return len(rows)


def _keep(rows: Sequence[Document]) -> None:
    """The terms of texts, and the words that are new."""
    engine().keep([_terms(row) for row in rows])
    known = {(row.audience_id, word) for row in rows for word in vocabulary(f"{row.title} {row.body}")}
    found = [Vocable(audience_id=at, word=word, head=word[0], inner=word[1:3]) for at, word in sorted(known)]
    Vocable.objects.bulk_create(found, batch_size=500, ignore_conflicts=True)


def _terms(row: Document) -> Terms:
    letter = row.audience.letter
    return Terms(row.pk, *([letter + term for term in terms_of(text)] for text in (row.title, row.body)))


@transaction.atomic
def drop(kind: str, refs: Iterable[str]) -> int:
    """Takes texts out, in all their languages; returns how many there were."""
    rows = Document.objects.filter(kind=kind, ref__in=list(refs))
    pks = list(rows.values_list("pk", flat=True))
    engine().drop(pks)
    rows.delete()
    return len(pks)


@transaction.atomic
def rebuild(*, batch: int = 500) -> int:
    """Makes terms and vocabulary of everything anew, after the rules changed; returns how many texts there are."""
    done = 0
    Vocable.objects.all().delete()
    pks = list(Document.objects.values_list("pk", flat=True))
    for start in range(0, len(pks), batch):
        rows = Document.objects.select_related("audience").filter(pk__in=pks[start : start + batch])
        _keep(list(rows))
        done += len(rows)
    return done


def refresh(*, now: datetime, kinds: Iterable[str] | None = None) -> int:
    """Brings the index to what the sources show, a transaction for each kind; returns how many texts changed."""
    with override(settings.LANGUAGE_CODE):  # an entry names its language: words in it must not be the caller's
        return sum(_refresh(source.kind, source.entries(), now) for source in _chosen(kinds))


def _chosen(kinds: Iterable[str] | None) -> list[Source]:
    known = sources()
    return list(known.values()) if kinds is None else [known[kind] for kind in kinds]


@transaction.atomic
def _refresh(kind: str, entries: Iterable[Entry], now: datetime) -> int:
    shown = {(one.ref, one.language): one for one in entries}
    known = {(row.ref, row.language): row for row in Document.objects.select_related("audience").filter(kind=kind)}
    changed = [entry for key, entry in shown.items() if key not in known or entry != _entry(known[key])]
    gone = [row for key, row in known.items() if key not in shown]
    if changed:
        put(changed, now=now)
    if gone:
        engine().drop([row.pk for row in gone])
        Document.objects.filter(pk__in=[row.pk for row in gone]).delete()
    return len(changed) + len(gone)


def _entry(row: Document) -> Entry:
    return Entry(row.kind, row.ref, row.language, row.title, row.body, row.path, row.audience.key)
