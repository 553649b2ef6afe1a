"""An administrator's pages: people, invitations, seats, and the permission table as it is."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rso.accounts import actions, queries
from rso.accounts.forms import InviteForm, SeatForm
from rso.accounts.guards import needs, signed_in
from rso.accounts.middleware import ActorRequest
from rso.accounts.models import Seat
from rso.accounts.roles import ROLE_WORDS
from rso.accounts.rules import AccountsPermission, Role, table
from rso.base.errors import RsoError


@require_safe
@needs(AccountsPermission.SEE_PEOPLE)
def people(request: ActorRequest) -> HttpResponse:
    return render(
        request,
        "accounts/people.html",
        {"people": queries.people(request.actor), "today": timezone.localdate()},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(AccountsPermission.INVITE)
def invite(request: ActorRequest) -> HttpResponse:
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.invite(request.actor, **form.cleaned_data)
        except RsoError as error:
            form.add_error("email", error.message)
        else:
            messages.success(request, _("The account of %(name)s is made. Give it a seat next.") % {"name": user})
            return redirect("accounts:give-seat")
    return render(request, "accounts/form.html", {"form": form, "title": _("Invite a person")})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(AccountsPermission.CHANGE_SEATS)
def give_seat(request: ActorRequest) -> HttpResponse:
    form = SeatForm(request.POST or None, initial={"starts_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
        try:
            actions.give_seat(request.actor, **fields)
        except RsoError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("The seat is given."))
            return redirect("accounts:people")
    return render(request, "accounts/form.html", {"form": form, "title": _("Give a seat")})


@require_POST
@needs(AccountsPermission.CHANGE_SEATS)
def end_seat(request: ActorRequest, pk: int) -> HttpResponse:
    actions.end_seat(request.actor, seat=get_object_or_404(Seat, pk=pk), on=timezone.localdate())
    messages.success(request, _("The seat ends today."))
    return redirect("accounts:people")


@require_safe
@signed_in
def permissions(request: ActorRequest) -> HttpResponse:
    rows = [
        (entry.permission, [ROLE_WORDS[role] for role in sorted(entry.roles)], entry.rule is not None)
        for _name, entry in sorted(table().items())
    ]
    return render(request, "accounts/permissions.html", {"rows": rows})


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The site's page for 403."""
    return render(request, "403.html", status=403)
