"""Dated truth: every row says from when to when it holds and where it comes from; newer facts are newer rows."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rso.accounts.models import Organisation


class Dated(models.Model):
    """A fact with a term and a source. ``since`` empty: from the beginning; ``until`` empty: still so."""

    since = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300)
    version = models.PositiveSmallIntegerField(
        _("version"), help_text=_("1 is the brochure's state; newer facts are later versions.")
    )

    class Meta:
        abstract = True


def _runs_forward(name: str) -> models.CheckConstraint:
    condition = Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gt=F("since"))
    return models.CheckConstraint(condition=condition, name=name)


class Standing(Dated):
    """What an organisation is in the Bali Process for a time: member or observer, its names, its group."""

    class Status(models.TextChoices):
        MEMBER_STATE = "member-state", _("Member State or territory")
        MEMBER_ORGANISATION = "member-organisation", _("Member organisation")
        OBSERVER = "observer", _("Observer")

    class Group(models.TextChoices):
        ASIA = "asia", _("Asia")
        ASEAN = "asean", _("ASEAN")
        OCEANIA = "oceania", _("Oceania")
        NORTH_AMERICA = "north-america", _("North America")
        ORGANISATIONS = "organisations", _("International organisations")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="standings")
    status = models.CharField(_("status"), max_length=30, choices=Status)
    group = models.CharField(_("group"), max_length=30, choices=Group)
    official_name = models.CharField(_("official name"), max_length=200)
    display_name = models.CharField(_("display name"), max_length=200)
    alpha2 = models.CharField(_("two-letter code"), max_length=2, blank=True)

    class Meta:
        ordering = ["display_name"]
        constraints = [_runs_forward("standing_runs_forward")]

    def __str__(self) -> str:
        return self.display_name


class Passage(Dated):
    """A numbered statement about the RSO: purpose, objective, principle, background, governance, way of taking part."""

    class Kind(models.TextChoices):
        PURPOSE = "purpose", _("Purpose")
        OBJECTIVE = "objective", _("Objective")
        BACKGROUND = "background", _("Background")
        PRINCIPLE = "principle", _("Principle of the Regional Cooperation Framework")
        GOVERNANCE = "governance", _("Governance")
        ADDRESS = "address", _("Address")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    code = models.SlugField(_("code"), max_length=60)
    order = models.PositiveSmallIntegerField(_("order"))
    text = models.TextField(_("text"))

    class Meta:
        ordering = ["kind", "order"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "code", "version"], name="passage_version_once"),
            _runs_forward("passage_runs_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.code}"


class Body(Dated):
    """A working group, task force, forum or organ of governance."""

    class Kind(models.TextChoices):
        WORKING_GROUP = "working-group", _("Working group")
        TASK_FORCE = "task-force", _("Task force")
        FORUM = "forum", _("Forum")
        GOVERNANCE = "governance", _("Governance")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    name = models.CharField(_("official name"), max_length=200)
    purpose = models.TextField(_("purpose"))
    order = models.PositiveSmallIntegerField(_("order"))

    class Meta:
        ordering = ["order"]
        verbose_name_plural = _("bodies")

    def __str__(self) -> str:
        return self.name


class Chair(Dated):
    """Who chairs, co-chairs or co-manages a body, and for how long."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="chairs")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["organisation__name"]
        constraints = [_runs_forward("chair_runs_forward")]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.body})"


class Resource(Dated):
    """A resource of the RSO under its official title."""

    class Kind(models.TextChoices):
        TRAINING = "training", _("Training material")
        GUIDE = "guide", _("Guide")
        TOOLKIT = "toolkit", _("Toolkit")
        CATALOGUE = "catalogue", _("Catalogue")

    code = models.SlugField(_("code"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    title = models.CharField(_("official title"), max_length=300)
    about = models.TextField(_("about"))
    partner = models.CharField(_("with"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"))

    class Meta:
        ordering = ["order"]

    def __str__(self) -> str:
        return self.title
