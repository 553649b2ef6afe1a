"""Where an identity provider sends the browser back to. Everything is allauth's; the mark alone is ours."""

from __future__ import annotations

from typing import cast

from allauth.socialaccount.providers.openid_connect import views
from django.http import HttpRequest, HttpResponse

from rso.accounts.guards import public


@public
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Signs in by GET, as the protocol has it; the answer is bound to this browser by its state and by PKCE."""
    return cast(HttpResponse, views.callback(request, provider_id))


vars(callback)["rso_may_write"] = True
