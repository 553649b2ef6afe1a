"""Focal points and what they are for. An entry that has ended stays; what it said before stands in its revisions."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rso.accounts.models import Agency, Organisation, User
from rso.office.contacts import rules


class Subject(models.Model):
    """What focal points are for. A list of the office's own: the code is also that of a seat's subject."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=100)
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    is_active = models.BooleanField(_("can be chosen"), default=True)

    class Meta:
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name


class FocalPoint(models.Model):
    """A person whom others may reach at a member for a subject: the principal, or one of two deputies.

    ``hours`` holds seven texts, Monday first, as ``rules.read_hours`` reads them; ``channels`` a list of objects with
    ``kind``, ``value`` and ``note``; ``languages`` BCP 47 codes.
    """

    class Rank(models.IntegerChoices):
        PRINCIPAL = 0, _("Principal")
        FIRST_DEPUTY = 1, _("First deputy")
        SECOND_DEPUTY = 2, _("Second deputy")

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="focal_points", verbose_name=_("organisation")
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="focal_points", null=True, blank=True, verbose_name=_("agency")
    )
    subject = models.ForeignKey(
        Subject, on_delete=models.PROTECT, related_name="focal_points", verbose_name=_("subject")
    )
    rank = models.PositiveSmallIntegerField(_("rank"), choices=Rank, default=Rank.PRINCIPAL)
    name = models.CharField(_("name"), max_length=200)
    position = models.CharField(_("position"), max_length=200, blank=True)
    channels = models.JSONField(_("ways to reach"), default=list)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64)
    hours = models.JSONField(_("working hours"), default=list)
    note = models.CharField(_("note"), max_length=300, blank=True)
    since = models.DateField(_("from"))
    until = models.DateField(_("to"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed"))
    confirmed_at = models.DateTimeField(_("last confirmed"), null=True)
    confirmed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("confirmed by")
    )
    is_by_office = models.BooleanField(_("entered by the office"), default=False)
    reminders = models.PositiveSmallIntegerField(_("reminders sent"), default=0)
    reminded_at = models.DateTimeField(_("last reminded"), null=True)
    is_synthetic = models.BooleanField(_("synthetic"), default=False)

    class Meta:
        ordering = ["organisation__name", "subject__order", "rank", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="focal_point_runs_forward"
            )
        ]
        indexes = [models.Index(fields=["organisation", "subject"], name="focal_point_of")]

    def __str__(self) -> str:
        return f"{self.name} ({self.organisation}: {self.subject})"

    @property
    def week(self) -> rules.Week:
        """The working hours, Monday first."""
        return [rules.read_hours(text) for text in [*self.hours, *[""] * 7][:7]]

    @property
    def entry(self) -> rules.Entry:
        """What decisions are asked about."""
        return rules.Entry(self.organisation.code, self.subject.code)
