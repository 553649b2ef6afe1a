"""What is known of a stored file. Its bytes lie in the folder ``RSO_FILES``, under its id."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """A file that belongs to one record of another app: ``scope`` says which kind, ``subject`` which one.

    The app that owns the scope decides who may read it (see ``rso.files.rules.Owner``).
    """

    class Scan(models.TextChoices):
        NOT_SCANNED = "not-scanned", _("not scanned for viruses")
        CLEAN = "clean", _("scanned, nothing found")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scope = models.CharField(max_length=60)
    subject = models.CharField(max_length=100)
    name = models.CharField(_("name"), max_length=160)
    media_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    scan = models.CharField(_("virus check"), max_length=20, choices=Scan, default=Scan.NOT_SCANNED)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    at = models.DateTimeField(_("uploaded"))

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["scope", "subject"], name="file_of_subject")]

    def __str__(self) -> str:
        return self.name
