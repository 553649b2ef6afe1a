"""Reading the gallery. Opening a subject is looking at a person: it leaves a row in the audit."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from rso.accounts.rules import Actor, require
from rso.audit.actions import viewed
from rso.node.gallery.adapters import sealed
from rso.node.gallery.models import FingerRecord, Subject
from rso.node.gallery.rules import GalleryEvent, GalleryPermission
from rso.policy.protection import ProtectionState


@dataclass(frozen=True)
class OpenedSubject:
    """A subject with its sealed parts opened, for somebody who may see them."""

    subject: Subject
    identity: dict[str, str]
    protection: ProtectionState
    fingers: list[FingerRecord]


def subjects(actor: Actor, *, reference: str = "") -> QuerySet[Subject]:
    """Subjects by local reference; names are sealed and cannot be searched for. No sealed part is read."""
    require(actor, GalleryPermission.SEE)
    found = Subject.objects.defer("identity", "protection").annotate(finger_count=Count("fingers"))
    if reference.strip():
        found = found.filter(reference__icontains=reference.strip())
    return found.order_by("reference")


def find_subject(actor: Actor, pk: UUID) -> Subject | None:
    """A subject by its opaque id, nothing opened."""
    require(actor, GalleryPermission.SEE)
    return Subject.objects.filter(pk=pk).first()


def open_subject(actor: Actor, subject: Subject) -> OpenedSubject:
    """Opens all but the images; raises ``VaultError`` (``key-destroyed``) for one that was erased."""
    require(actor, GalleryPermission.SEE)
    key = sealed.key_of(subject.pk)
    opened = OpenedSubject(
        subject,
        sealed.open_identity(key, subject),
        sealed.open_protection(key, subject),
        list(subject.fingers.defer("image", "template")),
    )
    viewed(actor, GalleryEvent.VIEWED, subject=subject.pk)
    return opened


def finger_image(actor: Actor, finger: FingerRecord) -> bytes:
    """The print as PNG, for whoever may see its subject. The page that shows it has left the row in the audit."""
    require(actor, GalleryPermission.SEE)
    return sealed.open_finger(sealed.key_of(finger.subject_id), finger, sealed.IMAGE)
