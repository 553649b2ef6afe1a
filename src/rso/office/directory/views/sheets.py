"""Facts in spreadsheets: out as CSV or XLSX, and in, after a look at what would become of each row."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.base.errors import RsoError
from rso.office.directory import presenters, queries
from rso.office.directory.actions import importing
from rso.office.directory.actions.importing import Fate
from rso.office.directory.forms import ReasonForm, SheetForm
from rso.office.directory.rules import DirectoryPermission
from rso.office.directory.views.keeping import crumbs, kind_crumb
from rso.ui import parts
from rso.ui.sheets import download

_SALT = "rso.directory.sheet"
_VALID_SECONDS = 3600


@require_safe
@needs(DirectoryPermission.SEE_HISTORY)
def export(request: ActorRequest, kind: str, ending: str) -> HttpResponse:
    if kind not in presenters.KIND_WORDS or ending not in ("csv", "xlsx"):
        raise Http404
    rows = list(queries.facts(request.actor, kind, request.GET.get("q", "").strip()[:100]))
    name = f"{kind}-{timezone.localdate().isoformat()}"
    return download(ending, name, importing.sheet_columns(kind), importing.sheet_rows(kind, rows))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(DirectoryPermission.CHANGE)
def take_in(request: ActorRequest, kind: str) -> HttpResponse:
    """Three steps at one address: the upload, the look at each row, and the entering. What was looked at travels in the
    page, signed: nothing of a sheet is kept here until somebody says so."""
    if kind not in presenters.KIND_WORDS:
        raise Http404
    if request.method != "POST":
        return _page(request, kind, form=SheetForm())
    try:
        if "rows" in request.POST:
            return _enter(request, kind)
        form = SheetForm(request.POST, request.FILES)
        if not form.is_valid():
            return _page(request, kind, 422, form=form)
        rows = importing.rows_of(form.cleaned_data["file"], kind)
        return _looked_at(request, kind, rows, ReasonForm())
    except RsoError as error:
        form = SheetForm(request.POST, request.FILES)
        form.add_error("file", presenters.words_of(error))
        return _page(request, kind, 422, form=form)


def _page(request: ActorRequest, kind: str, status: int = 200, **more: Any) -> HttpResponse:
    title = _("Take in a sheet")
    context = {
        "kind": kind,
        "title": title,
        "columns": importing.sheet_columns(kind),
        "most": importing.MOST_ROWS,
        "crumbs": crumbs(kind_crumb(kind), parts.Crumb(title)),
        **more,
    }
    return render(request, "directory/import.html", context, status=status)


def _looked_at(
    request: ActorRequest, kind: str, rows: list[importing.Row], why: ReasonForm, status: int = 200
) -> HttpResponse:
    judged = importing.judge(request.actor, kind=kind, rows=rows)
    fates = presenters.fates(kind, judged)
    refused = sum(each.fate == Fate.REFUSED for each in judged)
    wanted = sum(each.fate in (Fate.NEW, Fate.CHANGED) for each in judged)
    signed = signing.dumps([kind, rows], salt=_SALT, compress=True)
    return _page(
        request, kind, status, fates=fates, refused=refused, wanted=wanted, signed=signed, why=why, looked_at=True
    )


def _enter(request: ActorRequest, kind: str) -> HttpResponse:
    try:
        about, rows = signing.loads(request.POST["rows"], salt=_SALT, max_age=_VALID_SECONDS)
    except signing.BadSignature:
        about, rows = "", []
    if about != kind:
        raise RsoError("import-changed", "Upload the sheet again.")
    why = ReasonForm(request.POST)
    if not why.is_valid():
        return _looked_at(request, kind, rows, why, 422)
    said = {"rows": rows, "reason": why.cleaned_data["reason"], "now": timezone.now()}
    counts = importing.take_in(request.actor, kind=kind, **said)
    words = _("Taken in: %(new)s new, %(changed)s changed, %(same)s as they were.")
    numbers = {"new": counts[Fate.NEW], "changed": counts[Fate.CHANGED], "same": counts[Fate.SAME]}
    messages.success(request, words % numbers)
    return redirect("directory:rows", kind=kind)
