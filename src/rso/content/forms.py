"""Forms of texts: beginning them, giving them to somebody, and their way to the readers."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from rso.accounts.models import Organisation, User
from rso.accounts.queries import seats_on
from rso.accounts.rules import Role
from rso.content.kinds import kinds
from rso.content.models import CountryFact, FormWords, LanguageVersion, Review, SafetyWords
from rso.search.audiences import MEMBERS, SIGNED_IN, STAFF
from rso.search.entries import PUBLIC
from rso.ui.forms import DateInput, DateTimeInput
from rso.ui.languages import choices
from rso.ui.picking import PickField

AUDIENCES: Final = (
    (PUBLIC, _("Everybody")),
    (SIGNED_IN, _("Everybody who is signed in")),
    (MEMBERS, _("Members, observers and the office")),
    (STAFF, _("The office's staff")),
)
_WRITING_ROLES: Final = (Role.EDITOR, Role.RSO_STAFF)


def _words(rows: int, most: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "maxlength": most, "translate": "no"})


class BeginForm(forms.Form):
    """A new text."""

    title = forms.CharField(label=_("Working title"), max_length=300)
    code = forms.SlugField(
        label=_("Address"),
        max_length=80,
        help_text=_("Small letters, digits and hyphens: readers see it in the address."),
    )
    kind = forms.ChoiceField(label=_("Kind"), widget=forms.RadioSelect)
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=Organisation.objects.filter(kind=Organisation.Kind.OFFICE), to_field_name="code"
    )
    source_language = forms.ChoiceField(label=_("Language in which it is written"), choices=choices, initial="en")
    audience = forms.ChoiceField(
        label=_("Who may read it"), choices=AUDIENCES, initial=PUBLIC, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        own["kind"].choices = [(one.code, one.words) for one in kinds().values() if one.opens_here]
        own["kind"].initial = "page"
        own["owner"].initial = own["owner"].queryset.values_list("code", flat=True).first()
        own["owner"].label_from_instance = lambda row: row.name
        for name in ("code", "title", "owner", "source_language"):
            own[name].widget.attrs["translate"] = "no"


class WorkForm(forms.Form):
    """What can be changed of a work as a whole."""

    title = forms.CharField(label=_("Working title"), max_length=300)
    audience = forms.ChoiceField(label=_("Who may read it"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        now = self.get_initial_for_field(own["audience"], "audience")
        known = list(AUDIENCES)
        own["audience"].choices = known if now in (None, *(key for key, _words_ in known)) else [*known, (now, now)]


class EditionForm(forms.Form):
    name = forms.CharField(label=_("Name of the new edition"), max_length=100, required=False)


class LanguageForm(forms.Form):
    """A language into which an edition is not being translated yet."""

    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, *args: Any, taken: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        own["language"].choices = [(code, words) for code, words in choices() if code not in taken]
        own["language"].widget.attrs["translate"] = "no"


class AssignForm(forms.Form):
    """Somebody who may write this version, and until when."""

    to = PickField(label=_("Given to"), queryset=User.objects.none(), required=False, looked_in=("name",))
    due_on = forms.DateField(label=_("Due"), required=False, widget=DateInput())

    def __init__(self, *args: Any, version: LanguageVersion, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = seats_on(day)
        seats = (
            seats.filter(role__in=_WRITING_ROLES) if version.is_source
            else seats.filter(role=Role.TRANSLATOR, language=version.language)
        )  # fmt: skip
        own: dict[str, Any] = self.fields
        own["to"].queryset = User.objects.filter(is_active=True, pk__in=seats.values("user_id")).order_by("name", "pk")


class SubmitForm(forms.Form):
    note = forms.CharField(
        label=_("For whoever reads it over"), max_length=2000, required=False, widget=_words(2, 2000)
    )


class DecideForm(forms.Form):
    """Approved or returned; a return says why."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=Review.Outcome.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("What should be changed, or what you noticed"), max_length=4000, required=False, widget=_words(4, 4000)
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("outcome") == Review.Outcome.RETURNED and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Say what should be changed."))
        return cleaned


class ScheduleForm(forms.Form):
    """A moment of publication; the view reads it in the time zone that the label names."""

    at = forms.DateTimeField(label=_("Date and time"), widget=DateTimeInput())

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].label = _("Date and time (%(zone)s)") % {"zone": zone}


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=_words(2, 2000))


class RemarkForm(forms.Form):
    text = forms.CharField(label=_("Comment"), max_length=4000, widget=_words(2, 4000))


class WhatForm(forms.Form):
    """What a segment is. ``facts`` counts for facts only, ``level`` for headings only."""

    form = forms.ChoiceField(choices=FormWords)
    level = forms.IntegerField(min_value=0, max_value=4, required=False)
    safety = forms.ChoiceField(choices=SafetyWords, required=False)
    facts = forms.ChoiceField(choices=[("", ""), *CountryFact.Kind.choices], required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        heading = cleaned.get("form") == FormWords.HEADING
        cleaned["level"] = (cleaned.get("level") or 2) if heading else 0
        is_facts = cleaned.get("form") == FormWords.FACTS
        cleaned["facts"] = (cleaned.get("facts") or CountryFact.Kind.HOTLINE.value) if is_facts else ""
        return cleaned
