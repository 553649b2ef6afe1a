from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "rso.office.intake"
    label = "intake"

    def ready(self) -> None:
        import_module("rso.office.intake.tasks")  # importing enters the schedule
        from rso.office.intake import sources
        from rso.office.intake.rules import enter_own

        enter_own()
        sources.enter()
