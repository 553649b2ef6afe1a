"""The forms of the gallery. The interface for programs reads the same ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from rso.base.errors import RsoError
from rso.biometrics.images import MAX_FILE_BYTES, MAX_PPI, MIN_PPI
from rso.node.gallery.actions import NewFinger, ReadFinger, read_finger
from rso.node.gallery.presenters import FIELD_WORDS, FINGER_WORDS, error_words
from rso.node.gallery.rules import FIELD_LIMIT, IDENTITY_FIELDS, check_birth_date, check_reference
from rso.node.post.forms import PlainText
from rso.policy.protection import FLAGS, ORIGINS, Knowledge, Origin, ProtectionState, Reply

_REPLIES = [(Reply.YES.value, _("Yes")), (Reply.NO.value, _("No")), (Reply.UNKNOWN.value, _("Not known"))]
_KNOWLEDGE = [
    (Knowledge.KNOWN.value, _("Established")),
    (Knowledge.CLAIMED.value, _("As the person says")),
    (Knowledge.UNKNOWN.value, _("Not known")),
]


def _question(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=_REPLIES, initial=Reply.UNKNOWN.value, required=False, widget=forms.RadioSelect
    )


def _countries(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )


def _standing(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=_KNOWLEDGE, initial=Knowledge.UNKNOWN.value, required=False, widget=forms.RadioSelect
    )


class ProtectionForm(forms.Form):
    """The protection questions. What is left open is not known, and counts as yes."""

    asylum_seeker = _question(_("Does the person seek asylum?"))
    refugee = _question(_("Is the person a refugee?"))
    stateless = _question(_("Is the person stateless?"))
    trafficking_victim = _question(_("Is the person a victim of trafficking?"))
    child = _question(_("Is the person a child?"))
    nationality_countries = _countries(_("Nationality"))
    nationality_standing = _standing(_("Is the nationality established?"))
    residence_countries = _countries(_("Country of habitual residence"))
    residence_standing = _standing(_("Is the habitual residence established?"))
    feared_countries = _countries(_("Countries that the person fears"))
    feared_standing = _standing(_("Is it established what the person fears?"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        origins = {name: self._origin(name) for name in ORIGINS}
        if not self.errors:
            answers: dict[str, Any] = {flag: Reply(cleaned.get(flag) or Reply.UNKNOWN) for flag in FLAGS}
            answers |= {name: origin for name, origin in origins.items() if origin is not None}
            cleaned["protection"] = ProtectionState(**answers)
        return cleaned

    def _origin(self, name: str) -> Origin | None:
        codes = re.split(r"[\s,;]+", str(self.cleaned_data.get(f"{name}_countries") or "").upper().strip())
        standing = Knowledge(self.cleaned_data.get(f"{name}_standing") or Knowledge.UNKNOWN)
        try:
            return Origin(standing, frozenset(code for code in codes if code))
        except RsoError as error:
            self.add_error(f"{name}_countries", str(error_words(error)))
            return None


def protection_initial(state: ProtectionState) -> dict[str, str]:
    """What :class:`ProtectionForm` shows for ``state``."""
    initial = {flag: getattr(state, flag).value for flag in FLAGS}
    for name in ORIGINS:
        origin: Origin = getattr(state, name)
        initial[f"{name}_countries"] = " ".join(sorted(origin.countries))
        initial[f"{name}_standing"] = origin.knowledge.value
    return initial


class PrintField(forms.FileField):
    """A file that should hold one print; what it really holds is found out by reading it."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.FileInput(attrs={"accept": ".png,.bmp,.tif,.tiff"}))
        super().__init__(**options)


def resolution_field() -> forms.IntegerField:
    """The declared resolution."""
    return forms.IntegerField(
        label=_("Resolution in pixels an inch"),
        min_value=MIN_PPI,
        max_value=MAX_PPI,
        initial=500,
        help_text=_("As whoever took the print declares it. What stands inside of the file is not believed."),
    )


