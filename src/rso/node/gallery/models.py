"""Subjects and their fingers. What says who somebody is stands sealed under the subject's own key."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Subject(models.Model):
    """A person of whom this member holds prints, under an opaque id.

    ``identity`` and ``protection`` are sealed JSON; with the subject's key destroyed nobody can read them,
    from a backup neither. ``revision`` grows with every change that the index must see.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(_("local reference"), max_length=80, unique=True)
    identity = models.BinaryField()
    protection = models.BinaryField()
    is_synthetic = models.BooleanField(_("synthetic"), default=False)
    revision = models.PositiveIntegerField(default=1)
    enrolled_at = models.DateTimeField(_("enrolled"))

    class Meta:
        ordering = ["reference"]

    def __str__(self) -> str:
        return str(self.id)


class FingerRecord(models.Model):
    """One finger of a subject: image (PNG) and template, both sealed. It never changes, it is replaced."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="fingers")
    position = models.PositiveSmallIntegerField(_("finger position"))
    resolution_ppi = models.PositiveSmallIntegerField(_("resolution"))
    quality = models.PositiveSmallIntegerField(_("quality"))
    image = models.BinaryField()
    template = models.BinaryField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "position"], condition=Q(position__gt=0), name="finger_of_subject_once"
            ),
            models.CheckConstraint(condition=Q(position__lte=10), name="finger_position_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.position}"


class Revision(models.Model):
    """One row with a mark that is new after every change, so that each process knows when its index is old.

    It is random and not a counter: a change that was rolled back leaves no number to be used again.
    """

    mark = models.UUIDField(default=uuid.uuid4)
