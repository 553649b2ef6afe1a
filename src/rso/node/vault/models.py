"""The vault's one table. It lives in a database of its own, which no backup of the main one includes."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from rso.node.vault.rules import Secret


class WrappedKey(models.Model):
    """A secret under the key-encryption key of ``epoch``. Destroyed, the row stays, without the secret.

    ``name`` is an opaque subject, or the hexadecimal id of a signing or opening key; never a person's name.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in Secret])
    name = models.CharField(max_length=120)
    epoch = models.CharField(max_length=10)
    wrapped = models.BinaryField(default=b"")
    created_at = models.DateTimeField()
    destroy_after = models.DateTimeField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="vault_name_once")]
        indexes = [
            models.Index(fields=["epoch"], condition=Q(destroyed_at__isnull=True), name="vault_live_by_epoch"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
