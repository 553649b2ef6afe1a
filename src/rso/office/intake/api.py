"""Enquiries for programs: anybody may write, the RSO's staff work on the queue."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Query, Schema, Status

from rso.accounts.guards import needs, public
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import ANONYMOUS
from rso.office.intake import actions, queries
from rso.office.intake.adapters import place_of
from rso.office.intake.forms import FORMS, AnswerForm, AsideForm, DueForm
from rso.office.intake.models import Enquiry
from rso.office.intake.presenters import WAYS, outcomes
from rso.office.intake.rules import IntakePermission, State, Way
from rso.rest.api import Router
from rso.rest.forms import Body, body_of, from_form
from rso.rest.paging import Page, Paging, page_of

router = Router()
if TYPE_CHECKING:
    from rso.rest.forms import Body as AnswerBody
    from rso.rest.forms import Body as AsideBody
    from rso.rest.forms import Body as DueBody
else:
    AnswerBody = body_of(AnswerForm)
    AsideBody = body_of(AsideForm)
    DueBody = body_of(DueForm)


class WayRow(Schema):
    way: Way
    title: str
    about: str
    fields: list[str]


class Received(Schema):
    """The enquiry is kept; it enters the queue once the address is confirmed by mail."""

    id: UUID
    state: State


class EnquiryRow(Schema):
    id: UUID
    way: Way
    state: State
    organisation_name: str
    owner: str
    due_on: date | None
    created_at: datetime


class StepRow(Schema):
    state: State
    at: datetime
    who: str
    note: str


class OutcomeRow(Schema):
    """What came of it: ``kind`` is ``organisation``, ``proposal``, ``secondment`` or ``listing``."""

    id: int
    kind: str
    key: str
    title: str


class WholeEnquiry(EnquiryRow):
    organisation_kind: str
    contact_name: str
    email: str
    message: str
    details: dict[str, str]
    answer: str
    history: list[StepRow]
    came_of_it: list[OutcomeRow]


def _row_values(row: Enquiry) -> dict[str, Any]:
    names = ("id", "way", "state", "organisation_name", "due_on", "created_at")
    return {"owner": row.owner.name if row.owner else "", **{name: getattr(row, name) for name in names}}


def _row(row: Enquiry) -> EnquiryRow:
    return EnquiryRow(**_row_values(row))


def _whole(request: ActorRequest, pk: UUID) -> WholeEnquiry:
    row = _find(request, pk)
    names = ("organisation_kind", "contact_name", "email", "message", "details", "answer")
    history = [
        StepRow(state=State(step.state), at=step.at, who=step.by.name if step.by else "", note=step.note)
        for step in row.steps.select_related("by")
    ]
    came = [
        OutcomeRow(id=one.row.pk, kind=one.kind.code, key=one.row.key, title=one.look.title if one.look else "")
        for one in outcomes(row)
    ]
    said = {name: getattr(row, name) for name in names}
    return WholeEnquiry(**_row_values(row), **said, history=history, came_of_it=came)


def _find(request: ActorRequest, pk: UUID) -> Enquiry:
    return get_object_or_404(queries.queue(request.actor, state="all"), pk=pk)


@router.get("/ways", response=list[WayRow])
@public
def list_ways(request: HttpRequest) -> list[WayRow]:
    """The six ways of working with the RSO, each with the fields of its form."""
    return [
        WayRow(
            way=words.way,
            title=str(words.title),
            about=str(words.about),
            fields=[name for name in FORMS[words.way].base_fields if name not in ("website", "key")],
        )
        for words in WAYS
    ]


@router.post("/ways/{way}", response={202: Received})
@public
def write_enquiry(request: HttpRequest, way: str, body: Body) -> Status[Received]:
    """Writes to the RSO. A link to confirm goes to the address that was given; ``key`` as for a proposal."""
    if way not in list(Way):
        raise Http404
    form = from_form(FORMS[Way(way)], body)
    enquiry = actions.receive(
        ANONYMOUS,
        way=Way(way),
        fields=form.common_values(),
        details=form.detail_values(),
        language=get_language() or "",
        place=place_of(request),
        now=timezone.now(),
        key=form.cleaned_data["key"],
    )
    return Status(202, Received(id=enquiry.pk, state=State(enquiry.state)))


@router.get("/enquiries", response=Page[EnquiryRow])
@needs(IntakePermission.SEE)
def list_enquiries(
    request: ActorRequest,
    paging: Query[Paging],
    state: str = "open",
    q: str = "",
    mine: bool = False,
    nobody: bool = False,
    late: bool = False,
) -> dict[str, Any]:
    """The queue; ``state`` is ``open``, ``all`` or one state; perhaps only mine, those of nobody, or the late."""
    late_on = timezone.localdate() if late else None
    rows = queries.queue(request.actor, state=state, search=q, mine=mine, unassigned=nobody, late_on=late_on)
    return page_of(rows, paging, _row)


@router.get("/enquiries/{uuid:pk}", response=WholeEnquiry)
@needs(IntakePermission.SEE)
def show_enquiry(request: ActorRequest, pk: UUID) -> WholeEnquiry:
    """One enquiry with its history."""
    return _whole(request, pk)


@router.post("/enquiries/{uuid:pk}/take", response=WholeEnquiry)
@needs(IntakePermission.HANDLE)
def take_enquiry(request: ActorRequest, pk: UUID, body: DueBody) -> WholeEnquiry:
    """The caller owns it from now on, and answers by ``due_on``."""
    said = from_form(DueForm, body).cleaned_data
    actions.take(request.actor, enquiry=_find(request, pk), owner=request.user, now=timezone.now(), **said)
    return _whole(request, pk)


@router.post("/enquiries/{uuid:pk}/release", response=WholeEnquiry)
@needs(IntakePermission.HANDLE)
def release_enquiry(request: ActorRequest, pk: UUID) -> WholeEnquiry:
    """Puts it back into the queue."""
    actions.release(request.actor, enquiry=_find(request, pk), now=timezone.now())
    return _whole(request, pk)


@router.post("/enquiries/{uuid:pk}/answer", response=WholeEnquiry)
@needs(IntakePermission.HANDLE)
def answer_enquiry(request: ActorRequest, pk: UUID, body: AnswerBody) -> WholeEnquiry:
    """Answers by mail and closes it."""
    return _answer(request, pk, body, yes=True)


@router.post("/enquiries/{uuid:pk}/decline", response=WholeEnquiry)
@needs(IntakePermission.HANDLE)
def decline_enquiry(request: ActorRequest, pk: UUID, body: AnswerBody) -> WholeEnquiry:
    """Answers with no, by mail, and closes it."""
    return _answer(request, pk, body, yes=False)


def _answer(request: ActorRequest, pk: UUID, body: Body, *, yes: bool) -> WholeEnquiry:
    text = from_form(AnswerForm, body).cleaned_data["answer"]
    actions.answer(request.actor, enquiry=_find(request, pk), text=text, yes=yes, now=timezone.now())
    return _whole(request, pk)


@router.post("/enquiries/{uuid:pk}/set-aside", response=WholeEnquiry)
@needs(IntakePermission.HANDLE)
def set_enquiry_aside(request: ActorRequest, pk: UUID, body: AsideBody) -> WholeEnquiry:
    """Closes what asks for no answer, with a reason for colleagues."""
    reason = from_form(AsideForm, body).cleaned_data["reason"]
    actions.set_aside(request.actor, enquiry=_find(request, pk), reason=reason, now=timezone.now())
    return _whole(request, pk)


@router.post("/enquiries/{uuid:pk}/reopen", response=WholeEnquiry)
@needs(IntakePermission.HANDLE)
def reopen_enquiry(request: ActorRequest, pk: UUID) -> WholeEnquiry:
    """Opens an enquiry again that was answered or set aside."""
    actions.reopen(request.actor, enquiry=_find(request, pk), now=timezone.now())
    return _whole(request, pk)
