from __future__ import annotations

from django.apps import AppConfig


class SearchesConfig(AppConfig):
    name = "rso.node.searches"
    label = "searches"

    def ready(self) -> None:
        from rso.node.searches import receivers
        from rso.node.searches.rules import enter_own

        enter_own()
        receivers.register()
