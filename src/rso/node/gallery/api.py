"""The gallery for programs. Input is the page's form, as JSON or, with images, as multipart."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Schema, Status

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.node.gallery import actions, queries
from rso.node.gallery.forms import ChangeProtectionForm, CorrectForm, EnrolForm, ReasonForm
from rso.node.gallery.models import Subject
from rso.node.gallery.rules import GalleryPermission
from rso.rest.api import Router
from rso.rest.forms import Body, body_of, from_form
from rso.rest.paging import Page, Paging, page_of

router = Router(tags=["gallery"])
if TYPE_CHECKING:
    IdentityBody = Body
    ProtectionBody = Body
    ReasonBody = Body
else:
    IdentityBody = body_of(CorrectForm, name="IdentityBody")
    ProtectionBody = body_of(ChangeProtectionForm, name="ProtectionBody")
    ReasonBody = body_of(ReasonForm, name="GalleryReasonBody")


class SubjectRow(Schema):
    id: UUID
    reference: str
    fingers: int
    synthetic: bool
    enrolled_at: datetime


class SubjectFull(Schema):
    id: UUID
    reference: str
    synthetic: bool
    identity: dict[str, str]
    protection: dict[str, Any]
    fingers: list[dict[str, Any]]


def sent(request: HttpRequest) -> dict[str, Any]:
    """A multipart body as the mapping that ``from_form`` takes: one value, or a list of several."""
    return {name: values if len(values) > 1 else values[0] for name, values in request.POST.lists() if values}


def uploads(request: HttpRequest) -> dict[str, Any]:
    """The files of a multipart body, one a name."""
    return request.FILES.dict()


@router.get("/subjects", response=Page[SubjectRow])
@needs(GalleryPermission.SEE)
def subjects(request: ActorRequest, paging: Query[Paging], reference: str = "") -> dict[str, Any]:
    """Subjects by local reference."""
    return page_of(queries.subjects(request.actor, reference=reference), paging, _row)


@router.post("/subjects", response={201: SubjectRow})
@needs(GalleryPermission.ENROL)
def enrol(request: ActorRequest) -> Status[Any]:
    """Enrols a subject: multipart, fields of the page's form, images as ``finger_0`` to ``finger_10``."""
    form = from_form(EnrolForm, sent(request), files=uploads(request))
    subject = actions.enrol(
        request.actor,
        reference=form.cleaned_data["reference"],
        identity=form.identity(),
        protection=form.cleaned_data["protection"],
        fingers=form.cleaned_data["fingers"],
        synthetic=form.cleaned_data["synthetic"],
        now=timezone.now(),
    )
    return Status(201, _row(queries.subjects(request.actor).get(pk=subject.pk)))


@router.get("/subjects/{uuid:pk}", response=SubjectFull)
@needs(GalleryPermission.SEE)
def subject(request: ActorRequest, pk: UUID) -> dict[str, Any]:
    """One subject, opened: this leaves a row in the audit."""
    opened = queries.open_subject(request.actor, get_object_or_404(Subject, pk=pk))
    return {
        "id": opened.subject.pk,
        "reference": opened.subject.reference,
        "synthetic": opened.subject.is_synthetic,
        "identity": opened.identity,
        "protection": opened.protection.as_plain(),
        "fingers": [
            {"id": str(f.pk), "finger": f.position, "resolution_ppi": f.resolution_ppi, "quality": f.quality}
            for f in opened.fingers
        ],
    }


@router.put("/subjects/{uuid:pk}/identity", response={204: None})
@needs(GalleryPermission.CORRECT)
def correct(request: ActorRequest, pk: UUID, body: IdentityBody) -> Status[Any]:
    """The fields of the identity as they should be, all of them, with a reason."""
    form = from_form(CorrectForm, body)
    actions.correct(
        request.actor,
        subject=get_object_or_404(Subject, pk=pk),
        identity=form.identity(),
        reason=form.cleaned_data["reason"],
        seen=form.cleaned_data["seen"],
    )
    return Status(204, None)


@router.put("/subjects/{uuid:pk}/protection", response={204: None})
@needs(GalleryPermission.CHANGE_PROTECTION)
def change_protection(request: ActorRequest, pk: UUID, body: ProtectionBody) -> Status[Any]:
    """New answers to the protection questions, all of them, with a reason."""
    form = from_form(ChangeProtectionForm, body)
    actions.change_protection(
        request.actor,
        subject=get_object_or_404(Subject, pk=pk),
        protection=form.cleaned_data["protection"],
        reason=form.cleaned_data["reason"],
    )
    return Status(204, None)


@router.post("/subjects/{uuid:pk}/erase", response={204: None})
@needs(GalleryPermission.ERASE)
def erase(request: ActorRequest, pk: UUID, body: ReasonBody) -> Status[Any]:
    """Destroys the subject's key."""
    form = from_form(ReasonForm, body)
    found = get_object_or_404(Subject, pk=pk)
    actions.erase(request.actor, subject=found, reason=form.cleaned_data["reason"], now=timezone.now())
    return Status(204, None)


def _row(subject: Subject) -> dict[str, Any]:
    return {
        "id": subject.pk,
        "reference": subject.reference,
        "fingers": getattr(subject, "finger_count", 0),
        "synthetic": subject.is_synthetic,
        "enrolled_at": subject.enrolled_at,
    }
