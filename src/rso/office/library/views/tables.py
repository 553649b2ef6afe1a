"""Tables in and out, and how often what was taken."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from rso.accounts.guards import needs, public
from rso.accounts.middleware import ActorRequest
from rso.base.errors import RsoError
from rso.office.library import presenters, queries, tables
from rso.office.library.actions import importing
from rso.office.library.forms import ImportForm
from rso.office.library.rules import LibraryPermission
from rso.office.library.views.keeping import crumbs
from rso.office.library.views.public import LONGEST, actor_of, chosen_of
from rso.ui.sheets import download, named

#: Rows of one export.
MOST: Final = 10_000


@require_safe
@public
def export(request: HttpRequest, form: str) -> HttpResponse:
    """The list as it is narrowed, with what its reader may read."""
    if form not in tables.FORMS:
        raise Http404
    actor, words = actor_of(request), request.GET.get("q", "").strip()[:LONGEST]
    within = queries.codes(actor, words) if words else None
    found = queries.ordered(queries.records(actor, within=within, chosen=chosen_of(request.GET)), "title")
    rows = queries.with_words(actor, found).select_related("work__owner", "supersedes__work")[:MOST]
    name = f"library-{timezone.localdate().isoformat()}.{form}"
    return named(tables.written(rows, form), tables.FORMS[form], name)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(LibraryPermission.CHANGE)
def bring(request: ActorRequest) -> HttpResponse:
    """A table is handed in and judged."""
    form = ImportForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                rows = tables.read(upload.file)
                table = importing.keep(request.actor, name=upload.name[:160], rows=rows, now=timezone.now())
                return redirect("library:judged", pk=table.pk)
            except RsoError as error:
                form.add_error("file", presenters.words_of(error))
    context = {
        "form": form,
        "tables": queries.imports(request.actor)[:10],
        "columns": tables.COLUMNS,
        "crumbs": crumbs(None, _("Bring in a table")),
    }
    return render(request, "library/bring.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(LibraryPermission.CHANGE)
def judged(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What a table would do; posting does it."""
    table = queries.imports(request.actor).filter(pk=pk).first()
    if table is None:
        raise Http404
    if request.method == "POST":
        try:
            added, changed = importing.write(
                request.actor, table=table, show="show" in request.POST, now=timezone.now()
            )
        except RsoError as error:
            messages.error(request, presenters.words_of(error))
            return redirect("library:judged", pk=pk)
        told = ngettext("%(n)s record added", "%(n)s records added", added) % {"n": added}
        also = ngettext("%(n)s changed", "%(n)s changed", changed) % {"n": changed}
        messages.success(request, f"{told}; {also}.")
        return redirect("library:keep")
    rows = table.rows
    context = {
        "table": table,
        "page_obj": Paginator(sorted(rows, key=lambda row: (not row["faults"], row["number"])), 50).get_page(
            request.GET.get("page")
        ),
        "stats": presenters.judged(rows),
        "faulty": sum(bool(row["faults"]) for row in rows),
        "does": sum(row["is_new"] or bool(row["changes"]) for row in rows),
        "faults": presenters.FAULTS,
        "crumbs": crumbs(None, _("Bring in a table")),
    }
    return render(request, "library/judged.html", context)


@require_safe
@needs(LibraryPermission.SEE_COUNTS)
def counts(request: ActorRequest) -> HttpResponse:
    """How often what was taken in the last days. Small numbers are not shown: they could be one person."""
    days = 30 if request.GET.get("days") == "30" else 365
    rows = queries.taken(request.actor, since=timezone.now() - timedelta(days=days))
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": [(one, presenters.said_few(getattr(one, "times", 0))) for one in page],
        "days": days,
        "fewest": settings.RSO_LIBRARY_FEWEST,
        "crumbs": crumbs(None, _("What is taken")),
    }
    return render(request, "library/counts.html", context)


@require_safe
@needs(LibraryPermission.SEE_COUNTS)
def counts_table(request: ActorRequest) -> HttpResponse:
    """The counts of a year by document as CSV, small numbers suppressed as on the page."""
    rows = []
    for one in queries.taken(request.actor, since=timezone.now() - timedelta(days=365))[:MOST]:
        times = getattr(one, "times", 0)
        shown = str(times) if times >= settings.RSO_LIBRARY_FEWEST else f"<{settings.RSO_LIBRARY_FEWEST}"
        work = one.record.work
        rows.append((work.code, work.title, one.version.language, one.role, shown))
    return download("csv", "library-taken", ("address", "title", "language", "part", "taken"), rows)
