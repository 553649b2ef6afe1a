"""Works and their editions, what is written in them in each language, and what of it was published.

Wordings and publications are never changed once something refers to them: a newer one is a newer row.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rso.accounts.models import Organisation, User
from rso.content.models_translation import Arrival, Pair
from rso.content.rules import Block, Form, Origin, Safety, State, block_of
from rso.files.models import StoredFile
from rso.search.entries import PUBLIC

__all__ = [
    "Arrival", "CountryFact", "Edition", "FactState", "FormWords", "LanguageVersion", "OriginWords", "Pair",
    "Publication", "Recording", "Remark", "Review", "SafetyWords", "Segment", "StateWords", "Term", "Wording", "Work",
]  # fmt: skip


class FormWords(models.TextChoices):
    TITLE = Form.TITLE.value, _("Title")
    SUMMARY = Form.SUMMARY.value, _("Summary")
    HEADING = Form.HEADING.value, _("Heading")
    PARAGRAPH = Form.PARAGRAPH.value, _("Paragraph")
    ITEM = Form.ITEM.value, _("Item of a list")
    STEP = Form.STEP.value, _("Numbered step")
    NOTE = Form.NOTE.value, _("Note set apart")
    IMAGE = Form.IMAGE.value, _("Picture")
    FACTS = Form.FACTS.value, _("Facts of the reader's country")


class SafetyWords(models.TextChoices):
    NONE = Safety.NONE.value, _("Not safety-critical")
    HOTLINE = Safety.HOTLINE.value, _("Hotline")
    INDICATORS = Safety.INDICATORS.value, _("Indicators")
    REFERRAL = Safety.REFERRAL.value, _("Referral")


class StateWords(models.TextChoices):
    WRITING = State.WRITING.value, _("Being written")
    REVIEW = State.REVIEW.value, _("In review")
    APPROVED = State.APPROVED.value, _("Approved")
    PUBLISHED = State.PUBLISHED.value, _("Published")


class OriginWords(models.TextChoices):
    PERSON = Origin.PERSON.value, _("Written by a person")
    MEMORY = Origin.MEMORY.value, _("From the translation memory")
    IMPORT = Origin.IMPORT.value, _("From a file")
    MACHINE = Origin.MACHINE.value, _("Made by a machine")


class Work(models.Model):
    """A text, whatever its editions and languages. ``kind`` names what it is to the app that uses it; ``audience`` is
    a key as the search knows it."""

    code = models.SlugField(_("address"), max_length=80, unique=True)
    kind = models.CharField(max_length=40)
    title = models.CharField(_("working title"), max_length=300)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    source_language = models.CharField(_("source language"), max_length=20, default="en")
    audience = models.CharField(max_length=80, default=PUBLIC)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["title", "pk"]
        indexes = [models.Index(fields=["kind", "title"], name="content_work_by_kind")]

    def __str__(self) -> str:
        return self.title


class Edition(models.Model):
    """An edition of a work. The highest one whose source is published is the one that is read."""

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="editions")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(_("name of the edition"), max_length=100, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["work", "-number"]
        constraints = [models.UniqueConstraint(fields=["work", "number"], name="edition_once")]

    def __str__(self) -> str:
        return f"{self.work} ({self.number})"


class Segment(models.Model):
    """A place in an edition's source. ``level`` is that of a heading (2 to 4); ``facts`` a kind of country facts."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="segments")
    key = models.SlugField(max_length=60)
    order = models.PositiveIntegerField()
    form = models.CharField(_("form"), max_length=20, choices=FormWords)
    level = models.PositiveSmallIntegerField(default=0)
    safety = models.CharField(_("safety"), max_length=20, choices=SafetyWords, default=Safety.NONE.value, blank=True)
    image = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    facts = models.CharField(max_length=40, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["edition", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["edition", "key"], name="segment_key_once")]

    def __str__(self) -> str:
        return self.key

    @property
    def safety_kind(self) -> Safety:
        """What of somebody's safety hangs on it."""
        return Safety(self.safety)


