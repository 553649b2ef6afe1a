"""What an administrator fills in about people and seats."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rso.accounts.models import Agency, Organisation, User
from rso.accounts.roles import ROLE_WORDS
from rso.ui.forms import DateInput


class InviteForm(forms.Form):
    """An administrator invites a person."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"), help_text=_("An address of the agency, not a private one."))


class _Names(forms.Select):
    """A choice among names from the database, which are not translated."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"translate": "no", **(attrs or {})})


class SeatForm(forms.Form):
    """An administrator gives a seat."""

    user = forms.ModelChoiceField(label=_("Person"), queryset=User.objects.filter(is_active=True), widget=_Names)
    role = forms.ChoiceField(label=_("Role"), choices=[(role.value, words) for role, words in ROLE_WORDS.items()])
    organisation = forms.ModelChoiceField(label=_("Organisation"), queryset=Organisation.objects.all(), widget=_Names)
    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.all(), required=False, widget=_Names)
    starts_on = forms.DateField(label=_("From"), widget=DateInput)
    ends_on = forms.DateField(
        label=_("To"), required=False, widget=DateInput, help_text=_("Leave empty while no end is known.")
    )

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or self.cleaned_data
        start, end = fields.get("starts_on"), fields.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("A term cannot end before it begins: give a later day."))
        return fields
