"""Seats, leave and people as rows of pages and of spreadsheets, each as its reader may see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from rso.accounts import queries
from rso.accounts.holding import DELEGABLE
from rso.accounts.models import Delegation, Invitation, Leave, Organisation, Seat, User
from rso.accounts.presenters import invitation_state, password_path
from rso.accounts.rules import AccountsPermission, Actor, Role, SeatFacts, decide


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A seat of a page about one person or one day. ``name`` is empty where the reader may not see it."""

    seat: Seat
    name: str = ""
    may_change: bool = False
    deputy: str = ""


@dataclass(frozen=True, slots=True)
class LeaveRow:
    """A leave with its deputies, the seats that could have one, and whether the reader may change it."""

    leave: Leave
    deputies: list[Delegation]
    open_seats: list[Seat]
    may_change: bool


def facts(seat: Seat) -> SeatFacts:
    """What a decision needs of a seat whose organisation is at hand."""
    return SeatFacts(Role(seat.role), seat.organisation.code)


def seat_rows(reader: Actor, seats: Iterable[Seat], today: date) -> list[SeatRow]:
    """The seats of one person, with the deputies of today, and which of them ``reader`` may end or take back."""
    listed = list(seats)
    deputies = _deputies(listed, today)
    return [
        SeatRow(
            seat, deputy=deputies.get(seat.pk, ""),
            may_change=decide(reader, AccountsPermission.CHANGE_SEATS, facts(seat)).allowed,
        )
        for seat in listed
    ]  # fmt: skip


def _deputies(seats: Iterable[Seat], day: date) -> dict[int, str]:
    acting = queries.delegations_on(day).filter(seat__in=[seat.pk for seat in seats])
    return dict(acting.values_list("seat_id", "deputy__name"))


def _may_name(reader: Actor, seat: Seat) -> bool:
    named = queries.named_at(reader)
    return named is None or seat.organisation.code in named


def seats_by_reader(reader: Actor, seats: Iterable[Seat], day: date, *, deputies: bool = True) -> list[SeatRow]:
    """The seats of one day with names, and the deputies of that day, where ``reader`` may see them."""
    listed = list(seats)
    acting = _deputies(listed, day) if deputies else {}
    return [
        SeatRow(seat, name=seat.user.name, deputy=acting.get(seat.pk, "")) if _may_name(reader, seat) else SeatRow(seat)
        for seat in listed
    ]


def leave_rows(reader: Actor, user: User, today: date) -> list[LeaveRow]:
    """The leave of ``user`` from ``today`` on; the seats without a deputy that ``reader`` may find one for."""
    own = reader.user_id == user.pk
    held = [
        seat
        for seat in user.seats.select_related("organisation", "agency").all()
        if Role(seat.role) in DELEGABLE
        and (own or decide(reader, AccountsPermission.CHANGE_SEATS, facts(seat)).allowed)
    ]
    shown = []
    for leave in queries.leaves(user, today):
        deputies = list(leave.delegations.all())
        taken = {row.seat_id for row in deputies if row.declined_on is None}
        free = [seat for seat in held if seat.pk not in taken and _meets(seat, leave)]
        shown.append(LeaveRow(leave, deputies, free, own or bool(held)))
    return shown


def _meets(seat: Seat, leave: Leave) -> bool:
    return seat.starts_on <= leave.ends_on and (seat.ends_on is None or seat.ends_on >= leave.starts_on)


def open_invitation(reader: Actor, user: User, now: datetime) -> dict[str, Any]:
    """What a person's page says of an invitation that nobody has followed; empty where there is none."""
    if user.has_usable_password() or user.last_login is not None:
        return {}
    row = Invitation.objects.filter(user=user).select_related("organisation").first()
    if row is None:
        return {
            "words": "",
            "may_change": decide(reader, AccountsPermission.INVITE, "").allowed and not user.is_synthetic,
        }
    words, tone = invitation_state(row, now)
    code = row.organisation.code if row.organisation else ""
    may = decide(reader, AccountsPermission.INVITE, code).allowed and row.withdrawn_at is None
    may = may and not user.is_synthetic
    return {"row": row, "words": words, "tone": tone, "may_change": may, "shown": _shown(user) if may else ""}


def _shown(user: User) -> str:
    """The path that the invitation's mail holds, in a demonstration only: no mail leaves one, so nobody could follow
    it. Anywhere else the link is for the address's holder alone."""
    return password_path(user) if settings.RSO_DEMONSTRATION else ""


SEAT_COLUMNS = ("organisation", "name_of_organisation", "agency", "role", "language", "subject", "person", "from", "to")


def seat_table(reader: Actor, seats: Iterable[Seat]) -> list[list[str]]:
    """The rows of the list of seats for a spreadsheet; a name that the reader may not see is empty there too."""
    return [
        [
            seat.organisation.code, seat.organisation.name, seat.agency.name if seat.agency else "", seat.role,
            seat.language, seat.subject, seat.user.name if _may_name(reader, seat) else "",
            seat.starts_on.isoformat(), seat.ends_on.isoformat() if seat.ends_on else "",
        ]
        for seat in seats
    ]  # fmt: skip


PEOPLE_COLUMNS = ("name", "email", "organisation", "agency", "role", "language", "subject", "from", "to", "account")


def people_table(people: Iterable[User]) -> list[list[str]]:
    """One row a seat, and one for whoever has none, as :func:`queries.people` gave them. It can be brought in again."""
    lines = []
    for user in people:
        account = "open" if user.is_active else "closed"
        seats = list(user.seats.all())
        for seat in seats:
            lines.append([
                user.name, user.email, seat.organisation.code, seat.agency.code if seat.agency else "", seat.role,
                seat.language, seat.subject, seat.starts_on.isoformat(),
                seat.ends_on.isoformat() if seat.ends_on else "", account,
            ])  # fmt: skip
        if not seats:
            lines.append([user.name, user.email, *[""] * 7, account])
    return lines


def organisations_by_code(reader: Actor) -> dict[str, Organisation]:
    """The organisations that ``reader`` keeps, by code."""
    return {row.code: row for row in queries.organisations(reader)}
