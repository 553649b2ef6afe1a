"""The library for its readers: the list, a record, its files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rso.accounts.guards import public
from rso.accounts.rules import ANONYMOUS, Actor, decide
from rso.files.adapters import folder
from rso.files.views.downloads import attachment
from rso.office.library import citing, metadata, presenters, queries
from rso.office.library.actions.counting import count
from rso.office.library.models import Document, Record
from rso.office.library.rules import LICENCES, LibraryPermission
from rso.office.library.zips import Packed, streamed
from rso.ui import parts
from rso.ui.languages import language_of

A_PAGE: Final = 20
LONGEST: Final = 200


def actor_of(request: HttpRequest) -> Actor:
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return actor


def chosen_of(given: Mapping[str, str]) -> dict[str, str]:
    """The values that a query chose, of facets that there are."""
    return {facet: value for facet in queries.FACETS if (value := str(given.get(facet, ""))[:200])}


def reader_of(request: HttpRequest) -> str:
    return request.GET.get("language") or (get_language() or "en").split("-")[0]


@require_safe
@public
def home(request: HttpRequest) -> HttpResponse:
    actor, chosen = actor_of(request), chosen_of(request.GET)
    words = request.GET.get("q", "").strip()[:LONGEST]
    order = request.GET.get("order", "")
    best = queries.codes(actor, words) if words else None
    found = queries.records(actor, within=best, chosen=chosen)
    if best is not None and order not in ("newest", "title"):
        page: Page[Any] = Paginator(queries.page_of_best(found, best), A_PAGE).get_page(request.GET.get("page"))
        known = queries.with_words(actor, Record.objects.all()).in_bulk(list(page.object_list))
        records = [known[pk] for pk in page.object_list]
    else:
        page = Paginator(queries.with_words(actor, queries.ordered(found, order)), A_PAGE).get_page(
            request.GET.get("page")
        )
        records = list(page.object_list)
    reader = (get_language() or "en").split("-")[0]
    asked = {name: value for name in ("q", "order", *queries.FACETS) if (value := request.GET.get(name, ""))}
    context = {
        "page_obj": page,
        "rows": [presenters.row(one, reader) for one in records],
        "facets": presenters.facets(queries.facets(actor, found), asked, chosen),
        "orders": _orders(asked, words),
        "words": words,
        "is_narrowed": bool(chosen or words),
        "chosen": chosen,
        "query": request.GET.urlencode(),
        "may_keep": queries.keeps(actor),
        "may_decide": decide(actor, LibraryPermission.OPEN).allowed,
    }
    return render(request, "library/home.html", context)


def _orders(asked: dict[str, str], words: str) -> list[parts.Tab]:
    """The orders to choose from; the best first only where there are words that something can fit."""
    from django.utils.http import urlencode

    now = asked.get("order", "") or ("best" if words else "newest")
    known = [("best", _("Best first"))] if words else []
    known += [("newest", _("Newest first")), ("title", _("By title"))]
    return [parts.Tab(label, "?" + urlencode({**asked, "order": code}), code == now) for code, label in known]


def find(request: HttpRequest, code: str) -> Record:
    """The record, or 404 alike for none and for one that is not this person's to read."""
    found = queries.record(actor_of(request), code)
    if found is None:
        raise Http404
    return found


@require_safe
@public
def record(request: HttpRequest, code: str) -> HttpResponse:
    actor, found = actor_of(request), find(request, code)
    reader = reader_of(request)
    said, language = presenters.words_in(found, reader)
    may_keep = queries.keeps(actor)
    is_gone = found.withdrawn_at is not None and not may_keep
    documents = [] if is_gone else queries.documents(actor, found)
    keys = [found.work.audience, *(queries.access_of(one) for one in documents)]
    names = presenters.names_of(keys)
    older, newer = queries.linked(actor, found)
    row = presenters.row(found, reader)
    is_harvested = queries.is_open(found)
    open_card = metadata.card(found, queries.documents(ANONYMOUS, found), language=reader) if is_harvested else None
    context = {
        "record": found,
        "row": row,
        "said": said,
        "title": said.title if said else found.work.title,
        "language": language,
        "is_translation": said is not None and not said.is_source,
        "other_languages": [language_of(one.language) for one in found.described.all() if one != said],
        "shelves": presenters.shelves(documents, names, first=reader),
        "facts": _facts(found, names),
        "licence_url": LICENCES.get(found.licence, ""),
        "newer": [presenters.row(one, reader) for one in newer],
        "older": [presenters.row(one, reader) for one in older],
        "related": [] if is_gone else [presenters.row(one, reader) for one in queries.related(actor, found)],
        "citation": citing.apa(metadata.card(found, (), language=reader), timezone.localdate()),
        "cite_forms": [("bib", "BibTeX"), ("ris", "RIS"), ("json", "CSL-JSON"), ("txt", "TXT")],
        "structured": presenters.data_block(metadata.json_ld(open_card)) if open_card else "",
        "has_many": len(documents) > 1,
        "may_keep": may_keep,
        "is_harvested": is_harvested,
        "crumbs": [parts.Crumb(_("Library"), "/library/"), parts.Crumb(row.title, data=True)],
    }
    return render(request, "library/record.html", context, status=410 if is_gone else 200)


