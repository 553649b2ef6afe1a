"""Routes of a node."""

from __future__ import annotations

from django.urls import include, path

from rso.config.urls.ground import ground, handler403, handler500

urlpatterns = [
    *ground(),
    path("gallery/", include("rso.node.gallery.urls")),
    path("searches/", include("rso.node.searches.urls")),
    path("post/", include("rso.node.post.urls")),
    path("letters/", include("rso.node.requests.urls")),
    path("", include("rso.node.cases.urls")),
]
__all__ = ["handler403", "handler500", "urlpatterns"]
