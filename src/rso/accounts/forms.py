"""What an administrator fills in about people and seats."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rso.accounts.models import Agency, Organisation, User
from rso.accounts.roles import roles_here
from rso.ui.forms import DateInput


class InviteForm(forms.Form):
    """An administrator invites a person."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"), help_text=_("An address of the agency, not a private one."))


class _Names(forms.Select):
    """A choice among names from the database, which are not translated."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"translate": "no", **(attrs or {})})


def _code(help_text: Any, most: int) -> forms.RegexField:
    return forms.RegexField(
        label=_("Code"),
        regex=r"^[A-Z0-9][A-Z0-9/-]*$",
        max_length=most,
        help_text=help_text,
        error_messages={"invalid": _("Capital letters, digits, hyphens and slashes only, as XAV or XAV/GOV/BORDER.")},
    )


class NameForm(forms.Form):
    """A new name for what has a code."""

    name = forms.CharField(label=_("Name"), max_length=200)


class OrganisationForm(NameForm):
    """An administrator enters an organisation: a member, an observer, or an interested party."""

    kind = forms.ChoiceField(label=_("Kind of organisation"), choices=Organisation.Kind)
    code = _code(_("It stays for good. For a member it is the three letters that the directory uses."), 20)


class AgencyForm(NameForm):
    """An administrator enters an agency of an organisation."""

    code = _code(_("It stays for good; an agency that takes part in the exchange has the same code there."), 40)


class SeatForm(forms.Form):
    """An administrator gives a seat."""

    user = forms.ModelChoiceField(label=_("Person"), queryset=User.objects.filter(is_active=True), widget=_Names)
    role = forms.ChoiceField(label=_("Role"))
    organisation = forms.ModelChoiceField(label=_("Organisation"), queryset=Organisation.objects.all(), widget=_Names)
    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.all(), required=False, widget=_Names)
    starts_on = forms.DateField(label=_("From"), widget=DateInput)
    ends_on = forms.DateField(
        label=_("To"), required=False, widget=DateInput, help_text=_("Leave empty while no end is known.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        # Without an empty choice the first role would be given by whoever overlooks this field.
        own["role"].choices = [("", _("Please choose")), *((role.value, words) for role, words in roles_here().items())]

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or self.cleaned_data
        start, end = fields.get("starts_on"), fields.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("A term cannot end before it begins: give a later day."))
        return fields
