"""What others ask this node."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from rso.node.gallery.models import FingerRecord, Subject
from rso.node.post.models import Conversation
from rso.node.searches.rules import ProbeState, Verdict


class ReceivedProbe(models.Model):
    """A probe that came in. Its image lies sealed in the post until the final answer, the template here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.OneToOneField(Conversation, on_delete=models.PROTECT, related_name="probe")
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in ProbeState], default=ProbeState.RECEIVED
    )
    finger = models.PositiveSmallIntegerField()
    resolution_ppi = models.PositiveSmallIntegerField()
    template = models.BinaryField(default=b"")
    quality = models.PositiveSmallIntegerField(null=True, blank=True)
    #: How often this machine did not get to the end of the image.
    unread = models.PositiveSmallIntegerField(default=0)
    #: What the machine found and may not say by itself: an examiner must look before it goes.
    proposed = models.CharField(max_length=24, blank=True)
    outcome = models.CharField(max_length=24, blank=True)
    reason = models.CharField(max_length=48, blank=True)
    subject = models.ForeignKey(Subject, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    received_at = models.DateTimeField()
    #: The clock tick on which the answer leaves.
    leaves_at = models.DateTimeField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["received_at", "pk"]
        indexes = [
            models.Index(fields=["received_at"], condition=Q(state="received"), name="probe_to_search"),
            models.Index(fields=["received_at"], condition=Q(state="examine"), name="probe_to_examine"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Candidate(models.Model):
    """A finger of the gallery that an examiner must compare with a probe. Scores are not kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    probe = models.ForeignKey(ReceivedProbe, on_delete=models.CASCADE, related_name="candidates")
    finger = models.ForeignKey(FingerRecord, on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["rank"]
        constraints = [models.UniqueConstraint(fields=["probe", "finger"], name="candidate_once")]

    def __str__(self) -> str:
        return str(self.pk)


class Finding(models.Model):
    """What one examiner found. The reason is in the audit, outside of the chain."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="findings")
    examiner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=12, choices=[(v.value, v.value) for v in Verdict])
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["candidate", "examiner"], name="finding_once")]

    def __str__(self) -> str:
        return self.verdict


class DisclosureCase(models.Model):
    """A request for named fields that came in after a hit of ours."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.OneToOneField(Conversation, on_delete=models.PROTECT, related_name="disclosure_case")
    probe = models.OneToOneField(ReceivedProbe, on_delete=models.PROTECT, related_name="disclosure_case")
    fields = models.JSONField(default=list)
    persons = models.PositiveSmallIntegerField()
    received_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    given = models.JSONField(default=list)
    withheld = models.JSONField(default=dict)
    expires_at = models.DateTimeField(null=True, blank=True)
    #: The other side's receipt that it destroyed what it got.
    destruction_told_at = models.DateTimeField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["received_at", "pk"]

    def __str__(self) -> str:
        return str(self.pk)


class Ruling(models.Model):
    """One approver's word on every field asked for: ``release``, or the code of a reason to withhold it."""

    case = models.ForeignKey(DisclosureCase, on_delete=models.CASCADE, related_name="rulings")
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    rulings = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["case", "approver"], name="ruling_once")]

    def __str__(self) -> str:
        return f"{self.case_id} by {self.approver_id}"
