"""What an administrator fills in about the facts of the directory. The interface and the sheets use the same forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.db.models import Model
from django.forms import modelform_factory
from django.utils.translation import gettext_lazy as _

from rso.office.directory.models import Body, Group, Passage, Post, Resource, Standing, Term
from rso.office.directory.rules import runs_forward
from rso.ui.forms import DateInput


class ReasonForm(forms.Form):
    """Why something is done; the answer stands in the history."""

    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2, "translate": "no"}),
        help_text=_("It stands in the history, for those who come later."),
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class CloseForm(ReasonForm):
    """When something ended."""

    until = forms.DateField(
        label=_("First day on which it no longer holds"), widget=DateInput, required=False,
        help_text=_("Leave empty where it has ended and the day is not known."),
    )  # fmt: skip
    field_order = ["until", "reason"]


class MergeForm(ReasonForm):
    """Which group takes in the members of another."""

    into = forms.ModelChoiceField(label=_("Into the group"), queryset=Group.objects.all())
    field_order = ["into", "reason"]


_DATES = ["since", "until", "is_over", "source"]
_FIELDS: Final[dict[str, tuple[type[Model], list[str]]]] = {
    "standing": (Standing, ["organisation", "status", "group", "display_name", "official_name", "alpha2", "alpha3"]),
    "body": (Body, ["code", "kind", "name", "purpose", "order"]),
    "post": (Post, ["body", "code", "name", "leads", "order"]),
    "term": (Term, ["post", "organisation", "person", "person_is_public"]),
    "passage": (Passage, ["kind", "code", "text", "order"]),
    "resource": (Resource, ["code", "kind", "title", "about", "partner", "order"]),
    "group": (Group, ["code", "name", "order"]),
}
#: Names from the database, which are not translated.
_NAMES = {name: forms.Select(attrs={"translate": "no"}) for name in ("organisation", "group", "body", "post")}
_WIDGETS: Final[dict[str, Any]] = {
    **_NAMES,
    "since": DateInput(),
    "until": DateInput(),
    "text": forms.Textarea(attrs={"rows": 5, "translate": "no"}),
    "about": forms.Textarea(attrs={"rows": 4, "translate": "no"}),
    "purpose": forms.Textarea(attrs={"rows": 4, "translate": "no"}),
}
_HINTS: Final[dict[str, Any]] = {
    "since": _("Leave empty where the beginning is not known."),
    "until": _("The first day on which it no longer holds; empty while it still does."),
    "source": _("Where this is written, so that somebody else can read it there."),
}


if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Any]
else:
    _ModelForm = forms.ModelForm


class FactForm(_ModelForm):
    """A fact of any kind; :func:`form_of` makes the one for a kind. It never saves: an action takes its values."""

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or self.cleaned_data
        if not runs_forward((fields.get("since"), fields.get("until"))):
            self.add_error("until", _("A term cannot end before it begins: give a later day."))
        return fields

    def values(self) -> dict[str, Any]:
        """The cleaned values by column, as the actions take them."""
        return {
            self._meta.model._meta.get_field(name).attname: value.pk if isinstance(value, Model) else value
            for name, value in self.cleaned_data.items()
        }


def form_of(kind: str) -> type[FactForm]:
    """The form for facts of a kind; a group has no dates."""
    model, fields = _FIELDS[kind]
    names = fields if kind == "group" else [*fields, *_DATES]
    widgets = {name: widget for name, widget in _WIDGETS.items() if name in names}
    hints = {name: hint for name, hint in _HINTS.items() if name in names}
    made: Any = modelform_factory(model, form=FactForm, fields=names, widgets=widgets, help_texts=hints)
    form: type[FactForm] = made
    return form


def columns_of(kind: str) -> list[str]:
    """The fields of a kind in the order of its form."""
    fields = _FIELDS[kind][1]
    return [*fields] if kind == "group" else [*fields, *_DATES]


def model_of(kind: str) -> type[Model]:
    """The model of a kind, groups among them; raises ``KeyError`` for anything else."""
    return _FIELDS[kind][0]


class SheetForm(forms.Form):
    """A sheet to take in; what it holds is judged row by row."""

    file = forms.FileField(
        label=_("Spreadsheet"), help_text=_("CSV in UTF-8, or XLSX."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )  # fmt: skip
