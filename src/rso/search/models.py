"""What can be found, which words mean the same, and what people keep of their searches.

The terms of each text stand in a table of the database's own full-text engine, beside these.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

_FIRST_CODE: Final = 0xE000  # the private use area: no text that is searched for has these
_CODES: Final = 6_400


class Audience(models.Model):
    """Those who may find something, such as ``public``, by a key that the app which owns the text gives.

    Every term of the index begins with its audience's letter. So the postings of what somebody may not see are not even
    read for them: neither results nor counts nor time depend on it.
    """

    key = models.CharField(max_length=80, unique=True)

    def __str__(self) -> str:
        return self.key

    @property
    def letter(self) -> str:
        """One character of the private use area. No two audiences may share one: beyond the last there is an error."""
        if not 0 < self.pk < _CODES:
            raise ValueError("there are more audiences than letters for them")
        return chr(_FIRST_CODE + self.pk)


class Document(models.Model):
    """One text in one language that can be found. ``kind`` and ``ref`` name it for the app that owns it."""

    kind = models.CharField(max_length=40)
    ref = models.CharField(max_length=100)
    language = models.CharField(max_length=20)
    title = models.CharField(max_length=400)
    body = models.TextField()
    path = models.CharField(max_length=300)
    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "ref", "language"], name="search_document_once")]
        indexes = [models.Index(fields=["language"], name="search_document_language")]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref} ({self.language})"


class Vocable(models.Model):
    """A folded word that texts of an audience have, or had: what a slip of the keys is corrected to.

    ``head`` and ``inner`` are its first letter, and its second and third, by which near words are looked up.
    """

    audience = models.ForeignKey(Audience, on_delete=models.CASCADE, related_name="+")
    word = models.CharField(max_length=60)
    head = models.CharField(max_length=1)
    inner = models.CharField(max_length=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["audience", "word"], name="search_vocable_once")]
        indexes = [
            models.Index(fields=["audience", "head"], name="search_vocable_head"),
            models.Index(fields=["audience", "inner"], name="search_vocable_inner"),
        ]

    def __str__(self) -> str:
        return self.word


class Alike(models.Model):
    """Words and phrases that mean the same, one a line. ``language`` (BCP 47) says whose words they are."""

    language = models.CharField(_("language"), max_length=20, blank=True)
    words = models.TextField(_("words that mean the same"))

    class Meta:
        ordering = ["language", "words"]

    def __str__(self) -> str:
        return self.words.replace("\n", " = ")


class Saved(models.Model):
    """A search that somebody keeps under a name of their own. Nobody else sees it, and no audit tells of it.

    ``through`` is the number of the last document there was when its keeper was last told, or saved it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=200)
    kind = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=20, blank=True)
    tells = models.BooleanField(_("tell me of new results"), default=False)
    through = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="search_saved_name_once")]

    def __str__(self) -> str:
        return self.name


class Habit(models.Model):
    """Somebody's choice that their searches are not remembered, not even until they sign out."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    remembers = models.BooleanField(default=True)
