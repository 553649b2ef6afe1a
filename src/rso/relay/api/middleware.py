"""The way of a node's request: past everything that is there for people with browsers.

A node has no session, no language, no form and no cookie, and its signature is looked at behind the route
(:mod:`rso.relay.api.requests`). What is left of the ground for it are the security headers and the guard by which a
GET cannot write. The rest cost more than most of what nodes ask for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware
from django.urls import Resolver404, get_resolver

from rso.audit.readonly import ReadOnlyGetMiddleware
from rso.relay.api.answers import problem
from rso.relay.rules import RefusedError

PREFIX: Final = "/v1"
_ROUTES: Final = "rso.relay.api.urls"


class NodeInterfaceMiddleware:
    """Stands before all other middleware, and answers what is under ``/v1/`` without them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._page = get_response
        self._interface = SecurityMiddleware(ReadOnlyGetMiddleware(_operate))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX + "/"):
            return self._page(request)
        answered = self._interface(request)
        if not isinstance(answered, HttpResponse):
            raise TypeError("the interface for nodes answers at once")
        return answered


def _operate(request: HttpRequest) -> HttpResponse:
    """Calls the route's view; every one of them is guarded, as the house's test of all routes sees."""
    try:
        view, args, kwargs = get_resolver(_ROUTES).resolve(request.path_info.removeprefix(PREFIX))
    except Resolver404:
        return problem(RefusedError(404, "not-found", "There is no such place."))
    response: HttpResponse = view(request, *args, **kwargs)
    return response
