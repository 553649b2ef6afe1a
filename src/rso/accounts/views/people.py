"""An administrator's pages: people, invitations, seats, and the permission table as it is."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rso.accounts import actions, presenters, queries
from rso.accounts.forms import InviteForm, SeatForm
from rso.accounts.guards import needs, signed_in
from rso.accounts.middleware import ActorRequest
from rso.accounts.models import Seat
from rso.accounts.presenters import words_of
from rso.accounts.roles import roles_here
from rso.accounts.rules import AccountsPermission, Role, decide, table
from rso.base.errors import RsoError
from rso.ui.parts import Crumb

_A_PAGE = 30


@require_safe
@needs(AccountsPermission.SEE_PEOPLE)
def people(request: ActorRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    page = Paginator(queries.people(request.actor, words), _A_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/people.html", {"page": page, "words": words, "today": timezone.localdate()})


@require_safe
@needs(AccountsPermission.SEE_PEOPLE)
def person(request: ActorRequest, opaque: UUID) -> HttpResponse:
    found = get_object_or_404(queries.people(request.actor), opaque=opaque)
    context = {
        "person": found,
        "facts": presenters.person_facts(found),
        "seat_href": f"{reverse('accounts:give-seat')}?user={found.pk}",
        "today": timezone.localdate(),
        "may_invite_again": not found.has_usable_password() and not found.is_synthetic,
        "crumbs": _crumbs(found.name, data=True),
    }
    return render(request, "accounts/person.html", context)


@require_POST
@needs(AccountsPermission.INVITE)
def invite_again(request: ActorRequest, opaque: UUID) -> HttpResponse:
    user = get_object_or_404(queries.people(request.actor), opaque=opaque)
    try:
        actions.invite_again(request.actor, user=user, now=timezone.now())
    except RsoError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("The invitation is on its way again."))
    return redirect("accounts:person", opaque=opaque)


@require_POST
@needs(AccountsPermission.CLOSE)
def set_active(request: ActorRequest, opaque: UUID) -> HttpResponse:
    user = get_object_or_404(queries.people(request.actor), opaque=opaque)
    active = request.POST.get("active") == "yes"
    try:
        actions.set_active(request.actor, user=user, active=active)
    except RsoError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("The account is open again.") if active else _("The account is closed."))
    return redirect("accounts:person", opaque=opaque)


def _crumbs(label: str, *, data: bool = False) -> list[Crumb]:
    return [Crumb(_("People and seats"), reverse("accounts:people")), Crumb(label, data=data)]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(AccountsPermission.INVITE)
def invite(request: ActorRequest) -> HttpResponse:
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.invite(request.actor, **form.cleaned_data)
        except RsoError as error:
            form.add_error("email", words_of(error))
        else:
            messages.success(request, _("The invitation is on its way. Give the account a seat next."))
            return redirect(f"{reverse('accounts:give-seat')}?user={user.pk}")
    title = _("Invite a person")
    return render(request, "accounts/form.html", {"form": form, "title": title, "crumbs": _crumbs(title)})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(AccountsPermission.CHANGE_SEATS)
def give_seat(request: ActorRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "") for name in ("user", "organisation", "agency")}
    start = {"starts_on": timezone.localdate(), **asked}
    form = SeatForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
        try:
            actions.give_seat(request.actor, **fields)
        except RsoError as error:
            form.add_error(None, words_of(error))
        else:
            messages.success(request, _("The seat is given."))
            return redirect("accounts:person", opaque=fields["user"].opaque)
    title = _("Give a seat")
    return render(request, "accounts/form.html", {"form": form, "title": title, "crumbs": _crumbs(title)})


@require_POST
@needs(AccountsPermission.CHANGE_SEATS)
def end_seat(request: ActorRequest, pk: int) -> HttpResponse:
    seat = get_object_or_404(Seat.objects.select_related("user"), pk=pk)
    try:
        actions.end_seat(request.actor, seat=seat, on=timezone.localdate())
    except RsoError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("The seat ends today."))
    return redirect("accounts:person", opaque=seat.user.opaque)


@require_POST
@needs(AccountsPermission.CHANGE_SEATS)
def cancel_seat(request: ActorRequest, pk: int) -> HttpResponse:
    seat = get_object_or_404(Seat.objects.select_related("user"), pk=pk)
    opaque = seat.user.opaque
    try:
        actions.cancel_seat(request.actor, seat=seat, on=timezone.localdate())
    except RsoError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("The seat is taken back; its term had not begun."))
    return redirect("accounts:person", opaque=opaque)


@require_safe
@signed_in
def permissions(request: ActorRequest) -> HttpResponse:
    here = roles_here()
    rows = [
        (entry.permission, [words for role, words in here.items() if role in entry.roles], entry.rule is not None)
        for _name, entry in sorted(table().items())
    ]
    crumbs = [Crumb(_("Who may do what"))]
    if decide(request.actor, AccountsPermission.SEE_PEOPLE).allowed:
        crumbs.insert(0, Crumb(_("People and seats"), reverse("accounts:people")))
    return render(request, "accounts/permissions.html", {"rows": rows, "crumbs": crumbs})


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The site's page for 403."""
    return render(request, "403.html", status=403)
