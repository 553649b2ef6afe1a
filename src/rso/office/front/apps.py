from __future__ import annotations

from django.apps import AppConfig


class FrontConfig(AppConfig):
    name = "rso.office.front"
    label = "front"

    def ready(self) -> None:
        from rso.office.front.rules import enter_own

        enter_own()
