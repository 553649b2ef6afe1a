"""Outbox and inbox as domain tables: what happened to every message, whatever becomes of jobs and processes.

Columns hold ids, codes, times and sealed bytes. The content of a message stands in a column only under the data
key of its conversation, and is gone when that key is destroyed. Hashes and references are lower-case hexadecimal.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rso.wire.conversation import Side, State
from rso.wire.header import ServiceClass
from rso.wire.identifiers import AgencyId

_AGENCY = 60


def vault_subject(conversation: UUID) -> str:
    """The name under which the vault keeps the key of a conversation's contents."""
    return f"conversation:{conversation}"


class Conversation(models.Model):
    """One question and its one answer, as :mod:`rso.wire.conversation` rules it; ``peer`` is the other side."""

    id = models.UUIDField(primary_key=True, editable=False)
    reference = models.CharField(max_length=32, db_index=True)
    peer = models.CharField(max_length=_AGENCY)
    side = models.CharField(max_length=10, choices=[(s.value, s.value) for s in Side])
    question = models.CharField(max_length=48)
    purpose = models.CharField(max_length=48)
    legal_basis = models.CharField(max_length=48)
    arrangement = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in State])
    expires_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    hit_reference = models.CharField(max_length=32, blank=True)
    hit_used = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["reference", "peer", "side", "question"], name="post_conversation_once")
        ]
        # Before each question, those of a day are counted.
        indexes = [models.Index(fields=["peer", "side", "started_at"], name="post_conversation_of_a_day")]

    def __str__(self) -> str:
        return f"{self.question} {self.pk} ({self.state})"

    @property
    def vault_subject(self) -> str:
        """The name under which the vault keeps the key of this conversation's contents."""
        return vault_subject(self.pk)

    @property
    def peer_id(self) -> AgencyId:
        return AgencyId.parse(self.peer)


class Message(models.Model):
    """What a message on its way out and one that came in have in common."""

    id = models.UUIDField(primary_key=True, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=48, blank=True)
    service_class = models.CharField(max_length=20, choices=[(c.value, c.value) for c in ServiceClass], blank=True)
    arrangement = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    # What evidence is made of, beside the content: none of it is a person's data.
    header = models.BinaryField(default=b"")
    body_digest = models.BinaryField(default=b"")
    signer = models.BinaryField(default=b"")
    signature = models.BinaryField(default=b"")
    blind = models.BinaryField(default=b"")
    receipt = models.BinaryField(default=b"")
    proof = models.BinaryField(default=b"")
    notarised_at = models.DateTimeField(null=True, blank=True)
    receipt_error = models.CharField(max_length=60, blank=True)
    # The encoded message with the agency's signature, under the conversation's key.
    content = models.BinaryField(default=b"")
    code = models.CharField(max_length=60, blank=True)

    class Meta:
        abstract = True


class Outbox(Message):
    """A message on its way out: sealed once, sent until the relay has it, the same bytes each time."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting to leave")
        AT_RELAY = "at-relay", _("At the relay")
        FETCHED = "fetched", _("Fetched by the recipient")
        EXPIRED = "expired", _("Expired before it was fetched")
        STOPPED = "stopped", _("Refused by the relay")

    recipient = models.CharField(max_length=_AGENCY)
    envelope = models.BinaryField(default=b"")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    queued_at = models.DateTimeField()
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    file_made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "outbox"
        ordering = ["-queued_at", "-pk"]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="queued"), name="outbox_queued"),
            models.Index(fields=["conversation"], name="outbox_of_conversation"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient} ({self.state})"


class Inbox(Message):
    """A message that came in. A row exists exactly when its effect does, or when it was refused."""

    class State(models.TextChoices):
        APPLIED = "applied", _("Taken")
        HELD = "held", _("Held: this node could not apply it yet")
        REFUSED = "refused", _("Refused")

    sender = models.CharField(max_length=_AGENCY, blank=True)
    envelope = models.BinaryField(default=b"")
    state = models.CharField(max_length=10, choices=State)
    step = models.PositiveSmallIntegerField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "inbox"
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="held"), name="inbox_held"),
            models.Index(fields=["conversation"], name="inbox_of_conversation"),
        ]

    def __str__(self) -> str:
        return f"{self.kind or '?'} from {self.sender or '?'} ({self.state})"


class Arrangement(models.Model):
    """A document with what its parties have done about it. Whether it is in force is asked of ``queries``."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENT = "sent", _("Proposed, not signed by all")
        SIGNED = "signed", _("Signed by all, not yet registered at the relay")
        IN_FORCE = "in-force", _("Signed and registered")
        ENDED = "ended", _("Ended")

    digest = models.CharField(max_length=64, unique=True)
    reference = models.CharField(max_length=32, db_index=True)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=400)
    document = models.BinaryField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    ours = models.BooleanField(default=True)
    drafted_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True, blank=True)
    registered_at = models.DateTimeField(null=True, blank=True)
    relay_said = models.CharField(max_length=60, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=_AGENCY, blank=True)
    end_reason = models.CharField(max_length=48, blank=True)
    end_told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-drafted_at", "pk"]

    def __str__(self) -> str:
        return f"{self.title} ({self.digest[:12]})"


class ArrangementSignature(models.Model):
    """One person's signature; it may arrive before its document. Ours knows the person, the peer's a seat."""

    digest = models.CharField(max_length=64, db_index=True)
    agency = models.CharField(max_length=_AGENCY)
    seat = models.CharField(max_length=32)
    signed_at = models.DateTimeField()
    encoded = models.BinaryField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["signed_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["digest", "agency", "seat"], name="post_signed_once")]

    def __str__(self) -> str:
        return f"{self.agency} {self.digest[:12]}"


class DirectoryCopy(models.Model):
    """A signed directory that was accepted. Versions only grow; earlier ones stay for old evidence."""

    version = models.PositiveIntegerField(primary_key=True)
    digest = models.BinaryField(max_length=32)
    document = models.BinaryField()
    accepted_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "directory copies"
        ordering = ["-version"]

    def __str__(self) -> str:
        return str(self.version)


class EncryptionKey(models.Model):
    """The public record of a weekly key, our own or a peer's. The private part of ours is the vault's."""

    agency = models.CharField(max_length=_AGENCY)
    key_id = models.CharField(max_length=32, unique=True)
    epoch = models.CharField(max_length=10)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    record = models.BinaryField()
    is_ours = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True, blank=True)
    destroy_after = models.DateTimeField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["agency", "not_before"]
        indexes = [models.Index(fields=["agency", "not_after"], name="post_key_of_agency")]

    def __str__(self) -> str:
        return f"{self.agency} {self.epoch}"


class RelayContact(models.Model):
    """The one row that says how it stands with the relay."""

    last_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    code = models.CharField(max_length=60, blank=True)
    clock_off_s = models.IntegerField(default=0)
    directory_code = models.CharField(max_length=60, blank=True)
    away_since = models.DateTimeField(null=True, blank=True)
    away_told = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.code or "reached"
