"""Reminding members to confirm: repeated, then to their administrators, then to the office's staff."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from rso.accounts.models import User
from rso.accounts.queries import holders, seats_on
from rso.accounts.rules import Actor, Role, require
from rso.audit.actions import record
from rso.notices.actions import notify
from rso.office.contacts.models import FocalPoint
from rso.office.contacts.queries import on_day
from rso.office.contacts.rules import (
    ContactsEvent,
    ContactsPermission,
    Freshness,
    Step,
    freshness,
    is_to_be_reminded,
    next_step,
)

_TITLES = {
    Step.KEEPERS: gettext_noop("Please confirm the focal points of %(member)s"),
    Step.ADMINISTRATORS: gettext_noop("The focal points of %(member)s still wait to be confirmed"),
    Step.STAFF: gettext_noop("Focal points of %(member)s are not confirmed: please ask the member"),
}


def due(day: date) -> list[FocalPoint]:
    """Entries that are to be confirmed and of which nobody was reminded lately."""
    months, every = settings.RSO_CONFIRM_MONTHS, settings.RSO_CONFIRM_REPEAT_DAYS
    found = []
    for row in on_day(day).filter(until__isnull=True):
        confirmed = row.confirmed_at.date() if row.confirmed_at else None
        stale = freshness(confirmed, day, months) != Freshness.CONFIRMED
        if stale and is_to_be_reminded(row.reminded_at.date() if row.reminded_at else None, day, every):
            found.append(row)
    return found


def remind(actor: Actor, *, now: datetime) -> int:
    """Sends one notice for each member and step; gives the number of members. Safe to run twice on a day."""
    require(actor, ContactsPermission.REMIND)
    groups: dict[tuple[int, Step], list[FocalPoint]] = defaultdict(list)
    for row in due(now.date()):
        groups[row.organisation_id, next_step(row.reminders)].append(row)
    for (_organisation, step), rows in groups.items():
        _remind(actor, rows, step, now)
    return len({organisation for organisation, _step in groups})


@transaction.atomic
def _remind(actor: Actor, rows: list[FocalPoint], step: Step, now: datetime) -> None:
    member = rows[0].organisation
    people = _people(rows, step, now.date())
    path = f"{reverse('contacts:member')}?organisation={member.code}"
    if people:
        context = {"member": member.name}
        notify(actor, recipients=people, kind="contacts.confirm", title=_TITLES[step], path=path, context=context)
    for row in rows:
        FocalPoint.objects.filter(pk=row.pk).update(reminders=row.reminders + 1, reminded_at=now)
    facts: dict[str, str | int | bool] = {"step": step.name.lower(), "entries": len(rows), "people": len(people)}
    record(actor, ContactsEvent.REMINDED, subject=member.code, facts=facts)


def _people(rows: list[FocalPoint], step: Step, day: date) -> list[User]:
    """Those of the step; where a step has nobody, those of the next, so that no reminder goes to nobody."""
    code = rows[0].organisation.code
    subjects = {row.subject.code for row in rows}
    found: Iterable[User] = []
    if step == Step.KEEPERS:
        seats = seats_on(day).filter(role=Role.FOCAL_POINT, organisation__code=code, subject__in=[*subjects, ""])
        found = User.objects.filter(is_active=True, pk__in=seats.values("user_id"))
        step = step if found else Step.ADMINISTRATORS
    if step == Step.ADMINISTRATORS:
        found = holders(Role.MEMBER_ADMINISTRATOR, day, code)
        step = step if found else Step.STAFF
    if step == Step.STAFF:
        found = holders(Role.RSO_STAFF, day)
    return list(found)
