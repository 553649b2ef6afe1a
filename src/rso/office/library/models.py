"""Records of the library. Their titles and texts are works of the editorial core; here is what a catalogue adds."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rso.accounts.models import User
from rso.content.models import LanguageVersion, Work
from rso.files.models import StoredFile
from rso.office.library.rules import Reading


class Kind(models.TextChoices):
    GUIDE = "guide", _("Guide")
    HANDBOOK = "handbook", _("Handbook")
    TOOLKIT = "toolkit", _("Toolkit")
    TRAINING = "training-material", _("Training material")
    CURRICULUM = "curriculum", _("Curriculum")
    POLICY = "policy-paper", _("Policy paper")
    BRIEF = "thematic-brief", _("Thematic brief")
    RESEARCH = "research", _("Research")
    REPORT = "report", _("Report")
    PLAN = "plan", _("Plan or strategy")
    OUTCOME = "outcome-statement", _("Outcome statement")


class Theme(models.TextChoices):
    """The themes of the RSO's own site."""

    TIP = "trafficking-in-persons", _("Trafficking in persons")
    SMUGGLING = "people-smuggling", _("People smuggling")
    TECHNOLOGY = "technology-and-transnational-crime", _("Technology and transnational crime")
    IRREGULAR = "irregular-migration", _("Irregular migration")
    BORDER = "border-management", _("Border management")


class Area(models.TextChoices):
    """Areas of the Adelaide Strategy for Cooperation (2023), as far as they are publicly known."""

    LAW = "law-enforcement", _("Law enforcement")
    STAKEHOLDERS = "stakeholder-engagement", _("Stakeholder engagement")
    INFORMATION = "information-sharing-and-campaigns", _("Information sharing and public information campaigns")
    CRIME = "irregular-migration-and-crime", _("Irregular migration and related transnational crime")
    BORDER = "border-management", _("Border management")
    VICTIMS = "victim-protection-and-migration-management", _("Victim protection and migration management")


class Readers(models.TextChoices):
    """Whom a document is written for."""

    FRONTLINE = "frontline", _("Frontline officials")
    INVESTIGATORS = "investigators", _("Investigators and prosecutors")
    PROTECTION = "protection", _("Those who protect and assist")
    TRAINERS = "trainers", _("Trainers")
    POLICY = "policy", _("Policy makers")
    CONSULAR = "consular", _("Consular officials")
    BUSINESS = "business", _("Business")
    PUBLIC = "public", _("The public")


class ReadingWords(models.TextChoices):
    WAITING = Reading.WAITING.value, _("Its words are being read")
    READ = Reading.READ.value, _("Its words can be searched")
    NO_TEXT = Reading.NO_TEXT.value, _("No text could be read (a scan?)")
    FAILED = Reading.FAILED.value, _("Its words could not be read")
    UNSAFE = Reading.UNSAFE.value, _("Held back: it does something by itself")
    NOT_READ = Reading.NOT_READ.value, _("A kind of file without words")


class Record(models.Model):
    """What the catalogue says of a work.

    ``published`` is a year, a month or a day (EDTF). Facets live in :class:`Label`. ``open_since`` is when everybody
    could first read of it, ``open_changed_at`` when what everybody reads of it last changed, ``open_digest`` what that
    was: what others harvest must not show that something changed in a restricted part.
    """

    work = models.OneToOneField(Work, on_delete=models.PROTECT, related_name="record")
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    themes = models.JSONField(_("themes"), default=list, blank=True)
    areas = models.JSONField(_("areas of the Adelaide Strategy"), default=list, blank=True)
    readers = models.JSONField(_("written for"), default=list, blank=True)
    partners = models.CharField(_("with"), max_length=300, blank=True)
    licence = models.CharField(_("licence"), max_length=40, blank=True)
    rights = models.CharField(_("rights"), max_length=300, blank=True)
    published = models.CharField(_("published"), max_length=10, blank=True)
    doi = models.CharField("DOI", max_length=200, blank=True)
    isbn = models.CharField("ISBN", max_length=20, blank=True)
    link = models.URLField(_("official source"), max_length=500, blank=True)
    stated_by = models.CharField(_("stated by"), max_length=300, blank=True)
    supersedes = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="superseded_by", null=True, blank=True
    )
    order = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=1)
    is_shown = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    why_withdrawn = models.TextField(blank=True)
    open_since = models.DateTimeField(null=True, blank=True)
    open_changed_at = models.DateTimeField(null=True, blank=True)
    open_digest = models.CharField(max_length=64, blank=True)
    loaded_revision = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-published", "work__title", "pk"]
        indexes = [
            models.Index(fields=["is_shown", "-published"], name="library_shown"),
            models.Index(fields=["open_changed_at", "id"], name="library_open_changed"),
        ]

    def __str__(self) -> str:
        return self.work.title

    @property
    def year(self) -> str:
        return self.published[:4]


