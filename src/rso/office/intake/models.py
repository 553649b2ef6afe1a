"""Enquiries, as they came and as they were answered."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rso.accounts.models import Organisation, User
from rso.office.intake.rules import OPEN, ListingState, SecondmentState, State


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
    # When names, addresses and words were taken off it, after the time that such are kept.
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "created_at"]
        verbose_name_plural = _("enquiries")
        indexes = [models.Index(fields=["state", "due_on"]), models.Index(fields=["email", "created_at"])]

    def __str__(self) -> str:
        return f"{self.way}: {self.organisation_name}"

    @property
    def reference(self) -> str:
        """A short name for people; it names nobody, so that mail and audit may say it."""
        return f"E-{self.pk.hex[:8].upper()}"

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
    move = models.CharField(max_length=20, blank=True, default="")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]


class Outcome(models.Model):
    """What came of an enquiry: something of a ``kind`` that an app has entered (``outcomes``), by its ``key``."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="outcomes")
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="outcome_of_one_enquiry")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Secondment(models.Model):
    """An official whom somebody offers to the RSO for some months, on a project of its own. No person is named."""

    class StateWords(models.TextChoices):
        OFFERED = "offered", _("Offered")
        CONSIDERED = "under-consideration", _("Under consideration")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        PLACED = "placed", _("At the RSO")
        ENDED = "ended", _("Ended")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    offered_by = models.CharField(_("offered by"), max_length=200)
    discipline = models.CharField(_("field of work"), max_length=300)
    project = models.CharField(_("project of the secondment"), max_length=300, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=StateWords, default=SecondmentState.OFFERED.value)
    report = models.TextField(_("report"), blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-changed_at", "pk"]
        indexes = [models.Index(fields=["state", "-changed_at"], name="secondment_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="secondment_runs_forward",
            )
        ]

    def __str__(self) -> str:
        return f"{self.offered_by}: {self.discipline}"


class SecondmentStep(models.Model):
    """What happened to a secondment, for the people who handle it."""

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=Secondment.StateWords)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]


class Listing(models.Model):
    """A training that its provider wants in the Regional Catalogue: what the catalogue will take over."""

    class StateWords(models.TextChoices):
        DRAFT = "draft", _("Draft")
        CONFIRMED = "confirmed", _("Confirmed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Mode(models.TextChoices):
        IN_PERSON = "in-person", _("In person")
        ONLINE = "online", _("Online")
        BLENDED = "blended", _("Both")
        MATERIALS = "materials", _("Materials only")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(_("title"), max_length=300)
    provider = models.CharField(_("given by"), max_length=200)
    audience = models.CharField(_("for whom"), max_length=300)
    languages = models.CharField(_("languages"), max_length=200)
    mode = models.CharField(_("how it is given"), max_length=20, choices=Mode)
    state = models.CharField(_("state"), max_length=20, choices=StateWords, default=ListingState.DRAFT.value)
    last_confirmed_on = models.DateField(_("last confirmed"), null=True, blank=True)
    expires_on = models.DateField(_("lapses on"), null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["title", "pk"]
        indexes = [models.Index(fields=["state", "expires_on"], name="listing_by_state")]

    def __str__(self) -> str:
        return self.title
