"""Routes of the office."""

from __future__ import annotations

from django.urls import include, path

from rso.config.urls.ground import ground, handler403, handler500
from rso.office.front.api import api

urlpatterns = [
    path("", include("rso.office.front.urls")),
    path("", include("rso.office.directory.urls")),
    path("", include("rso.office.contacts.urls")),
    path("", include("rso.content.urls")),
    path("", include("rso.office.intake.urls")),
    path("", include("rso.office.projects.urls")),
    path("administration/settings/", include("rso.defaults.urls")),
    path("translation/", include("rso.content.urls_translation")),
    path("facts/", include("rso.content.urls_facts")),
    path("library/", include("rso.office.library.urls")),
    path("api/", api.urls),
    *ground(),
]
__all__ = ["handler403", "handler500", "urlpatterns"]
