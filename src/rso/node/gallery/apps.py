from __future__ import annotations

from django.apps import AppConfig


class GalleryConfig(AppConfig):
    name = "rso.node.gallery"
    label = "gallery"

    def ready(self) -> None:
        from rso.node.gallery.rules import enter_own

        enter_own()
