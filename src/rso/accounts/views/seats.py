"""Seats: who holds which on a day, and an administrator's pages by which they are given and ended."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rso.accounts import actions, queries, rows
from rso.accounts.forms import SeatForm, SeatsForm
from rso.accounts.guards import fresh_factor, needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.models import Seat
from rso.accounts.presenters import words_of
from rso.accounts.rules import AccountsPermission, Role, decide
from rso.accounts.views.people import crumbs
from rso.base.errors import RsoError
from rso.ui.parts import Crumb
from rso.ui.sheets import download

_A_PAGE = 50


def _asked(request: ActorRequest) -> tuple[SeatsForm, date, QuerySet[Seat]]:
    """The filter as it was filled in, the day it means, and the seats. What is not valid narrows nothing."""
    form = SeatsForm(request.GET)
    form.is_valid()
    said = form.cleaned_data
    day = said.get("on") or timezone.localdate()
    organisation = said.get("organisation")
    found = queries.seats(
        request.actor, day, role=said.get("role") or "", organisation=organisation.code if organisation else "",
        words=said.get("q") or "",
    )  # fmt: skip
    return form, day, found


@require_safe
@needs(AccountsPermission.SEE_SEATS)
def on_a_day(request: ActorRequest) -> HttpResponse:
    form, day, found = _asked(request)
    page = Paginator(found, _A_PAGE).get_page(request.GET.get("page"))
    here: list[Crumb] = [Crumb(_("Seats on a day"))]
    if decide(request.actor, AccountsPermission.SEE_PEOPLE).allowed:
        here = crumbs(_("Seats on a day"))
    context = {
        "form": form,
        "day": day,
        "today": timezone.localdate(),
        "page": page,
        "rows": rows.seats_by_reader(request.actor, page.object_list, timezone.localdate()),
        "query": request.GET.urlencode(),
        "may_see_people": decide(request.actor, AccountsPermission.SEE_PEOPLE).allowed,
        "crumbs": here,
    }
    return render(request, "accounts/seats.html", context)


@require_POST
@needs(AccountsPermission.SEE_SEATS)
def export(request: ActorRequest) -> HttpResponse:
    """The same rows as a spreadsheet, with the names that the reader sees on the page. That it was taken is audited."""
    _form, day, found = _asked(request)
    lines = rows.seat_table(request.actor, found)
    actions.note_export(request.actor, permission=AccountsPermission.SEE_SEATS, rows=len(lines))
    return download(request.POST.get("format", "csv"), f"seats-{day.isoformat()}", rows.SEAT_COLUMNS, lines)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(AccountsPermission.CHANGE_SEATS)
@fresh_factor
def give_seat(request: ActorRequest) -> HttpResponse:
    today = timezone.localdate()
    asked = {name: request.GET.get(name, "") for name in ("user", "organisation", "agency", "role")}
    form = SeatForm(request.POST or None, initial={"starts_on": today, **asked}, actor=request.actor, day=today)
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
        try:
            actions.give_seat(request.actor, **fields)
        except RsoError as error:
            form.add_error("organisation" if error.code == "role-not-at-this-kind" else None, words_of(error))
        else:
            messages.success(request, _("The seat is given."))
            return redirect("accounts:person", opaque=fields["user"].opaque)
    title = _("Give a seat")
    context = {"form": form, "title": title, "crumbs": crumbs(title)}
    return render(request, "accounts/form.html", context, status=422 if form.errors else 200)


def _find(request: ActorRequest, pk: int) -> Seat:
    """A seat at an organisation that the reader keeps; any other is not found."""
    return get_object_or_404(queries.kept_seats(request.actor), pk=pk)


@require_POST
@needs(AccountsPermission.CHANGE_SEATS)
@fresh_factor
def end_seat(request: ActorRequest, pk: int) -> HttpResponse:
    seat = _find(request, pk)
    try:
        actions.end_seat(request.actor, seat=seat, on=timezone.localdate())
    except RsoError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("The seat ends today."))
    return redirect("accounts:person", opaque=seat.user.opaque)


@require_POST
@needs(AccountsPermission.CHANGE_SEATS)
@fresh_factor
def cancel_seat(request: ActorRequest, pk: int) -> HttpResponse:
    seat = _find(request, pk)
    opaque = seat.user.opaque
    try:
        actions.cancel_seat(request.actor, seat=seat, on=timezone.localdate())
    except RsoError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("The seat is taken back; its term had not begun."))
    return redirect("accounts:person", opaque=opaque)
