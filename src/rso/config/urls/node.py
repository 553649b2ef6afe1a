"""Routes of a node."""

from __future__ import annotations

from rso.config.urls.ground import ground, handler403

urlpatterns = [*ground()]
__all__ = ["handler403", "urlpatterns"]
