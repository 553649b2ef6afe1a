"""What happens to accounts on the floor below is written down here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from rso.accounts.models import User
from rso.accounts.queries import actor_of
from rso.accounts.rules import ANONYMOUS, Actor
from rso.accounts.signals import account_changed
from rso.audit.actions import record
from rso.audit.rules import Facts


@receiver(account_changed)
def on_account_changed(sender: object, *, actor: Actor, event: str, subject: UUID, facts: Facts, **_: Any) -> None:
    record(actor, event, subject=subject, facts=facts)


def _of_person(user: User, event: str, facts: Facts | None = None) -> None:
    with transaction.atomic():
        record(actor_of(user, timezone.localdate()), event, subject=user.opaque, facts=facts)


@receiver(user_logged_in)
def on_sign_in(sender: object, *, user: User, **_: Any) -> None:
    _of_person(user, "accounts:session:opened")


@receiver(user_logged_out)
def on_sign_out(sender: object, *, user: User | None, **_: Any) -> None:
    if user is not None:
        _of_person(user, "accounts:session:closed")


@receiver(user_login_failed)
def on_failed_sign_in(sender: object, **_: Any) -> None:
    with transaction.atomic():
        record(ANONYMOUS, "accounts:session:refused", subject=ANONYMOUS.opaque)


@receiver(authenticator_added)
def on_factor_added(sender: object, *, user: User, authenticator: Any, **_: Any) -> None:
    _of_person(user, "accounts:factor:added", {"type": str(authenticator.type)})


@receiver(authenticator_removed)
def on_factor_removed(sender: object, *, user: User, authenticator: Any, **_: Any) -> None:
    _of_person(user, "accounts:factor:removed", {"type": str(authenticator.type)})
