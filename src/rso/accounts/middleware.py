"""Who acts, and have they shown two factors?"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from rso.accounts.factors import has_second_factor
from rso.accounts.queries import actor_of
from rso.accounts.rules import Actor, NotAllowed

if TYPE_CHECKING:
    from rso.accounts.models import User

    class ActorRequest(HttpRequest):
        """A request behind :class:`ActorMiddleware`."""

        actor: Actor
        user: User  # type: ignore[assignment]  # behind a guard nobody is anonymous

else:
    ActorRequest = HttpRequest

_Next = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """Puts ``request.actor`` there (read when first asked for), and answers a refusal with 403 and its reason."""

    def __init__(self, get_response: _Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def read() -> Actor:
            return actor_of(request.user, timezone.localdate())

        cast(ActorRequest, request).actor = cast(Actor, SimpleLazyObject(read))
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotAllowed):
            return render(request, "403.html", {"refusal": exception}, status=403)
        return None


class SecondFactorMiddleware:
    """A signed-in person who has not shown a second factor is led to set one up, and reaches nothing else."""

    def __init__(self, get_response: _Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: object, kwargs: object
    ) -> HttpResponse | None:
        if not request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        match = request.resolver_match
        if match is not None and (match.url_name or "").startswith(("account_", "mfa_", "set_language")):
            return None
        if has_second_factor(request.session):
            return None
        return redirect(reverse("mfa_index"))
