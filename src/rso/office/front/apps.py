from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class FrontConfig(AppConfig):
    name = "rso.office.front"
    label = "front"

    def ready(self) -> None:
        import_module("rso.office.front.settings")  # importing enters them
        import_module("rso.office.front.tasks")  # importing enters the schedule
        from rso.office.front.rules import enter_own

        enter_own()
