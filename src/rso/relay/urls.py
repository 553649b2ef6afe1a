"""Routes of the relay: the interface for nodes, and the page for its staff."""

from __future__ import annotations

from django.urls import include, path

from rso.relay.views import status

urlpatterns = [
    path("v1/", include("rso.relay.api.urls")),
    path("", status.page, name="relay_status"),
]
