"""Administrators' pages of people: the list, invitations, a person."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rso.accounts import actions, presenters, queries, rows
from rso.accounts.forms import InviteForm
from rso.accounts.guards import fresh_factor, needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.models import Organisation, User
from rso.accounts.presenters import words_of
from rso.accounts.rules import AccountsPermission, decide
from rso.base.errors import RsoError
from rso.ui.parts import Crumb

_A_PAGE = 30


def _own_organisation(request: ActorRequest) -> Organisation | None:
    """The one organisation whose people are shown, where the reader keeps just one."""
    own = queries.administered(request.actor)
    return queries.organisations(request.actor).first() if own is not None and len(own) == 1 else None


@require_safe
@needs(AccountsPermission.SEE_PEOPLE)
def people(request: ActorRequest) -> HttpResponse:
    words, today = request.GET.get("q", "").strip(), timezone.localdate()
    found = queries.people(request.actor, words, day=today)
    context = {
        "page": Paginator(found, _A_PAGE).get_page(request.GET.get("page")),
        "words": words,
        "today": today,
        "own": _own_organisation(request),
        "waiting": queries.invitations(request.actor).filter(withdrawn_at=None).count(),
    }
    return render(request, "accounts/people.html", context)


def find(request: ActorRequest, opaque: UUID) -> User:
    """A person whom the reader keeps; anybody else is not found."""
    return get_object_or_404(queries.people(request.actor, day=timezone.localdate()), opaque=opaque)


@require_safe
@needs(AccountsPermission.SEE_PEOPLE)
def person(request: ActorRequest, opaque: UUID) -> HttpResponse:
    found, today = find(request, opaque), timezone.localdate()
    here = [seat.organisation.code for seat in found.seats.all()]
    context = {
        "person": found,
        "facts": presenters.person_facts(found),
        "seats": rows.seat_rows(request.actor, found.seats.all(), today),
        "seat_href": f"{reverse('accounts:give-seat')}?user={found.pk}",
        "today": today,
        "invitation": rows.open_invitation(request.actor, found, timezone.now()),
        "leaves": rows.leave_rows(request.actor, found, today),
        "asked": queries.asked_as_deputy(found, today),
        "may_mark_leave": bool(here),
        "may_close": decide(request.actor, AccountsPermission.CLOSE).allowed,
        "may_end_sessions": decide(request.actor, AccountsPermission.END_SESSIONS).allowed,
        "crumbs": crumbs(found.name, data=True),
    }
    return render(request, "accounts/person.html", context)


@require_POST
@needs(AccountsPermission.INVITE)
def invite_again(request: ActorRequest, opaque: UUID) -> HttpResponse:
    user = find(request, opaque)
    try:
        actions.invite_again(request.actor, user=user, now=timezone.now())
    except RsoError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("The invitation is on its way again; the earlier link works no more."))
    return redirect("accounts:person", opaque=opaque)


@require_POST
@needs(AccountsPermission.INVITE)
def withdraw(request: ActorRequest, opaque: UUID) -> HttpResponse:
    user = find(request, opaque)
    try:
        actions.withdraw_invitation(request.actor, user=user, now=timezone.now())
    except RsoError as error:
        messages.error(request, words_of(error))
        return redirect("accounts:person", opaque=opaque)
    messages.success(request, _("The invitation is withdrawn; its link works no more."))
    return redirect("accounts:invitations")


@require_POST
@needs(AccountsPermission.CLOSE)
@fresh_factor
def set_active(request: ActorRequest, opaque: UUID) -> HttpResponse:
    user = find(request, opaque)
    active = request.POST.get("active") == "yes"
    try:
        actions.set_active(request.actor, user=user, active=active)
    except RsoError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("The account is open again.") if active else _("The account is closed."))
    return redirect("accounts:person", opaque=opaque)


@require_POST
@needs(AccountsPermission.END_SESSIONS)
@fresh_factor
def end_sessions(request: ActorRequest, opaque: UUID) -> HttpResponse:
    """Signs somebody out everywhere; of oneself the present browser stays."""
    user = find(request, opaque)
    here = request.session.session_key if user.pk == request.user.pk else ""
    actions.end_sessions(request.actor, user=user, but=here or "")
    messages.success(request, _("This person is signed out of every browser."))
    return redirect("accounts:person", opaque=opaque)


def crumbs(label: str, *, data: bool = False) -> list[Crumb]:
    return [Crumb(_("People and seats"), reverse("accounts:people")), Crumb(label, data=data)]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(AccountsPermission.INVITE)
@fresh_factor
def invite(request: ActorRequest) -> HttpResponse:
    own = _own_organisation(request)
    start = {"organisation": request.GET.get("organisation") or (own.pk if own else None)}
    form = InviteForm(request.POST or None, actor=request.actor, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.invite(request.actor, now=timezone.now(), **form.cleaned_data)
        except RsoError as error:
            form.add_error("email", words_of(error))
        else:
            messages.success(request, _("The invitation is on its way. Give the account a seat next."))
            at = form.cleaned_data["organisation"]
            more = f"&organisation={at.pk}" if at else ""
            return redirect(f"{reverse('accounts:give-seat')}?user={user.pk}{more}")
    title = _("Invite a person")
    context = {"form": form, "title": title, "crumbs": crumbs(title)}
    return render(request, "accounts/form.html", context, status=422 if form.errors else 200)


@require_safe
@needs(AccountsPermission.INVITE)
def invitations(request: ActorRequest) -> HttpResponse:
    now = timezone.now()
    page = Paginator(queries.invitations(request.actor), _A_PAGE).get_page(request.GET.get("page"))
    shown = [(row, *presenters.invitation_state(row, now)) for row in page]
    context = {"page": page, "rows": shown, "crumbs": crumbs(_("Invitations"))}
    return render(request, "accounts/invitations.html", context)
