"""The pages for when something is wrong: what happened, that nothing was lost, and what to do next."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


@login_not_required
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


@login_not_required
def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


@login_not_required
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


@login_not_required
def failed(request: HttpRequest) -> HttpResponse:
    """Rendered without context processors: whatever broke may break them as well."""
    return HttpResponse(render_to_string("500.html"), status=500)


@login_not_required
def csrf(request: HttpRequest, reason: str = "", **_context: Any) -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
