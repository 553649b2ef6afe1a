"""The chain, and beside it what people wrote, which can be erased without breaking the chain."""

from __future__ import annotations

from django.db import models

from rso.audit.rules import Row


class Head(models.Model):
    """The one row that is locked to append, so that the chain has no forks."""

    sequence = models.BigIntegerField(default=0)
    digest = models.BinaryField(max_length=32)


class Entry(models.Model):
    """A link of the chain. Rows are added by ``actions.record`` and by nothing else, and never changed."""

    sequence = models.BigIntegerField(primary_key=True)
    at_ms = models.BigIntegerField(db_index=True)
    actor = models.UUIDField(db_index=True)
    system = models.CharField(max_length=60, blank=True)
    event = models.CharField(max_length=100, db_index=True)
    subject = models.CharField(max_length=100, db_index=True)
    facts = models.JSONField(default=dict)
    note_digest = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["sequence"]

    def __str__(self) -> str:
        return f"{self.sequence} {self.event}"

    def row(self) -> Row:
        """The row as the pure rules know it."""
        return Row(
            sequence=self.sequence,
            at_ms=self.at_ms,
            actor=self.actor,
            system=self.system,
            event=self.event,
            subject=self.subject,
            facts=self.facts,
            note_digest=bytes(self.note_digest),
            previous=bytes(self.previous),
        )


class Note(models.Model):
    """A reason in a person's words. It may hold personal data, stands outside of the chain, and can be erased."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, related_name="note")
    salt = models.BinaryField(max_length=16)
    text = models.TextField()