def read_upload(form: forms.Form, name: str, upload: UploadedFile[bytes], position: int, ppi: int) -> ReadFinger | None:
    """The print in an upload, or ``None`` with the reason added to the form's field."""
    if (upload.size or 0) > MAX_FILE_BYTES:
        too_large = RsoError("too-large", "The image is larger than a print of one finger can be.")
        form.add_error(name, str(error_words(too_large)))
        return None
    return read_stored(form, name, upload.read(), position, ppi)


def read_stored(form: forms.Form, name: str, data: bytes, position: int, ppi: int) -> ReadFinger | None:
    """The print in an image that is at hand, or ``None`` likewise."""
    try:
        return read_finger(NewFinger(position, ppi, data))
    except RsoError as error:
        form.add_error(name, str(error_words(error)))
        return None


class FingersForm(forms.Form):
    """One to ten images, each under its finger, all of one resolution."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["resolution_ppi"] = resolution_field()
        for position in [*range(1, 11), 0]:
            words = FINGER_WORDS[position] if position else _("A finger that is not known")
            self.fields[finger_name(position)] = PrintField(label=words, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        uploads = {n: cleaned[finger_name(n)] for n in range(11) if cleaned.get(finger_name(n))}
        ppi = cleaned.get("resolution_ppi")
        if ppi is None:
            return cleaned
        if not uploads and not any(finger_name(n) in self.errors for n in range(11)):
            self.add_error(finger_name(1), _("Give at least one image of a finger."))
        read = [read_upload(self, finger_name(n), upload, n, ppi) for n, upload in sorted(uploads.items())]
        cleaned["fingers"] = [finger for finger in read if finger is not None]
        return cleaned


def finger_name(position: int) -> str:
    """The name of the field for a finger."""
    return f"finger_{position}"


class IdentityForm(forms.Form):
    """The fields of an identity, all of them optional."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for code in IDENTITY_FIELDS:
            many = code == "note"
            self.fields[code.replace("-", "_")] = PlainText(
                label=str(FIELD_WORDS[code]),
                required=False,
                max_length=FIELD_LIMIT,
                widget=forms.Textarea(attrs={"rows": 3}) if many else forms.TextInput(attrs={"autocomplete": "off"}),
            )
        self.fields["birth_date"].help_text = _("As YYYY-MM-DD, or YYYY-MM or YYYY where no more is known.")

    def clean_birth_date(self) -> str:
        return _said(check_birth_date, str(self.cleaned_data.get("birth_date") or ""))

    def identity(self) -> dict[str, str]:
        """The fields of the identity by their codes."""
        return {code: str(self.cleaned_data.get(code.replace("-", "_")) or "") for code in IDENTITY_FIELDS}


def _said(check: Callable[[str], str], value: str) -> str:
    try:
        return check(value)
    except RsoError as error:
        raise forms.ValidationError(str(error_words(error))) from None


class EnrolForm(IdentityForm, FingersForm, ProtectionForm):
    """A new subject: reference, identity, protection questions, fingers."""

    reference = forms.CharField(
        label=_("Local reference"),
        max_length=80,
        help_text=_("Your own file number. It is not encrypted: put no name in it."),
    )
    synthetic = forms.BooleanField(label=_("This person is invented (synthetic data)"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.order_fields(["reference", *(code.replace("-", "_") for code in IDENTITY_FIELDS)])

    def clean_reference(self) -> str:
        return _said(check_reference, str(self.cleaned_data["reference"]))


class ReasonForm(forms.Form):
    """Why something is done to a person's record."""

    reason = forms.CharField(
        label=_("Reason"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands outside of the chained audit, and can be erased."),
    )  # fmt: skip


class CorrectForm(IdentityForm, ReasonForm):
    """The fields of an identity as they should be, with the reason; ``seen`` marks those that were in view."""

    seen = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.order_fields([*(code.replace("-", "_") for code in IDENTITY_FIELDS), "reason"])


class ChangeProtectionForm(ProtectionForm, ReasonForm):
    """New answers to the protection questions, with the reason."""

    field_order = [*ProtectionForm.base_fields, "reason"]
