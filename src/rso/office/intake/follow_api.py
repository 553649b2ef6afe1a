"""What comes of enquiries, for programs: the same actions and forms as the pages."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django import forms
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Schema, Status

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.office.intake import actions, making, queries
from rso.office.intake.actions import becoming, following
from rso.office.intake.forms import AssignForm, NoteForm
from rso.office.intake.models import Enquiry, Listing, Secondment
from rso.office.intake.rules import IntakePermission, SecondmentMove
from rso.rest.api import Router
from rso.rest.forms import Body, body_of, from_form
from rso.rest.paging import Page, Paging, page_of

router = Router()
if TYPE_CHECKING:
    from rso.rest.forms import Body as AssignBody
    from rso.rest.forms import Body as ListingBody
    from rso.rest.forms import Body as MoveBody
    from rso.rest.forms import Body as NoteBody
    from rso.rest.forms import Body as PartyBody
    from rso.rest.forms import Body as SecondmentBody
else:
    AssignBody = body_of(AssignForm)
    ListingBody = body_of(making.ListingForm)
    MoveBody = body_of(making.MoveForm)
    NoteBody = body_of(NoteForm)
    PartyBody = body_of(making.PartyForm)
    SecondmentBody = body_of(making.SecondmentForm)


class Made(Schema):
    """What was made of an enquiry, by its key."""

    kind: str
    key: str


class SecondmentRow(Schema):
    id: UUID
    offered_by: str
    discipline: str
    project: str
    starts_on: date | None
    ends_on: date | None
    state: str
    report: str


class ListingRow(Schema):
    id: UUID
    title: str
    provider: str
    audience: str
    languages: str
    mode: str
    state: str
    last_confirmed_on: date | None
    expires_on: date | None


def _enquiry(request: ActorRequest, pk: UUID) -> Enquiry:
    return get_object_or_404(queries.queue(request.actor, state="all").filter(erased_at=None), pk=pk)


def _secondment(row: Secondment) -> SecondmentRow:
    return SecondmentRow(**{name: getattr(row, name) for name in SecondmentRow.model_fields})


def _listing(row: Listing) -> ListingRow:
    return ListingRow(**{name: getattr(row, name) for name in ListingRow.model_fields})


def _form(kind: Any, body: Body) -> dict[str, Any]:
    return cast(forms.Form, from_form(kind, body)).cleaned_data


@router.post("/enquiries/{uuid:pk}/assign", response={204: None})
@needs(IntakePermission.HANDLE)
def assign_enquiry(request: ActorRequest, pk: UUID, body: AssignBody) -> Status[None]:
    """Gives it to a colleague, named by their opaque id, who is told."""

    class Assigning(AssignForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            own: dict[str, Any] = self.fields
            own["owner"].queryset = queries.colleagues(request.actor, timezone.localdate())

    said = _form(Assigning, body)
    actions.assign(request.actor, enquiry=_enquiry(request, pk), now=timezone.now(), **said)
    return Status(204, None)


@router.post("/enquiries/{uuid:pk}/notes", response={204: None})
@needs(IntakePermission.HANDLE)
def note_enquiry(request: ActorRequest, pk: UUID, body: NoteBody) -> Status[None]:
    """A word for colleagues."""
    said = _form(NoteForm, body)
    actions.note(request.actor, enquiry=_enquiry(request, pk), text=said["note"], now=timezone.now())
    return Status(204, None)


@router.post("/enquiries/{uuid:pk}/organisation", response={201: Made})
@needs(IntakePermission.CONVERT)
def make_organisation(request: ActorRequest, pk: UUID, body: PartyBody) -> Status[Made]:
    """Enters an interested party and invites its first administrator."""
    said = _form(making.PartyForm, body)
    made = becoming.make_organisation(request.actor, enquiry=_enquiry(request, pk), now=timezone.now(), **said)
    return Status(201, Made(kind="organisation", key=str(made.pk)))


@router.post("/enquiries/{uuid:pk}/secondment", response={201: SecondmentRow})
@needs(IntakePermission.HANDLE_SECONDMENTS)
def make_secondment(request: ActorRequest, pk: UUID, body: SecondmentBody) -> Status[SecondmentRow]:
    """Records an offered secondment."""
    said = _form(making.SecondmentForm, body)
    made = becoming.make_secondment(request.actor, enquiry=_enquiry(request, pk), fields=said, now=timezone.now())
    return Status(201, _secondment(made))


@router.post("/enquiries/{uuid:pk}/listing", response={201: ListingRow})
@needs(IntakePermission.HANDLE_LISTINGS)
def make_listing(request: ActorRequest, pk: UUID, body: ListingBody) -> Status[ListingRow]:
    """Begins a listing as a draft."""
    said = _form(making.ListingForm, body)
    made = becoming.make_listing(request.actor, enquiry=_enquiry(request, pk), fields=said, now=timezone.now())
    return Status(201, _listing(made))


@router.post("/enquiries/{uuid:pk}/came-of-it/{int:outcome}/undo", response={204: None})
@needs(IntakePermission.CONVERT)
def undo_outcome(request: ActorRequest, pk: UUID, outcome: int) -> Status[None]:
    """Takes back what came of it, as long as nothing depends on it."""
    found = get_object_or_404(_enquiry(request, pk).outcomes, pk=outcome)
    becoming.undo(request.actor, outcome=found, now=timezone.now())
    return Status(204, None)


@router.get("/secondments", response=Page[SecondmentRow])
@needs(IntakePermission.SEE_SECONDMENTS)
def list_secondments(request: ActorRequest, paging: Query[Paging], state: str = "", q: str = "") -> dict[str, Any]:
    """Secondments, those changed last standing first."""
    return page_of(queries.secondments(request.actor, state=state, search=q), paging, _secondment)


@router.post("/secondments/{uuid:pk}/move", response=SecondmentRow)
@needs(IntakePermission.HANDLE_SECONDMENTS)
def move_secondment(request: ActorRequest, pk: UUID, body: MoveBody) -> SecondmentRow:
    """Takes a move: consider, accept, decline, place, end; at its end ``note`` is the report."""
    said = _form(making.MoveForm, body)
    row = get_object_or_404(queries.secondments(request.actor), pk=pk)
    move = SecondmentMove(said["move"])
    moved = following.move_secondment(
        request.actor, secondment=row, move=move, note=said["note"], now=timezone.now()
    )  # fmt: skip
    return _secondment(moved)


@router.get("/listings", response=Page[ListingRow])
@needs(IntakePermission.SEE_LISTINGS)
def list_listings(
    request: ActorRequest, paging: Query[Paging], state: str = "", q: str = "", lapsed: bool = False
) -> dict[str, Any]:
    """Listings by title; ``lapsed`` gives those whose day is past."""
    on = timezone.localdate() if lapsed else None
    return page_of(queries.listings(request.actor, state=state, search=q, lapsed_on=on), paging, _listing)


@router.post("/listings/{uuid:pk}/confirm", response=ListingRow)
@needs(IntakePermission.HANDLE_LISTINGS)
def confirm_listing(request: ActorRequest, pk: UUID) -> ListingRow:
    """Its provider has said that it is so."""
    row = get_object_or_404(queries.listings(request.actor), pk=pk)
    return _listing(following.confirm_listing(request.actor, listing=row, now=timezone.now()))


@router.post("/listings/{uuid:pk}/withdraw", response=ListingRow)
@needs(IntakePermission.HANDLE_LISTINGS)
def withdraw_listing(request: ActorRequest, pk: UUID) -> ListingRow:
    """Takes it off; its record stays."""
    row = get_object_or_404(queries.listings(request.actor), pk=pk)
    return _listing(following.withdraw_listing(request.actor, listing=row, now=timezone.now()))
