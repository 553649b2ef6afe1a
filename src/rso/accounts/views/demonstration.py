"""One-time sign-in of a demonstration: the link's page posts, since a GET changes nothing."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rso.accounts import actions
from rso.accounts.factors import mark_demonstration
from rso.accounts.guards import public
from rso.accounts.rules import ANONYMOUS
from rso.base.errors import RsoError


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def sign_in(request: HttpRequest, token: str) -> HttpResponse:
    if not settings.RSO_DEMONSTRATION:
        raise Http404
    if request.method != "POST":
        return render(request, "accounts/demonstration_sign_in.html", {"token": token})
    try:
        user = actions.use_sign_in_link(ANONYMOUS, token=token, now=timezone.now())
    except RsoError as error:
        return render(request, "accounts/demonstration_sign_in.html", {"error": error}, status=410)
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    mark_demonstration(request.session)
    return redirect(settings.LOGIN_REDIRECT_URL)
