"""Routes of a node."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path

from rso.config.urls.ground import ground, handler403

_APPS = (
    ("gallery/", "rso.node.gallery.urls"),
    ("searches/", "rso.node.searches.urls"),
    ("post/", "rso.node.post.urls"),
    ("letters/", "rso.node.requests.urls"),
    ("", "rso.node.cases.urls"),
)

urlpatterns = [*ground(), *(path(prefix, include(urls)) for prefix, urls in _APPS if find_spec(urls) is not None)]
__all__ = ["handler403", "urlpatterns"]
