"""The two switches of the footer, and the living page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from rso.ui import living, themes

YEAR = 365 * 24 * 3600


def _open(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Anybody may use the route. Seats live one floor up, so the word that their guards leave is left by hand."""
    cast(Any, view).rso_guard = "public"
    return login_not_required(view)


@_open
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the reader's language in a cookie and go back: Django's own view, open to everybody."""
    return set_language(request)


@_open
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the reader's theme in a cookie and go back to the page."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    wanted = request.POST.get("theme", "")
    if wanted in {themes.Theme.LIGHT, themes.Theme.DARK}:
        response.set_cookie(
            themes.COOKIE, wanted, max_age=YEAR, secure=request.is_secure(), httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie(themes.COOKIE, samesite="Lax")
    return response


@_open
@require_safe
def living_page(request: HttpRequest) -> HttpResponse:
    """Every token and component in its states, with the lines that make it; in a demonstration or with DEBUG."""
    if not (settings.DEBUG or getattr(settings, "RSO_DEMONSTRATION", False)):
        raise Http404
    return render(request, "ui/living.html", living.context(request))
