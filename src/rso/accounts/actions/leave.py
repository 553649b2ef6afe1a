"""Leave and deputies: who acts in whose seat while its holder is away."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q

from rso.accounts.actions.seats import facts_of
from rso.accounts.holding import DELEGABLE
from rso.accounts.models import Delegation, Leave, Seat, User
from rso.accounts.rules import AccountsPermission, Actor, NotAllowed, Role, decide
from rso.accounts.signals import AccountsEvent, account_changed
from rso.base.errors import RsoError


def _own_or_administered(actor: Actor, seat: Seat) -> bool:
    """True if an administrator acts who may change this seat, false if its holder does; refused to anybody else."""
    if actor.user_id == seat.user_id:
        return False
    decision = decide(actor, AccountsPermission.CHANGE_SEATS, facts_of(seat))
    if not decision.allowed:
        raise NotAllowed(AccountsPermission.CHANGE_SEATS, decision.reason)
    return True


def _tell(actor: Actor, event: AccountsEvent, user: User, **facts: str) -> None:
    account_changed.send(Leave, actor=actor, event=event, subject=user.opaque, facts=facts)


@transaction.atomic
def mark_leave(actor: Actor, *, user: User, starts_on: date, ends_on: date, on: date) -> Leave:
    """Marks days of absence, of oneself or by whoever may change a seat of that person. Past days are not marked."""
    if actor.user_id != user.pk:
        held = user.seats.select_related("organisation", "agency", "user")
        if not any(decide(actor, AccountsPermission.CHANGE_SEATS, facts_of(seat)).allowed for seat in held):
            raise NotAllowed(AccountsPermission.CHANGE_SEATS, "another-person")
    if ends_on < starts_on:
        raise RsoError("term-runs-backward", "Leave cannot end before it begins.")
    if ends_on < on:
        raise RsoError("leave-is-past", "These days are past.")
    User.objects.select_for_update().get(pk=user.pk)
    if Leave.objects.filter(user=user, starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
        raise RsoError("leave-meets-another", "There is leave in these days already.")
    leave = Leave.objects.create(user=user, starts_on=starts_on, ends_on=ends_on)
    _tell(actor, AccountsEvent.LEAVE_MARKED, user, **{"from": starts_on.isoformat(), "to": ends_on.isoformat()})
    return leave


@transaction.atomic
def end_leave(actor: Actor, *, leave: Leave, on: date) -> None:
    """Back early: the leave's last day is the one before ``on``; leave that has not begun goes, with its deputies.

    An administrator may do so for somebody one of whose seats they may change.
    """
    if actor.user_id != leave.user_id:
        seats = leave.user.seats.select_related("organisation", "agency", "user")
        if not any(decide(actor, AccountsPermission.CHANGE_SEATS, facts_of(seat)).allowed for seat in seats):
            raise NotAllowed(AccountsPermission.CHANGE_SEATS, "another-person")
    if leave.ends_on < on:
        raise RsoError("leave-is-past", "These days are past.")
    _tell(actor, AccountsEvent.LEAVE_CHANGED, leave.user, to=(on - timedelta(days=1)).isoformat())
    if leave.starts_on >= on:
        leave.delegations.all().delete()
        leave.delete()
        return
    leave.ends_on = on - timedelta(days=1)
    leave.save(update_fields=["ends_on"])


@transaction.atomic
def name_deputy(actor: Actor, *, leave: Leave, seat: Seat, deputy: User, on: date) -> Delegation:
    """Names who acts in ``seat`` during ``leave``: somebody of the same organisation, in a role that allows it.

    Named by the holder it waits for the deputy's word; set by an administrator of the seat it counts at once. A seat
    that one holds only as a deputy is not one's own, so that nobody passes it on.
    """
    by_administrator = _own_or_administered(actor, seat)
    if seat.user_id != leave.user_id:
        raise RsoError("not-their-seat", "A deputy is named for a seat of the person who is away.")
    if Role(seat.role) not in DELEGABLE:
        raise RsoError("role-not-delegable", "Nobody stands in for this role.")
    if seat.starts_on > leave.ends_on or (seat.ends_on is not None and seat.ends_on < leave.starts_on):
        raise RsoError("seat-not-held-then", "This seat is not held in these days.")
    _check_deputy(leave, seat, deputy)
    if leave.delegations.filter(seat=seat, declined_on=None).exists():
        raise RsoError("deputy-named", "There is a deputy for this seat in these days already.")
    made = Delegation.objects.create(leave=leave, seat=seat, deputy=deputy, agreed_on=on if by_administrator else None)
    _tell(actor, AccountsEvent.DEPUTY_NAMED, leave.user, role=seat.role, deputy=str(deputy.opaque))
    if by_administrator:
        _tell(actor, AccountsEvent.DEPUTY_AGREED, leave.user, role=seat.role, deputy=str(deputy.opaque))
    return made


def _check_deputy(leave: Leave, seat: Seat, deputy: User) -> None:
    if deputy.pk == leave.user_id:
        raise RsoError("own-deputy", "Nobody is their own deputy.")
    there = Seat.objects.filter(user=deputy, organisation=seat.organisation_id, starts_on__lte=leave.ends_on)
    if not deputy.is_active or not there.filter(Q(ends_on=None) | Q(ends_on__gte=leave.starts_on)).exists():
        raise RsoError("deputy-elsewhere", "A deputy holds a seat at the same organisation in these days.")
    if Leave.objects.filter(user=deputy, starts_on__lte=leave.ends_on, ends_on__gte=leave.starts_on).exists():
        raise RsoError("deputy-away", "This person is on leave in these days too.")


@transaction.atomic
def answer_as_deputy(actor: Actor, *, delegation: Delegation, agree: bool, on: date) -> Delegation:
    """The deputy's own word, given once. Nobody gives it for another."""
    row = Delegation.objects.select_for_update(of=("self",)).select_related("leave__user", "seat").get(pk=delegation.pk)
    if actor.user_id != row.deputy_id:
        raise NotAllowed(AccountsPermission.CHANGE_SEATS, "another-person")
    if row.agreed_on is not None or row.declined_on is not None:
        raise RsoError("answered-already", "This was answered already.")
    if row.leave.ends_on < on:
        raise RsoError("leave-is-past", "These days are past.")
    row.agreed_on, row.declined_on = (on, None) if agree else (None, on)
    row.save(update_fields=["agreed_on", "declined_on"])
    event = AccountsEvent.DEPUTY_AGREED if agree else AccountsEvent.DEPUTY_DECLINED
    _tell(actor, event, row.leave.user, role=row.seat.role)
    return row
