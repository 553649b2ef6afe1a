"""Leave and deputies, of oneself or of a person whom one keeps."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rso.accounts import actions, queries
from rso.accounts.forms import DeputyForm, LeaveForm
from rso.accounts.guards import fresh_factor, needs, signed_in
from rso.accounts.middleware import ActorRequest
from rso.accounts.models import Delegation, Leave, Seat, User
from rso.accounts.presenters import words_of
from rso.accounts.rules import AccountsPermission
from rso.accounts.views.people import crumbs, find
from rso.base.errors import RsoError
from rso.ui.parts import Crumb


def _back(request: ActorRequest, user: User) -> str:
    """The page of the person whose leave it is, or one's own."""
    return reverse("accounts:you") if user.pk == request.user.pk else reverse("accounts:person", args=[user.opaque])


def _trail(request: ActorRequest, user: User, title: str) -> list[Crumb]:
    if user.pk == request.user.pk:
        return [Crumb(_("You"), reverse("accounts:you")), Crumb(title)]
    return [*crumbs("")[:1], Crumb(user.name, _back(request, user), data=True), Crumb(title)]


def _mark(request: ActorRequest, user: User) -> HttpResponse:
    today = timezone.localdate()
    form = LeaveForm(request.POST or None, initial={"starts_on": today})
    if request.method == "POST" and form.is_valid():
        try:
            actions.mark_leave(request.actor, user=user, on=today, **form.cleaned_data)
        except RsoError as error:
            form.add_error(None, words_of(error))
        else:
            messages.success(request, _("The leave is marked. Name a deputy for the seats that need one."))
            return redirect(_back(request, user))
    title = _("Mark leave")
    context = {"form": form, "title": title, "crumbs": _trail(request, user, title)}
    return render(request, "accounts/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def mark(request: ActorRequest) -> HttpResponse:
    return _mark(request, request.user)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(AccountsPermission.CHANGE_SEATS)
def mark_for(request: ActorRequest, opaque: UUID) -> HttpResponse:
    return _mark(request, find(request, opaque))


def _find_leave(request: ActorRequest, pk: int) -> Leave:
    """One's own leave, or that of a person whom one keeps; any other is not found."""
    leave = get_object_or_404(Leave.objects.select_related("user"), pk=pk)
    if leave.user_id != request.user.pk and not queries.kept_seats(request.actor).filter(user=leave.user_id).exists():
        raise Http404
    return leave


@require_POST
@signed_in
def end(request: ActorRequest, pk: int) -> HttpResponse:
    leave = _find_leave(request, pk)
    back = _back(request, leave.user)
    try:
        actions.end_leave(request.actor, leave=leave, on=timezone.localdate())
    except RsoError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("The leave has ended; nobody stands in any more."))
    return redirect(back)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@fresh_factor
def name_deputy(request: ActorRequest, pk: int, seat: int) -> HttpResponse:
    leave = _find_leave(request, pk)
    held = get_object_or_404(Seat.objects.select_related("organisation", "agency"), pk=seat, user=leave.user_id)
    today = timezone.localdate()
    form = DeputyForm(request.POST or None, seat=held, day=max(today, leave.starts_on))
    if request.method == "POST" and form.is_valid():
        deputy = form.cleaned_data["deputy"]
        try:
            row = actions.name_deputy(request.actor, leave=leave, seat=held, deputy=deputy, on=today)
        except RsoError as error:
            form.add_error("deputy", words_of(error))
        else:
            said = (
                _("The deputy acts in these days.")
                if row.agreed_on
                else _("The deputy is asked, and acts once they agree.")
            )
            messages.success(request, said)
            return redirect(_back(request, leave.user))
    title = _("Name a deputy")
    context = {
        "form": form, "title": title, "seat": held, "leave": leave, "crumbs": _trail(request, leave.user, title)
    }  # fmt: skip
    return render(request, "accounts/deputy.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in
@fresh_factor
def answer(request: ActorRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Delegation, pk=pk, deputy=request.user.pk)
    agree = request.POST.get("agree") == "yes"
    try:
        actions.answer_as_deputy(request.actor, delegation=row, agree=agree, on=timezone.localdate())
    except RsoError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(request, _("You act in these days.") if agree else _("You said no; the holder sees it."))
    return redirect("accounts:you")
