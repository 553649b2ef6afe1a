"""Seats: given, taken back before they begin, and ended."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q

from rso.accounts.holding import LANGUAGE_ROLES, SUBJECT_ROLES, can_be_held_at, kept_subjects
from rso.accounts.models import Agency, Organisation, Seat, User
from rso.accounts.roles import roles_here
from rso.accounts.rules import ADMINISTRATORS, AccountsPermission, Actor, Role, SeatFacts, require
from rso.accounts.signals import AccountsEvent, account_changed
from rso.base.errors import RsoError


def facts_of(seat: Seat) -> SeatFacts:
    """A seat as the decision sees it; ``seat.organisation`` is read."""
    agency = seat.agency.code if seat.agency else ""
    return SeatFacts(Role(seat.role), seat.organisation.code, agency, seat.language, seat.subject)


def _check(role: Role, organisation: Organisation, agency: Agency | None, language: str, subject: str) -> None:
    if role not in roles_here():
        raise RsoError("role-unknown-here", "This role opens nothing in this deployment.")
    if not can_be_held_at(role, organisation.kind):
        raise RsoError("role-not-at-this-kind", "This role cannot be held at an organisation of this kind.")
    if agency is not None and agency.organisation_id != organisation.pk:
        raise RsoError("agency-elsewhere", "This agency belongs to another organisation.")
    if (role in LANGUAGE_ROLES) != bool(language):
        raise RsoError(
            "language-where-needed", "A language belongs to the roles that are held for one, and to no other."
        )
    if (role in SUBJECT_ROLES) != bool(subject):
        raise RsoError("subject-where-needed", "A subject belongs to the roles that are held for one, and to no other.")


@transaction.atomic
def give_seat(
    actor: Actor,
    *,
    user: User,
    role: Role,
    organisation: Organisation,
    agency: Agency | None = None,
    language: str = "",
    subject: str = "",
    starts_on: date,
    ends_on: date | None = None,
) -> Seat:
    """Gives ``user`` a role from ``starts_on``, for one ``language`` (BCP 47) or ``subject`` where the role has one.

    Nobody gives a seat to themselves; an organisation's administrator gives what ``holding.GIVEN_BY`` says, there.
    """
    require(actor, AccountsPermission.CHANGE_SEATS, SeatFacts(role, organisation.code))
    if actor.user_id == user.pk:
        raise RsoError("own-seat", "Nobody gives a seat to themselves: ask another administrator.")
    _check(role, organisation, agency, language, subject)
    if subject in kept_subjects() and not (actor.system or actor.holds(*ADMINISTRATORS)):
        raise RsoError("subject-is-the-offices", "A seat for a body of the Bali Process is given by the office.")
    if ends_on is not None and ends_on < starts_on:
        raise RsoError("term-runs-backward", "A term cannot end before it began.")
    User.objects.select_for_update().get(pk=user.pk)  # two administrators at once give one seat
    same = Seat.objects.filter(user=user, role=role, organisation=organisation, agency=agency)
    same = same.filter(language=language, subject=subject)
    if same.filter(*_meeting(starts_on, ends_on)).exists():
        raise RsoError("seat-held", "This person holds this seat in these days already.")
    seat = Seat.objects.create(
        user=user, role=role, organisation=organisation, agency=agency, language=language, subject=subject,
        starts_on=starts_on, ends_on=ends_on,
    )  # fmt: skip
    facts = {"role": str(role), "organisation": organisation.code, "from": starts_on.isoformat()}
    facts |= {name: said for name, said in (("language", language), ("subject", subject)) if said}
    account_changed.send(Seat, actor=actor, event=AccountsEvent.SEAT_GIVEN, subject=user.opaque, facts=facts)
    return seat


def _meeting(starts_on: date, ends_on: date | None) -> list[Q]:
    """Terms that share a day with the one from ``starts_on`` to ``ends_on``."""
    begins_before = Q(starts_on__lte=ends_on) if ends_on is not None else Q()
    return [Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on), begins_before]


@transaction.atomic
def cancel_seat(actor: Actor, *, seat: Seat, on: date) -> None:
    """Takes back a seat whose term has not begun on ``on``: nothing was done in it, so only the audit keeps it."""
    require(actor, AccountsPermission.CHANGE_SEATS, facts_of(seat))
    if seat.starts_on <= on:
        raise RsoError("term-has-begun", "This term has begun: end it instead.")
    facts = {"role": seat.role, "from": seat.starts_on.isoformat()}
    account_changed.send(Seat, actor=actor, event=AccountsEvent.SEAT_CANCELLED, subject=seat.user.opaque, facts=facts)
    seat.delegations.all().delete()  # deputies named for a term that never came
    seat.delete()


@transaction.atomic
def end_seat(actor: Actor, *, seat: Seat, on: date) -> Seat:
    """Ends a term on a day (that day is its last); the row stays, since history is kept."""
    require(actor, AccountsPermission.CHANGE_SEATS, facts_of(seat))
    seat = Seat.objects.select_for_update(of=("self",)).select_related("user").get(pk=seat.pk)
    if on < seat.starts_on:
        raise RsoError("term-runs-backward", "A term cannot end before it began.")
    if seat.ends_on is not None and seat.ends_on < on:
        # To "end" it later would open a closed term again, and change what history says.
        raise RsoError("term-has-ended", "This term ends earlier already: give the seat anew.")
    seat.ends_on = on
    seat.save(update_fields=["ends_on"])
    facts = {"role": seat.role, "to": on.isoformat()}
    account_changed.send(Seat, actor=actor, event=AccountsEvent.SEAT_ENDED, subject=seat.user.opaque, facts=facts)
    return seat
