"""One-time links of a demonstration."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from rso.accounts.models import SignInLink, User
from rso.accounts.rules import Actor
from rso.accounts.signals import AccountsEvent, account_changed
from rso.base.errors import RsoError


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