def _facts(found: Record, names: Mapping[str, str]) -> list[parts.Fact]:
    """What the catalogue says, without what is not stated."""
    row = presenters.row(found, "")
    licence = found.licence
    told = [
        parts.Fact(_("Kind"), row.kind, words=True),
        parts.Fact(_("Published"), found.published or _("not stated"), words=not found.published),
        parts.Fact(_("Owner"), row.owner),
        parts.Fact(_("With"), found.partners),
        parts.Fact(_("Themes"), ", ".join(map(str, row.themes)), words=True),
        parts.Fact(_("Written for"), ", ".join(presenters.readers(found)), words=True),
        parts.Fact(_("Areas of the Adelaide Strategy"), ", ".join(presenters.areas(found)), words=True),
        parts.Fact(_("Licence"), licence),
        parts.Fact(_("Rights"), found.rights),
        parts.Fact(_("DOI"), found.doi),
        parts.Fact(_("ISBN"), found.isbn),
        parts.Fact(_("Who may read it"), presenters.access_words(found.work.audience, names), words=True),
        parts.Fact(_("Stated by"), found.stated_by),
    ]
    return [one for one in told if one.value]


def _document(request: HttpRequest, code: str, pk: UUID) -> Document:
    """A document that this person may fetch now, or 404."""
    found = find(request, code)
    if found.withdrawn_at is not None and not queries.keeps(actor_of(request)):
        raise Http404
    document = next((one for one in queries.documents(actor_of(request), found) if one.pk == pk), None)
    if document is None:
        raise Http404
    return document


@require_safe
@never_cache
@public
def fetch(request: HttpRequest, code: str, pk: UUID) -> FileResponse:
    """A file, always as an attachment. That it was fetched is counted, not by whom."""
    document = _document(request, code, pk)
    copy = queries.newest_copy(document)
    if copy is None or copy.file is None or not queries.is_safe(copy):
        raise Http404
    response = attachment(copy.file)
    if request.method == "GET":
        count([document], on=timezone.localdate())
    return response


@require_safe
@public
def preview(request: HttpRequest, code: str, pk: UUID) -> FileResponse:
    """The picture of a first page. We have drawn it ourselves."""
    copy = queries.newest_copy(_document(request, code, pk))
    if copy is None or copy.preview is None:
        raise Http404
    try:
        content = folder.read(copy.preview.pk)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(content, content_type="image/png")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, max-age=600"
    return response


@require_safe
@never_cache
@public
def everything(request: HttpRequest, code: str) -> HttpResponse | StreamingHttpResponse:
    """All files of a record that this person may fetch, in one zip with a list of them."""
    found = find(request, code)
    if found.withdrawn_at is not None:
        raise Http404
    documents = [one for one in queries.documents(actor_of(request), found) if _is_whole(one)]
    if not documents:
        raise Http404
    files, size = packed(documents)
    if size > settings.RSO_LIBRARY_ZIP_LIMIT:
        limit = settings.RSO_LIBRARY_ZIP_LIMIT // 2**20
        return render(request, "library/too_large.html", {"record": found, "limit_mb": limit}, status=413)
    of = metadata.card(found, documents)
    manifest = presenters.manifest(of, {part.url: file.name for part, file in zip(of.parts, files, strict=True)})
    response = StreamingHttpResponse(streamed(files, manifest), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{found.work.code}.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    if request.method == "GET":
        count(documents, on=timezone.localdate())
    return response


def _is_whole(document: Document) -> bool:
    copy = queries.newest_copy(document)
    return copy is not None and copy.file is not None and queries.is_safe(copy)


def packed(documents: list[Document]) -> tuple[list[Packed], int]:
    """The files with names of their own, by language, and their size in bytes all together."""
    taken: set[str] = set()
    found, size = [], 0
    for document in documents:
        copy = queries.newest_copy(document)
        if copy is None or copy.file is None:
            continue
        name, number = f"{document.version.language}/{copy.file.name}", 1
        while name.casefold() in taken:
            number += 1
            name = f"{document.version.language}/{number}-{copy.file.name}"
        taken.add(name.casefold())
        found.append(Packed(copy.file.pk, name))
        size += copy.file.size
    return found, size
