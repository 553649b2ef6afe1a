"""One's own pages: seats, leave and deputies, and the browsers in which one is signed in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rso.accounts import actions, presenters, queries, rows
from rso.accounts.guards import fresh_factor, signed_in
from rso.accounts.middleware import ActorRequest
from rso.accounts.presenters import words_of
from rso.accounts.rules import AccountsPermission, decide
from rso.base.errors import RsoError


@never_cache
@require_safe
@signed_in
def you(request: ActorRequest) -> HttpResponse:
    """Who one is here: the seats that one holds, those that one acts in for others, and one's leave."""
    today = timezone.localdate()
    seats = request.user.seats.select_related("organisation", "agency")
    context = {
        "seats": rows.seat_rows(request.actor, seats, today),
        "today": today,
        "leaves": rows.leave_rows(request.actor, request.user, today),
        "asked": queries.asked_as_deputy(request.user, today),
        "facts": presenters.own_facts(request.user),
        "may_see_seats": decide(request.actor, AccountsPermission.SEE_SEATS).allowed,
    }
    return render(request, "accounts/you.html", context)


@never_cache
@require_safe
@signed_in
def sessions(request: ActorRequest) -> HttpResponse:
    found = presenters.sessions_of(request.user, timezone.now(), request.session.session_key or "")
    return render(request, "accounts/sessions.html", {"sessions": found, "others": [r for r in found if not r.current]})


@require_POST
@signed_in
@fresh_factor
def end_sessions(request: ActorRequest) -> HttpResponse:
    """Ends one session of one's own, or all but this one."""
    wanted = request.POST.get("session", "")
    try:
        if wanted.isdecimal():
            actions.end_session(request.actor, user=request.user, pk=int(wanted))
        else:
            actions.end_sessions(request.actor, user=request.user, but=request.session.session_key or "")
    except RsoError as error:
        messages.error(request, words_of(error))
    else:
        messages.success(
            request, _("That browser is signed out.") if wanted else _("All other browsers are signed out.")
        )
    return redirect("accounts:sessions")


@require_safe
@signed_in
def shown(request: ActorRequest) -> HttpResponse:
    """The second factor was shown in another tab: back to the first."""
    return render(request, "accounts/shown.html")
