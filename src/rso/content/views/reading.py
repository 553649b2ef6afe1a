"""The readers' pages: a text, its print, its history, two of its publications, and whether a print is current."""

from __future__ import annotations

from typing import Any, Final, cast
from uuid import UUID

import segno
from django.conf import settings
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rso.accounts.guards import public
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import Actor, decide
from rso.content import prints, queries
from rso.content.kinds import kinds
from rso.content.models import Work
from rso.content.presenters import reading as presenters
from rso.content.queries import Read
from rso.content.rules import ContentPermission, Difference, read
from rso.files import queries as files
from rso.files.adapters import folder
from rso.ui import parts
from rso.ui.languages import language_of

#: What a page may show or play in its place; everything else is handed out by the files themselves, as a download.
_INLINE: Final = ("image/png", "image/jpeg", "audio/")
_LOOKS: Final = ("page", "card", "poster")


def actor_in(request: HttpRequest) -> Actor:
    """Who reads; perhaps nobody."""
    return cast(ActorRequest, request).actor


def _found(request: HttpRequest, code: str, language: str = "") -> tuple[Work, Read]:
    """What is read, or 404 alike for none and for one that is not this person's to read."""
    work = get_object_or_404(Work, code=code, kind="page")
    told = queries.reading(actor_in(request), work, language or get_language() or "")
    if told is None or (language and language not in told.languages):
        raise Http404
    return work, told


def _country(request: HttpRequest) -> presenters.Country:
    return presenters.country(request.GET.get("country", "")[:20], timezone.localdate())


def _switch(told: Read, country: str) -> list[dict[str, Any]]:
    """The languages of a text, each by its own name."""
    path = kinds()[told.work.kind].path
    rest = f"?{urlencode({'country': country})}" if country else ""
    return [
        {"language": language_of(code), "href": path(told.work.code, code) + rest, "current": code == told.language}
        for code in told.languages
    ]


def _context(request: HttpRequest, told: Read) -> dict[str, Any]:
    country = _country(request)
    page = presenters.page(told, country)
    publication = told.translation or told.source
    return {
        "told": told,
        "page": page,
        "publication": publication,
        "edition": told.source.version.edition,
        "short": publication.digest[:8],
        "languages": _switch(told, country.code),
        "countries": presenters.countries(page.facts_kinds) if page.facts_kinds else [],
        "country": country.code,
        "months": settings.RSO_FACT_CONFIRM_MONTHS,
        "crumbs": [parts.Crumb(_("Texts to read"), reverse("content:pages")), parts.Crumb(page.title, data=True)],
        "may_write": decide(actor_in(request), ContentPermission.SEE).allowed,
    }


@require_safe
@public
def pages(request: HttpRequest) -> HttpResponse:
    """Published texts that the reader may read."""
    audiences = [one for one in queries.audiences("page") if queries.readable(actor_in(request), one)]
    rows = queries.published_works("page").filter(audience__in=audiences)
    found = Paginator(rows, 20).get_page(request.GET.get("page"))
    sources = queries.current_sources(found.object_list)
    shown = [(work.code, presenters.of_source(sources[work.pk])) for work in found.object_list if work.pk in sources]
    return render(request, "content/pages.html", {"page_obj": found, "rows": shown})


@require_safe
@public
def page(request: HttpRequest, code: str, language: str = "") -> HttpResponse:
    _work, told = _found(request, code, language)
    return render(request, "content/page.html", _context(request, told))


@require_safe
@public
def printed(request: HttpRequest, code: str, language: str) -> HttpResponse:
    """For paper: as a page, a pocket card (A6) or a poster (A3), with a code that tells later whether it is current."""
    _work, told = _found(request, code, language)
    look = request.GET.get("look", "")
    look = look if look in _LOOKS else "page"
    context = _context(request, told)
    address = settings.RSO_BASE_URL + _check_path(told, context["country"])
    tabs = {"page": _("Page (A4)"), "card": _("Pocket card (A6)"), "poster": _("Poster (A3)")}
    rest = {"country": context["country"]} if context["country"] else {}
    context |= {
        "look": look,
        "looks": [parts.Tab(words, "?" + urlencode({"look": one, **rest}), one == look) for one, words in tabs.items()],
        "address": address,
        "code": segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=2, dark="#000", light="#fff"),
        "sheet": f"content/print-{look}.css",
    }
    return render(request, "content/print.html", context)


