"""Routes of the relay."""

from __future__ import annotations

from django.urls import include, path

from rso.config.urls.ground import ground, handler403, handler500

urlpatterns = [*ground(), path("", include("rso.relay.urls"))]
__all__ = ["handler403", "handler500", "urlpatterns"]
