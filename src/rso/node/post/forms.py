"""The form of an arrangement: every term with its labelled default. The API takes the same form."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from rso.base.clock import from_unix_seconds, unix_seconds
from rso.node.post import queries
from rso.node.post.presenters import BASIS_WORDS, END_WORDS, FIELD_WORDS, PURPOSE_WORDS, default_words
from rso.ui.forms import DateInput
from rso.wire import limits, terms
from rso.wire.arrangement import Arrangement as Document
from rso.wire.arrangement import draft, draft_party
from rso.wire.errors import WireError
from rso.wire.identifiers import AgencyId
from rso.wire.terms import LABELLED_DEFAULTS, ApprovalRule, OnwardRule, PurposeTerm
from rso.wire.text import made_plain

Words = Any  # str, or a lazy translation of one


class PlainText(forms.CharField):
    """Text as it may travel, of several lines where its box has several: what a keyboard or another page put into
    it that nobody sees is taken out, since nobody could find it to put it right.
    """

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return made_plain(str(text or ""), lines=isinstance(self.widget, forms.Textarea)).strip()

    def validate(self, value: str) -> None:
        super().validate(value)
        if self.max_length and len(value.encode()) > self.max_length:
            raise forms.ValidationError(_("This is too long for the exchange: shorten it."), code="too-long")


def _whole(name: str, label: Words, least: int, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        initial=LABELLED_DEFAULTS[name].value,
        help_text=default_words(name),
    )


def _flag(name: str, label: Words) -> forms.BooleanField:
    return forms.BooleanField(
        label=label, required=False, initial=LABELLED_DEFAULTS[name].value, help_text=default_words(name)
    )


def _several(name: str, label: Words, words: dict[str, Words]) -> forms.MultipleChoiceField:
    value = LABELLED_DEFAULTS[name].value
    assert isinstance(value, tuple)
    return forms.MultipleChoiceField(
        label=label,
        choices=list(words.items()),
        widget=forms.CheckboxSelectMultiple,
        initial=list(value),
        help_text=default_words(name),
    )


def _one(name: str, label: Words, choices: list[tuple[str, Words]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        initial=LABELLED_DEFAULTS[name].value,
        help_text=default_words(name),
    )


ONWARD_WORDS: Final[list[tuple[str, Words]]] = [
    (OnwardRule.CONSENT.value, _("Only with the consent of the party that disclosed it")),
    (OnwardRule.NEVER.value, _("Never")),
]
APPROVAL_WORDS: Final[list[tuple[str, Words]]] = [
    (ApprovalRule.ONE_OFFICER.value, _("One person, never the one who asks")),
    (ApprovalRule.TWO_PERSONS.value, _("Two persons")),
]


class ArrangementForm(forms.Form):
    """An arrangement between this agency and one other."""

    title = PlainText(label=_("Title"), max_length=limits.LINE)
    peer = forms.ChoiceField(label=_("With"), widget=forms.Select(attrs={"translate": "no"}))
    starts = forms.DateField(label=_("Begins on"), widget=DateInput)
    review_days = _whole("review_days", _("Looked at again after (days)"), 1, 3_650)
    term_days = _whole("term_days", _("Ends after (days)"), 1, 3_650)
    basis = forms.ChoiceField(label=_("Our legal basis"), choices=list(BASIS_WORDS.items()), widget=forms.RadioSelect)
    basis_text = PlainText(label=_("Our legal basis in words"), max_length=limits.NOTE, widget=forms.Textarea)
    peer_basis = forms.ChoiceField(
        label=_("Their legal basis"), choices=list(BASIS_WORDS.items()), widget=forms.RadioSelect
    )
    peer_basis_text = PlainText(label=_("Their legal basis in words"), max_length=limits.NOTE, widget=forms.Textarea)
    purposes = _several("purposes", _("Purposes for which may be asked"), PURPOSE_WORDS)
    fields_disclosed = _several("fields", _("Fields that may be disclosed after a hit"), FIELD_WORDS)
    disclosure_approval = _one("disclosure_approval", _("Who must agree to a disclosure"), APPROVAL_WORDS)
    onward = _one("onward", _("Handing on to a third party"), ONWARD_WORDS)
    automatic_no_hit = _flag("automatic_no_hit", _("“No hit” may be answered without a person"))
    automatic_low_quality = _flag("automatic_low_quality", _("“Insufficient quality” may be answered without a person"))
    unknown_origin = _flag("unknown_origin", _("We may be asked about protected persons of unknown origin"))
    peer_unknown_origin = _flag("unknown_origin", _("They may be asked about protected persons of unknown origin"))
    quality_floor = _whole("quality_floor", _("Least image quality (0 to 100)"), 0, 100)
    probe_days = _whole("probe_days", _("A probe is destroyed after (days)"), 1, terms.RETENTION_DAYS)
    disclosure_days = _whole(
        "disclosure_days", _("What was disclosed is destroyed after (days)"), 1, terms.RETENTION_DAYS
    )
    response_hours = _whole("response_hours", _("Answer aimed at within (hours)"), 1, terms.RESPONSE_HOURS)
    answer_tick_s = _whole("answer_tick_s", _("Answers leave every (seconds)"), 1, terms.TICK_SECONDS)
    asks_per_day = _whole("asks_per_day", _("Questions a day from each side"), 0, terms.PER_DAY)
    cover_per_day = _whole("cover_per_day", _("Empty messages a day, as cover"), 0, terms.PER_DAY)
    signers = _whole("signers", _("People who sign on each side"), 1, terms.APPROVERS)
    dpia = PlainText(
        label=_("Data-protection impact assessment"),
        max_length=limits.LINE,
        required=False,
        help_text=_("Where it is found. Empty says that there is none."),
    )

    def __init__(self, *arguments: Any, peers: list[tuple[str, str]], reference: bytes = b"", **options: Any) -> None:
        super().__init__(*arguments, **options)
        cast(forms.ChoiceField, self.fields["peer"]).choices = peers
        self.reference = reference or secrets.token_bytes(16)
        self.made: Document | None = None

    def clean(self) -> dict[str, Any]:
        """Makes the document, so that whatever the format refuses is said beside the form."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                self.made = self._document(cleaned)
            except WireError as error:
                self.add_error(None, _("These terms do not go together: %(why)s.") % {"why": error.message})
        return cleaned

    def document(self) -> Document:
        """The document of a valid form."""
        assert self.made is not None
        return self.made

    def _document(self, given: dict[str, Any]) -> Document:
        starts = unix_seconds(datetime.combine(given["starts"], time(), UTC))
        fields = tuple(sorted(given["fields_disclosed"]))
        plain = draft(
            reference=self.reference,
            title=given["title"],
            parties=self._parties(given),
            starts=starts,
            dpia=given["dpia"],
        )
        return replace(
            plain,
            purposes=tuple(PurposeTerm(purpose, fields) for purpose in sorted(given["purposes"])),
            onward=OnwardRule(given["onward"]),
            disclosure_approval=ApprovalRule(given["disclosure_approval"]),
            review=starts + given["review_days"] * limits.DAY,
            ends=starts + given["term_days"] * limits.DAY,
            **{name: given[name] for name in _AS_GIVEN},
        )

    def _parties(self, given: dict[str, Any]) -> list[terms.Party]:
        ours = draft_party(queries.own_agency(), given["basis"], given["basis_text"])
        peer = draft_party(AgencyId.parse(given["peer"]), given["peer_basis"], given["peer_basis_text"])
        both = {"asks_per_day": given["asks_per_day"], "signers": given["signers"]}
        return [
            replace(ours, unknown_origin=given["unknown_origin"], **both),
            replace(peer, unknown_origin=given["peer_unknown_origin"], **both),
        ]


