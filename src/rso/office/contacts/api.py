"""Focal points for programs: the same forms, permissions and actions as the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import Http404
from django.utils import timezone
from ninja import Query, Schema, Status

from rso.accounts.guards import needs
from rso.accounts.middleware import ActorRequest
from rso.accounts.models import Agency, Organisation
from rso.accounts.rules import require
from rso.office.contacts import queries
from rso.office.contacts.actions import keeping
from rso.office.contacts.forms import HOURS, ChannelForm, FocalPointForm, initial_of
from rso.office.contacts.models import FocalPoint, Subject
from rso.office.contacts.rules import ContactsPermission
from rso.rest.api import Router
from rso.rest.forms import FormRefused, errors_of
from rso.rest.paging import Page, Paging, page_of

router = Router()


class Channel(Schema):
    kind: str
    value: str
    note: str = ""


class FocalPointRow(Schema):
    """``hours`` are seven texts, Monday first; ``rank`` is 0 for the principal, 1 and 2 for the deputies."""

    id: int
    member: str
    agency: str
    subject: str
    rank: int
    name: str
    position: str
    channels: list[Channel]
    languages: list[str]
    time_zone: str
    hours: list[str]
    note: str
    since: date
    until: date | None
    confirmed_at: datetime | None
    is_by_office: bool
    changed_at: datetime


class FocalPointIn(Schema):
    """``agency`` and ``subject`` are codes; ``seen`` is the ``changed_at`` of the entry that is changed."""

    subject: str
    rank: int = 0
    agency: str = ""
    name: str
    position: str = ""
    channels: list[Channel]
    languages: list[str] = []
    time_zone: str
    hours: list[str]
    note: str = ""
    seen: datetime | None = None


class SubjectRow(Schema):
    code: str
    name: str


class Confirmed(Schema):
    ids: list[int]


class Number(Schema):
    number: int


def _row(row: FocalPoint) -> FocalPointRow:
    same = ("id", "rank", "name", "position", "languages", "time_zone", "hours", "note", "since", "until",
            "confirmed_at", "is_by_office", "changed_at")  # fmt: skip
    return FocalPointRow(
        member=row.organisation.code, agency=row.agency.code if row.agency else "", subject=row.subject.code,
        channels=[Channel(**one) for one in row.channels], **{name: getattr(row, name) for name in same},
    )  # fmt: skip


@router.get("/subjects", response=list[SubjectRow])
@needs(ContactsPermission.SEE)
def subjects(request: ActorRequest) -> list[SubjectRow]:
    """What focal points are for."""
    return [SubjectRow(code=row.code, name=row.name) for row in queries.subjects()]


@router.get("", response=Page[FocalPointRow])
@needs(ContactsPermission.SEE)
def focal_points(
    request: ActorRequest,
    paging: Query[Paging],
    on: date | None = None,
    q: str = "",
    subject: str = "",
    member: str = "",
) -> dict[str, Any]:
    """Focal points on a day (today if none is named)."""
    asked = {"words": q[:100], "subject": subject, "organisation": member}
    return page_of(queries.focal_points(request.actor, on or timezone.localdate(), **asked), paging, _row)


def _one(request: ActorRequest, pk: int) -> FocalPoint:
    row = queries.one(request.actor, pk)
    if row is None:
        raise Http404
    return row


@router.get("/{int:pk}", response=FocalPointRow)
@needs(ContactsPermission.SEE)
def focal_point(request: ActorRequest, pk: int) -> FocalPointRow:
    """One entry, also one that has ended."""
    return _row(_one(request, pk))


def _values(organisation: Organisation, said: FocalPointIn, row: FocalPoint | None = None) -> dict[str, Any]:
    """The values that the page's own forms find right; raises ``FormRefused`` with the page's words otherwise."""
    subject = Subject.objects.filter(code=said.subject).values_list("pk", flat=True).first()
    agency = Agency.objects.filter(organisation=organisation, code=said.agency).values_list("pk", flat=True).first()
    if len(said.hours) != len(HOURS):
        raise FormRefused({"hours": ["Give seven texts, Monday first."]})
    data = said.dict() | {"subject": subject or said.subject, "agency": agency or said.agency}
    data |= dict(zip(HOURS, said.hours, strict=True)) | {"seen": ""}
    form = FocalPointForm(data, organisation=organisation, initial=initial_of(row) if row else {})
    if not form.is_valid():
        raise FormRefused(errors_of(form))
    ways = [ChannelForm(one.dict()) for one in said.channels[:8]]
    if not ways or not all(way.is_valid() for way in ways):
        wrong = [f"{name}: {text}" for way in ways for name, texts in errors_of(way).items() for text in texts]
        raise FormRefused({"channels": wrong or ["Give at least one way to reach this person."]})
    channels = [{name: way.cleaned_data[name] for name in ("kind", "value", "note")} for way in ways]
    return form.values() | {"channels": channels}


@router.post("/members/{code}", response={201: FocalPointRow})
@needs(ContactsPermission.KEEP)
def enter(request: ActorRequest, code: str, said: FocalPointIn) -> Any:
    """Enters a focal point of a member from today on."""
    organisation = queries.members_of(request.actor).filter(code=code).first()
    if organisation is None:
        raise Http404
    values = _values(organisation, said)
    row = keeping.enter(request.actor, organisation=organisation, values=values, now=timezone.now())
    return Status(201, _row(_one(request, row.pk)))


@router.put("/{int:pk}", response=FocalPointRow)
@needs(ContactsPermission.KEEP)
def change(request: ActorRequest, pk: int, said: FocalPointIn) -> FocalPointRow:
    """Changes an entry."""
    row = _one(request, pk)
    require(request.actor, ContactsPermission.KEEP, row.entry)
    values = _values(row.organisation, said, row)
    keeping.change(request.actor, row=row, values=values, now=timezone.now(), seen=said.seen)
    return _row(_one(request, pk))


@router.post("/{int:pk}/end", response=FocalPointRow)
@needs(ContactsPermission.KEEP)
def end(request: ActorRequest, pk: int) -> FocalPointRow:
    """Ends an entry: today is its last day."""
    keeping.end(request.actor, row=_one(request, pk), now=timezone.now())
    return _row(_one(request, pk))


@router.post("/{int:pk}/resume", response=FocalPointRow)
@needs(ContactsPermission.KEEP)
def resume(request: ActorRequest, pk: int) -> FocalPointRow:
    """Takes an end back."""
    keeping.resume(request.actor, row=_one(request, pk), now=timezone.now())
    return _row(_one(request, pk))


@router.post("/confirm", response=Number)
@needs(ContactsPermission.CONFIRM)
def confirm(request: ActorRequest, said: Confirmed) -> Number:
    """The member says that these are right; any that may not be confirmed refuses all."""
    rows = [_one(request, pk) for pk in dict.fromkeys(said.ids)]
    return Number(number=keeping.confirm(request.actor, rows=rows, now=timezone.now()))
