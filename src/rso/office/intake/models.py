"""Enquiries, as they came and as they were answered."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from rso.accounts.models import Organisation, User
from rso.office.intake.rules import OPEN, State


class Enquiry(models.Model):
    """One offer or question from outside. ``details`` holds the fields that belong to its way alone."""

    class Way(models.TextChoices):
        TAKE_PART = "take-part", _("Take part in an initiative")
        PROPOSE = "propose", _("Propose a collaborative project")
        FUND = "fund", _("Fund an initiative")
        SECOND = "second", _("Second an official to the RSO")
        LIST_TRAINING = "list-training", _("List your training in the Regional Catalogue")
        PILOT = "pilot-exchange", _("Pilot the biometric data exchange")

    class StateWords(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("Waiting for the sender to confirm the address")
        NEW = "new", _("New")
        IN_HAND = "in-hand", _("In hand")
        ANSWERED = "answered", _("Answered")
        DECLINED = "declined", _("Answered with no")
        SET_ASIDE = "set-aside", _("Set aside without an answer")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    way = models.CharField(_("way of working with the RSO"), max_length=20, choices=Way)
    state = models.CharField(_("state"), max_length=20, choices=StateWords, default=State.UNCONFIRMED.value)
    organisation_name = models.CharField(_("organisation"), max_length=200)
    organisation_kind = models.CharField(_("kind of organisation"), max_length=30, choices=Organisation.Kind)
    contact_name = models.CharField(_("your name"), max_length=200)
    email = models.EmailField(_("e-mail address"))
    message = models.TextField(_("message"))
    details = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=20, blank=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField(_("answer due"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    confirmation_digest = models.CharField(max_length=64, unique=True)
    # A keyed digest of the sender's network address, only to count by; erased when the day is over.
    place_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["due_on", "created_at"]
        verbose_name_plural = _("enquiries")
        indexes = [models.Index(fields=["state", "due_on"]), models.Index(fields=["email", "created_at"])]

    def __str__(self) -> str:
        return f"{self.way}: {self.organisation_name}"

    @property
    def is_open(self) -> bool:
        """It waits for an answer."""
        return self.state in OPEN


class Step(models.Model):
    """What happened to an enquiry, for the people who handle it."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=20, choices=Enquiry.StateWords)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]