def _check_path(told: Read, country: str) -> str:
    """Where a print leads: its publication, its source's, and the country and moment of the facts that it shows."""
    publication = told.translation or told.source
    asked: dict[str, str | int] = {}
    if told.translation is not None:
        asked["with"] = str(told.source.pk)
    if country:
        asked |= {"country": country, "printed": int(timezone.now().timestamp())}
    rest = f"?{urlencode(asked)}" if asked else ""
    return reverse("content:check", args=[publication.pk]) + rest


@require_safe
@public
def history(request: HttpRequest, code: str, language: str) -> HttpResponse:
    work, told = _found(request, code, language)
    rows = queries.publications(work, language)
    found = Paginator(presenters.history(rows), 30).get_page(request.GET.get("page"))
    context = _context(request, told) | {"page_obj": found}
    context["crumbs"] = [*_up(told, context), parts.Crumb(_("Publications"))]
    return render(request, "content/history.html", context)


def _up(told: Read, context: dict[str, Any]) -> list[parts.Crumb]:
    path = kinds()[told.work.kind].path(told.work.code, told.language)
    return [context["crumbs"][0], parts.Crumb(context["page"].title, path, data=True)]


@require_safe
@public
def compare(request: HttpRequest, code: str, language: str, old: UUID, new: UUID) -> HttpResponse:
    """Two publications that stand. What safety hangs on is shown of a translation only where it is current."""
    work, told = _found(request, code, language)
    standing = queries.publications(work, language).defer(None).filter(withdrawn_at=None)
    before, after = get_object_or_404(standing, pk=old), get_object_or_404(standing, pk=new)
    texts = [one.snapshot for one in (before, after)]
    if told.translation is not None:
        known = {one.block.key for one in told.readings if one.is_translated}
        grave = {block.key for block in told.source.snapshot if block.safety} - known
        texts = [[block for block in one if block.key not in grave] for one in texts]
    context = _context(request, told)
    context |= {
        "before": presenters.history([before])[0],
        "after": presenters.history([after])[0],
        "parts": presenters.compared(*texts),
        "crumbs": [*_up(told, context), parts.Crumb(_("Two publications"))],
    }
    return render(request, "content/compare.html", context)


def asked_of(request: HttpRequest, pk: UUID) -> prints.Checked | None:
    """The check that an address asks for; what else it carries than a publication may be missing or nonsense."""
    try:
        source = UUID(request.GET["with"])
    except (KeyError, ValueError):
        source = None
    country, at = request.GET.get("country", "")[:20], prints.moment(request.GET.get("printed", ""))
    return prints.check(actor_in(request), prints.Printed(pk, source, country, at))


@require_safe
@public
def check(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = asked_of(request, pk)
    if found is None:
        raise Http404
    work = found.publication.version.edition.work
    language = found.publication.version.language
    now = found.now
    offered = language if now is not None and language in now.languages else ""
    context = {
        "found": found,
        "publication": found.publication,
        "edition": found.publication.version.edition,
        "short": found.publication.digest[:8],
        "language": language_of(language),
        "title": presenters.make(
            read(found.publication.snapshot, None), language, language, presenters.Country()
        ).title,
        "path": kinds()[work.kind].path(work.code, offered) if now is not None else "",
        "nothing": Difference(0, 0),
    }
    return render(request, "content/check.html", context)


@require_safe
@public
def file(request: HttpRequest, pk: UUID) -> HttpResponse | FileResponse:
    """A picture or a recording of a text, for whoever may read the text."""
    stored = files.readable(actor_in(request), pk)
    if stored is None or not stored.media_type.startswith(_INLINE):
        raise Http404
    try:
        content = folder.read(stored.pk)
    except FileNotFoundError:
        raise Http404 from None
    answer = FileResponse(content, content_type=stored.media_type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "private, max-age=3600"
    return answer
