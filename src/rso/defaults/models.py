"""What an administrator has set otherwise. What nobody set has no row."""

from __future__ import annotations

from django.db import models

from rso.accounts.models import User


class Setting(models.Model):
    """A default's present value as text, by its name in the table of ``rules``."""

    name = models.CharField(max_length=80, primary_key=True)
    value = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
