"""One box over everything that one may see."""

from __future__ import annotations

from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rso.accounts.guards import public
from rso.accounts.rules import ANONYMOUS, Actor, decide
from rso.office.front.forms import SaveForm
from rso.office.front.presenters import address
from rso.office.front.views.kept import recent_searches, remember
from rso.search.audiences import audiences_of
from rso.search.presenters import Option, language_name, results
from rso.search.queries import COUNTED, PAGE, Facets, look
from rso.search.rules import LONGEST_QUERY, SearchPermission
from rso.search.sources import sources
from rso.ui.parts import Tab

_LONGEST_LANGUAGE: Final = 20


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


@require_safe
@public
def search(request: HttpRequest) -> HttpResponse:
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]  # nobody means more, and the rest could only cost
    kind = request.GET.get("kind", "")
    kind = kind if kind in sources() else ""
    language = request.GET.get("language", "")[:_LONGEST_LANGUAGE]
    page = _number(request.GET.get("page", ""))
    reader = get_language() or ""
    found = look(query, audiences=audiences_of(actor), kind=kind, language=language, reader=reader, page=page)
    instead = " ".join(found.instead)
    remember(request, actor, query, kind, language)
    save = SaveForm(initial={"name": query[:80], "q": query, "kind": kind, "language": language})
    page_obj: Page[Any] = Paginator(range(found.count), PAGE).get_page(page)
    page_obj.object_list = results(found.documents, instead or query)
    context = {
        "query": query,
        "page_obj": page_obj,
        "count": found.count,
        "counted": COUNTED,
        "instead": instead,
        "tabs": _tabs(query, kind, language, found.facets),
        "languages": _languages(query, kind, language, found.facets),
        "chosen": _chosen(query, kind, language),
        "recent": recent_searches(request) if actor.signed_in and not query else [],
        "changes_words": decide(actor, SearchPermission.CHANGE_WORDS).allowed,
        "save": save if actor.signed_in and query else None,
    }
    return render(request, "front/search.html", context)


def _tabs(query: str, kind: str, language: str, facets: Facets) -> list[Tab]:
    """Everything, and each kind in which something was found."""
    amounts = facets.kinds(language)
    tabs = [Tab(_("Everything"), address(query, language=language), current=not kind)]
    for one in sources().values():
        amount = amounts.get(one.kind, 0)
        if amount or one.kind == kind:
            here = address(query, one.kind, language)
            tabs.append(Tab(one.words, here, current=one.kind == kind, amount=amount))
    return tabs


def _languages(query: str, kind: str, language: str, facets: Facets) -> list[Option]:
    """Each language in which something was found, the most first, where there is a choice."""
    amounts = facets.languages(kind)
    if len(amounts) < 2:
        return []
    ordered = sorted(amounts.items(), key=lambda one: (-one[1], one[0]))
    return [Option(language_name(code), address(query, kind, code), code, amount, code == language)
            for code, amount in ordered]  # fmt: skip


def _chosen(query: str, kind: str, language: str) -> list[Option]:
    """What narrows the results, each with the address without it."""
    found = []
    if kind:
        found.append(Option(sources()[kind].words, address(query, language=language)))
    if language:
        found.append(Option(language_name(language), address(query, kind), language))
    return found
