"""Routes that every deployment has."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

Routes = list[URLPattern | URLResolver]


def ground() -> Routes:
    """Sign-in, people, audit, notices, files, language and look."""
    return [
        path("", include("rso.accounts.urls")),
        path("sign-in/", include("allauth.urls")),
        path("audit/", include("rso.audit.urls")),
        path("notices/", include("rso.notices.urls")),
        path("files/", include("rso.files.urls")),
        path("ui/", include("rso.ui.urls")),
    ]


handler500 = "rso.ui.views.failed"
handler403 = "rso.accounts.views.permissions.refused"
