from __future__ import annotations

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "rso.office.intake"
    label = "intake"

    def ready(self) -> None:
        from rso.office.intake import tasks  # noqa: F401 - importing enters the schedule
        from rso.office.intake.rules import enter_own

        enter_own()
