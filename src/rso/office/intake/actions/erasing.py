"""Enquiries are not kept for ever: after a time they lose whoever wrote them, and what was written."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from django.db import transaction

from rso.accounts.rules import Actor, require
from rso.audit.actions import erase_note, record
from rso.audit.queries import of_subject
from rso.base.months import months_before
from rso.defaults.queries import value_of
from rso.notices.actions import forget_address
from rso.office.intake.models import Enquiry
from rso.office.intake.queries import due_to_erase
from rso.office.intake.rules import CLOSED, IntakeEvent, IntakePermission
from rso.office.intake.settings import KEEP_MONTHS


def erase_before(now: datetime, *, in_days: int = 0) -> datetime:
    """What was closed before this moment is erased, at ``now`` or so many days later."""
    day = months_before(now.date() + timedelta(days=in_days), value_of(KEEP_MONTHS))
    return datetime.combine(day, time(), UTC)


def erase_old(actor: Actor, *, now: datetime) -> int:
    """Erases the persons and the words of every enquiry whose time is over; returns how many. What came of them
    stays, and so do way, days and state; the audit keeps codes alone."""
    require(actor, IntakePermission.ERASE)
    before = erase_before(now)
    return sum(_erase(actor, enquiry, now) for enquiry in due_to_erase(before))


@transaction.atomic
def _erase(actor: Actor, found: Enquiry, now: datetime) -> int:
    enquiry = Enquiry.objects.select_for_update().get(pk=found.pk)
    if enquiry.state not in CLOSED or enquiry.erased_at is not None:
        return 0  # opened again meanwhile
    for name in ("organisation_name", "contact_name", "email", "message", "answer", "language"):
        setattr(enquiry, name, "")
    enquiry.details, enquiry.erased_at = {}, now
    enquiry.save()
    enquiry.steps.exclude(note="").update(note="")
    for entry in of_subject(str(enquiry.pk)):
        erase_note(entry)
    for key in (f"intake-answer:{enquiry.pk}", f"intake-confirm:{enquiry.pk}"):
        forget_address(actor, key_begins=key)
    record(actor, IntakeEvent.ERASED, subject=enquiry.pk, facts={"state": enquiry.state})
    return 1