class LanguageVersion(models.Model):
    """An edition in one language: a working copy with its state, and the publications made of it.

    ``revision`` counts changes, so that two people at once do not overwrite each other. The counts of segments are
    how the newest publication stood when it or its source was last published: for lists; a reader's page compares.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="versions")
    language = models.CharField(_("language"), max_length=20)
    is_source = models.BooleanField(default=False)
    state = models.CharField(_("state"), max_length=20, choices=StateWords, default=State.WRITING.value)
    revision = models.PositiveIntegerField(default=1)
    assignee = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    publish_at = models.DateTimeField(_("to be published"), null=True, blank=True)
    locked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    locked_since = models.DateTimeField(null=True, blank=True)
    locked_until = models.DateTimeField(null=True, blank=True)
    total = models.PositiveIntegerField(default=0)
    current = models.PositiveIntegerField(default=0)
    withheld = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["edition", "-is_source", "language"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "language"], name="language_version_once"),
            models.UniqueConstraint(fields=["edition"], condition=Q(is_source=True), name="one_source_an_edition"),
        ]
        indexes = [
            models.Index(fields=["state", "language"], name="version_by_state"),
            models.Index(fields=["publish_at"], condition=Q(publish_at__isnull=False), name="version_scheduled"),
        ]

    def __str__(self) -> str:
        return f"{self.edition} {self.language}"


class Wording(models.Model):
    """What a segment says in a version. ``of_meaning`` and ``of_number`` are the meaning and the wording of the
    published source that it translates (0 in a source). ``keeps_meaning`` is what an editor says of a small change.
    ``checked_by`` is the person who read over what a machine made."""

    version = models.ForeignKey(LanguageVersion, on_delete=models.CASCADE, related_name="wordings")
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="wordings")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    of_meaning = models.PositiveIntegerField(default=0)
    of_number = models.PositiveIntegerField(default=0)
    keeps_meaning = models.BooleanField(default=False)
    origin = models.CharField(max_length=20, choices=OriginWords, default=Origin.PERSON.value)
    engine = models.CharField(max_length=100, blank=True)
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["version", "segment", "-number"]
        constraints = [models.UniqueConstraint(fields=["version", "segment", "number"], name="wording_number_once")]

    def __str__(self) -> str:
        return f"{self.segment_id}/{self.number}"


class Review(models.Model):
    """A request to read a version over, and what came of it. ``digest`` is of what was read: a text that changed
    afterwards was not reviewed."""

    class Outcome(models.TextChoices):
        APPROVED = "approved", _("Approved")
        RETURNED = "returned", _("Returned for changes")

    version = models.ForeignKey(LanguageVersion, on_delete=models.CASCADE, related_name="reviews")
    digest = models.CharField(max_length=64)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    asked_at = models.DateTimeField()
    note = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.version_id} {self.outcome}"


class Publication(models.Model):
    """A snapshot that readers see. It holds all its words, so that nothing written later shows through."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(LanguageVersion, on_delete=models.PROTECT, related_name="publications")
    number = models.PositiveIntegerField()
    blocks = models.JSONField()
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    why_withdrawn = models.TextField(blank=True)

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["version", "number"], name="publication_number_once")]
        indexes = [models.Index(fields=["version", "-number"], name="publication_newest")]

    def __str__(self) -> str:
        return f"{self.version_id}/{self.number}"

    @property
    def snapshot(self) -> list[Block]:
        """The blocks in their order."""
        return [block_of(kept) for kept in self.blocks]


class Remark(models.Model):
    """A comment on a version, or on one segment of it; resolved, never deleted."""

    version = models.ForeignKey(LanguageVersion, on_delete=models.CASCADE, related_name="remarks")
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="remarks", null=True, blank=True)
    text = models.TextField(_("comment"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    resolved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text[:60]


class Recording(models.Model):
    """A segment read aloud. It speaks one wording, and is silent once another is published."""

    version = models.ForeignKey(LanguageVersion, on_delete=models.CASCADE, related_name="recordings")
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="recordings")
    number = models.PositiveIntegerField(help_text=_("Number of the wording that it speaks."))
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.segment_id}/{self.number}"


class Term(models.Model):
    """A line of the glossary: how a term of the source is said in a language, or must not be said."""

    source_language = models.CharField(max_length=20, default="en")
    language = models.CharField(_("language"), max_length=20)
    source = models.CharField(_("term"), max_length=200)
    target = models.CharField(_("translation"), max_length=200)
    avoid = models.CharField(_("not to be said"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["language", "source"]
        constraints = [models.UniqueConstraint(fields=["source_language", "language", "source"], name="term_once")]

    def __str__(self) -> str:
        return self.source


class CountryFact(models.Model):
    """A fact that a member owns: a hotline, a referral body, a law, whom to call. Texts hold none of it: they show
    this row. ``confirmed_on`` is the day on which the member last said that it is right; since then its keepers were
    ``asked`` so many times, last on ``reminded_on``, and the RSO's staff were told on ``staff_told_on``."""

    class Kind(models.TextChoices):
        HOTLINE = "hotline", _("Hotline")
        REFERRAL = "referral-body", _("Referral body")
        LAW = "legal-reference", _("Legal reference")
        CALL = "whom-to-call", _("Whom to call")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="country_facts")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    order = models.PositiveSmallIntegerField(default=0)
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    asked = models.PositiveSmallIntegerField(default=0)
    reminded_on = models.DateField(null=True, blank=True)
    staff_told_on = models.DateField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["organisation__name", "kind", "order", "pk"]
        indexes = [models.Index(fields=["kind", "organisation"], name="fact_of_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.organisation_id}"


class FactState(models.Model):
    """What a fact said from one moment on; the newest one holds. ``names`` are translations of ``name`` by code."""

    fact = models.ForeignKey(CountryFact, on_delete=models.CASCADE, related_name="states")
    number = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=300)
    names = models.JSONField(default=dict, blank=True)
    telephone = models.CharField(_("telephone"), max_length=60, blank=True)
    web = models.URLField(_("web address"), max_length=300, blank=True)
    hours = models.CharField(_("hours"), max_length=200, blank=True)
    languages = models.JSONField(_("languages spoken"), default=list, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["fact", "-number"]
        constraints = [models.UniqueConstraint(fields=["fact", "number"], name="fact_state_once")]

    def __str__(self) -> str:
        return self.name
