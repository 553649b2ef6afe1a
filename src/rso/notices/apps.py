from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "rso.notices"
    label = "notices"

    def ready(self) -> None:
        import_module("rso.notices.receivers")  # importing connects them
        import_module("rso.notices.settings")  # importing enters them
        from rso.notices.rules import enter_own

        enter_own()
