"""What translators work with beside the texts: the memory of earlier pairs, and files that came back and wait."""

from __future__ import annotations

import uuid

from django.db import models

from rso.accounts.models import User


class Pair(models.Model):
    """A published translation of a source's segment, once for the same two texts. ``digest`` and ``target_digest``
    are of the folded words; ``length`` is that of the plain source, to narrow a search."""

    source_language = models.CharField(max_length=20)
    language = models.CharField(max_length=20)
    source = models.TextField()
    target = models.TextField()
    digest = models.CharField(max_length=64)
    target_digest = models.CharField(max_length=64)
    length = models.PositiveIntegerField()
    is_machine = models.BooleanField(default=False)
    work = models.ForeignKey("content.Work", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source_language", "language", "digest", "target_digest"], name="memory_pair_once"
            )
        ]
        indexes = [models.Index(fields=["language", "source_language", "length"], name="memory_by_length")]

    def __str__(self) -> str:
        return self.source[:60]


class Arrival(models.Model):
    """A file that came back from a translator's program, looked at and not carried out yet. It goes after a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey("content.LanguageVersion", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=160)
    format = models.CharField(max_length=10)
    content = models.BinaryField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.name
