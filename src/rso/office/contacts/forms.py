"""What is filled in about a focal point. The interface uses the same forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.conf.locale import LANG_INFO
from django.forms import BaseFormSet, formset_factory
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from rso.accounts.models import Agency, Organisation
from rso.base.errors import RsoError
from rso.office.contacts.models import FocalPoint, Subject
from rso.office.contacts.rules import read_hours, write_hours, zones

#: Languages of the members that an entry can name, each in its own script. Not a list of all that are spoken.
LANGUAGES: Final[dict[str, str]] = {
    "ar": "العربية", "bn": "বাংলা", "bi": "Bislama", "dz": "རྫོང་ཁ", "en": "English", "fa": "فارسی", "fa-AF": "دری",
    "fj": "Na vosa vakaviti", "fr": "Français", "he": "עברית", "hi": "हिन्दी", "id": "Bahasa Indonesia", "ja": "日本語",
    "km": "ភាសាខ្មែរ", "ko": "한국어", "ku": "Kurdî", "lo": "ລາວ", "mn": "Монгол", "ms": "Bahasa Melayu", "my": "မြန်မာ",
    "ne": "नेपाली", "dv": "ދިވެހި", "ps": "پښتو", "pt": "Português", "ru": "Русский", "si": "සිංහල", "sm": "Gagana Samoa",
    "ta": "தமிழ்", "tet": "Tetun", "th": "ไทย", "to": "Lea faka-Tonga", "tpi": "Tok Pisin", "tr": "Türkçe", "ur": "اردو",
    "vi": "Tiếng Việt", "zh": "中文", "tl": "Filipino",
}  # fmt: skip
CHANNELS: Final = [
    ("", _("Please choose")),
    ("mail", _("Mail")),
    ("telephone", _("Telephone")),
    ("mobile", _("Mobile telephone")),
    ("other", _("Another way")),
]
DAYS: Final = [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]
HOURS: Final = tuple(f"hours_{day}" for day in range(7))
_USUAL: Final = ["09:00-17:00"] * 5 + [""] * 2


def language_name(code: str) -> str:
    """A language in itself, as far as it is known here."""
    return LANGUAGES.get(code) or str(LANG_INFO.get(code, {}).get("name_local", code))


class FocalPointForm(forms.Form):
    """An entry without its ways to be reached. ``organisation`` says whose agencies can be chosen."""

    subject = forms.ModelChoiceField(label=_("Subject"), queryset=Subject.objects.filter(is_active=True))
    rank = forms.TypedChoiceField(
        label=_("Rank"), choices=FocalPoint.Rank, coerce=int, widget=forms.RadioSelect, initial=0
    )
    agency = forms.ModelChoiceField(
        label=_("Agency"), queryset=Agency.objects.none(), required=False,
        help_text=_("Leave empty for the member as a whole."),
    )  # fmt: skip
    name = forms.CharField(label=_("Name"), max_length=200)
    position = forms.CharField(label=_("Position"), max_length=200, required=False)
    languages = forms.MultipleChoiceField(
        label=_("Languages"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(code, format_html('<bdi translate="no">{}</bdi>', name)) for code, name in LANGUAGES.items()],
    )  # fmt: skip
    time_zone = forms.ChoiceField(label=_("Time zone"), widget=forms.Select(attrs={"translate": "no"}))
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, help_text=_("For example: on holidays call the duty desk.")
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: dict[str, Any] = self.fields
        own["agency"].queryset = organisation.agencies.all()
        own["subject"].widget.attrs["translate"] = "no"
        own["agency"].widget.attrs["translate"] = "no"
        own["time_zone"].choices = [("", _("Please choose")), *((zone, zone) for zone in zones())]
        for day, name in enumerate(HOURS):
            own[name] = forms.CharField(label=DAYS[day], required=False, max_length=13, initial=_USUAL[day])
        self.order_fields(["subject", "rank", "agency", "name", "position", "time_zone", *HOURS, "languages", "note"])

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or self.cleaned_data
        for name in HOURS:
            try:
                fields[name] = write_hours(read_hours(fields.get(name, "")))
            except RsoError:
                self.add_error(name, _("Write the hours as 09:00-17:00."))
        return fields

    def values(self) -> dict[str, Any]:
        """The values by column, as the actions take them."""
        said = self.cleaned_data
        plain = {name: said[name] for name in ("rank", "name", "position", "languages", "time_zone", "note")}
        agency = said["agency"].pk if said["agency"] else None
        hours = [said[name] for name in HOURS]
        return plain | {"subject_id": said["subject"].pk, "agency_id": agency, "hours": hours}


def initial_of(row: FocalPoint) -> dict[str, Any]:
    """What the form shows of an entry."""
    names = ("rank", "agency", "subject", "name", "position", "languages", "time_zone", "note")
    said = {name: getattr(row, name) for name in names}
    return said | dict(zip(HOURS, row.hours, strict=True)) | {"seen": row.changed_at.isoformat()}


class ChannelForm(forms.Form):
    """A way to reach somebody."""

    kind = forms.ChoiceField(label=_("Kind"), choices=CHANNELS)
    value = forms.CharField(label=_("Address or number"), max_length=200)
    note = forms.CharField(label=_("When or for what"), max_length=100, required=False)

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or self.cleaned_data
        if fields.get("kind") == "mail" and fields.get("value"):
            try:
                forms.EmailField().clean(fields["value"])
            except forms.ValidationError as error:
                self.add_error("value", error)
        if fields.get("kind") in ("telephone", "mobile") and not _is_number(fields.get("value", "")):
            self.add_error("value", _("Digits, blanks and a leading + only, as +66 2 343 9477."))
        return fields


def _is_number(text: str) -> bool:
    return sum(sign.isdigit() for sign in text) >= 3 and all(sign in "0123456789 +()-./" for sign in text)


if TYPE_CHECKING:
    _ChannelRows = BaseFormSet[ChannelForm]
else:
    _ChannelRows = BaseFormSet


class _Channels(_ChannelRows):
    def clean(self) -> None:
        if any(self.errors):
            return
        if not channels_of(self):
            raise forms.ValidationError(_("Give at least one way to reach this person."))


ChannelFormSet: type[BaseFormSet[ChannelForm]] = formset_factory(
    ChannelForm, formset=_Channels, extra=3, can_delete=True, max_num=8, validate_max=True
)


def channels_of(formset: BaseFormSet[ChannelForm]) -> list[dict[str, str]]:
    """The filled rows of a valid formset, without those marked for deletion."""
    rows = [row for row in formset.cleaned_data if row and not row.get("DELETE")]
    return [{name: row[name] for name in ("kind", "value", "note")} for row in rows]


if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Subject]
else:
    _ModelForm = forms.ModelForm


class SubjectForm(_ModelForm):
    """What focal points can be for; the code stays once it is entered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.fields["code"].disabled = True

    class Meta:
        model = Subject
        fields = ["code", "name", "order", "is_active"]
