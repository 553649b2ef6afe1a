from __future__ import annotations

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "rso.node.cases"
    label = "cases"

    def ready(self) -> None:
        from rso.node.cases.rules import enter_own

        enter_own()
