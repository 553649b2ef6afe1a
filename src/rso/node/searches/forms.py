"""The forms of questions, comparisons and disclosures. The interface for programs reads the same ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rso.node.gallery.forms import PrintField, ProtectionForm, read_stored, read_upload, resolution_field
from rso.node.gallery.presenters import FIELD_WORDS, FINGER_WORDS
from rso.node.post.forms import PlainText
from rso.node.post.presenters import BASIS_WORDS
from rso.node.post.queries import own_agency
from rso.node.searches.actions.asking import Draft
from rso.node.searches.presenters import (
    RULING_WORDS,
    VERDICT_WORDS,
    field_choices,
    member_choice,
    purpose_words,
)
from rso.node.searches.queries.asking import Member
from rso.node.searches.rules import RELEASE, WITHHOLDING, Verdict
from rso.wire import limits
from rso.wire.in_force import CheckedArrangement


def _area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class TitleSelect(forms.Select):
    """A choice among titles from the database, which are data and are not translated."""

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **options)
        if value:
            option["attrs"]["translate"] = "no"
        return option


class SearchForm(ProtectionForm):
    """A question: the print, why and by which right, and the protection questions about the person.

    ``in_force`` are the arrangements that may be asked under; ``keep`` gives the image that is there already.
    """

    def __init__(
        self,
        *args: Any,
        in_force: Sequence[CheckedArrangement] = (),
        keep: Callable[[], bytes] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._keep = keep
        purposes = sorted({term.purpose for a in in_force for term in a.arrangement.purposes})
        self.fields["image"] = PrintField(
            label=_("Image of the print"),
            required=keep is None,
            help_text=_("PNG, BMP or TIFF. It is sent as plain grey, without anything that stands beside the image."),
        )
        self.fields["finger"] = forms.TypedChoiceField(
            label=_("Finger"), coerce=int, choices=[(str(n), words) for n, words in FINGER_WORDS.items()]
        )
        self.fields["resolution_ppi"] = resolution_field()
        self.fields["purpose"] = forms.ChoiceField(
            label=_("Purpose"),
            choices=[("", _("Choose the purpose")), *((code, purpose_words(code)) for code in purposes)],
        )
        self.fields["legal_basis"] = forms.ChoiceField(label=_("Legal basis"), choices=_bases(in_force))
        self.fields["arrangement"] = forms.ChoiceField(
            label=_("Arrangement"),
            required=False,
            choices=[("", _("Any that is in force")), *((a.digest.hex(), a.arrangement.title) for a in in_force)],
            widget=TitleSelect,
        )
        self.fields["own_reference"] = forms.CharField(
            label=_("Own reference"), max_length=80, help_text=_("Your file number. It stays here; put no name in it.")
        )
        self.fields["synthetic"] = forms.BooleanField(
            label=_("This person is invented (synthetic data)"), required=False
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        upload, finger, ppi = cleaned.get("image"), cleaned.get("finger"), cleaned.get("resolution_ppi")
        if upload and finger is not None and ppi is not None:
            cleaned["read"] = read_upload(self, "image", upload, finger, ppi)
        elif self._keep is not None and finger is not None and ppi is not None:
            # Another finger or resolution is another reading, also of the image that is there already.
            again = {"finger", "resolution_ppi"} & set(self.changed_data)
            cleaned["read"] = read_stored(self, "image", self._keep(), finger, ppi) if again else None
        return cleaned

    def draft(self) -> Draft:
        """What was filled in, without the image."""
        names = ("purpose", "legal_basis", "own_reference", "protection", "arrangement", "synthetic")
        return Draft(**{name: self.cleaned_data[name] for name in names})


def _bases(in_force: Sequence[CheckedArrangement]) -> list[tuple[str, Any]]:
    ours = own_agency()
    parties = [party for a in in_force if (party := a.arrangement.party(ours)) is not None]
    return [(code, BASIS_WORDS.get(code, code)) for code in sorted({party.basis for party in parties})]


class SendForm(forms.Form):
    """To whom the question goes. Nothing is ticked before, even where one member alone may be asked: whoever is
    left out must not be asked by one press too many.
    """

    to = forms.MultipleChoiceField(
        label=_("Ask"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Nobody is ticked, and nothing was sent. Tick at least one member.")},
    )

    def __init__(self, *args: Any, members: Sequence[Member] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["to"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [member_choice(member) for member in members if member.may_be_asked]


class AgreementForm(forms.Form):
    """The protection officer's word."""

    agreed = forms.TypedChoiceField(
        label=_("May this question be asked?"),
        choices=[("yes", _("Yes, I agree")), ("no", _("No, I do not agree"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), max_length=1_000, widget=_area())


class FindingForm(forms.Form):
    """What an examiner found."""

    verdict = forms.TypedChoiceField(
        label=_("What do you find?"),
        choices=[(verdict.value, VERDICT_WORDS[verdict.value]) for verdict in Verdict],
        coerce=Verdict,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1_000,
        widget=_area(),
        help_text=_("What you saw, so that another examiner can follow you. No names."),
    )


class LetGoForm(forms.Form):
    """A person lets an answer go that the arrangement does not leave to the machine."""

    reason = forms.CharField(label=_("Reason"), max_length=1_000, widget=_area())


class DisclosureRequestForm(forms.Form):
    """Which fields are needed, and why."""

    fields_wanted = forms.MultipleChoiceField(
        label=_("Fields"), widget=forms.CheckboxSelectMultiple, help_text=_("Ask for what you need, and no more.")
    )
    justification = PlainText(
        label=_("Why do you need them?"),
        max_length=limits.NOTE,
        widget=_area(4),
        help_text=_("A person of the other member reads this before deciding. It travels sealed."),
    )

    def __init__(self, *args: Any, offered: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["fields_wanted"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = field_choices(offered)


class RulingForm(forms.Form):
    """Release or withhold, field by field; of a field that the record does not hold, that is said (``held``)."""

    def __init__(
        self, *args: Any, asked: Sequence[str] = (), held: Collection[str] | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.asked = tuple(asked)
        for code in self.asked:
            self.fields[code] = forms.ChoiceField(
                label=str(FIELD_WORDS.get(code, code)),
                choices=[(word, RULING_WORDS[word]) for word in (RELEASE, *WITHHOLDING)],
                widget=forms.RadioSelect,
                help_text="" if held is None or code in held else _("Our record holds nothing here."),
            )
        self.fields["reason"] = forms.CharField(label=_("Reason"), max_length=1_000, widget=_area())

    def rulings(self) -> dict[str, str]:
        """The word on each field."""
        return {code: self.cleaned_data[code] for code in self.asked}
