"""Reading the queue."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from rso.accounts.models import User
from rso.accounts.rules import Actor, require
from rso.office.intake.models import Enquiry
from rso.office.intake.rules import OPEN, IntakePermission, State


def queue(actor: Actor, *, state: str = "open", search: str = "", mine: bool = False) -> QuerySet[Enquiry]:
    """Enquiries by state (``open``, ``all`` or one), whose due date comes first standing first."""
    require(actor, IntakePermission.SEE)
    rows = Enquiry.objects.select_related("owner").exclude(state=State.UNCONFIRMED.value)
    if state == "open":
        rows = rows.filter(state__in=[s.value for s in OPEN])
    elif state != "all":
        rows = rows.filter(state=state)
    if mine:
        rows = rows.filter(owner_id=actor.user_id)
    for word in search.split():
        rows = rows.filter(
            Q(organisation_name__icontains=word) | Q(contact_name__icontains=word) | Q(message__icontains=word)
        )
    return rows


def owner_key(enquiry: Enquiry) -> str:
    """Who has an enquiry, for a form that says what its reader saw."""
    return str(enquiry.owner.opaque) if enquiry.owner is not None else "nobody"


def mine(actor: Actor) -> QuerySet[Enquiry]:
    """What the actor wrote, by the address of the account, the latest first."""
    require(actor, IntakePermission.OWN)
    address = User.objects.values_list("email", flat=True).get(pk=actor.person)
    rows = Enquiry.objects.exclude(state=State.UNCONFIRMED.value).filter(email__iexact=address)
    return rows.order_by("-created_at", "pk")


def counts(actor: Actor, today: date) -> dict[str, int]:
    """How many wait, how many are in hand, how many are late."""
    require(actor, IntakePermission.SEE)
    open_ = Enquiry.objects.filter(state__in=[s.value for s in OPEN])
    return {
        "new": open_.filter(state=State.NEW.value).count(),
        "in_hand": open_.filter(state=State.IN_HAND.value).count(),
        "mine": open_.filter(owner_id=actor.user_id).count(),
        "late": open_.filter(due_on__lt=today).count(),
    }
