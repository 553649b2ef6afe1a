"""Reading people and seats."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet

from rso.accounts.models import Organisation, Seat, User
from rso.accounts.rules import ANONYMOUS, AccountsPermission, Actor, Role, SeatFacts, decide, require


def seats_on(day: date) -> QuerySet[Seat]:
    """The seats held on ``day``; both ends of a term count."""
    return Seat.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)


def actor_of(user: User | AnonymousUser, day: date) -> Actor:
    """The actor that ``user`` is on ``day``: nobody unless the account may sign in."""
    if not isinstance(user, User) or not user.is_active:
        return ANONYMOUS
    seats = seats_on(day).filter(user=user).select_related("organisation", "agency")
    return Actor(
        opaque=user.opaque,
        user_id=user.pk,
        seats=frozenset(map(_facts, seats)),
    )


def _facts(seat: Seat) -> SeatFacts:
    agency = seat.agency.code if seat.agency else ""
    return SeatFacts(Role(seat.role), seat.organisation.code, agency, seat.language, seat.subject)


def holders(role: Role, day: date, organisation: str | None = None) -> QuerySet[User]:
    """The people who hold ``role`` on ``day``, perhaps at one organisation only."""
    seats = seats_on(day).filter(role=role)
    if organisation is not None:
        seats = seats.filter(organisation__code=organisation)
    return User.objects.filter(is_active=True, pk__in=seats.values("user_id")).order_by("name", "pk")


def people(actor: Actor, words: str = "") -> QuerySet[User]:
    """Everybody with an account here whose name, address or organisation holds ``words``, for an administrator."""
    require(actor, AccountsPermission.SEE_PEOPLE)
    found = User.objects.prefetch_related("seats__organisation", "seats__agency").order_by("name", "pk")
    for word in words.split():
        at_organisation = User.objects.filter(seats__organisation__name__icontains=word)
        found = found.filter(Q(name__icontains=word) | Q(email__icontains=word) | Q(pk__in=at_organisation))
    return found


def organisations(actor: Actor, words: str = "", kind: str = "") -> QuerySet[Organisation]:
    """Organisations by name, perhaps of one kind, whose name or code holds ``words``; for an administrator."""
    require(actor, AccountsPermission.SEE_ORGANISATIONS)
    found = Organisation.objects.annotate(agency_count=Count("agencies", distinct=True)).order_by("name", "pk")
    if kind:
        found = found.filter(kind=kind)
    for word in words.split():
        found = found.filter(Q(name__icontains=word) | Q(code__icontains=word))
    return found


def seats_at(actor: Actor, organisation: Organisation, day: date) -> QuerySet[Seat]:
    """Who holds which seat at an organisation on ``day``, by name; for an administrator."""
    require(actor, AccountsPermission.SEE_PEOPLE)
    held = seats_on(day).filter(organisation=organisation)
    return held.select_related("user", "agency").order_by("user__name", "role", "pk")


def names(actor: Actor, opaque: Iterable[UUID]) -> dict[UUID, str]:
    """Names behind opaque ids; of nobody for whoever may not see people."""
    if not decide(actor, AccountsPermission.SEE_PEOPLE).allowed:
        return {}
    return dict(User.objects.filter(opaque__in=set(opaque)).values_list("opaque", "name"))
