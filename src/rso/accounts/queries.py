"""Reading people and seats."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from rso.accounts.models import Delegation, Invitation, Leave, Organisation, Seat, User
from rso.accounts.rules import (
    ADMINISTRATORS,
    ANONYMOUS,
    LOCAL_ADMINISTRATORS,
    AccountsPermission,
    Actor,
    Role,
    SeatFacts,
    decide,
    require,
)


def seats_on(day: date) -> QuerySet[Seat]:
    """The seats held on ``day``; both ends of a term count."""
    return Seat.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)


def delegations_on(day: date) -> QuerySet[Delegation]:
    """The deputies who act on ``day``: they have agreed, and the holder is on leave and has an open account."""
    return Delegation.objects.filter(
        agreed_on__lte=day, leave__starts_on__lte=day, leave__ends_on__gte=day, seat__user__is_active=True
    )


def actor_of(user: User | AnonymousUser, day: date) -> Actor:
    """The actor that ``user`` is on ``day``: nobody unless the account may sign in.

    A deputy's seats are the holder's as they are, at organisations where the deputy holds a seat of their own.
    """
    if not isinstance(user, User) or not user.is_active:
        return ANONYMOUS
    lent = delegations_on(day).filter(deputy=user).values("seat_id")
    seats = seats_on(day).filter(Q(user=user) | Q(pk__in=lent)).select_related("organisation", "agency", "user")
    at_home = {seat.organisation_id for seat in seats if seat.user_id == user.pk}
    acting = [seat for seat in seats if seat.organisation_id in at_home]
    return Actor(
        opaque=user.opaque,
        user_id=user.pk,
        seats=frozenset(map(_facts, acting)),
        stands_in_for=frozenset(seat.user.opaque for seat in acting if seat.user_id != user.pk),
    )


def _facts(seat: Seat) -> SeatFacts:
    agency = seat.agency.code if seat.agency else ""
    return SeatFacts(
        Role(seat.role), seat.organisation.code, agency, seat.language, seat.subject, seat.organisation.kind
    )


def holders(role: Role, day: date, organisation: str | None = None) -> QuerySet[User]:
    """The people who hold ``role`` on ``day``, perhaps at one organisation only."""
    seats = seats_on(day).filter(role=role)
    if organisation is not None:
        seats = seats.filter(organisation__code=organisation)
    return User.objects.filter(is_active=True, pk__in=seats.values("user_id")).order_by("name", "pk")


def administered(actor: Actor) -> frozenset[str] | None:
    """Codes of the organisations whose people ``actor`` keeps; ``None`` for all of them."""
    if actor.system or actor.holds(*ADMINISTRATORS):
        return None
    return actor.organisations(*LOCAL_ADMINISTRATORS)


def _own_people(codes: frozenset[str], day: date) -> Q:
    """Who belongs to these organisations on ``day``: by a seat that is held or comes, or by an invitation or a former
    seat while they hold none elsewhere. Whoever went to another organisation is that one's to see."""
    now_or_later = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    here = Seat.objects.filter(now_or_later, user=OuterRef("pk"), organisation__code__in=codes)
    once = Seat.objects.filter(user=OuterRef("pk"), organisation__code__in=codes)
    elsewhere = Seat.objects.filter(now_or_later, user=OuterRef("pk")).exclude(organisation__code__in=codes)
    invited = Invitation.objects.filter(user=OuterRef("pk"), organisation__code__in=codes)
    return Q(Exists(here)) | ((Q(Exists(once)) | Q(Exists(invited))) & ~Q(Exists(elsewhere)))


def people(actor: Actor, words: str = "", *, day: date) -> QuerySet[User]:
    """The people whom ``actor`` keeps, whose name, address or organisation holds ``words``.

    An organisation's administrator sees its own people on ``day``, with the seats that they have had there.
    """
    require(actor, AccountsPermission.SEE_PEOPLE)
    codes = administered(actor)
    seats = Seat.objects.select_related("organisation", "agency")
    found = User.objects.order_by("name", "pk")
    if codes is not None:
        found, seats = found.filter(_own_people(codes, day)), seats.filter(organisation__code__in=codes)
    for word in words.split():
        at_organisation = seats.filter(organisation__name__icontains=word).order_by().values("user_id")
        found = found.filter(Q(name__icontains=word) | Q(email__icontains=word) | Q(pk__in=at_organisation))
    return found.prefetch_related(Prefetch("seats", seats))


def invitations(actor: Actor) -> QuerySet[Invitation]:
    """Invitations that nobody has followed yet, the latest first; an organisation's administrator sees its own."""
    require(actor, AccountsPermission.INVITE)
    codes = administered(actor)
    found = Invitation.objects.select_related("user", "organisation").order_by("-sent_at", "-pk")
    waiting = Q(user__password__startswith=UNUSABLE_PASSWORD_PREFIX, user__last_login=None, user__is_synthetic=False)
    found = found.filter(waiting)
    return found if codes is None else found.filter(organisation__code__in=codes)


