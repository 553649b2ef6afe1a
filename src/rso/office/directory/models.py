"""Dated truth: every row says from when to when it holds and where it comes from; newer facts are newer rows.

Rows are closed, corrected or withdrawn, never deleted. What a row said before stands in its revisions.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rso.accounts.models import Organisation, User


class Dated(models.Model):
    """A fact with a term and a source. ``since`` empty: the beginning is not known, or there is none; ``until`` empty:
    still so, unless ``is_over`` says that it ended on a day that nobody has written down.

    ``key`` names a row of the shipped file; ``is_ours`` says that the office has changed it, so that loading keeps it.
    """

    since = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300)
    version = models.PositiveSmallIntegerField(
        _("version"), help_text=_("1 is the brochure's state; newer facts are later versions.")
    )
    is_over = models.BooleanField(_("over, on a day not known"), default=False)
    is_withdrawn = models.BooleanField(_("withdrawn"), default=False, editable=False)
    is_ours = models.BooleanField(_("changed by the office"), default=False, editable=False)
    key = models.CharField(max_length=160, blank=True, editable=False, db_index=True)

    class Meta:
        abstract = True

    @property
    def state(self) -> str:
        """``withdrawn``, ``over`` (the day not known), ``closed`` (it has a last day), or ``open``."""
        if self.is_withdrawn:
            return "withdrawn"
        return "over" if self.is_over else "closed" if self.until else "open"


def _runs_forward(name: str) -> models.CheckConstraint:
    condition = Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gt=F("since"))
    return models.CheckConstraint(condition=condition, name=name)


class Group(models.Model):
    """A heading under which members are listed. The first five are the brochure's; the office may change them."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100)
    order = models.PositiveSmallIntegerField(_("order"))

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class Standing(Dated):
    """What an organisation is in the Bali Process for a time: member or observer, its names, its group."""

    class Status(models.TextChoices):
        MEMBER_STATE = "member-state", _("Member State or territory")
        MEMBER_ORGANISATION = "member-organisation", _("Member organisation")
        OBSERVER = "observer", _("Observer")

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="standings", verbose_name=_("organisation")
    )
    status = models.CharField(_("status"), max_length=30, choices=Status)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="standings", verbose_name=_("group"))
    official_name = models.CharField(_("official name"), max_length=200)
    display_name = models.CharField(_("display name"), max_length=200)
    alpha2 = models.CharField(_("two-letter code"), max_length=2, blank=True)
    alpha3 = models.CharField(_("three-letter code"), max_length=3, blank=True)

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
        ordering = ["order", "pk"]
        verbose_name_plural = _("bodies")

    def __str__(self) -> str:
        return self.name

    @property
    def chairs_now(self) -> list[Term]:
        """Terms of the posts that lead it on the day that ``queries.bodies`` was asked for, which fetches them."""
        posts: list[Any] = vars(self)["posts_now"]
        return [term for post in posts if post.leads for term in post.terms_now]


class Post(Dated):
    """A seat of a body: co-chair, Co-Manager, member. Who holds it, and when, are its terms."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="posts", verbose_name=_("body"))
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name of the post"), max_length=100)
    leads = models.BooleanField(
        _("leads the body"), default=False, help_text=_("A chair, co-chair or Co-Manager: named wherever the body is.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1)

    class Meta:
        ordering = ["body__order", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["body", "code"], name="post_code_once"),
            _runs_forward("post_runs_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.body})"


class Term(Dated):
    """An organisation, and perhaps a person for it, holds a post for a time."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="terms", verbose_name=_("post"))
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="terms", verbose_name=_("organisation")
    )
    person = models.CharField(
        _("person"), max_length=200, blank=True, help_text=_("Shown to signed-in officials, unless marked as public.")
    )
    person_is_public = models.BooleanField(_("the name is public"), default=False)

    class Meta:
        ordering = ["organisation__name", "pk"]
        constraints = [_runs_forward("term_runs_forward")]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.post}"


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


class Revision(models.Model):
    """What was done to a row, by whom and why, with its values before and after. It is never changed."""

    class Deed(models.TextChoices):
        ENTERED = "entered", _("Entered")
        CORRECTED = "corrected", _("Corrected")
        CLOSED = "closed", _("Closed")
        REOPENED = "reopened", _("Opened again")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        RESTORED = "restored", _("Restored")
        UNDONE = "undone", _("Undone")

    kind = models.CharField(max_length=40)
    ref = models.PositiveBigIntegerField()
    deed = models.CharField(max_length=20, choices=Deed)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["kind", "ref"], name="directory_revision_of")]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}: {self.deed}"
