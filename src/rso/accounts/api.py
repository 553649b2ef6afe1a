"""People, organisations and seats for programs. Input is the page's form as JSON; whoever may not see gets no row."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Schema, Status

from rso.accounts import actions, queries
from rso.accounts.factors import require_fresh
from rso.accounts.forms import AgencyForm, InviteForm, SeatForm
from rso.accounts.guards import needs, signed_in
from rso.accounts.middleware import ActorRequest
from rso.accounts.models import Agency, Organisation, Seat, User
from rso.accounts.rows import seats_by_reader
from rso.accounts.rules import AccountsPermission, Role, decide, table
from rso.rest.api import Router
from rso.rest.forms import Body, body_of, from_form
from rso.rest.paging import Page, Paging, page_of

router = Router(tags=["people and seats"])
if TYPE_CHECKING:
    InviteBody = Body
    SeatBody = Body
    AgencyBody = Body
else:
    InviteBody = body_of(InviteForm, name="InviteBody")
    SeatBody = body_of(SeatForm, name="SeatBody")
    AgencyBody = body_of(AgencyForm, name="AgencyBody")


class SeatRow(Schema):
    """A seat. ``person`` is empty where the caller may not see it."""

    id: int
    role: str
    organisation: str
    agency: str
    language: str
    subject: str
    since: date
    until: date | None
    person: str


class Me(Schema):
    id: UUID
    name: str
    email: str
    seats: list[SeatRow]
    stands_in_for: list[UUID]
    may: list[str]


class PersonRow(Schema):
    """``key`` is what the form of a seat calls ``user``."""

    id: UUID
    key: int
    name: str
    email: str
    open: bool
    seats: list[SeatRow]


class AgencyRow(Schema):
    key: int
    code: str
    name: str


class OrganisationRow(Schema):
    key: int
    code: str
    name: str
    kind: str
    agencies: list[AgencyRow]


def _seat(seat: Seat, person: str = "") -> SeatRow:
    return SeatRow(
        id=seat.pk, role=seat.role, organisation=seat.organisation.code, agency=seat.agency.code if seat.agency else "",
        language=seat.language, subject=seat.subject, since=seat.starts_on, until=seat.ends_on, person=person,
    )  # fmt: skip


def _person(user: User) -> PersonRow:
    return PersonRow(
        id=user.opaque, key=user.pk, name=user.name, email=user.email, open=user.is_active,
        seats=[_seat(seat, user.name) for seat in user.seats.all()],
    )  # fmt: skip


def _agency(agency: Agency) -> AgencyRow:
    return AgencyRow(key=agency.pk, code=agency.code, name=agency.name)


def _organisation(row: Organisation) -> OrganisationRow:
    agencies = [_agency(agency) for agency in row.agencies.all()]
    return OrganisationRow(key=row.pk, code=row.code, name=row.name, kind=row.kind, agencies=agencies)


@router.get("/me", response=Me)
@signed_in
def me(request: ActorRequest) -> Me:
    """Who the caller is, and which permissions a seat of today opens; a rule over a record may still refuse."""
    held = queries.seats_on(timezone.localdate()).filter(user=request.user.pk).select_related("organisation", "agency")
    return Me(
        id=request.actor.opaque,
        name=request.user.name,
        email=request.user.email,
        seats=[_seat(seat, request.user.name) for seat in held],
        stands_in_for=sorted(request.actor.stands_in_for),
        may=sorted(name for name in table() if decide(request.actor, name).allowed),
    )


@router.get("/people", response=Page[PersonRow])
@needs(AccountsPermission.SEE_PEOPLE)
def people(request: ActorRequest, paging: Query[Paging], q: str = "") -> dict[str, Any]:
    """The people whom the caller keeps."""
    return page_of(queries.people(request.actor, q, day=timezone.localdate()), paging, _person)


@router.post("/people", response={201: PersonRow})
@needs(AccountsPermission.INVITE)
def invite(request: ActorRequest, body: InviteBody) -> Status[PersonRow]:
    """Invites a person; ``organisation`` is a key of ``/organisations``. Needs a fresh second factor."""
    require_fresh(request.session)
    form = from_form(InviteForm, body, actor=request.actor)
    return Status(201, _person(actions.invite(request.actor, now=timezone.now(), **form.cleaned_data)))


@router.get("/organisations", response=Page[OrganisationRow])
@needs(AccountsPermission.SEE_ORGANISATIONS)
def organisations(request: ActorRequest, paging: Query[Paging], q: str = "", kind: str = "") -> dict[str, Any]:
    """The organisations that the caller keeps, with their agencies."""
    found = queries.organisations(request.actor, q, kind).prefetch_related("agencies")
    return page_of(found, paging, _organisation)


@router.post("/organisations/{key}/agencies", response={201: AgencyRow})
@needs(AccountsPermission.CHANGE_AGENCIES)
def add_agency(request: ActorRequest, key: int, body: AgencyBody) -> Status[AgencyRow]:
    """Enters an agency of an organisation that the caller keeps."""
    organisation = get_object_or_404(queries.organisations(request.actor), pk=key)
    form = from_form(AgencyForm, body)
    return Status(201, _agency(actions.add_agency(request.actor, organisation=organisation, **form.cleaned_data)))


@router.get("/seats", response=Page[SeatRow])
@needs(AccountsPermission.SEE_SEATS)
def seats(
    request: ActorRequest,
    paging: Query[Paging],
    on: date | None = None,
    role: str = "",
    organisation: str = "",
    q: str = "",
) -> dict[str, Any]:
    """The seats held on a day, today if none is named; names as on the page."""
    day = on or timezone.localdate()
    found = queries.seats(request.actor, day, role=role, organisation=organisation, words=q)

    def row(seat: Seat) -> SeatRow:
        (shown,) = seats_by_reader(request.actor, [seat], day, deputies=False)
        return _seat(seat, shown.name)

    return page_of(found, paging, row)


@router.post("/seats", response={201: SeatRow})
@needs(AccountsPermission.CHANGE_SEATS)
def give(request: ActorRequest, body: SeatBody) -> Status[SeatRow]:
    """Gives a seat; ``user``, ``organisation`` and ``agency`` are keys. Needs a fresh second factor."""
    require_fresh(request.session)
    form = from_form(SeatForm, body, actor=request.actor, day=timezone.localdate())
    fields = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
    seat = actions.give_seat(request.actor, **fields)
    return Status(201, _seat(seat, seat.user.name))


@router.post("/seats/{key}/end", response=SeatRow)
@needs(AccountsPermission.CHANGE_SEATS)
def end(request: ActorRequest, key: int) -> SeatRow:
    """Ends a seat today. Needs a fresh second factor."""
    require_fresh(request.session)
    seat = get_object_or_404(queries.kept_seats(request.actor), pk=key)
    return _seat(actions.end_seat(request.actor, seat=seat, on=timezone.localdate()), seat.user.name)
