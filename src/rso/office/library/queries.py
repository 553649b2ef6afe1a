"""Reading the library. Whoever may not read a record or a part of it does not find, count or fetch it here either."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db.models import Count, F, Max, Prefetch, Q, QuerySet, Sum

from rso.accounts.rules import ANONYMOUS, Actor, decide, require
from rso.files.models import StoredFile
from rso.office.library.models import Copy, Described, Document, Import, Label, Record, Taken, Widening
from rso.office.library.rules import FOUND, LibraryPermission, Reading
from rso.search.audiences import audiences_of
from rso.search.entries import PUBLIC
from rso.search.models import Audience
from rso.search.queries import COUNTED, refs

_KEPT_SECONDS: Final = 3600
#: What a list may be narrowed by, in the order in which a page shows it.
FACETS: Final = ("kind", "theme", "language", "readers", "year", "owner", "area", "access")


def keeps(actor: Actor) -> bool:
    """Does the actor keep the library, and so read all of it?"""
    return decide(actor, LibraryPermission.CHANGE).allowed


def _of(actor: Actor, field: str) -> Q:
    """Rows whose ``field`` is an audience of the actor's."""
    return Q() if keeps(actor) else Q(**{f"{field}__in": audiences_of(actor)})


# ---- records


def visible(actor: Actor) -> QuerySet[Record]:
    """The records of which the actor may read."""
    return Record.objects.filter(_of(actor, "work__audience"), is_shown=True, withdrawn_at=None)


def _labels(actor: Actor) -> QuerySet[Label]:
    mine = _of(actor, "audience")
    return Label.objects.filter(mine | Q(audience="") if mine else Q())


def records(
    actor: Actor, *, within: Sequence[str] | None = None, chosen: Mapping[str, str] | None = None
) -> QuerySet[Record]:
    """Records of which the actor may read, with every chosen value; ``within`` are the addresses that words found."""
    found = visible(actor)
    for facet, value in (chosen or {}).items():
        found = found.filter(pk__in=_labels(actor).filter(facet=facet, value=value).values("record"))
    return found if within is None else found.filter(work__code__in=within)


def page_of_best(found: QuerySet[Record], best: Sequence[str]) -> list[int]:
    """The keys of ``found`` in the order of ``best``."""
    known = dict(found.order_by().values_list("work__code", "pk"))
    return [known[code] for code in best if code in known]


def codes(actor: Actor, words: str) -> list[str]:
    """Addresses of the records whose texts or files have the words, best first."""
    audiences: Collection[str] = audiences_of(actor)
    if keeps(actor):
        audiences = Audience.objects.values_list("key", flat=True)
    found = refs(words, audiences=audiences, kind=FOUND, limit=COUNTED)
    return list(dict.fromkeys(ref.partition("/")[0] for ref in found))


def ordered(found: QuerySet[Record], order: str) -> QuerySet[Record]:
    """The newest first, or by title."""
    if order == "title":
        return found.order_by("work__title", "pk")
    return found.order_by("-published", "work__title", "pk")


def with_words(actor: Actor, found: QuerySet[Record]) -> QuerySet[Record]:
    """With what a list shows: titles, owner, and the languages that the actor may read (``spoken``)."""
    languages = Prefetch("labels", _labels(actor).filter(facet="language"), to_attr="spoken")
    return found.select_related("work__owner").prefetch_related("described", languages)


def facets(actor: Actor, found: QuerySet[Record]) -> dict[str, list[tuple[str, int]]]:
    """How many of ``found`` have each value, the most frequent first.

    Counting 10,000 records takes most of the time of the page, and the same is asked again and again: counts are kept
    under the query itself (in which the reader's audiences stand) and the newest label, which every change of a record
    makes anew. So none outlives what it counts.
    """
    stamp = Label.objects.aggregate(newest=Max("pk"))["newest"]
    rows = _labels(actor).filter(record__in=found.order_by().values("pk")).order_by()
    asked = rows.values_list("facet", "value").annotate(times=Count("record", distinct=True))
    try:
        sql, given = asked.query.sql_with_params()
    except EmptyResultSet:  # words that nothing has: there is nothing to count, and no query for it
        return {facet: [] for facet in FACETS}
    key = "library.facets:" + hashlib.sha256(f"{stamp} {sql} {given}".encode()).hexdigest()
    counted: list[tuple[str, str, int]] | None = cache.get(key)
    if counted is None:
        counted = list(asked)
        cache.set(key, counted, _KEPT_SECONDS)
    told: dict[str, list[tuple[str, int]]] = {facet: [] for facet in FACETS}
    for facet, value, times in counted:
        told[facet].append((value, times))
    for facet, values in told.items():
        values.sort(key=lambda one: (one[0] if facet == "year" else "", one[1]), reverse=True)
    return told


