"""Signing in by an organisation's identity provider: never an account, never a seat, only an invited person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q

from rso.accounts.models import Invitation, Seat, User
from rso.accounts.providers import Provider
from rso.accounts.rules import Actor
from rso.accounts.signals import AccountsEvent, account_changed
from rso.base.errors import RsoError


def admit(
    actor: Actor, *, provider: Provider, known: User | None, addresses: Iterable[str], now: datetime
) -> tuple[User, bool]:
    """Whom ``provider`` may sign in, and whether they come by it for the first time.

    ``known`` is who came by it before; else somebody is looked for by ``addresses``, which the provider says are
    verified. Raises ``RsoError``: ``provider-unknown-person``, ``provider-closed``, ``provider-other-organisation``.
    """
    user = known
    if user is None:
        wanted = [address.lower() for address in addresses]
        row = EmailAddress.objects.filter(email__in=wanted, verified=True).select_related("user").first()
        if row is None:
            raise RsoError("provider-unknown-person", "Nobody with this address was invited.")
        user = row.user
        assert isinstance(user, User)
    if not user.is_active:
        raise RsoError("provider-closed", "This account is closed.")
    if not _belongs_wholly(user, provider.organisation, now):
        raise RsoError("provider-other-organisation", "This provider speaks for the people of one organisation.")
    return user, known is None


def _belongs_wholly(user: User, organisation: str, now: datetime) -> bool:
    """True if every seat that the person holds or will hold is there, or, without any, an invitation for there.

    With a seat elsewhere too, one organisation's provider could act for another organisation.
    """
    codes = set(
        Seat.objects.filter(Q(ends_on=None) | Q(ends_on__gte=now.date()), user=user).values_list(
            "organisation__code", flat=True
        )
    )
    if codes:
        return codes == {organisation}
    open_now = Invitation.objects.filter(user=user, organisation__code=organisation, withdrawn_at=None)
    return open_now.filter(expires_at__gt=now).exists()


@transaction.atomic
def note_provider(actor: Actor, *, provider: Provider, user: User | None, refused: str = "") -> None:
    """The audit row: somebody came by a provider for the first time, or was refused, and why (a code)."""
    event = AccountsEvent.PROVIDER_REFUSED if refused else AccountsEvent.PROVIDER_LINKED
    facts = {"provider": provider.id} | ({"reason": refused} if refused else {})
    subject = user.opaque if user is not None else actor.opaque
    account_changed.send(User, actor=actor, event=event, subject=subject, facts=facts)
