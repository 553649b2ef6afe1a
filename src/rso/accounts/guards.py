"""Every route says who may use it. A house test walks all routes and refuses one without such a word."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest

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
