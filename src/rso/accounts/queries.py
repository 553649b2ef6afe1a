"""Reading people and seats."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from rso.accounts.models import Seat, User
from rso.accounts.rules import ANONYMOUS, AccountsPermission, Actor, Role, SeatFacts, require


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
        seats=frozenset(SeatFacts(Role(s.role), s.organisation.code, s.agency.code if s.agency else "") for s in seats),
    )


def holders(role: Role, day: date, organisation: str | None = None) -> QuerySet[User]:
    """The people who hold ``role`` on ``day``, perhaps at one organisation only."""
    seats = seats_on(day).filter(role=role)
    if organisation is not None:
        seats = seats.filter(organisation__code=organisation)
    return User.objects.filter(is_active=True, pk__in=seats.values("user_id")).order_by("name", "pk")


def people(actor: Actor) -> QuerySet[User]:
    """Everybody with an account here, for an administrator."""
    require(actor, AccountsPermission.SEE_PEOPLE)
    return User.objects.prefetch_related("seats__organisation", "seats__agency").order_by("name", "pk")
