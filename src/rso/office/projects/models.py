"""Proposals with their rounds, and the projects that come of them."""

from __future__ import annotations

import uuid

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rso.accounts.models import Organisation, User
from rso.files.models import StoredFile
from rso.office.projects.rules import Outcome, State


class StateWords(models.TextChoices):
    DRAFT = State.DRAFT.value, _("Draft")
    ASSESSMENT = State.ASSESSMENT.value, _("With the Co-Managers for assessment")
    CONSULTATION = State.CONSULTATION.value, _("Steering Group consulted")
    DECISION = State.DECISION.value, _("Waiting for two signatures")
    DISAGREEMENT = State.DISAGREEMENT.value, _("The Co-Managers disagree")
    RETURNED = State.RETURNED.value, _("Returned for changes")
    APPROVED = State.APPROVED.value, _("Approved")
    DECLINED = State.DECLINED.value, _("Declined")
    WITHDRAWN = State.WITHDRAWN.value, _("Withdrawn")


class OutcomeWords(models.TextChoices):
    APPROVE = Outcome.APPROVE.value, _("Approve")
    RETURN = Outcome.RETURN.value, _("Return for changes")
    DECLINE = Outcome.DECLINE.value, _("Decline")


class Proposal(models.Model):
    """What a member proposes. ``revision`` counts edits, so that two people at once do not overwrite each other;
    ``round`` counts submissions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="proposals")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=20, choices=StateWords, default=State.DRAFT.value)
    revision = models.PositiveIntegerField(default=1)
    round = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(_("title"), max_length=200)
    problem = models.TextField(_("problem to be met"), blank=True)
    approach = models.TextField(_("what would be done"), blank=True)
    results = models.TextField(_("results wanted"), blank=True)
    risks = models.TextField(_("risks to the people concerned, and what is done about them"), blank=True)
    objectives = models.JSONField(_("objectives of the RSO"), default=list, blank=True)
    principles = models.JSONField(_("principles of the Regional Cooperation Framework"), default=list, blank=True)
    partners = models.ManyToManyField(Organisation, related_name="+", blank=True, verbose_name=_("partners"))
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"), null=True, blank=True)
    consultation_closes_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-changed_at"]
        indexes = [
            models.Index(fields=["state", "-changed_at"]),
            models.Index(fields=["-changed_at", "id"], name="proposal_latest_first"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="proposal_period_runs_forward",
            )
        ]

    def __str__(self) -> str:
        return self.title


class BudgetLine(models.Model):
    """Money wanted, by year and currency; sums are never made over currencies."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="budget")
    year = models.PositiveSmallIntegerField(_("year"), validators=[MinValueValidator(2012)])
    currency = models.CharField(_("currency (ISO 4217)"), max_length=3)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, validators=[MinValueValidator(0)])
    purpose = models.CharField(_("for what"), max_length=200)

    class Meta:
        ordering = ["year", "currency", "pk"]

    def __str__(self) -> str:
        return f"{self.year} {self.currency} {self.amount}"


class Submission(models.Model):
    """What was submitted in a round, word for word, so that rounds can be compared."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="submissions")
    round = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()

    class Meta:
        ordering = ["round"]
        constraints = [models.UniqueConstraint(fields=["proposal", "round"], name="submission_once_a_round")]


class Assessment(models.Model):
    """A Co-Manager's assessment of a round; both are needed before the Steering Group is consulted."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="assessments")
    round = models.PositiveSmallIntegerField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    leaning = models.CharField(_("leaning"), max_length=10, choices=OutcomeWords)
    text = models.TextField(_("assessment"))
    at = models.DateTimeField()

    class Meta:
        ordering = ["round", "at"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "round", "organisation"], name="assessment_once_a_round")
        ]


class Comment(models.Model):
    """A word of the Steering Group in the consultation's window. Silence is no objection and no consent."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="comments")
    round = models.PositiveSmallIntegerField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("comment"))
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]


class Signature(models.Model):
    """One key: a Co-Manager signs an outcome with its reason. ``attempt`` grows after each disagreement."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="signatures")
    round = models.PositiveSmallIntegerField()
    attempt = models.PositiveSmallIntegerField(default=1)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=10, choices=OutcomeWords)
    reason = models.TextField(_("reason"))
    at = models.DateTimeField()

    class Meta:
        ordering = ["round", "attempt", "at"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "round", "attempt", "organisation"], name="one_key_a_member_and_attempt"
            )
        ]


class Step(models.Model):
    """The history that people read; the audit is the one that proves."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=20, choices=StateWords)
    move = models.CharField(max_length=30)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]


class Attachment(models.Model):
    """A file that belongs to a proposal. One that was submitted is taken off later drafts, and kept for its round."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="attachments")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    taken_off_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]


class Project(models.Model):
    """What is being done. It comes of a proposal, or, older than this system, from a named public source."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=300)
    summary = models.TextField(_("summary"), blank=True)
    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, null=True, blank=True, related_name="project")
    source = models.CharField(_("source"), max_length=300, blank=True)
    since = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("to"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "-since", "title"]
        indexes = [models.Index(fields=["order", "-since", "title"], name="project_in_order")]

    def __str__(self) -> str:
        return self.title
