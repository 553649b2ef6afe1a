"""Sends the vault's tables to the vault's database, and nothing else there."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

VAULT = "vault"


class VaultRouter:
    """Django's router protocol: app ``vault`` lives in the database ``vault``, all others never do."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        return VAULT if model._meta.app_label == VAULT else None

    def db_for_write(self, model: type[Model], **hints: Any) -> str | None:
        return VAULT if model._meta.app_label == VAULT else None

    def allow_relation(self, first: Model, second: Model, **hints: Any) -> bool | None:
        return (first._meta.app_label == VAULT) == (second._meta.app_label == VAULT)

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return (db == VAULT) == (app_label == VAULT)