def record(actor: Actor, code: str) -> Record | None:
    """A record that the actor may read, withdrawn or not, or (for those who keep the library) not yet shown."""
    found = Record.objects.select_related("work__owner", "supersedes__work").filter(work__code=code).first()
    if found is None or keeps(actor):
        return found
    return found if found.is_shown and found.work.audience in audiences_of(actor) else None


def described(found: Record, language: str = "") -> Described | None:
    """The words of a record in ``language``, else in its own; works on what ``with_words`` has fetched."""
    rows = list(found.described.all())
    return next((row for row in rows if row.language == language), rows[0] if rows else None)


def linked(actor: Actor, found: Record) -> tuple[list[Record], list[Record]]:
    """What it replaces and what replaces it, as far as the actor may read of them."""
    seen = with_words(actor, visible(actor))
    older = list(seen.filter(pk=found.supersedes_id)) if found.supersedes_id else []
    return older, list(seen.filter(supersedes=found))


def related(actor: Actor, found: Record, *, most: int = 4) -> list[Record]:
    """Others with most of its themes, areas and readers in common."""
    alike = Q(pk__in=[])
    for facet, values in (("theme", found.themes), ("area", found.areas), ("readers", found.readers)):
        if values:
            alike |= Q(facet=facet, value__in=values)
    rows = Label.objects.filter(alike, record__in=visible(actor).exclude(pk=found.pk).values("pk"))
    best = rows.values("record").annotate(times=Count("pk")).order_by("-times", "-record")[:most]
    pks = [row["record"] for row in best]
    known = with_words(actor, Record.objects.all()).in_bulk(pks)
    return [known[pk] for pk in pks]


# ---- documents


def access_of(document: Document) -> str:
    """Who may read a document: its own audience, or the record's."""
    return document.access or document.record.work.audience


def documents(actor: Actor, found: Record) -> list[Document]:
    """The documents that stand and that the actor may read, each with its newest copy as ``copy``."""
    copies = Copy.objects.select_related("file", "preview").defer("text").order_by("-number")
    rows = Document.objects.filter(record=found, removed_at=None).select_related("record__work", "version__edition")
    mine = keeps(actor)
    keys = audiences_of(actor)
    told: list[Document] = []
    for row in rows.prefetch_related(Prefetch("copies", copies, to_attr="kept")):
        copy = newest_copy(row)
        if copy is None or not (mine or ({found.work.audience, access_of(row)} <= keys and is_safe(copy))):
            continue
        told.append(row)
    return told


def newest_copy(document: Document) -> Copy | None:
    """The copy that stands; works on what :func:`documents` has fetched."""
    kept: list[Copy] | None = getattr(document, "kept", None)
    if kept is None:
        kept = list(document.copies.select_related("file", "preview").defer("text").order_by("-number")[:1])
    return kept[0] if kept and kept[0].file is not None else None


def is_safe(copy: Copy) -> bool:
    return copy.reading != Reading.UNSAFE


def may_read_file(actor: Actor, file: StoredFile) -> bool:
    """May the actor fetch these bytes? Earlier copies, and what was removed, are for those who keep the library."""
    copy = Copy.objects.filter(Q(file=file) | Q(preview=file)).select_related("document__record__work").first()
    if copy is None:
        return False
    if keeps(actor):
        return is_safe(copy)
    document = copy.document
    latest = newest_copy(document)
    stands = document.removed_at is None and document.record.is_shown and document.record.withdrawn_at is None
    keys = audiences_of(actor)
    allowed = {document.record.work.audience, access_of(document)} <= keys
    return stands and allowed and latest is not None and latest.pk == copy.pk and is_safe(copy)


