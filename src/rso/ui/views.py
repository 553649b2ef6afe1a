"""The two switches of the footer, the living page, and the page where something failed."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from rso.sql import Trouble, trouble_of
from rso.ui import living, themes

logger = logging.getLogger("rso.ui")

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


_PAGES = {Trouble.AWAY: "503.html", Trouble.FULL: "507.html"}


def failed(request: HttpRequest) -> HttpResponse:
    """What failed (Django's ``handler500``): a defect, or a bad day, which has a page that says what to do.

    Nothing here asks the database or the session, for these may be what is away.
    """
    found = trouble_of(sys.exc_info()[1])
    if found is None:
        return HttpResponse(render_to_string("500.html"), status=500)
    logger.error("%s %s: %s", request.method, request.path, found.value)
    writes = request.method not in {"GET", "HEAD"}
    answer = HttpResponse(render_to_string(_PAGES[found], {"writes": writes}), status=found.status)
    answer["Retry-After"] = str(found.retry_after_s)
    answer["Cache-Control"] = "no-store"
    return answer