_AS_GIVEN: Final = (
    "automatic_no_hit",
    "automatic_low_quality",
    "quality_floor",
    "probe_days",
    "disclosure_days",
    "response_hours",
    "answer_tick_s",
    "cover_per_day",
)


def initial_of(document: Document) -> dict[str, Any]:
    """What the form shows of a draft that is being changed."""
    ours = document.party(queries.own_agency())
    peer = next(party for party in document.parties if party is not ours)
    assert ours is not None
    begins: date = from_unix_seconds(document.starts).date()
    return {
        **{name: getattr(document, name) for name in _AS_GIVEN},
        "title": document.title,
        "peer": str(peer.agency),
        "starts": begins,
        "review_days": (document.review - document.starts) // limits.DAY,
        "term_days": (document.ends - document.starts) // limits.DAY,
        "basis": ours.basis,
        "basis_text": ours.basis_text,
        "peer_basis": peer.basis,
        "peer_basis_text": peer.basis_text,
        "purposes": [term.purpose for term in document.purposes],
        "fields_disclosed": list(document.purposes[0].fields),
        "disclosure_approval": document.disclosure_approval.value,
        "onward": document.onward.value,
        "unknown_origin": ours.unknown_origin,
        "peer_unknown_origin": peer.unknown_origin,
        "asks_per_day": ours.asks_per_day,
        "signers": ours.signers,
        "dpia": document.dpia,
    }


class EndForm(forms.Form):
    """Ending an arrangement, or declining a proposal."""

    reason = forms.ChoiceField(label=_("Reason"), choices=list(END_WORDS.items()), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("In your own words"),
        max_length=limits.NOTE,
        required=False,
        widget=forms.Textarea,
        help_text=_("Stays on this node. The other party is told the reason above."),
    )
