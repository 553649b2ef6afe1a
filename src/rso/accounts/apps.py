from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "rso.accounts"
    label = "accounts"

    def ready(self) -> None:
        import_module("rso.accounts.receivers")  # importing connects them
        from rso.accounts.rules import enter_own

        enter_own()
