"""Changes of the gallery. Images are read and templates made before the transaction begins: nothing half-done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import F

from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.biometrics.images import read_image, to_png
from rso.node.gallery.adapters import sealed
from rso.node.gallery.adapters.extractor import shared_extractor
from rso.node.gallery.models import FingerRecord, Revision, Subject
from rso.node.gallery.rules import (
    FIELD_LIMIT,
    IDENTITY_FIELDS,
    MOST_FINGERS,
    GalleryError,
    GalleryEvent,
    GalleryPermission,
    check_birth_date,
    check_reference,
)
from rso.policy.protection import ProtectionState
from rso.wire.text import made_plain


@dataclass(frozen=True)
class NewFinger:
    """An image file as it came: PNG, BMP or TIFF bytes, finger position 0 to 10, declared pixels an inch."""

    position: int
    resolution_ppi: int
    data: bytes


@dataclass(frozen=True)
class ReadFinger:
    """What is kept of an image: a plain grey PNG, its template and its quality, 0 to 100."""

    position: int
    resolution_ppi: int
    png: bytes
    template: bytes
    quality: int


def read_finger(finger: NewFinger) -> ReadFinger:
    """Decodes the image in a limited process and takes its template.

    Raises ``ImageError`` for a file that is no usable image, ``GalleryError`` with the code ``no-ridges`` or
    ``too-few-minutiae`` for a print that cannot be compared.
    """
    image = read_image(finger.data, resolution_ppi=finger.resolution_ppi, finger=finger.position)
    extraction = shared_extractor().extract(image)
    if extraction.template is None:
        code = extraction.shortfall.value if extraction.shortfall else "no-ridges"
        raise GalleryError(code, "The image shows no print that could be compared.")
    return ReadFinger(
        finger.position,
        finger.resolution_ppi,
        to_png(image),
        extraction.template.encode(),
        extraction.quality.value,
    )


def enrol(
    actor: Actor,
    *,
    reference: str,
    identity: Mapping[str, str],
    protection: ProtectionState,
    fingers: Sequence[ReadFinger],
    synthetic: bool = False,
    now: datetime,
) -> Subject:
    """Takes a subject with one to ten fingers; raises ``GalleryError`` (``duplicate-subject`` and others)."""
    require(actor, GalleryPermission.ENROL)
    reference = check_reference(reference)
    fields = _checked_identity(identity)
    _check_fingers(fingers)
    with transaction.atomic():
        if Subject.objects.filter(reference=reference).exists():
            raise _duplicate()
        pk = uuid4()
        key = sealed.make_key(pk, now)
        subject = Subject(
            pk=pk,
            reference=reference,
            identity=sealed.seal_identity(key, pk, fields),
            protection=sealed.seal_protection(key, pk, protection),
            is_synthetic=synthetic,
            enrolled_at=now,
        )
        _first(subject)
        _keep_fingers(subject, fingers)
        _mark()
        facts = {"fingers": len(fingers), "synthetic": synthetic}
        record(actor, GalleryEvent.ENROLLED, subject=subject.pk, facts=facts)
    return subject


def _first(subject: Subject) -> None:
    """Stores a new subject, unless somebody else was first with its reference between our look and now."""
    try:
        with transaction.atomic():
            subject.save(force_insert=True)
    except IntegrityError:
        raise _duplicate() from None


def _duplicate() -> GalleryError:
    return GalleryError("duplicate-subject", "There is already a subject with this local reference.")


@transaction.atomic
def add_fingers(actor: Actor, *, subject: Subject, fingers: Sequence[ReadFinger]) -> Subject:
    """Adds fingers that the gallery lacks; raises ``GalleryError`` with ``finger-held`` for one that it has."""
    require(actor, GalleryPermission.ENROL)
    _check_fingers(fingers)
    held = list(subject.fingers.values_list("position", flat=True))
    if any(finger.position and finger.position in held for finger in fingers):
        raise GalleryError("finger-held", "The gallery already holds this finger of the subject.")
    if len(held) + len(fingers) > MOST_FINGERS:
        raise GalleryError("too-many-fingers", f"A subject has at most {MOST_FINGERS} images.")
    _keep_fingers(subject, fingers)
    _touch(subject)
    record(actor, GalleryEvent.FINGERS_ADDED, subject=subject.pk, facts={"fingers": len(fingers)})
    return subject


@transaction.atomic
def correct(actor: Actor, *, subject: Subject, identity: Mapping[str, str], reason: str, seen: str = "") -> Subject:
    """Puts the fields of the identity right; what is absent or empty is not held any more.

    ``seen`` is the :func:`mark_of` the fields that the person had in view: raises ``GalleryError``
    (``changed-meanwhile``) where somebody else has changed them since, so that nobody's correction is lost.
    """
    require(actor, GalleryPermission.CORRECT)
    subject = Subject.objects.select_for_update().get(pk=subject.pk)
    if seen and seen != mark_of(subject):
        raise GalleryError("changed-meanwhile", "Somebody has changed these fields meanwhile. Load the page again.")
    key = sealed.key_of(subject.pk)
    before, fields = sealed.open_identity(key, subject), _checked_identity(identity)
    subject.identity = sealed.seal_identity(key, subject.pk, fields)
    subject.save(update_fields=["identity"])
    changed = sorted(code for code in IDENTITY_FIELDS if before.get(code) != fields.get(code))
    record(actor, GalleryEvent.CORRECTED, subject=subject.pk, facts={"fields": ",".join(changed)}, note=reason)
    return subject


def mark_of(subject: Subject) -> str:
    """Tells whether the sealed fields of an identity are still those that somebody saw, and nothing of them."""
    return sha256(bytes(subject.identity)).hexdigest()[:32]


@transaction.atomic
def change_protection(actor: Actor, *, subject: Subject, protection: ProtectionState, reason: str) -> Subject:
    """Writes new answers to the protection questions; the next search already follows them."""
    require(actor, GalleryPermission.CHANGE_PROTECTION)
    subject.protection = sealed.seal_protection(sealed.key_of(subject.pk), subject.pk, protection)
    subject.save(update_fields=["protection"])
    _touch(subject)
    record(actor, GalleryEvent.PROTECTION_CHANGED, subject=subject.pk, note=reason)
    return subject


def erase(actor: Actor, *, subject: Subject, reason: str, now: datetime) -> None:
    """Destroys the subject's key, and with it all that is sealed under it, here and in every backup.

    The key goes first: should the rest fail, the rows that stay say nothing, and erasing again removes them.
    """
    require(actor, GalleryPermission.ERASE)
    sealed.destroy_key(actor, subject.pk, reason="erased", now=now)
    with transaction.atomic():
        record(actor, GalleryEvent.ERASED, subject=subject.pk, note=reason)
        subject.delete()
        _mark()


def _checked_identity(identity: Mapping[str, str]) -> dict[str, str]:
    unknown = sorted(set(identity) - set(IDENTITY_FIELDS))
    if unknown:
        raise GalleryError("unknown-field", f"There is no field {unknown[0]} in an identity.")
    # As it may travel: a field that cannot would be found out by an approver, who can do nothing about it.
    plain = {code: made_plain(value, lines=code == "note").strip() for code, value in identity.items()}
    fields = {code: value for code, value in plain.items() if value}
    if any(len(value.encode()) > FIELD_LIMIT for value in fields.values()):
        raise GalleryError("field-too-long", f"A field holds at most {FIELD_LIMIT} bytes.")
    if "birth-date" in fields:
        fields["birth-date"] = check_birth_date(fields["birth-date"])
    return fields


def _check_fingers(fingers: Sequence[ReadFinger]) -> None:
    if not fingers:
        raise GalleryError("no-fingers", "Give at least one image of a finger.")
    if len(fingers) > MOST_FINGERS:
        raise GalleryError("too-many-fingers", f"A subject has at most {MOST_FINGERS} images.")
    known = [finger.position for finger in fingers if finger.position]
    if len(known) != len(set(known)):
        raise GalleryError("finger-twice", "A finger is given twice. Keep one image of each finger.")


def _keep_fingers(subject: Subject, fingers: Sequence[ReadFinger]) -> None:
    key = sealed.key_of(subject.pk)
    for finger in fingers:
        pk = uuid4()
        FingerRecord.objects.create(
            pk=pk,
            subject=subject,
            position=finger.position,
            resolution_ppi=finger.resolution_ppi,
            quality=finger.quality,
            image=sealed.seal_finger(key, pk, sealed.IMAGE, finger.png),
            template=sealed.seal_finger(key, pk, sealed.TEMPLATE, finger.template),
        )


def _touch(subject: Subject) -> None:
    Subject.objects.filter(pk=subject.pk).update(revision=F("revision") + 1)
    _mark()


def _mark() -> None:
    """Tells every process that its index is old."""
    Revision.objects.update_or_create(pk=1, defaults={"mark": uuid4()})
