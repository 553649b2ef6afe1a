from __future__ import annotations

from django.apps import AppConfig


class DefaultsConfig(AppConfig):
    name = "rso.defaults"
    label = "defaults"

    def ready(self) -> None:
        from rso.defaults.rules import enter_own

        enter_own()
