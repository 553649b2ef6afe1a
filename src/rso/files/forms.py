"""A form field that judges an upload as the action does, so that a person learns it beside the field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rso.files.errors import FileRefused
from rso.files.presenters import words
from rso.files.rules import KINDS, Kind, clean_name, endings, kind_of


class AttachmentField(forms.FileField):
    """One file of ``kinds``. ``limit`` is in bytes, the setting ``RSO_FILE_LIMIT`` if absent, read when needed."""

    def __init__(self, *, limit: int | None = None, kinds: tuple[Kind, ...] = KINDS, **options: Any) -> None:
        self._limit, self._kinds = limit, kinds
        options.setdefault("label", _("File"))
        options.setdefault("help_text", lazy(self._help, str)())
        # The refusal of an empty file is ours, with its words.
        super().__init__(allow_empty_file=True, **options)
        self.widget.attrs.setdefault("accept", ",".join(endings(kinds)))

    @property
    def limit(self) -> int:
        return self._limit or settings.RSO_FILE_LIMIT

    def _help(self) -> str:
        said = {"size": self.limit // 2**20, "endings": ", ".join(endings(self._kinds))}
        return gettext("At most %(size)s MB; %(endings)s.") % said

    def to_python(self, data: File[Any] | None) -> File[Any] | None:
        found = super().to_python(data)
        if found is None or found.file is None:
            return None
        try:
            if (found.size or 0) > self.limit:
                raise FileRefused("file-too-large", "The file is too large.")
            kind_of(found.file, clean_name(found.name or ""), self._kinds)
        except FileRefused as error:
            raise ValidationError(words(error, limit=self.limit, kinds=self._kinds), code=error.code) from error
        return found
