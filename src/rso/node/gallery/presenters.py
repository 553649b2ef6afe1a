"""Codes in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rso.base.errors import RsoError
from rso.node.gallery.rules import IDENTITY_FIELDS
from rso.policy.protection import FLAGS, ORIGINS, Knowledge, Origin, ProtectionState
from rso.ui.parts import Fact

Words = str | Promise

FINGER_WORDS: dict[int, Words] = {
    0: _("Not known"),
    1: _("Right thumb"),
    2: _("Right index finger"),
    3: _("Right middle finger"),
    4: _("Right ring finger"),
    5: _("Right little finger"),
    6: _("Left thumb"),
    7: _("Left index finger"),
    8: _("Left middle finger"),
    9: _("Left ring finger"),
    10: _("Left little finger"),
}

FIELD_WORDS: dict[str, Words] = {
    "family-name": _("Family name"),
    "given-names": _("Given names"),
    "birth-date": _("Date of birth"),
    "sex": _("Sex"),
    "nationality": _("Nationality"),
    "document-number": _("Document number"),
    "note": _("Note"),
}

#: Errors about images and subjects, by code; each says what to do.
ERROR_WORDS: dict[str, Words] = {
    "not-an-image": _("This file is not an image. Choose a PNG, BMP or TIFF file."),
    "unsupported-format": _("This kind of image is not read. Save it as PNG, BMP or TIFF with one page."),
    "too-large": _("The image is larger than a print of one finger can be. Crop it to one finger."),
    "too-small": _("The image shows too little of a finger. Check the resolution, or take the print again."),
    "truncated": _("The image is damaged or cut short. Send it again from the original."),
    "bomb": _("The image unpacks to more than it may. Save it again as a plain PNG."),
    "wrong-resolution": _("This resolution does not fit the image. Ask whoever took the print; 500 is usual."),
    "wrong-finger": _("Choose a finger from the list, or “Not known”."),
    "timed-out": _("Reading the image took too long. Save it again as a plain PNG."),
    "reader-failed": _("The image could not be read safely. Save it again as a plain PNG."),
    "reader-unavailable": _("Images cannot be read at the moment. Try again in a few minutes; nothing was kept."),
    "no-ridges": _("No ridges were found in this image. Check that it shows a print, dark on light."),
    "too-few-minutiae": _("The print shows too little to be compared. Take it again, flat and whole."),
    "duplicate-subject": _("There is already a subject with this local reference. Open it to add fingers."),
    "finger-twice": _("This finger is given twice. Keep one image of each finger."),
    "finger-held": _("The gallery already holds this finger of the subject."),
    "changed-meanwhile": _("Somebody has changed these fields meanwhile. Load the page again."),
    "no-fingers": _("Give at least one image of a finger."),
    "too-many-fingers": _("A subject has at most ten images."),
    "bad-reference": _("Give a reference of 1 to 80 characters in one line."),
    "bad-birth-date": _("Write the date of birth as YYYY-MM-DD, or YYYY-MM or YYYY where no more is known."),
    "unknown-country": _("Use three-letter codes of countries, as in a passport, parted by spaces."),
    "model-missing": _("This installation lacks the model that reads prints. Tell the administrator."),
    "model-changed": _("The model that reads prints is not the one examined. Tell the administrator."),
}


def error_words(error: RsoError) -> Words:
    """An error in the reader's language, or as it was raised where there are no words for its code."""
    return ERROR_WORDS.get(error.code, error.message)


REPLY_WORDS: dict[str, Words] = {"yes": _("Yes"), "no": _("No"), "unknown": _("Not known: counts as yes")}
KNOWLEDGE_WORDS: dict[str, Words] = {
    "known": _("established"),
    "claimed": _("as the person says"),
    "unknown": _("not known"),
}
QUESTION_WORDS: dict[str, Words] = {
    "asylum_seeker": _("Seeks asylum"),
    "refugee": _("Refugee"),
    "stateless": _("Stateless"),
    "trafficking_victim": _("Victim of trafficking"),
    "child": _("Child"),
    "nationality": _("Nationality"),
    "residence": _("Habitual residence"),
    "feared": _("Countries feared"),
}


def identity_facts(identity: Mapping[str, str]) -> list[Fact]:
    """The fields that are filled, in the order of the form."""
    return [Fact(FIELD_WORDS.get(code, code), identity[code]) for code in IDENTITY_FIELDS if identity.get(code)]


def protection_facts(state: ProtectionState) -> list[Fact]:
    """The answers to the protection questions."""
    flags = [Fact(QUESTION_WORDS[flag], REPLY_WORDS[getattr(state, flag).value], words=True) for flag in FLAGS]
    return [*flags, *(Fact(QUESTION_WORDS[name], _origin(getattr(state, name)), words=True) for name in ORIGINS)]


def _origin(origin: Origin) -> str:
    knowledge = KNOWLEDGE_WORDS[origin.knowledge.value]
    if not origin.countries:
        return gettext("none") + f" ({knowledge})" if origin.knowledge is not Knowledge.UNKNOWN else str(knowledge)
    return format_html('<span translate="no">{}</span> ({})', " ".join(sorted(origin.countries)), knowledge)
