"""What people fill in about the search."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from rso.search.rules import LONGEST_QUERY


class SaveForm(forms.Form):
    """A search to be kept; all but its name and the wish to be told come from the page of its results."""

    name = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput(attrs={"translate": "no"}))
    tells = forms.BooleanField(label=_("Tell me of new results"), required=False)
    q = forms.CharField(max_length=LONGEST_QUERY, widget=forms.HiddenInput)
    kind = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    language = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)


class WordsForm(forms.Form):
    """A group of words that mean the same."""

    words = forms.CharField(
        label=_("Words that mean the same"),
        max_length=1_000,
        help_text=_("Each word or phrase on a line of its own. Whoever looks for one finds the others, after it."),
        widget=forms.Textarea(attrs={"rows": 5, "translate": "no"}),
    )
    language = forms.RegexField(
        label=_("Language"),
        regex=r"^[a-z]{2,3}(-[A-Z]{2})?$",
        required=False,
        help_text=_("The code of the language whose words these are, as en or fa-AF. Empty: of all."),
        error_messages={"invalid": _("A code as en, th or fa-AF.")},
    )
