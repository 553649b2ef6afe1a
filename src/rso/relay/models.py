"""What the relay keeps. Nothing here is about a person, and no ciphertext outlives its acknowledgement or expiry.

Times that come from the wire are Unix seconds, as the wire has them.
"""

from __future__ import annotations

from django.db import models

AGENCY = 80


class LogHead(models.Model):
    """The one row that is locked to append: the log's size, its incomplete last bundle, its newest checkpoint."""

    size = models.BigIntegerField(default=0)
    tail = models.BinaryField(default=b"")
    checkpoint = models.TextField(default="")


class LogBundle(models.Model):
    """256 entries of the log, 32 blinded bytes each. Never changed and never deleted."""

    number = models.BigIntegerField(primary_key=True)
    entries = models.BinaryField()


class LogTile(models.Model):
    """Hashes of complete subtrees above the entries: C2SP's tile ``number`` of ``level`` 1 and higher."""

    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "number"], name="relay_one_tile")]


class MailboxEntry(models.Model):
    """A message that was accepted: what its header says, and the receipt. Forgotten a day after it expires."""

    message_id = models.UUIDField(primary_key=True)
    sender = models.CharField(max_length=AGENCY)
    recipient = models.CharField(max_length=AGENCY)
    leaf = models.BigIntegerField(unique=True)
    size = models.PositiveIntegerField()
    submission = models.BinaryField(max_length=32)
    """SHA-256 over leaf and signature, by which a repetition is told from another message under the same id."""
    receipt = models.BinaryField()
    proof = models.BinaryField()
    """The hashes of the inclusion proof for the receipt's checkpoint, one after another."""
    accepted = models.BigIntegerField()
    expires = models.BigIntegerField(db_index=True)
    acknowledged = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["recipient", "leaf"],
                name="relay_waiting",
                condition=models.Q(acknowledged__isnull=True),
            ),
            models.Index(
                fields=["sender", "recipient", "expires", "size"],
                name="relay_credit",
                condition=models.Q(acknowledged__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.message_id)


class Ciphertext(models.Model):
    """The sealed envelope, until it is acknowledged or expires: then the row is deleted."""

    entry = models.OneToOneField(MailboxEntry, models.CASCADE, primary_key=True, related_name="ciphertext")
    envelope = models.BinaryField()


class QuotaUse(models.Model):
    """Messages that one party sent to another within one UTC day under one arrangement (empty: about one)."""

    arrangement = models.CharField(max_length=64, blank=True)
    sender = models.CharField(max_length=AGENCY)
    recipient = models.CharField(max_length=AGENCY)
    day = models.IntegerField(db_index=True)
    used = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["arrangement", "sender", "recipient", "day"], name="relay_one_count")
        ]


class RegisteredArrangement(models.Model):
    """What the parties let the relay know of an arrangement: its hash, the parties, its times and quotas."""

    digest = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField()
    registered_by = models.JSONField(default=list)
    ended = models.BigIntegerField(null=True)
    ended_by = models.CharField(max_length=AGENCY, blank=True)

    def __str__(self) -> str:
        return self.digest


class EncryptionKey(models.Model):
    """A weekly key as its node published it: handed on, not vouched for."""

    agency = models.CharField(max_length=AGENCY)
    key_id = models.CharField(max_length=32)
    epoch = models.PositiveIntegerField()
    not_after = models.BigIntegerField(db_index=True)
    record = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "key_id"], name="relay_one_key")]


class NodeSeen(models.Model):
    """When a node last did something here."""

    agency = models.CharField(max_length=AGENCY, primary_key=True)
    last_seen = models.DateTimeField()

    def __str__(self) -> str:
        return self.agency


class Nonce(models.Model):
    """A signed request that was carried out: the same one is not carried out again."""

    value = models.CharField(max_length=60, primary_key=True)
    created = models.BigIntegerField(db_index=True)


class DirectoryFile(models.Model):
    """A signed directory as it was loaded; the highest version is in use."""

    version = models.BigIntegerField(primary_key=True)
    digest = models.BinaryField(max_length=32)
    file = models.BinaryField()
    loaded_at = models.DateTimeField()
