from __future__ import annotations

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "rso.search"
    label = "search"

    def ready(self) -> None:
        from rso.search.rules import enter_own

        enter_own()
