"""The forms of a written request. The interface for programs reads the same ones."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from rso.node.gallery.forms import ProtectionForm
from rso.node.post.forms import PlainText
from rso.node.post.presenters import PURPOSE_WORDS
from rso.node.requests.presenters import REASON_WORDS
from rso.ui.forms import DateInput
from rso.wire import limits

_YES_NO = [("yes", _("Yes")), ("no", _("No"))]


class AboutForm(ProtectionForm):
    """Is it about a person? Then the protection questions decide who may read it."""

    concerns_person = forms.ChoiceField(
        label=_("Is it about a person?"), choices=_YES_NO, initial="yes", widget=forms.RadioSelect
    )

    def about(self) -> dict[str, Any]:
        """``concerns_person`` and ``protection`` as the actions take them."""
        is_person = self.cleaned_data["concerns_person"] == "yes"
        return {"concerns_person": is_person, "protection": self.cleaned_data["protection"] if is_person else None}


class AskForm(AboutForm):
    """A new request. ``choices`` are arrangements in force with the agency behind each."""

    arrangement = forms.ChoiceField(label=_("Asked of, under"), widget=forms.Select(attrs={"translate": "no"}))
    purpose = forms.ChoiceField(label=_("Purpose"), choices=list(PURPOSE_WORDS.items()), widget=forms.RadioSelect)
    subject = PlainText(
        label=_("Subject"), max_length=limits.LINE, help_text=_("A few words; nobody but the recipient reads them.")
    )
    text = PlainText(label=_("What you ask"), max_length=limits.LETTER, widget=forms.Textarea)
    reply_by = forms.DateField(label=_("A reply is hoped for by"), widget=DateInput)

    def __init__(self, *arguments: Any, choices: list[tuple[str, str]], now: datetime, **options: Any) -> None:
        super().__init__(*arguments, **options)
        cast(forms.ChoiceField, self.fields["arrangement"]).choices = [("", _("Choose whom you ask")), *choices]
        self._now = now

    def clean_reply_by(self) -> datetime:
        """The end of that day; between now and the longest time that a request lives."""
        until = datetime.combine(self.cleaned_data["reply_by"], time(23, 59), UTC)
        if not self._now < until <= self._now + timedelta(seconds=limits.LIFETIME):
            raise forms.ValidationError(_("Choose a day from today on, at most 34 days ahead."), code="out-of-range")
        return until


class ReplyForm(AboutForm):
    """The reply. The protection answers are what this side knows of the person."""

    text = PlainText(label=_("Your reply"), max_length=limits.LETTER, widget=forms.Textarea)


class RefuseForm(forms.Form):
    """A refusal; silence would do as well."""

    reason = forms.ChoiceField(label=_("Reason"), choices=list(REASON_WORDS.items()), widget=forms.RadioSelect)
    text = PlainText(label=_("In a few words"), max_length=limits.NOTE, required=False, widget=forms.Textarea)
