from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings


class UiConfig(AppConfig):
    name = "rso.ui"
    label = "ui"

    def ready(self) -> None:
        from rso.ui import pseudo

        if getattr(settings, "RSO_PSEUDO_LOCALES", False):
            pseudo.install()
