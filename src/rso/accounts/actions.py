"""Changes to people and seats. The audit stands above this floor and listens to ``account_changed``."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, timedelta
from enum import StrEnum

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from rso.accounts.models import Agency, Organisation, Seat, SignInLink, User
from rso.accounts.rules import AccountsPermission, Actor, Role, require
from rso.accounts.signals import account_changed, invitation_wanted
from rso.base.errors import RsoError


class AccountsEvent(StrEnum):
    INVITED = "accounts:person:invited"
    INVITED_AGAIN = "accounts:person:invited-again"
    CLOSED = "accounts:person:closed"
    OPENED = "accounts:person:opened"
    SEAT_GIVEN = "accounts:seat:given"
    SEAT_ENDED = "accounts:seat:ended"
    SEAT_CANCELLED = "accounts:seat:cancelled"
    ORGANISATION_ADDED = "accounts:organisation:added"
    ORGANISATION_CHANGED = "accounts:organisation:changed"
    AGENCY_ADDED = "accounts:agency:added"
    AGENCY_CHANGED = "accounts:agency:changed"
    LINK_MADE = "accounts:demonstration-link:made"
    LINK_USED = "accounts:demonstration-link:used"


@transaction.atomic
def invite(actor: Actor, *, email: str, name: str, language: str = "", synthetic: bool = False) -> User:
    """Makes an account without a password; its holder sets one by the address, then a second factor."""
    require(actor, AccountsPermission.INVITE)
    if User.objects.filter(email__iexact=email).exists():
        raise RsoError("address-in-use", "There is already an account with this address.")
    user = User.objects.create_user(email=email, name=name, language=language, is_synthetic=synthetic)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    account_changed.send(User, actor=actor, event=AccountsEvent.INVITED, subject=user.opaque, facts={})
    if not synthetic:  # an invented address belongs to nobody, or to somebody else
        invitation_wanted.send(User, actor=actor, user=user, key=f"invitation:{user.opaque}")
    return user


@transaction.atomic
def invite_again(actor: Actor, *, user: User, now: datetime) -> User:
    """Sends the link once more to somebody who has not set a password yet; raises ``RsoError`` otherwise."""
    require(actor, AccountsPermission.INVITE)
    if user.has_usable_password():
        raise RsoError("password-is-set", "This person has a password: they can ask for a new one on the sign-in page.")
    account_changed.send(User, actor=actor, event=AccountsEvent.INVITED_AGAIN, subject=user.opaque, facts={})
    key = f"invitation:{user.opaque}:{int(now.timestamp())}"
    invitation_wanted.send(User, actor=actor, user=user, key=key)
    return user


@transaction.atomic
def set_active(actor: Actor, *, user: User, active: bool) -> User:
    """Closes an account, which ends its sessions at their next request, or opens it again. Nobody closes their own."""
    require(actor, AccountsPermission.CLOSE)
    if actor.user_id == user.pk:
        raise RsoError("own-account", "Nobody closes their own account: ask another administrator.")
    user.is_active = active
    user.save(update_fields=["is_active"])
    event = AccountsEvent.OPENED if active else AccountsEvent.CLOSED
    account_changed.send(User, actor=actor, event=event, subject=user.opaque, facts={})
    return user


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

    Nobody gives a seat to themselves.
    """
    require(actor, AccountsPermission.CHANGE_SEATS)
    if actor.user_id == user.pk:
        raise RsoError("own-seat", "Nobody gives a seat to themselves: ask another administrator.")
    if agency is not None and agency.organisation_id != organisation.pk:
        raise RsoError("agency-elsewhere", "This agency belongs to another organisation.")
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
    require(actor, AccountsPermission.CHANGE_SEATS)
    if seat.starts_on <= on:
        raise RsoError("term-has-begun", "This term has begun: end it instead.")
    facts = {"role": seat.role, "from": seat.starts_on.isoformat()}
    account_changed.send(Seat, actor=actor, event=AccountsEvent.SEAT_CANCELLED, subject=seat.user.opaque, facts=facts)
    seat.delete()


