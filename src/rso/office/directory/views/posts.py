"""Who holds which seat of which body, on any day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from rso.accounts.guards import public
from rso.accounts.rules import ANONYMOUS, Actor
from rso.office.directory import queries
from rso.office.directory.models import Term
from rso.office.directory.presenters import person_of
from rso.ui.sheets import download

_A_PAGE = 40


def day_of(request: HttpRequest) -> date:
    """The day asked for, or today where none is asked for or it is no day."""
    try:
        return parse_date(request.GET.get("on", "")) or timezone.localdate()
    except ValueError:
        return timezone.localdate()


@require_safe
@public
def posts(request: HttpRequest) -> HttpResponse:
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    day, words = day_of(request), request.GET.get("q", "").strip()[:100]
    found = queries.held(actor, day, words)
    if request.GET.get("as") == "csv":
        return _csv(actor, found, day)
    past = queries.held(actor, day, words, past=True)
    page = Paginator(found, _A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "terms": [(term, person_of(actor, term)) for term in page],
        "past": [(term, person_of(actor, term)) for term in past[:_A_PAGE]],
        "words": words,
        "day": day,
        "is_today": day == timezone.localdate(),
        "csv_href": "?" + urlencode({"on": day.isoformat(), "q": words, "as": "csv"}),
    }
    return render(request, "directory/posts.html", context)


_COLUMNS = ("body", "post", "organisation", "person", "since", "until", "source", "version")


def _csv(actor: Actor, terms: Iterable[Term], day: date) -> HttpResponse:
    rows = [
        (term.post.body.name, term.post.name, term.organisation.name, person_of(actor, term), term.since, term.until,
         term.source, term.version)
        for term in terms
    ]  # fmt: skip
    return download("csv", f"seats-{day.isoformat()}", _COLUMNS, rows)
