"""Entering, changing, ending and confirming focal points. A change by the office waits for the member's word."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from rso.accounts.models import Organisation
from rso.accounts.rules import Actor, decide, require
from rso.audit.actions import record
from rso.base.errors import RsoError
from rso.office.contacts.models import FocalPoint, Subject
from rso.office.contacts.rules import SUBJECTS, ContactsEvent, ContactsPermission, Entry
from rso.office.directory.actions.revising import write
from rso.office.directory.models import Revision

Deed = Revision.Deed


def _check_free(row: FocalPoint, values: dict[str, Any], on: date) -> None:
    """One principal and two deputies for a subject at a member, or at an agency of it."""
    said = {name: values.get(name, getattr(row, name)) for name in ("agency_id", "subject_id", "rank")}
    others = FocalPoint.objects.filter(Q(until__isnull=True) | Q(until__gte=on), organisation_id=row.organisation_id)
    if others.filter(**said).exclude(pk=row.pk).exists():
        raise RsoError("rank-taken", "There is one of this rank for this subject already.")


def _check_agency(row: FocalPoint, values: dict[str, Any]) -> None:
    agency = values.get("agency_id")
    if agency and not Organisation.objects.filter(pk=row.organisation_id, agencies__pk=agency).exists():
        raise RsoError("agency-elsewhere", "This agency belongs to another organisation.")


def _subject(values: dict[str, Any], row: FocalPoint) -> str:
    return Subject.objects.get(pk=values.get("subject_id", row.subject_id)).code


def _stands(actor: Actor, row: FocalPoint, subject: str, now: datetime) -> dict[str, Any]:
    """A member's own hand confirms what it writes; the office's does not."""
    own = decide(actor, ContactsPermission.CONFIRM, Entry(row.organisation.code, subject)).allowed
    confirmed = {"confirmed_at": now, "confirmed_by_id": actor.user_id, "is_by_office": False}
    waits = {"confirmed_at": None, "confirmed_by_id": None, "is_by_office": True}
    return {**(confirmed if own else waits), "reminders": 0, "reminded_at": None, "changed_at": now}


@transaction.atomic
def enter(
    actor: Actor, *, organisation: Organisation, values: dict[str, Any], now: datetime, synthetic: bool = False
) -> FocalPoint:
    """Enters a focal point from today on; ``values`` by column."""
    row = FocalPoint(organisation=organisation, since=now.date(), is_synthetic=synthetic)
    subject = _subject(values, row)
    require(actor, ContactsPermission.KEEP, Entry(organisation.code, subject))
    Organisation.objects.select_for_update().get(pk=organisation.pk)  # two at once give one principal
    _check_agency(row, values)
    _check_free(row, values, now.date())
    said = values | _stands(actor, row, subject, now)
    write(actor, row=row, values=said, deed=Deed.ENTERED, reason="", now=now, event=ContactsEvent.CHANGED)
    return row


@transaction.atomic
def change(
    actor: Actor, *, row: FocalPoint, values: dict[str, Any], now: datetime, seen: datetime | None = None
) -> FocalPoint:
    """Changes an entry; ``seen`` is when it had been changed last when the person looked at it."""
    row = _held(row)
    require(actor, ContactsPermission.KEEP, row.entry)
    subject = _subject(values, row)
    require(actor, ContactsPermission.KEEP, Entry(row.organisation.code, subject))
    if seen is not None and seen != row.changed_at:
        raise RsoError("changed-meanwhile", "Somebody has changed this meanwhile: look at it again first.")
    if row.until is not None:
        raise RsoError("has-ended", "This entry has ended: enter a new one.")
    _check_agency(row, values)
    _check_free(row, values, now.date())
    said = values | _stands(actor, row, subject, now)
    write(actor, row=row, values=said, deed=Deed.CORRECTED, reason="", now=now, event=ContactsEvent.CHANGED)
    return row


def _held(row: FocalPoint) -> FocalPoint:
    return FocalPoint.objects.select_related("organisation", "subject").select_for_update(of=("self",)).get(pk=row.pk)


@transaction.atomic
def end(actor: Actor, *, row: FocalPoint, now: datetime) -> FocalPoint:
    """Ends an entry: today is its last day. It stays in the history."""
    row = _held(row)
    require(actor, ContactsPermission.KEEP, row.entry)
    if row.until is not None:
        raise RsoError("has-ended", "This entry has ended already.")
    values = {"until": max(now.date(), row.since), "changed_at": now}
    write(actor, row=row, values=values, deed=Deed.CLOSED, reason="", now=now, event=ContactsEvent.ENDED)
    return row


@transaction.atomic
def resume(actor: Actor, *, row: FocalPoint, now: datetime) -> FocalPoint:
    """Takes an end back, where nobody else has the rank meanwhile."""
    row = _held(row)
    require(actor, ContactsPermission.KEEP, row.entry)
    if row.until is None:
        raise RsoError("not-ended", "This entry has not ended.")
    _check_free(row, {}, now.date())
    values = {"until": None} | _stands(actor, row, row.subject.code, now)
    write(actor, row=row, values=values, deed=Deed.REOPENED, reason="", now=now, event=ContactsEvent.CHANGED)
    return row


@transaction.atomic
def confirm(actor: Actor, *, rows: list[FocalPoint], now: datetime) -> int:
    """The member says that these are right as they were read; gives their number. Any that it may not confirm, or that
    was changed since ``rows`` were read, refuses all: nobody confirms a number that they have not seen."""
    held = {row.pk: row for row in FocalPoint.objects.select_for_update().filter(pk__in=[row.pk for row in rows])}
    for row in rows:
        require(actor, ContactsPermission.CONFIRM, row.entry)
        if held[row.pk].until is not None:
            raise RsoError("has-ended", "This entry has ended: enter a new one.")
        if held[row.pk].changed_at != row.changed_at:
            raise RsoError("changed-meanwhile", "Somebody has changed this meanwhile: look at it again first.")
    confirmed = FocalPoint.objects.filter(pk__in=held).update(
        confirmed_at=now, confirmed_by_id=actor.person, is_by_office=False, reminders=0, reminded_at=None
    )
    for row in rows:
        record(actor, ContactsEvent.CONFIRMED, subject=f"focalpoint:{row.pk}")
    return confirmed


@transaction.atomic
def put_subject(actor: Actor, *, values: dict[str, Any], now: datetime, row: Subject | None = None) -> Subject:
    """Enters a subject, or changes the name, order or use of one; its code stays, since seats name it."""
    require(actor, ContactsPermission.CHANGE_SUBJECTS)
    deed = Deed.ENTERED if row is None else Deed.CORRECTED
    row = row or Subject()
    if row.pk is not None:
        values = {name: value for name, value in values.items() if name != "code"}
    write(actor, row=row, values=values, deed=deed, reason="", now=now, event=ContactsEvent.SUBJECT_CHANGED)
    return row


@transaction.atomic
def begin_subjects(actor: Actor, *, now: datetime) -> None:
    """Enters those of the shipped subjects that are missing; the others stay as the office has them."""
    for order, (code, name) in enumerate(SUBJECTS.items(), start=1):
        if not Subject.objects.filter(code=code).exists():
            put_subject(actor, values={"code": code, "name": name, "order": order}, now=now)
