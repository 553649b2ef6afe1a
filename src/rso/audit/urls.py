from __future__ import annotations

from django.urls import path

from rso.audit.views import pages

app_name = "audit"
urlpatterns = [
    path("", pages.entries, name="entries"),
    path("check/", pages.check, name="check"),
    path("export/", pages.export, name="export"),
]
