"""Routes that every deployment has."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

Routes = list[URLPattern | URLResolver]


def ground() -> Routes:
    """Sign-in, people, notices, files, language and theme; the living page of components while developing."""
    routes: Routes = [
        path("sign-in/", include("allauth.urls")),
        path("i18n/", include("django.conf.urls.i18n")),
        path("", include("rso.accounts.urls")),
    ]
    for prefix, module in (("audit/", "rso.audit.urls"), ("notices/", "rso.notices.urls"), ("files/", "rso.files.urls")):
        if find_spec(module) is not None:
            routes.append(path(prefix, include(module)))
    if find_spec("rso.ui.urls") is not None:
        routes.append(path("ui/", include("rso.ui.urls")))
    return routes


handler403 = "rso.accounts.views.people.refused"
