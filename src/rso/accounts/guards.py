"""Every route says who may use it. A house test walks all routes and refuses one without such a word."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from rso.accounts.factors import has_set_up_factor, is_fresh
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import require

P = ParamSpec("P")
R = TypeVar("R")  # a page answers with a response, an operation of an interface with its schema


def public(view: Callable[Concatenate[HttpRequest, P], R]) -> Callable[Concatenate[HttpRequest, P], R]:
    """Anybody may use this route, signed in or not."""
    cast(Any, view).rso_guard = "public"
    login_not_required(cast(Any, view))
    return view


def signed_in(view: Callable[Concatenate[ActorRequest, P], R]) -> Callable[Concatenate[HttpRequest, P], R]:
    """Anybody with an account may use this route; the view and its queries decide what they see."""
    cast(Any, view).rso_guard = "signed-in"
    return cast(Callable[Concatenate[HttpRequest, P], R], view)


def needs(
    permission: str,
) -> Callable[[Callable[Concatenate[ActorRequest, P], R]], Callable[Concatenate[HttpRequest, P], R]]:
    """Only an actor to whom the table gives ``permission`` (its roles; the action asks about the subject)."""

    def guard(view: Callable[Concatenate[ActorRequest, P], R]) -> Callable[Concatenate[HttpRequest, P], R]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> R:
            acting = cast(ActorRequest, request)
            require(acting.actor, permission)
            return view(acting, *args, **kwargs)

        cast(Any, guarded).rso_guard = str(permission)
        return cast(Callable[Concatenate[HttpRequest, P], R], guarded)

    return guard


#: More than a long form has; whoever sends more is not asked to send it twice.
_MOST_KEPT = 500


def fresh_factor(
    view: Callable[Concatenate[ActorRequest, P], HttpResponse],
) -> Callable[Concatenate[ActorRequest, P], HttpResponse]:
    """A sensitive act: the second factor must have been shown in the last minutes. Stands below the other guards.

    A page that is only opened leads to showing it and back. What was already sent is not lost: the answer holds it,
    to be sent again once the factor was shown. An interface calls ``factors.require_fresh`` instead.
    """

    @wraps(view)
    def guarded(request: ActorRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if is_fresh(request.session):
            return view(request, *args, **kwargs)
        # Whoever came by an identity provider may have no factor here yet, and sets one up.
        again = reverse("mfa_reauthenticate" if has_set_up_factor(request.user) else "mfa_index")
        if request.method in ("GET", "HEAD"):
            return redirect(f"{again}?{urlencode({'next': request.get_full_path()})}")
        sent = [(name, value) for name, values in request.POST.lists() for value in values]
        kept = [(name, value) for name, value in sent if name != "csrfmiddlewaretoken"][:_MOST_KEPT]
        context = {
            "sent": kept,
            "has_files": bool(request.FILES),
            "again": f"{again}?{urlencode({'next': reverse('accounts:shown')})}",
        }
        return render(request, "accounts/step_up.html", context, status=403)

    return cast(Callable[Concatenate[ActorRequest, P], HttpResponse], guarded)
