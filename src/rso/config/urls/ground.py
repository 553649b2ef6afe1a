"""Routes that every deployment has."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

Routes = list[URLPattern | URLResolver]


def ground() -> Routes:
    """Sign-in, people, audit, notices, files, language and look."""
    return [
        path("", include("rso.accounts.urls")),
        # allauth's own list brings old addresses and a page of sessions besides, which writes while it reads.
        path("sign-in/", include("allauth.account.urls")),
        path("sign-in/2fa/", include("allauth.mfa.urls")),
        path("sign-in/3rdparty/", include("allauth.socialaccount.urls")),
        path("sign-in/", include("allauth.socialaccount.providers.openid_connect.urls")),
        path("audit/", include("rso.audit.urls")),
        path("notices/", include("rso.notices.urls")),
        path("files/", include("rso.files.urls")),
        path("ui/", include("rso.ui.urls")),
    ]


handler500 = "rso.ui.views.failed"
handler403 = "rso.accounts.views.permissions.refused"
