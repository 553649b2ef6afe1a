"""One default's form: a number or a line, checked by the default itself."""

from __future__ import annotations

from typing import Any

from django import forms

from rso.defaults.presenters import words
from rso.defaults.rules import Default, WrongValue


class ValueForm(forms.Form):
    """The value of one default."""

    value = forms.CharField(required=False, max_length=300)

    def __init__(self, default: Default[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.default = default
        own = self.fields["value"]
        own.label, own.help_text = default.label, default.help
        if default.counts:
            own.widget = forms.NumberInput(attrs={"min": default.least, "max": default.most})
        elif default.mail:
            own.widget = forms.EmailInput()
        own.required = default.counts

    def clean_value(self) -> str:
        said: str = self.cleaned_data["value"]
        try:
            return str(self.default.read(said))
        except WrongValue as error:
            raise forms.ValidationError(words(error, self.default)) from error
