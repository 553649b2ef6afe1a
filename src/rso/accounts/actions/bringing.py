"""Many invitations from one table. Each row stands by itself: what is wrong in one does not hold up the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from rso.accounts.actions.people import invite
from rso.accounts.actions.seats import give_seat
from rso.accounts.models import Agency, Organisation, User
from rso.accounts.rules import Actor, Role
from rso.base.errors import RsoError


@dataclass(frozen=True, slots=True)
class Row:
    """One person to invite, with a seat where ``role`` is set; already read from texts, not yet judged."""

    name: str
    email: str
    organisation: Organisation | None
    agency: Agency | None
    role: Role | None
    language: str
    subject: str
    starts_on: date
    ends_on: date | None


class _TryOnly(Exception):
    """Undoes what a trial did."""


@transaction.atomic
def invite_row(actor: Actor, *, row: Row, now: datetime) -> User:
    """Invites one person and gives the seat, or neither; raises what the two actions raise."""
    user = invite(actor, email=row.email, name=row.name, organisation=row.organisation, now=now)
    if row.role is not None and row.organisation is not None:
        give_seat(
            actor, user=user, role=row.role, organisation=row.organisation, agency=row.agency, language=row.language,
            subject=row.subject, starts_on=row.starts_on, ends_on=row.ends_on,
        )  # fmt: skip
    return user


def try_row(actor: Actor, *, row: Row, now: datetime) -> RsoError | None:
    """What :func:`invite_row` would refuse, or ``None``. It does the whole act and undoes it, so that a trial and the
    act cannot judge differently; the mail and the audit row are undone with it."""
    try:
        with transaction.atomic():
            invite_row(actor, row=row, now=now)
            raise _TryOnly
    except _TryOnly:
        return None
    except RsoError as error:
        return error
