from __future__ import annotations

from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "rso.node.vault"
    label = "vault"

    def ready(self) -> None:
        from rso.node.vault.rules import enter_own

        enter_own()
