"""Forms of translators, reviewers, and of whoever keeps a glossary or a country's facts."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from rso.content.actions.writing import MOST_CHARACTERS
from rso.content.models import CountryFact, FactState, Review, Term
from rso.files.forms import AttachmentField
from rso.files.rules import AUDIO
from rso.ui import languages


class WordingForm(forms.Form):
    """What a segment says; ``base`` and ``seen`` are the number and the mark of the wording that was read."""

    text = forms.CharField(max_length=MOST_CHARACTERS, required=False, strip=False)
    base = forms.IntegerField(min_value=0)
    seen = forms.CharField(max_length=16, required=False)


class RemarkForm(forms.Form):
    text = forms.CharField(label=_("Comment"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class RecordingForm(forms.Form):
    file = AttachmentField(label=_("Recording"), kinds=AUDIO)


class SubmitForm(forms.Form):
    note = forms.CharField(
        label=_("A word to the reviewer"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReviewForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Your decision"), choices=Review.Outcome.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Needed when you return it: what should be changed."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ExchangeForm(forms.Form):
    """The file from a translator's program. What it is, is read from its content by the action."""

    file = forms.FileField(
        label=_("PO or XLIFF file"),
        help_text=_("At most 4 MB, in UTF-8, as it came from here. You see what it would do before it does it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".po,.xlf,.xliff"}),
        allow_empty_file=True,
    )


class TableForm(forms.Form):
    file = forms.FileField(
        label=_("Table"),
        help_text=_("CSV in UTF-8, or XLSX, with the columns source, target, avoid and note. At most 2 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
        allow_empty_file=True,
    )


class TermForm(forms.ModelForm[Term]):
    class Meta:
        model = Term
        fields = ["source", "target", "avoid", "note"]
        labels = {"source": _("Term in the source"), "target": _("Translation")}
        help_texts = {"avoid": _("A translation that must not be used.")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["target"].required = False

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("source") and not (said.get("target") or said.get("avoid")):
            raise ValidationError(_("Give a translation, or what is not to be said."), code="term-incomplete")
        return said


_TELEPHONE = re.compile(r"^[+\d\u0660-\u0669\u06f0-\u06f9][\d\u0660-\u0669\u06f0-\u06f9\s().,/x+-]*$")


class FactForm(forms.ModelForm[FactState]):
    """What a fact says. ``name_xx`` are its names in other languages than English."""

    kind = forms.ChoiceField(label=_("Kind"), choices=CountryFact.Kind.choices, widget=forms.RadioSelect)
    web = forms.URLField(
        label=_("Web address"), required=False, assume_scheme="https", max_length=300,
        validators=[URLValidator(schemes=["https", "http"])],
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label=_("Languages spoken there"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=languages.choices,
    )  # fmt: skip

    class Meta:
        model = FactState
        fields = ["name", "telephone", "web", "hours", "note", "languages"]
        labels = {"name": _("Name in English")}
        help_texts = {
            "telephone": _("As one dials it from within the country, and with + from abroad."),
            "hours": _("For example: every day, 24 hours."),
        }

    def __init__(self, *args: Any, with_kind: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        if not with_kind:
            del self.fields["kind"]
        names = self.instance.names if self.instance.pk else {}
        for code, language in languages.LANGUAGES.items():
            if code != "en":
                self.fields[f"name_{code}"] = forms.CharField(
                    label=f"{language.own} ({code})", max_length=300, required=False, initial=names.get(code, ""),
                    widget=forms.TextInput(attrs={"lang": code, "dir": language.direction}),
                )  # fmt: skip

    @property
    def main_names(self) -> list[str]:
        return [name for name in self.fields if not name.startswith("name_") and name != "languages"]

    @property
    def name_names(self) -> list[str]:
        return [name for name in self.fields if name.startswith("name_")]

    def clean_telephone(self) -> str:
        said = str(self.cleaned_data["telephone"]).strip()
        if said and not _TELEPHONE.match(said):
            raise ValidationError(_("A telephone number has digits, spaces, brackets, hyphens and a leading +."))
        return said

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not any(said.get(name) for name in ("telephone", "web", "note")) and not self.errors:
            raise ValidationError(_("Give a telephone number, a web address or a note."), code="fact-empty")
        return said

    def said(self) -> dict[str, Any]:
        """The fields of a state, as the actions take them."""
        given = self.cleaned_data
        names = {name.removeprefix("name_"): given[name].strip() for name in self.name_names if given[name].strip()}
        kept = {name: given[name] or "" for name in ("name", "telephone", "web", "hours", "note")}
        return {**kept, "languages": list(given["languages"]), "names": names}
