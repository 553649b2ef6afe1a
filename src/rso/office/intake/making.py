"""The forms of what an enquiry becomes, filled in from what its sender wrote."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rso.accounts.forms import OrganisationForm
from rso.accounts.models import Organisation
from rso.office.intake.actions.becoming import PARTIES
from rso.office.intake.models import Enquiry, Listing, Secondment
from rso.office.intake.rules import SecondmentMove
from rso.ui.forms import DateInput

if TYPE_CHECKING:
    _SecondmentForm = forms.ModelForm[Secondment]
    _ListingForm = forms.ModelForm[Listing]
else:
    _SecondmentForm = _ListingForm = forms.ModelForm


class PartyForm(OrganisationForm):
    """An interested party and its first administrator."""

    contact = forms.CharField(label=_("Name of its first administrator"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("The invitation goes there. Whoever has an account already keeps it.")
    )
    field_order = ("name", "kind", "code", "contact", "email")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        own["kind"].choices = [("", _("Please choose")), *((kind.value, kind.label) for kind in PARTIES)]
        own["code"].help_text = _("It stays for good: a short name in capital letters.")


def party_of(enquiry: Enquiry) -> dict[str, str]:
    """What the form knows from the enquiry."""
    kind = enquiry.organisation_kind
    return {
        "name": enquiry.organisation_name,
        "kind": kind if kind in list(PARTIES) else "",
        "code": code_for(enquiry.organisation_name),
        "contact": enquiry.contact_name,
        "email": enquiry.email,
    }


def code_for(name: str) -> str:
    """A code that nobody has yet, from the letters of a name; empty where it has none of the Latin ones."""
    words = re.findall(r"[A-Z0-9]+", re.sub(r"\(.*?\)", "", name).upper())
    code = "-".join(words)[:16].strip("-")
    taken = set(Organisation.objects.filter(code__istartswith=code).values_list("code", flat=True)) if code else set()
    tries = [code, *(f"{code}-{number}" for number in range(2, 100))]
    return next((one for one in tries if one not in taken), "")


class SecondmentForm(_SecondmentForm):
    """What is known of a secondment."""

    class Meta:
        model = Secondment
        fields = ["offered_by", "discipline", "project", "starts_on", "ends_on"]
        widgets = {"starts_on": DateInput(), "ends_on": DateInput()}
        help_texts = {
            "offered_by": _("The member or organisation. No person is named here."),
            "project": _("Each secondment is on a project of its own."),
            "ends_on": _("Public pages speak of three to six months; the length is agreed case by case."),
        }

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        starts_on, ends_on = said.get("starts_on"), said.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("A term cannot end before it begins: give a later day."))
        return said


def secondment_of(enquiry: Enquiry) -> dict[str, str]:
    """What the form knows from the enquiry."""
    return {"offered_by": enquiry.organisation_name, "discipline": enquiry.details.get("expertise", "")}


class ListingForm(_ListingForm):
    """What a listing says."""

    class Meta:
        model = Listing
        fields = ["title", "provider", "audience", "languages", "mode"]
        widgets = {"mode": forms.RadioSelect}


def listing_of(enquiry: Enquiry) -> dict[str, str]:
    """What the form knows from the enquiry."""
    said = {name: enquiry.details.get(name, "") for name in ("title", "audience", "languages", "mode")}
    return {**said, "provider": enquiry.organisation_name}


class MoveForm(forms.Form):
    """A step of a secondment, with a word for colleagues; its end needs the report."""

    move = forms.ChoiceField(choices=[(move.value, move.value) for move in SecondmentMove], widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Note, or the report at its end"),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "translate": "no"}),
    )