def organisations(actor: Actor, words: str = "", kind: str = "") -> QuerySet[Organisation]:
    """Organisations by name, perhaps of one kind, whose name or code holds ``words``; one's own, or all."""
    require(actor, AccountsPermission.SEE_ORGANISATIONS)
    codes = administered(actor)
    found = Organisation.objects.annotate(agency_count=Count("agencies", distinct=True)).order_by("name", "pk")
    if codes is not None:
        found = found.filter(code__in=codes)
    if kind:
        found = found.filter(kind=kind)
    for word in words.split():
        found = found.filter(Q(name__icontains=word) | Q(code__icontains=word))
    return found


def seats_at(actor: Actor, organisation: Organisation, day: date) -> QuerySet[Seat]:
    """Who holds which seat at an organisation on ``day``, by name; for its administrator or the office's."""
    require(actor, AccountsPermission.SEE_PEOPLE, organisation.code)
    held = seats_on(day).filter(organisation=organisation)
    return held.select_related("user", "agency").order_by("user__name", "role", "pk")


def kept_seats(actor: Actor) -> QuerySet[Seat]:
    """The seats, of all times, at the organisations that ``actor`` keeps."""
    require(actor, AccountsPermission.CHANGE_SEATS)
    codes = administered(actor)
    found = Seat.objects.select_related("user", "organisation", "agency").order_by("pk")
    return found if codes is None else found.filter(organisation__code__in=codes)


def named_at(actor: Actor) -> frozenset[str] | None:
    """Codes of the organisations whose people ``actor`` sees by name on the list of seats; ``None`` for all."""
    return None if actor.system or actor.holds(*ADMINISTRATORS) else actor.organisations()


def seats(actor: Actor, day: date, *, role: str = "", organisation: str = "", words: str = "") -> QuerySet[Seat]:
    """The seats held on ``day``, by organisation and role. ``words`` are looked for in the organisation's name and
    code, and in the holder's name only where ``actor`` may see it: a search tells nothing that the list hides."""
    require(actor, AccountsPermission.SEE_SEATS)
    named = named_at(actor)
    found = seats_on(day).select_related("user", "organisation", "agency").order_by("organisation__name", "role", "pk")
    wholly_local = actor.signed_in and actor.roles <= {Role.PARTY_ADMINISTRATOR, Role.INTERESTED_PARTY}
    if wholly_local and named is not None:
        found = found.filter(organisation__code__in=named)
    if role:
        found = found.filter(role=role)
    if organisation:
        found = found.filter(organisation__code=organisation)
    for word in words.split():
        by_name = Q(user__name__icontains=word)
        if named is not None:
            by_name &= Q(organisation__code__in=named)
        found = found.filter(Q(organisation__name__icontains=word) | Q(organisation__code__iexact=word) | by_name)
    return found


def colleagues(seat: Seat, day: date) -> QuerySet[User]:
    """Who may be named as a deputy for ``seat``: whoever else holds a seat at its organisation on ``day``."""
    there = seats_on(day).filter(organisation=seat.organisation_id).values("user_id")
    return User.objects.filter(pk__in=there, is_active=True).exclude(pk=seat.user_id).order_by("name", "pk")


def leaves(user: User, day: date) -> QuerySet[Leave]:
    """Leave of a person that lasts on ``day`` or comes, with the deputies."""
    deputies = Delegation.objects.select_related("deputy", "seat__organisation", "seat__agency")
    return Leave.objects.filter(user=user, ends_on__gte=day).prefetch_related(Prefetch("delegations", deputies))


def asked_as_deputy(user: User, day: date) -> QuerySet[Delegation]:
    """Where a person acts or is asked to act for another, on ``day`` or later."""
    found = Delegation.objects.filter(deputy=user, declined_on=None, leave__ends_on__gte=day)
    return found.select_related("leave__user", "seat__organisation", "seat__agency").order_by("leave__starts_on", "pk")


def names(actor: Actor, opaque: Iterable[UUID], *, day: date | None = None) -> dict[UUID, str]:
    """Names behind opaque ids: everybody's for the office's administrators; nobody's for whoever sees no people.

    An organisation's administrator sees those of its own people on ``day``, and none without a day.
    """
    if not decide(actor, AccountsPermission.SEE_PEOPLE).allowed:
        return {}
    found, codes = User.objects.filter(opaque__in=set(opaque)), administered(actor)
    if codes is not None:
        found = found.filter(_own_people(codes, day)) if day else found.none()
    return dict(found.values_list("opaque", "name"))
