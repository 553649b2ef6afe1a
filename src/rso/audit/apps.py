from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "rso.audit"
    label = "audit"

    def ready(self) -> None:
        from rso.audit import receivers  # noqa: F401 - importing connects them
        from rso.audit.rules import enter_own

        enter_own()
