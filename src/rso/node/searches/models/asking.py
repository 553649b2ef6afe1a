"""What this node asks others."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from rso.node.post.models import Conversation
from rso.node.searches.rules import SearchState


class Search(models.Model):
    """A question of an officer, put to one or several members. Image and protection answers are sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in SearchState], default=SearchState.DRAFT
    )
    finger = models.PositiveSmallIntegerField(_("finger"))
    resolution_ppi = models.PositiveSmallIntegerField(_("resolution"))
    quality = models.PositiveSmallIntegerField(_("quality"))
    image = models.BinaryField()
    purpose = models.CharField(_("purpose"), max_length=48)
    legal_basis = models.CharField(_("legal basis"), max_length=48)
    arrangement = models.CharField(max_length=64, blank=True)
    own_reference = models.CharField(_("own reference"), max_length=80)
    protection = models.BinaryField()
    is_synthetic = models.BooleanField(_("synthetic"), default=False)
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "searches"
        ordering = ["-created_at", "pk"]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def vault_subject(self) -> str:
        """The name under which the vault keeps this question's key."""
        return f"search:{self.pk}"


class Agreement(models.Model):
    """The protection officer's word on a question about a person of unknown origin. The reason is in the audit."""

    search = models.OneToOneField(Search, on_delete=models.CASCADE, related_name="agreement")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agreed = models.BooleanField()
    at = models.DateTimeField()


class Question(models.Model):
    """The question as put to one member, and what came back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    search = models.ForeignKey(Search, on_delete=models.PROTECT, related_name="questions")
    conversation = models.OneToOneField(Conversation, on_delete=models.PROTECT, related_name="question_of_ours")
    outcome = models.CharField(max_length=24, blank=True)
    reason = models.CharField(max_length=48, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    destruction_told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["conversation__peer", "pk"]

    def __str__(self) -> str:
        return str(self.pk)


class DisclosureAsk(models.Model):
    """A request for named fields after a hit, and what arrived; the fields themselves stay sealed in the post."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.OneToOneField(Question, on_delete=models.PROTECT, related_name="disclosure")
    conversation = models.OneToOneField(Conversation, on_delete=models.PROTECT, related_name="disclosure_of_ours")
    fields = models.JSONField(default=list)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    came_at = models.DateTimeField(null=True, blank=True)
    withheld = models.JSONField(default=dict)
    handling = models.JSONField(default=list)
    refused = models.CharField(max_length=48, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "pk"]

    def __str__(self) -> str:
        return str(self.pk)
