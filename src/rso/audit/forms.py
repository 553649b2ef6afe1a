"""What may be asked of the audit."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from rso.ui.forms import DateInput


class FilterForm(forms.Form):
    """Narrows the list; all fields may stay empty."""

    event = forms.CharField(
        label=_("Event"), max_length=100, required=False, help_text=_("Its beginning, as accounts:seat.")
    )
    about = forms.CharField(
        label=_("Actor or subject"), max_length=100, required=False, help_text=_("An identifier, whole.")
    )
    first = forms.DateField(label=_("From day"), required=False, widget=DateInput)
    last = forms.DateField(label=_("To day"), required=False, widget=DateInput)
