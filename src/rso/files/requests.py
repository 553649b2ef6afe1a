"""The size of a whole request, refused by what it announces, or for announcing nothing, before its body is read."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

#: Room beside the files for the fields of the form.
_FIELDS = 2 * 1024 * 1024


def request_limit() -> int:
    """The setting ``RSO_REQUEST_LIMIT`` in bytes, or four files of the largest size and their fields.

    It lies well above the limit of one file, so that a file somewhat too large is refused by its form, which
    keeps what was typed.
    """
    return getattr(settings, "RSO_REQUEST_LIMIT", 4 * settings.RSO_FILE_LIMIT + _FIELDS)


class RequestLimitMiddleware:
    """Stands before whatever reads the body, as the check against forged requests does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.META.get("HTTP_TRANSFER_ENCODING") and not request.META.get("CONTENT_LENGTH"):
            # A body in chunks that says nothing of its size: a browser never sends one.
            return render(request, "files/no_length.html", status=411)
        announced = request.META.get("CONTENT_LENGTH") or "0"
        limit = request_limit()
        if announced.isascii() and announced.isdigit() and int(announced) <= limit:
            return self.get_response(request)
        return render(request, "files/too_large.html", {"limit_mb": limit // 2**20}, status=413)
