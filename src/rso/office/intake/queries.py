"""Reading the queue."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Count, Max, Q, QuerySet

from rso.accounts.models import User
from rso.accounts.queries import seats_on
from rso.accounts.rules import Actor, require
from rso.office.intake.models import Enquiry, Listing, Outcome, Secondment
from rso.office.intake.rules import CLOSED, OPEN, STAFF, IntakePermission, State


def queue(
    actor: Actor,
    *,
    state: str = "open",
    search: str = "",
    mine: bool = False,
    unassigned: bool = False,
    late_on: date | None = None,
) -> QuerySet[Enquiry]:
    """Enquiries by state (``open``, ``all`` or one), whose due date comes first standing first: perhaps only the
    actor's, those of nobody, or those whose day is past on ``late_on``."""
    require(actor, IntakePermission.SEE)
    rows = Enquiry.objects.select_related("owner").exclude(state=State.UNCONFIRMED.value)
    if state == "open":
        rows = rows.filter(state__in=[s.value for s in OPEN])
    elif state != "all":
        rows = rows.filter(state=state)
    if mine:
        rows = rows.filter(owner_id=actor.user_id)
    if unassigned:
        rows = rows.filter(owner=None)
    if late_on is not None:
        rows = rows.filter(state__in=[s.value for s in OPEN], due_on__lt=late_on)
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
    wanted = {
        "new": Q(state=State.NEW.value),
        "in_hand": Q(state=State.IN_HAND.value),
        "mine": Q(owner_id=actor.user_id),
        "late": Q(due_on__lt=today),
        "open": Q(),
    }
    open_ = Enquiry.objects.filter(state__in=[s.value for s in OPEN]).order_by()
    return open_.aggregate(**{name: Count("pk", filter=condition) for name, condition in wanted.items()})


def colleagues(actor: Actor, day: date) -> QuerySet[User]:
    """Those who answer enquiries on ``day``, by name."""
    require(actor, IntakePermission.SEE)
    seats = seats_on(day).filter(role__in=[role.value for role in STAFF])
    return User.objects.filter(is_active=True, pk__in=seats.values("user_id")).order_by("name", "pk")


def touched(actor: Actor) -> QuerySet[Enquiry]:
    """The enquiries in which the actor did something, the latest first."""
    require(actor, IntakePermission.SEE)
    rows = Enquiry.objects.filter(steps__by_id=actor.user_id, erased_at=None)
    return rows.annotate(touched_at=Max("steps__at")).order_by("-touched_at", "pk")


def due_to_erase(before: datetime) -> QuerySet[Enquiry]:
    """Enquiries closed before that moment, with nothing done since, that still name somebody; the oldest first."""
    closed = Enquiry.objects.filter(state__in=[s.value for s in CLOSED], erased_at=None)
    return closed.annotate(last_at=Max("steps__at")).filter(last_at__lt=before).order_by("last_at", "pk")


def secondments(actor: Actor, *, state: str = "", search: str = "") -> QuerySet[Secondment]:
    """Secondments, those changed last standing first."""
    require(actor, IntakePermission.SEE_SECONDMENTS)
    rows = Secondment.objects.filter(state=state) if state else Secondment.objects.all()
    for word in search.split():
        rows = rows.filter(
            Q(offered_by__icontains=word) | Q(discipline__icontains=word) | Q(project__icontains=word)
        )  # fmt: skip
    return rows


def listings(actor: Actor, *, state: str = "", search: str = "", lapsed_on: date | None = None) -> QuerySet[Listing]:
    """Listings by title; with ``lapsed_on`` those confirmed once whose day is past on it."""
    require(actor, IntakePermission.SEE_LISTINGS)
    rows = Listing.objects.filter(state=state) if state else Listing.objects.all()
    if lapsed_on is not None:
        rows = rows.filter(state=Listing.StateWords.CONFIRMED, expires_on__lt=lapsed_on)
    for word in search.split():
        rows = rows.filter(Q(title__icontains=word) | Q(provider__icontains=word) | Q(audience__icontains=word))
    return rows


def origin(kind: str, key: str) -> Enquiry | None:
    """The enquiry of which something came, or ``None``. Who may read it is for the caller to ask."""
    found = Outcome.objects.filter(kind=kind, key=key).select_related("enquiry").first()
    return None if found is None else found.enquiry
