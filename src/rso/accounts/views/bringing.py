"""People and seats as a spreadsheet, out and in. Coming in, every row shows its fate before anything is done."""

from __future__ import annotations

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rso import sheets
from rso.accounts import actions, bringing, queries, rows
from rso.accounts.actions.bringing import invite_row, try_row
from rso.accounts.bringing import Fate
from rso.accounts.forms import TableForm
from rso.accounts.guards import fresh_factor, needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.presenters import words_of
from rso.accounts.rules import AccountsPermission
from rso.accounts.views.people import crumbs
from rso.base.errors import RsoError
from rso.ui.sheets import download

_SALT = "rso.accounts.bringing"
#: For how long a table that was looked at can be taken, in seconds.
_KEPT = 3600


@require_POST
@needs(AccountsPermission.SEE_PEOPLE)
@fresh_factor
def export_people(request: ActorRequest) -> HttpResponse:
    """The list as it was searched, one row a seat. That it was taken away is a row of the audit."""
    today = timezone.localdate()
    found = queries.people(request.actor, request.POST.get("q", "").strip(), day=today)
    lines = rows.people_table(found)
    actions.note_export(request.actor, permission=AccountsPermission.SEE_PEOPLE, rows=len(lines))
    return download(request.POST.get("format", "csv"), f"people-{today.isoformat()}", rows.PEOPLE_COLUMNS, lines)


@require_safe
@needs(AccountsPermission.INVITE)
def template(request: ActorRequest) -> HttpResponse:
    return download("xlsx", "invitations", bringing.COLUMNS, [])


@require_http_methods(["GET", "HEAD", "POST"])
@needs(AccountsPermission.INVITE)
@fresh_factor
def bring(request: ActorRequest) -> HttpResponse:
    title = _("Invite from a spreadsheet")
    context = {"title": title, "crumbs": crumbs(title), "form": TableForm()}
    if request.method != "POST":
        return render(request, "accounts/bring.html", context)
    if "packed" in request.POST:
        return _take(request, context)
    form = TableForm(request.POST, request.FILES)
    context["form"] = form
    if form.is_valid():
        try:
            table = sheets.read(form.cleaned_data["file"], most_rows=bringing.MOST_ROWS)
        except RsoError as error:
            form.add_error("file", words_of(error))
        else:
            for wrong in _wrong(table):
                form.add_error("file", wrong)
            if form.is_valid():
                return render(request, "accounts/bring.html", context | _looked_at(request, table))
    return render(request, "accounts/bring.html", context, status=422)


def _wrong(table: list[list[str]]) -> list[str]:
    if len(table) < 2:
        return [_("There is no row below the names of the columns.")]
    return bringing.head_errors(table[0])


def _judged(request: ActorRequest, table: list[list[str]]) -> list[Fate]:
    """Each row with what a trial of it refuses."""
    now = timezone.now()
    found = bringing.fates(table, rows.organisations_by_code(request.actor), timezone.localdate(now))
    for fate in found:
        if fate.row is not None and not fate.errors:
            error = try_row(request.actor, row=fate.row, now=now)
            if error is not None:
                fate.errors.append(words_of(error))
    return found


def _looked_at(request: ActorRequest, table: list[list[str]]) -> dict[str, object]:
    found = _judged(request, table)
    good = sum(1 for fate in found if not fate.errors)
    packed = signing.dumps({"by": request.user.pk, "table": table}, salt=_SALT, compress=True)
    return {"fates": found, "good": good, "bad": len(found) - good, "packed": packed}


def _take(request: ActorRequest, context: dict[str, object]) -> HttpResponse:
    """Invites whoever is not refused; rows are judged anew, for the world may have changed."""
    try:
        kept = signing.loads(request.POST["packed"], salt=_SALT, max_age=_KEPT)
    except signing.BadSignature:
        kept = {}
    if kept.get("by") != request.user.pk:
        messages.error(request, _("This table was looked at too long ago: choose the file again."))
        return render(request, "accounts/bring.html", context, status=422)
    now = timezone.now()
    found = bringing.fates(kept["table"], rows.organisations_by_code(request.actor), timezone.localdate(now))
    for fate in found:
        if fate.row is None or fate.errors:
            continue
        try:
            invite_row(request.actor, row=fate.row, now=now)
            fate.done = True
        except RsoError as error:
            fate.errors.append(words_of(error))
    done = sum(1 for fate in found if fate.done)
    messages.success(request, _("%(count)d invitations are on their way.") % {"count": done})
    return render(request, "accounts/bring.html", context | {"fates": found, "good": 0, "bad": len(found) - done})