class Label(models.Model):
    """What a list is narrowed by, one row a value: written anew with each change of a record, never by hand.

    ``audience`` is empty where whoever sees the record may count it, and else the key of a part of it.
    """

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="labels")
    facet = models.CharField(max_length=20)
    value = models.CharField(max_length=200)
    audience = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "facet", "value", "audience"], name="label_once")]
        indexes = [models.Index(fields=["facet", "value", "audience", "record"], name="label_narrowing")]

    def __str__(self) -> str:
        return f"{self.facet} {self.value}"


class Described(models.Model):
    """A record's published words in a language, beside it for lists. The core's publication is where they come from."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="described")
    language = models.CharField(max_length=20)
    is_source = models.BooleanField(default=False)
    is_current = models.BooleanField(default=True)
    title = models.CharField(max_length=400)
    about = models.TextField(blank=True)

    class Meta:
        ordering = ["record", "-is_source", "language"]
        constraints = [models.UniqueConstraint(fields=["record", "language"], name="described_once")]

    def __str__(self) -> str:
        return self.title


class Document(models.Model):
    """A place for a file in a language version. ``access`` is empty where the record's own holds."""

    class Role(models.TextChoices):
        MAIN = "main", _("Main text")
        SLIDES = "slides", _("Slides")
        NOTES = "notes", _("Facilitator's notes")
        WORKBOOK = "workbook", _("Workbook")
        ANNEX = "annex", _("Annex")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="documents")
    version = models.ForeignKey(LanguageVersion, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("part"), max_length=20, choices=Role, default=Role.MAIN)
    order = models.PositiveIntegerField(default=0)
    access = models.CharField(max_length=80, blank=True)
    accessibility = models.CharField(_("accessibility"), max_length=300, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["record", "order", "pk"]

    def __str__(self) -> str:
        return f"{self.record_id} {self.role}"


class Copy(models.Model):
    """A file in its place; the highest number stands, the earlier ones are kept for those who keep the library.

    ``file`` is gone where a removed document was forgotten for good. ``text`` is what was read of it.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="copies")
    number = models.PositiveIntegerField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", null=True)
    preview = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", null=True)
    reading = models.CharField(max_length=20, choices=ReadingWords, default=Reading.WAITING.value)
    pages = models.PositiveIntegerField(default=0)
    text = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["document", "-number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="library_copy_once")]

    def __str__(self) -> str:
        return f"{self.document_id}/{self.number}"


class Widening(models.Model):
    """A wish that more people may read a record, or one document of it; somebody else decides."""

    class Outcome(models.TextChoices):
        OPENED = "opened", _("Opened")
        REFUSED = "refused", _("Refused")

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="widenings")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="widenings", null=True, blank=True)
    before = models.CharField(max_length=80)
    after = models.CharField(max_length=80)
    reason = models.TextField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "document"], condition=Q(outcome=""), name="one_widening_of_a_document"
            ),
            models.UniqueConstraint(
                fields=["record"], condition=Q(outcome="", document=None), name="one_widening_of_a_record"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.before} -> {self.after}"


class Taken(models.Model):
    """How often a document was downloaded on a day, all together: no person, no address, no organisation."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="taken")
    day = models.DateField()
    times = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day", "document"]
        constraints = [models.UniqueConstraint(fields=["document", "day"], name="library_taken_once")]

    def __str__(self) -> str:
        return f"{self.document_id} {self.day}"


class Import(models.Model):
    """A table that was read and judged, and waits for its reader's word; ``rows`` hold what would be written."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=160)
    rows = models.JSONField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.name
