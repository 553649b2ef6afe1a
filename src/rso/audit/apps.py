from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "rso.audit"
    label = "audit"

    def ready(self) -> None:
        import_module("rso.audit.receivers")  # importing connects them
        from rso.audit.rules import enter_own

        enter_own()
