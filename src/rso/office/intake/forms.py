"""The six forms: one short common part, and two or three questions that belong to each way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from rso.accounts.models import Organisation, User
from rso.office.intake.models import Enquiry
from rso.office.intake.rules import Way
from rso.ui.forms import DateInput
from rso.ui.picking import PickField

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Enquiry]
else:
    _ModelForm = forms.ModelForm


class EnquiryForm(_ModelForm):
    """What every enquiry says. ``details`` are the names of the fields that go into the enquiry's details."""

    details: ClassVar[tuple[str, ...]] = ()
    # Filled in by machines that fill in everything; people neither see it nor reach it by keyboard.
    website = forms.CharField(required=False, label=_("Leave this empty"))
    # The sender's own name for this enquiry: sent twice, it is one.
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Enquiry
        fields = ["organisation_name", "organisation_kind", "contact_name", "email", "message"]
        widgets = {"message": forms.Textarea(attrs={"rows": 6, "maxlength": 4000, "translate": "no"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        own["message"].max_length = 4000
        own["email"].help_text = _("We send a link there to confirm it. It is shown to the RSO's staff only.")
        kinds = [(k, w) for k, w in Organisation.Kind.choices if k != Organisation.Kind.OFFICE]
        # Nothing is chosen for anybody: what nobody chose would be counted as if they had.
        own["organisation_kind"].choices = [("", _("Please choose")), *kinds]
        self.order_fields([*self.details, "message", "organisation_name", "organisation_kind", "contact_name", "email"])

    def knows_its_sender(self) -> None:
        """The sender is signed in: the address is the account's, and needs no confirmation."""
        self.fields["email"].disabled = True
        self.fields["email"].help_text = _("The address of your account: the answer goes there.")

    def clean_message(self) -> str:
        message: str = self.cleaned_data["message"].strip()
        if len(message) > 4000:
            raise forms.ValidationError(_("Please keep the message under 4,000 characters; details can follow."))
        return message

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("This field must stay empty."))
        return ""

    def common_values(self) -> dict[str, Any]:
        """What every enquiry says."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def detail_values(self) -> dict[str, str]:
        """The way's own answers as text."""
        return {name: str(self.cleaned_data.get(name) or "") for name in self.details}


class TakePartForm(EnquiryForm):
    details = ("initiative",)
    initiative = forms.CharField(
        label=_("Which initiative"),
        max_length=300,
        help_text=_("A project, a training, a working group, or a new one."),
    )


class ProposeForm(EnquiryForm):
    details = ("problem", "partners")
    problem = forms.CharField(
        label=_("What problem would the project meet"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    partners = forms.CharField(label=_("Which members would work on it"), max_length=300, required=False)


class FundForm(EnquiryForm):
    details = ("purpose", "amount")
    purpose = forms.CharField(label=_("What you would like to fund"), max_length=300)
    amount = forms.CharField(
        label=_("Order of size and currency"),
        max_length=100,
        required=False,
        help_text=_("For example: AUD 50,000 a year."),
    )


class SecondForm(EnquiryForm):
    details = ("expertise", "months")
    expertise = forms.CharField(label=_("Field of work of the official"), max_length=300)
    months = forms.IntegerField(
        label=_("Months"),
        min_value=1,
        max_value=36,
        initial=6,
        help_text=_("Public pages speak of three to six months; the length is agreed case by case."),
    )


class ListTrainingForm(EnquiryForm):
    details = ("title", "audience", "languages", "mode")
    title = forms.CharField(label=_("Title of the training"), max_length=300)
    audience = forms.CharField(label=_("For whom"), max_length=300)
    languages = forms.CharField(label=_("Languages"), max_length=200)
    mode = forms.ChoiceField(
        label=_("How it is given"),
        choices=[
            ("in-person", _("In person")),
            ("online", _("Online")),
            ("blended", _("Both")),
            ("materials", _("Materials only")),
        ],
        widget=forms.RadioSelect,
    )


class PilotForm(EnquiryForm):
    details = ("agency", "legal_basis", "impact_assessment")
    agency = forms.CharField(label=_("Agency that would run a node"), max_length=200)
    legal_basis = forms.CharField(
        label=_("Legal basis for exchange, as far as known"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    impact_assessment = forms.ChoiceField(
        label=_("Data-protection impact assessment"),
        choices=[("done", _("Done")), ("planned", _("Planned")), ("not-yet", _("Not yet"))],
        widget=forms.RadioSelect,
    )


FORMS: dict[Way, type[EnquiryForm]] = {
    Way.TAKE_PART: TakePartForm,
    Way.PROPOSE: ProposeForm,
    Way.FUND: FundForm,
    Way.SECOND: SecondForm,
    Way.LIST_TRAINING: ListTrainingForm,
    Way.PILOT: PilotForm,
}


class AnswerForm(forms.Form):
    """Staff answer an enquiry; the sender gets the text by mail."""

    answer = forms.CharField(
        label=_("Answer to the sender"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6, "translate": "no"})
    )


class AsideForm(forms.Form):
    """Staff say to each other why an enquiry gets no answer."""

    reason = forms.CharField(
        label=_("Why it needs no answer"),
        max_length=1000,
        help_text=_("For colleagues only: nothing is mailed."),
        widget=forms.Textarea(attrs={"rows": 2, "translate": "no"}),
    )


class DueForm(forms.Form):
    """Staff take an enquiry and say by when it is answered."""

    due_on = forms.DateField(label=_("Answer due"), widget=DateInput())
    seen_owner = forms.CharField(widget=forms.HiddenInput, required=False)


class NoteForm(forms.Form):
    """A word for colleagues."""

    note = forms.CharField(
        label=_("Note for colleagues"),
        max_length=2000,
        help_text=_("The sender never sees it."),
        widget=forms.Textarea(attrs={"rows": 2, "translate": "no"}),
    )


class AssignForm(DueForm):
    """Staff give an enquiry to a colleague, by the colleague's opaque id."""

    owner = PickField(label=_("Colleague"), queryset=User.objects.none(), to_field_name="opaque", looked_in=("name",))
    field_order = ("owner", "due_on", "seen_owner")
