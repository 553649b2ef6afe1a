from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "rso.notices"
    label = "notices"

    def ready(self) -> None:
        from rso.notices import receivers  # noqa: F401 - importing connects them
        from rso.notices.rules import enter_own

        enter_own()
