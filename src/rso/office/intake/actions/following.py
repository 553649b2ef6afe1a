"""What becomes of a secondment and of a listing, once they are there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from rso.accounts.models import User
from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.base.errors import RsoError
from rso.base.months import months_after
from rso.defaults.queries import value_of
from rso.notices.actions import notify
from rso.office.intake.models import Listing, Secondment, SecondmentStep
from rso.office.intake.queries import origin
from rso.office.intake.rules import (
    IntakeEvent,
    IntakePermission,
    ListingState,
    SecondmentMove,
    SecondmentState,
    after_secondment,
)
from rso.office.intake.settings import LISTING_MONTHS


def _fill(row: Secondment | Listing, fields: dict[str, Any], now: datetime) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.changed_at = now
    row.save()


@transaction.atomic
def edit_secondment(actor: Actor, *, secondment: Secondment, fields: dict[str, Any], now: datetime) -> Secondment:
    """Changes what is known of a secondment that has not ended."""
    require(actor, IntakePermission.HANDLE_SECONDMENTS)
    row = Secondment.objects.select_for_update().get(pk=secondment.pk)
    if row.state == SecondmentState.ENDED:
        raise RsoError("secondment-ended", "This secondment has ended; its record stays as it is.")
    _fill(row, fields, now)
    record(actor, IntakeEvent.SECONDMENT_EDITED, subject=row.pk)
    return row


@transaction.atomic
def move_secondment(
    actor: Actor, *, secondment: Secondment, move: SecondmentMove, note: str = "", now: datetime
) -> Secondment:
    """Takes a move. Who is placed has a term and a project; what ends has a report, which ``note`` is then."""
    require(actor, IntakePermission.HANDLE_SECONDMENTS)
    row = Secondment.objects.select_for_update().get(pk=secondment.pk)
    after = after_secondment(SecondmentState(row.state), move)
    if move is SecondmentMove.PLACE and not (row.starts_on and row.ends_on and row.project):
        raise RsoError("placement-incomplete", "Say from when to when, and on which project, before it is placed.")
    if move is SecondmentMove.END and not note.strip():
        raise RsoError("report-wanted", "A secondment ends with a report.")
    row.state, row.changed_at = after.value, now
    if move is SecondmentMove.END:
        row.report = note
    row.save()
    SecondmentStep.objects.create(secondment=row, at=now, by_id=actor.person, state=row.state, note=note)
    record(
        actor, IntakeEvent.SECONDMENT_MOVED, subject=row.pk, facts={"move": str(move), "state": row.state}, note=note
    )
    _tell_offerer(actor, "secondment", str(row.pk))
    return row


@transaction.atomic
def edit_listing(actor: Actor, *, listing: Listing, fields: dict[str, Any], now: datetime) -> Listing:
    """Changes what a listing says; what it says anew has yet to be confirmed."""
    require(actor, IntakePermission.HANDLE_LISTINGS)
    row = Listing.objects.select_for_update().get(pk=listing.pk)
    row.state, row.expires_on = ListingState.DRAFT.value, None
    _fill(row, fields, now)
    record(actor, IntakeEvent.LISTING_EDITED, subject=row.pk)
    return row


@transaction.atomic
def confirm_listing(actor: Actor, *, listing: Listing, now: datetime) -> Listing:
    """Its provider has said that it is so: it holds from today for as long as the labelled default says."""
    require(actor, IntakePermission.HANDLE_LISTINGS)
    row = Listing.objects.select_for_update().get(pk=listing.pk)
    if row.state == ListingState.WITHDRAWN:
        raise RsoError("listing-withdrawn", "This listing was withdrawn: change it first, then confirm it.")
    row.last_confirmed_on = now.date()
    row.expires_on = months_after(now.date(), value_of(LISTING_MONTHS))
    return _listed(actor, row, ListingState.CONFIRMED, now)


@transaction.atomic
def withdraw_listing(actor: Actor, *, listing: Listing, now: datetime) -> Listing:
    """Takes a listing off; its record stays."""
    require(actor, IntakePermission.HANDLE_LISTINGS)
    row = Listing.objects.select_for_update().get(pk=listing.pk)
    if row.state == ListingState.WITHDRAWN:
        raise RsoError("listing-withdrawn", "This listing was withdrawn already.")
    row.expires_on = None
    return _listed(actor, row, ListingState.WITHDRAWN, now)


def _listed(actor: Actor, row: Listing, state: ListingState, now: datetime) -> Listing:
    row.state, row.changed_at = state.value, now
    row.save()
    record(actor, IntakeEvent.LISTING_MOVED, subject=row.pk, facts={"state": row.state})
    _tell_offerer(actor, "listing", str(row.pk))
    return row


def _tell_offerer(actor: Actor, kind: str, key: str) -> None:
    enquiry = origin(kind, key)
    if enquiry is None or not enquiry.email:
        return
    notify(
        actor,
        recipients=User.objects.filter(email__iexact=enquiry.email, is_active=True),
        kind=IntakeEvent.BECAME,
        title=gettext_noop("What came of your enquiry has moved on"),
        path=reverse("intake:mine-one", args=[enquiry.pk]),
        reference=enquiry.reference,
    )
