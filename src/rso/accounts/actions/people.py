"""Accounts: invited, invited again, withdrawn, closed and opened."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from rso.accounts.models import Invitation, Organisation, User
from rso.accounts.rules import AccountsPermission, Actor, NotAllowed, require
from rso.accounts.signals import AccountsEvent, account_changed, invitation_wanted
from rso.base.errors import RsoError


def _works_until(now: datetime) -> datetime:
    """Until when a link that is sent now works: Django's own term of such links."""
    return now + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


@transaction.atomic
def invite(
    actor: Actor,
    *,
    email: str,
    name: str,
    language: str = "",
    organisation: Organisation | None = None,
    synthetic: bool = False,
    now: datetime | None = None,
) -> User:
    """Makes an account without a password; its holder sets one by the address, then a second factor.

    Whoever administers one organisation names it, and invites for no other.
    """
    require(actor, AccountsPermission.INVITE, organisation.code if organisation else "")
    if User.objects.filter(email__iexact=email).exists():
        raise RsoError("address-in-use", "There is already an account with this address.")
    now = now or timezone.now()
    user = User.objects.create_user(email=email, name=name, language=language, is_synthetic=synthetic)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Invitation.objects.create(
        user=user, organisation=organisation, invited_by_id=actor.user_id, sent_at=now, expires_at=_works_until(now)
    )
    facts = {"organisation": organisation.code} if organisation else {}
    account_changed.send(User, actor=actor, event=AccountsEvent.INVITED, subject=user.opaque, facts=facts)
    if not synthetic:  # an invented address belongs to nobody, or to somebody else
        invitation_wanted.send(User, actor=actor, user=user, key=f"invitation:{user.opaque}")
    return user


def _invitation(actor: Actor, user: User) -> Invitation | None:
    """The locked invitation, once it is sure that ``actor`` may change it. Accounts of early days have none."""
    row = Invitation.objects.select_for_update(of=("self",)).select_related("organisation").filter(user=user).first()
    code = row.organisation.code if row is not None and row.organisation is not None else ""
    require(actor, AccountsPermission.INVITE, code)
    user.refresh_from_db(fields=["password", "last_login"])
    if user.last_login is not None and not user.has_usable_password():
        # Whoever comes by an identity provider has no password, and is a guest no more: closing is the office's.
        raise RsoError("has-signed-in", "This person has signed in already.")
    if user.has_usable_password():
        raise RsoError("password-is-set", "This person has a password: they can ask for a new one on the sign-in page.")
    return row


@transaction.atomic
def invite_again(actor: Actor, *, user: User, now: datetime) -> User:
    """Sends a new link to somebody who has not set a password yet, and ends the earlier one."""
    row = _invitation(actor, user)
    if row is not None and row.withdrawn_at is not None:
        raise RsoError("invitation-withdrawn", "This invitation was withdrawn: open the account first.")
    user.set_unusable_password()  # another random mark: a link that was sent before fits no more
    user.save(update_fields=["password"])
    if row is not None:
        row.sent_at, row.expires_at = now, _works_until(now)
        row.save(update_fields=["sent_at", "expires_at"])
    account_changed.send(User, actor=actor, event=AccountsEvent.INVITED_AGAIN, subject=user.opaque, facts={})
    key = f"invitation:{user.opaque}:{int(now.timestamp())}"
    invitation_wanted.send(User, actor=actor, user=user, key=key)
    return user


@transaction.atomic
def withdraw_invitation(actor: Actor, *, user: User, now: datetime) -> User:
    """Ends the link and closes the account of somebody who has not come yet. The row stays, and so does the name."""
    row = _invitation(actor, user)
    if row is None or row.withdrawn_at is not None:
        raise RsoError("no-invitation", "There is no open invitation of this person.")
    user.set_unusable_password()
    user.is_active = False
    user.save(update_fields=["password", "is_active"])
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    account_changed.send(User, actor=actor, event=AccountsEvent.WITHDRAWN, subject=user.opaque, facts={})
    return user


@transaction.atomic
def set_active(actor: Actor, *, user: User, active: bool) -> User:
    """Closes an account, which ends its sessions at their next request, or opens it again. Nobody closes their own."""
    require(actor, AccountsPermission.CLOSE)
    if actor.user_id == user.pk:
        raise RsoError("own-account", "Nobody closes their own account: ask another administrator.")
    user.is_active = active
    user.save(update_fields=["is_active"])
    if active:
        Invitation.objects.filter(user=user).update(withdrawn_at=None)
    event = AccountsEvent.OPENED if active else AccountsEvent.CLOSED
    account_changed.send(User, actor=actor, event=event, subject=user.opaque, facts={})
    return user


@transaction.atomic
def prefer(actor: Actor, *, user: User, language: str, time_zone: str) -> User:
    """Keeps in which language and at whose hours a person wants mail; everybody's own matter and nobody else's."""
    if actor.user_id != user.pk:
        raise NotAllowed("accounts:person:prefer", "another-person")
    if (user.language, user.time_zone) == (language, time_zone):
        return user
    user.language, user.time_zone = language, time_zone
    user.save(update_fields=["language", "time_zone"])
    facts = {"language": language, "time_zone": time_zone}
    account_changed.send(User, actor=actor, event=AccountsEvent.PREFERRED, subject=user.opaque, facts=facts)
    return user
