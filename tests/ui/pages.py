"""What the lone settings need of a site: a navigation, and the policy under which the scripts must work."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'"
)


def nav(request: HttpRequest) -> list[tuple[object, str, bool]]:
    return [(_("Components"), "/ui/", request.path == "/ui/")]


class StrictPolicy:
    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        response["Content-Security-Policy"] = POLICY
        return response
