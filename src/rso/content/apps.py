from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "rso.content"
    label = "content"

    def ready(self) -> None:
        from rso.content import desk, owners, sources
        from rso.content.rules import enter_own

        enter_own()
        owners.enter()
        sources.enter()
        desk.enter_own()
        import_module("rso.content.receivers")  # importing connects them
        import_module("rso.content.tasks")  # importing enters the schedule
