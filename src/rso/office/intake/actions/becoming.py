"""An enquiry becomes something: an organisation with its first administrator, a secondment, a listing."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from rso.accounts import actions as accounts
from rso.accounts.models import Organisation, User
from rso.accounts.rules import Actor, Role, require, system_actor
from rso.audit.actions import record
from rso.base.errors import RsoError
from rso.notices.actions import forget_address, notify
from rso.office.intake.models import Enquiry, Listing, Outcome, Secondment, SecondmentStep
from rso.office.intake.outcomes import kinds
from rso.office.intake.rules import IntakeEvent, IntakePermission, ListingState, SecondmentState, State

#: What an interested party can be; members stand in the directory, and come by no form.
PARTIES: Final = (
    Organisation.Kind.NGO, Organisation.Kind.ACADEMY, Organisation.Kind.COMPANY, Organisation.Kind.PROVIDER
)  # fmt: skip
#: Acts on people and organisations for whoever triages: they may do this much, and nothing else there. The row of
#: the outcome says who it was.
TRIAGE: Final = system_actor("triage")


@transaction.atomic
def came_of(actor: Actor, *, enquiry: Enquiry, kind: str, key: str, now: datetime) -> Outcome:
    """Keeps that something came of an enquiry, and tells its sender, if they have an account here."""
    require(actor, IntakePermission.CONVERT)
    enquiry = Enquiry.objects.select_for_update().get(pk=enquiry.pk)
    if enquiry.state == State.UNCONFIRMED or enquiry.erased_at is not None:
        raise RsoError("enquiry-not-there", "This enquiry was not confirmed, or was erased.")
    outcome = Outcome.objects.create(enquiry=enquiry, kind=kind, key=key, at=now, by_id=actor.person)
    record(actor, IntakeEvent.BECAME, subject=enquiry.pk, facts={"kind": kind, "key": key})
    notify(
        actor,
        recipients=User.objects.filter(email__iexact=enquiry.email, is_active=True, last_login__isnull=False),
        kind=IntakeEvent.BECAME,
        title=gettext_noop("Something has come of your enquiry"),
        path=reverse("intake:mine-one", args=[enquiry.pk]),
        reference=enquiry.reference,
    )
    return outcome


@transaction.atomic
def undo(actor: Actor, *, outcome: Outcome, now: datetime) -> None:
    """Takes back what came of an enquiry, as long as nothing depends on it; raises ``RsoError`` otherwise."""
    require(actor, IntakePermission.CONVERT)
    outcome = Outcome.objects.select_for_update().get(pk=outcome.pk)
    kinds()[outcome.kind].undo(actor, outcome.key)
    facts: dict[str, str | int | bool] = {"kind": outcome.kind, "key": outcome.key}
    record(actor, IntakeEvent.UNMADE, subject=outcome.enquiry_id, facts=facts)
    outcome.delete()


# ---- an organisation
@transaction.atomic
def make_organisation(
    actor: Actor, *, enquiry: Enquiry, code: str, name: str, kind: str, contact: str, email: str, now: datetime
) -> Organisation:
    """Enters an interested party and invites its first administrator, who can then invite others.

    Somebody who has an account already is given the seat, and no second account.
    """
    require(actor, IntakePermission.CONVERT)
    if kind not in PARTIES:
        raise RsoError("no-party", "A member or an observer is entered by the office's administrator.")
    organisation = accounts.add_organisation(TRIAGE, code=code, name=name, kind=kind)
    came_of(actor, enquiry=enquiry, kind="organisation", key=str(organisation.pk), now=now)
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = accounts.invite(TRIAGE, email=email, name=contact, language=enquiry.language)
    accounts.give_seat(
        TRIAGE, user=user, role=Role.PARTY_ADMINISTRATOR, organisation=organisation, starts_on=now.date()
    )  # fmt: skip
    return organisation


def remove_organisation(actor: Actor, key: str) -> None:
    """Takes back an organisation on which nothing hangs, with the account of somebody who never signed in."""
    organisation = Organisation.objects.get(pk=int(key))
    for opaque in accounts.remove_organisation(TRIAGE, organisation=organisation):
        forget_address(actor, key_begins=f"invitation:{opaque}")


# ---- a secondment
@transaction.atomic
def make_secondment(actor: Actor, *, enquiry: Enquiry, fields: dict[str, Any], now: datetime) -> Secondment:
    """Begins the record of an offered secondment; ``fields`` are those of its form."""
    require(actor, IntakePermission.HANDLE_SECONDMENTS)
    made = Secondment.objects.create(created_at=now, changed_at=now, **fields)
    SecondmentStep.objects.create(secondment=made, at=now, by_id=actor.person, state=made.state)
    record(actor, IntakeEvent.SECONDMENT_MADE, subject=made.pk)
    came_of(actor, enquiry=enquiry, kind="secondment", key=str(made.pk), now=now)
    return made


def remove_secondment(actor: Actor, key: str) -> None:
    """Takes back a secondment that nobody has considered yet."""
    row = Secondment.objects.select_for_update().get(pk=key)
    if row.state != SecondmentState.OFFERED:
        raise RsoError("secondment-moved-on", "This secondment was considered already: decline it instead.")
    row.delete()


# ---- a listing
@transaction.atomic
def make_listing(actor: Actor, *, enquiry: Enquiry, fields: dict[str, Any], now: datetime) -> Listing:
    """Begins a listing as a draft; ``fields`` are those of its form."""
    require(actor, IntakePermission.HANDLE_LISTINGS)
    made = Listing.objects.create(created_at=now, changed_at=now, **fields)
    record(actor, IntakeEvent.LISTING_MADE, subject=made.pk)
    came_of(actor, enquiry=enquiry, kind="listing", key=str(made.pk), now=now)
    return made


def remove_listing(actor: Actor, key: str) -> None:
    """Takes back a listing that nobody has confirmed yet."""
    row = Listing.objects.select_for_update().get(pk=key)
    if row.state != ListingState.DRAFT:
        raise RsoError("listing-confirmed", "This listing was confirmed already: withdraw it instead.")
    row.delete()