@transaction.atomic
def end_seat(actor: Actor, *, seat: Seat, on: date) -> Seat:
    """Ends a term on a day (that day is its last); the row stays, since history is kept."""
    require(actor, AccountsPermission.CHANGE_SEATS)
    if on < seat.starts_on:
        raise RsoError("term-runs-backward", "A term cannot end before it began.")
    seat.ends_on = on
    seat.save(update_fields=["ends_on"])
    facts = {"role": seat.role, "to": on.isoformat()}
    account_changed.send(Seat, actor=actor, event=AccountsEvent.SEAT_ENDED, subject=seat.user.opaque, facts=facts)
    return seat


@transaction.atomic
def add_organisation(actor: Actor, *, code: str, name: str, kind: str) -> Organisation:
    """Enters an organisation under a code that stays. What it is in the Bali Process stands in the directory."""
    require(actor, AccountsPermission.CHANGE_ORGANISATIONS)
    if Organisation.objects.filter(code__iexact=code).exists():
        raise RsoError("code-in-use", "There is already an organisation with this code.")
    organisation = Organisation.objects.create(code=code, name=name, kind=kind)
    event = AccountsEvent.ORGANISATION_ADDED
    account_changed.send(Organisation, actor=actor, event=event, subject=code, facts={"kind": str(kind)})
    return organisation


@transaction.atomic
def rename_organisation(actor: Actor, *, organisation: Organisation, name: str) -> Organisation:
    """Changes the name that is shown; the code, to which history and rights are tied, never changes."""
    require(actor, AccountsPermission.CHANGE_ORGANISATIONS)
    organisation.name = name
    organisation.save(update_fields=["name"])
    event = AccountsEvent.ORGANISATION_CHANGED
    account_changed.send(Organisation, actor=actor, event=event, subject=organisation.code, facts={})
    return organisation


@transaction.atomic
def add_agency(actor: Actor, *, organisation: Organisation, code: str, name: str) -> Agency:
    """Enters a part of an organisation that acts in its own name."""
    require(actor, AccountsPermission.CHANGE_ORGANISATIONS)
    if organisation.agencies.filter(code__iexact=code).exists():
        raise RsoError("agency-code-in-use", "This organisation has an agency with this code already.")
    agency = Agency.objects.create(organisation=organisation, code=code, name=name)
    event = AccountsEvent.AGENCY_ADDED
    account_changed.send(Agency, actor=actor, event=event, subject=organisation.code, facts={"agency": code})
    return agency


@transaction.atomic
def rename_agency(actor: Actor, *, agency: Agency, name: str) -> Agency:
    """Changes the name of an agency that is shown; its code stays."""
    require(actor, AccountsPermission.CHANGE_ORGANISATIONS)
    agency.name = name
    agency.save(update_fields=["name"])
    facts = {"agency": agency.code}
    event = AccountsEvent.AGENCY_CHANGED
    account_changed.send(Agency, actor=actor, event=event, subject=agency.organisation.code, facts=facts)
    return agency


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_sign_in_link(actor: Actor, *, user: User, now: datetime) -> str:
    """The token of a one-time link for a synthetic person of a demonstration database, and of no other."""
    if not settings.RSO_DEMONSTRATION or not user.is_synthetic:
        raise RsoError("not-a-demonstration", "Sign-in links exist in a demonstration only.")
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(user=user, digest=_digest(token), expires_at=now + timedelta(hours=24))
    account_changed.send(SignInLink, actor=actor, event=AccountsEvent.LINK_MADE, subject=user.opaque, facts={})
    return token


@transaction.atomic
def use_sign_in_link(actor: Actor, *, token: str, now: datetime) -> User:
    """Uses a link up and returns whom it signs in; raises ``RsoError`` if it is unknown, used or out of date."""
    if not settings.RSO_DEMONSTRATION:
        raise RsoError("not-a-demonstration", "Sign-in links exist in a demonstration only.")
    link = SignInLink.objects.select_for_update().filter(digest=_digest(token), used_at=None).first()
    if link is None or link.expires_at <= now or not link.user.is_synthetic:
        raise RsoError("link-spent", "This link was used or is out of date. The terminal can print a new one.")
    link.used_at = now
    link.save(update_fields=["used_at"])
    account_changed.send(SignInLink, actor=actor, event=AccountsEvent.LINK_USED, subject=link.user.opaque, facts={})
    return link.user
