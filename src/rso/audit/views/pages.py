"""The audit for those who watch over it: a list, the state of the chain, an export."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rso import sheets
from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.audit import actions, presenters, queries
from rso.audit.forms import FilterForm
from rso.audit.models import Entry
from rso.audit.rules import AuditPermission, BrokenChain

_A_PAGE = 50
#: More than this in one file is a matter for the database's own tools.
EXPORT_ROWS = 100_000


def _wanted(request: ActorRequest, given: Any) -> tuple[FilterForm, QuerySet[Entry]]:
    form = FilterForm(given)
    return form, queries.entries(request.actor, **(form.cleaned_data if form.is_valid() else {}))


@never_cache
@require_safe
@needs(AuditPermission.SEE)
def entries(request: ActorRequest) -> HttpResponse:
    form, found = _wanted(request, request.GET)
    page = Paginator(found, _A_PAGE).get_page(request.GET.get("page"))
    rows = presenters.shown(request.actor, page.object_list)
    narrowed = any(form.cleaned_data.values())
    return render(request, "audit/entries.html", {"form": form, "page": page, "rows": rows, "narrowed": narrowed})


@require_POST
@needs(AuditPermission.SEE)
def check(request: ActorRequest) -> HttpResponse:
    """Walks the whole chain, which takes time: it posts, so that no crawler or reload does it by accident."""
    context: dict[str, Any] = {}
    try:
        context["count"], digest = queries.verify_chain()
        context["digest"] = digest.hex()
    except BrokenChain as error:
        context["broken"] = error.sequence
    return render(request, "audit/checked.html", context)


@require_POST
@needs(AuditPermission.EXPORT)
def export(request: ActorRequest) -> HttpResponse:
    """The rows that the form asks for, the earliest first; that they were taken is itself a row."""
    form, found = _wanted(request, request.POST)
    if not form.is_valid():
        return redirect("audit:entries")
    rows = list(found.order_by("sequence")[:EXPORT_ROWS])
    actions.note_export(request.actor, rows=len(rows))
    answer = HttpResponse("".join(presenters.csv_lines(rows)), content_type=sheets.CSV)
    answer["Content-Disposition"] = f'attachment; filename="audit-{timezone.localdate().isoformat()}.csv"'
    return answer
