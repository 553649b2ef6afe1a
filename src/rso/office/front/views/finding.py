"""One box over everything that a visitor may see."""

from __future__ import annotations

from typing import Any, Final, cast

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rso.accounts.guards import public
from rso.search.presenters import Result, results
from rso.search.queries import COUNTED, PAGE, find, kinds
from rso.search.sources import sources
from rso.ui.parts import Tab

LONGEST: Final = 200
"""Characters of a query that are read; nobody means more, and the rest could only cost."""


class _Pages:
    """Results as a paginator slices them: each page is asked for when it is shown."""

    def __init__(self, query: str, kind: str, amount: int) -> None:
        self.query, self.kind, self.amount = query, kind, amount
        self.instead = ""

    def count(self) -> int:
        return self.amount

    def __getitem__(self, wanted: slice) -> list[Result]:
        offset = wanted.start or 0
        found = find(self.query, kind=self.kind, limit=wanted.stop - offset, offset=offset)
        self.instead = " ".join(found.instead)
        return results(found.documents, self.instead or self.query)


@require_safe
@public
def search(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:LONGEST]
    amounts = kinds(query)
    kind = request.GET.get("kind", "")
    kind = kind if kind in sources() else ""
    count = min(amounts.get(kind, 0) if kind else sum(amounts.values()), COUNTED)
    pages = _Pages(query, kind, count)
    page: Page[Result] = Paginator(cast(Any, pages), PAGE).get_page(request.GET.get("page"))
    context = {
        "query": query,
        "kind": kind,
        "page_obj": page,
        "count": count,
        "counted": COUNTED,
        "instead": pages.instead,
        "tabs": _tabs(query, kind, amounts),
    }
    return render(request, "front/search.html", context)


def _tabs(query: str, kind: str, amounts: dict[str, int]) -> list[Tab]:
    """Everything, and each kind in which something was found."""
    tabs = [Tab(_("Everything"), _address(query, ""), current=not kind)]
    for one in sources().values():
        amount = amounts.get(one.kind, 0)
        if amount or one.kind == kind:
            tabs.append(Tab(one.words, _address(query, one.kind), current=one.kind == kind, amount=amount))
    return tabs


def _address(query: str, kind: str) -> str:
    asked: dict[str, Any] = {"q": query} | ({"kind": kind} if kind else {})
    return "?" + urlencode(asked)
