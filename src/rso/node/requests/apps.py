from __future__ import annotations

from django.apps import AppConfig


class RequestsConfig(AppConfig):
    name = "rso.node.requests"
    label = "requests"

    def ready(self) -> None:
        from rso.node.requests.receivers import register
        from rso.node.requests.rules import enter_own

        enter_own()
        register()