def is_hidden(code: str) -> bool:
    """Is a record withdrawn, or not shown yet? Its words are published all the same, in the editorial core."""
    return not Record.objects.filter(work__code=code, is_shown=True, withdrawn_at=None).exists()


# ---- what everybody may harvest


def harvested() -> QuerySet[Record]:
    """Records that everybody may read, or once might: with these others are told that they are gone."""
    return Record.objects.exclude(open_since=None).select_related("work__owner").order_by("open_changed_at", "pk")


def is_open(found: Record) -> bool:
    """May everybody read of it now?"""
    return found.is_shown and found.withdrawn_at is None and found.work.audience == PUBLIC


def newest_open(*, most: int = 50) -> list[Record]:
    """What became open last, for feeds."""
    return list(with_words(ANONYMOUS, visible(ANONYMOUS)).order_by("-open_since", "-pk")[:most])


# ---- for those who keep it


def kept(actor: Actor, *, words: str = "", state: str = "") -> QuerySet[Record]:
    """All records for those who keep them, the last changed first."""
    require(actor, LibraryPermission.CHANGE)
    found = Record.objects.select_related("work__owner").prefetch_related("described")
    found = found.annotate(files=Count("documents", filter=Q(documents__removed_at=None)))
    states = {
        "draft": Q(is_shown=False),
        "shown": Q(is_shown=True, withdrawn_at=None),
        "withdrawn": ~Q(withdrawn_at=None),
    }
    found = found.filter(states.get(state, Q()))
    for word in words.split():
        found = found.filter(Q(work__title__icontains=word) | Q(work__code__icontains=word))
    return found.order_by("-changed_at", "pk")


def wishes(actor: Actor) -> QuerySet[Widening]:
    """Widenings that wait for somebody."""
    require(actor, LibraryPermission.OPEN)
    rows = Widening.objects.filter(outcome="").select_related("record__work", "document", "asked_by")
    return rows.order_by("asked_at", "pk")


def imports(actor: Actor) -> QuerySet[Import]:
    """Tables that the actor has handed in."""
    require(actor, LibraryPermission.CHANGE)
    return Import.objects.filter(by_id=actor.user_id)


def taken(actor: Actor, *, since: datetime | None = None) -> QuerySet[Document]:
    """Documents with how often they were taken since a moment (``times``), the most taken first."""
    require(actor, LibraryPermission.SEE_COUNTS)
    within = Q(taken__day__gte=since.date()) if since else Q()
    rows = Document.objects.select_related("record__work", "version").annotate(times=Sum("taken__times", filter=within))
    return rows.filter(times__gt=0).order_by("-times", "pk")


def taken_by_day(actor: Actor) -> QuerySet[Taken]:
    """Each day's counts, the newest first."""
    require(actor, LibraryPermission.SEE_COUNTS)
    return Taken.objects.select_related("document__record__work", "document__version").annotate(
        code=F("document__record__work__code")
    )


def texts_by_record() -> dict[int, list[dict[str, Any]]]:
    """What was read of the newest copies of standing documents, by record."""
    return _texts(Copy.objects.all())


def texts_of(found: Record) -> list[dict[str, Any]]:
    """The same of one record."""
    return _texts(Copy.objects.filter(document__record=found)).get(found.pk, [])


def _texts(rows: QuerySet[Copy]) -> dict[int, list[dict[str, Any]]]:
    newest: dict[Any, dict[str, Any]] = {}
    standing = rows.filter(document__removed_at=None, file__isnull=False).order_by("number")
    names = ("document", "document__record", "document__access", "document__version__language", "reading", "text")
    for row in standing.values(*names):
        newest[row["document"]] = row
    told: dict[int, list[dict[str, Any]]] = {}
    for row in newest.values():
        told.setdefault(row["document__record"], []).append(row)
    return told
