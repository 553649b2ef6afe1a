"""Forms of proposals. The JSON interface validates with the same ones."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from rso.accounts.models import Organisation
from rso.files.forms import AttachmentField
from rso.office.directory import queries as directory
from rso.office.directory.models import Passage
from rso.office.projects import rules
from rso.office.projects.actions.drafting import NEEDED
from rso.office.projects.models import OutcomeWords, Proposal
from rso.ui.forms import DateInput

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Proposal]
    _PartnersField = forms.ModelMultipleChoiceField[Organisation]
else:
    _ModelForm = forms.ModelForm
    _PartnersField = forms.ModelMultipleChoiceField


def _written(rows: int, most: int) -> forms.Textarea:
    """Room for a person's own words."""
    return forms.Textarea(attrs={"rows": rows, "maxlength": most, "translate": "no"})


def _passages(kind: str) -> list[tuple[str, str]]:
    return [(row.code, _as_data(row.text)) for row in directory.passages(kind, timezone.localdate())]


def _as_data(text: str) -> SafeString:
    """A label that comes from the database, and so is nobody's to translate."""
    return format_html('<span translate="no">{}</span>', text)


class PartnersField(_PartnersField):
    """Members by name."""

    def label_from_instance(self, obj: Organisation) -> str:
        return _as_data(obj.name)


def partner_choices() -> QuerySet[Organisation]:
    """Members and member organisations, the only ones that can be partners of a proposal."""
    kinds = [Organisation.Kind.STATE, Organisation.Kind.MEMBER_ORGANISATION]
    return Organisation.objects.filter(kind__in=kinds)


class ProposalForm(_ModelForm):
    """All of a proposal but its budget lines. Only the title is needed to save; the rest, to submit."""

    objectives = forms.MultipleChoiceField(
        label=_("Which of the RSO's four objectives it serves"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    principles = forms.MultipleChoiceField(
        label=_("Which principles of the Regional Cooperation Framework it rests on"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    partners = PartnersField(
        label=_("Partners"),
        queryset=Organisation.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Members that would work on it."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    # The sender's own name for a new draft: sent twice, it is one draft.
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Proposal
        fields = [
            "title",
            "problem",
            "approach",
            "results",
            "objectives",
            "principles",
            "partners",
            "starts_on",
            "ends_on",
            "risks",
        ]
        widgets = {
            "problem": _written(5, 6000),
            "approach": _written(6, 8000),
            "results": _written(4, 6000),
            "risks": _written(4, 6000),
            "starts_on": DateInput(),
            "ends_on": DateInput(),
        }
        help_texts = {
            "problem": _("What is wrong today, for whom, and how is it known?"),
            "results": _("What will be different, and how will anybody see it?"),
            "risks": _("Who could come to harm through this project, and what is done about it?"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        # a form field of its own kind, as declared above
        own["objectives"].choices = _passages(Passage.Kind.OBJECTIVE)
        own["principles"].choices = _passages(Passage.Kind.PRINCIPLE)
        own["partners"].queryset = partner_choices()
        # A draft is saved without them, but "optional" would not be true of what a submission needs.
        for name in NEEDED:
            own[name].remark = _("(needed to submit)")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        starts: date | None = cleaned.get("starts_on")
        ends: date | None = cleaned.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("The period ends before it begins."))
        for name, widget in self.Meta.widgets.items():
            limit = widget.attrs.get("maxlength")
            if limit and len(cleaned.get(name) or "") > int(limit):
                self.add_error(name, _("Please keep this under %(most)s characters.") % {"most": limit})
        return cleaned

    def texts(self) -> dict[str, Any]:
        """What the actions call ``texts``: everything of a valid form but partners and revision."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name != "partners"}


class BudgetLineForm(forms.Form):
    """Money by year and currency."""

    year = forms.IntegerField(label=_("Year"), min_value=2012, max_value=2100)
    currency = forms.RegexField(
        label=_("Currency"),
        regex=r"^[A-Za-z]{3}$",
        max_length=3,
        error_messages={"invalid": _("Three letters, as AUD, IDR or USD.")},
    )
    amount = forms.DecimalField(label=_("Amount"), min_value=0, max_digits=14, decimal_places=2)
    purpose = forms.CharField(label=_("For what"), max_length=200)

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


BudgetFormSet: type[BaseFormSet[BudgetLineForm]] = formset_factory(
    BudgetLineForm, extra=1, can_delete=True, max_num=40, validate_max=True
)


def budget_lines(formset: BaseFormSet[BudgetLineForm]) -> list[dict[str, Any]]:
    """The filled rows of a valid formset, without those marked for deletion."""
    return [
        {name: row[name] for name in ("year", "currency", "amount", "purpose")}
        for row in formset.cleaned_data
        if row and not row.get("DELETE")
    ]


class AttachmentForm(forms.Form):
    file = AttachmentField()


class RoundForm(forms.Form):
    """Says which round its sender has read, so that a page left open speaks of no other text."""

    round = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ReasonForm(forms.Form):
    """A reason, where a person must give one."""

    reason = forms.CharField(label=_("Reason"), max_length=4000, widget=_written(3, 4000))


class AssessmentForm(RoundForm):
    leaning = forms.ChoiceField(label=_("Leaning"), choices=OutcomeWords, widget=forms.RadioSelect)
    text = forms.CharField(label=_("Assessment"), max_length=6000, widget=_written(6, 6000))


class ConsultForm(forms.Form):
    days = forms.IntegerField(
        label=_("Days that the Steering Group has"),
        min_value=rules.SHORTEST_CONSULTATION_DAYS,
        max_value=90,
        initial=rules.CONSULTATION_DAYS,
        help_text=_("The number offered is this software's default, not a rule of the RSO."),
    )


class CommentForm(RoundForm):
    text = forms.CharField(label=_("Comment"), max_length=4000, widget=_written(5, 4000))


class SignForm(RoundForm):
    """One of two keys. The second Co-Manager signs the first one's words, or writes others and so disagrees."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=OutcomeWords, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason, as the proposing member will read it"),
        max_length=4000,
        widget=_written(5, 4000),
    )
