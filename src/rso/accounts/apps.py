from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "rso.accounts"
    label = "accounts"

    def ready(self) -> None:
        from rso.accounts import receivers  # noqa: F401 - importing connects them
        from rso.accounts.rules import enter_own

        enter_own()
