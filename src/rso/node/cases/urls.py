from __future__ import annotations

from django.urls import include, path

from rso.node.cases.api import api
from rso.node.cases.views import pages

_cases = [
    path("", pages.conversations, name="conversations"),
    path("<uuid:pk>/", pages.conversation, name="conversation"),
    path("messages/<uuid:pk>/evidence/", pages.evidence, name="evidence"),
]

urlpatterns = [
    path("", pages.home, name="home"),
    path("api/", api.urls),
    path("cases/", include((_cases, "cases"))),
]
