"""Who acts, and have they shown two factors?"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from rso.accounts.factors import PROVIDER_ORGANISATION, has_second_factor, has_set_up_factor
from rso.accounts.queries import actor_of
from rso.accounts.rules import ANONYMOUS, Actor, NotAllowed
from rso.accounts.seen import note_seen

if TYPE_CHECKING:
    from rso.accounts.models import User

    class ActorRequest(HttpRequest):
        """A request behind :class:`ActorMiddleware`."""

        actor: Actor
        user: User  # behind a guard nobody is anonymous

else:
    ActorRequest = HttpRequest

_Next = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """Puts ``request.actor`` there (read when first asked for), and answers a refusal with 403 and its reason.

    Until a second factor was shown, whoever signed in acts as nobody, on public pages too.
    """

    def __init__(self, get_response: _Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def read() -> Actor:
            if not has_second_factor(request.session):
                return ANONYMOUS
            actor = actor_of(request.user, timezone.localdate())
            vouching = request.session.get(PROVIDER_ORGANISATION)
            return actor.only_at(vouching) if vouching else actor

        cast(ActorRequest, request).actor = cast(Actor, SimpleLazyObject(read))
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotAllowed):
            return render(request, "403.html", {"refusal": exception}, status=403)
        return None


#: What a session may reach before a second factor was shown: setting one up, and leaving.
_SETTING_UP = ("mfa_", "account_reauthenticate", "account_logout", "set_language", "language", "theme")
#: The same for somebody who has a factor and did not show it (it was set up in another session): showing it.
_SHOWING = ("mfa_reauthenticate", "account_logout", "set_language", "language", "theme")


class SecondFactorMiddleware:
    """A signed-in person who has not shown a second factor is led to do so, and reaches nothing else."""

    def __init__(self, get_response: _Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: object, kwargs: object
    ) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated or has_second_factor(request.session):
            return None
        name = (request.resolver_match.url_name if request.resolver_match else None) or ""
        if not getattr(view, "login_required", True) and not name.startswith("mfa_"):
            return None
        known = has_set_up_factor(user)
        if name.startswith(_SHOWING if known else _SETTING_UP):
            return None
        return redirect(reverse("mfa_reauthenticate" if known else "mfa_index"))


class SessionSeenMiddleware:
    """Keeps for each session its browser, its place and when it was last seen, for the page that lists them.

    It writes at most every few minutes, and stands outside of the guard of reading requests: sessions are the
    visitor's own. allauth's middleware of this kind would write at every request.
    """

    def __init__(self, get_response: _Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            note_seen(request)
        return self.get_response(request)
