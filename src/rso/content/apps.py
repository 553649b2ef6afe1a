from __future__ import annotations

from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "rso.content"
    label = "content"

    def ready(self) -> None:
        from rso.content import owners
        from rso.content.rules import enter_own

        enter_own()
        owners.enter()
