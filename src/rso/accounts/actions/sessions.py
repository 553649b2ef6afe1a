"""Sessions ended by their owner, or by an administrator."""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from rso.accounts.models import User
from rso.accounts.rules import AccountsPermission, Actor, require
from rso.accounts.signals import AccountsEvent, account_changed
from rso.base.errors import RsoError


@transaction.atomic
def end_session(actor: Actor, *, user: User, pk: int) -> None:
    """Signs one browser out: one's own, or by an administrator somebody's. Raises ``RsoError`` if it is gone."""
    if actor.user_id != user.pk:
        require(actor, AccountsPermission.END_SESSIONS)
    row = UserSession.objects.filter(user=user, pk=pk).first()
    if row is None:
        raise RsoError("session-gone", "This session has ended already.")
    _end(actor, user, [row.session_key])


@transaction.atomic
def end_sessions(actor: Actor, *, user: User, but: str = "") -> int:
    """Signs all browsers of a person out, but for the one with the session key ``but``; gives how many."""
    if actor.user_id != user.pk:
        require(actor, AccountsPermission.END_SESSIONS)
    keys = list(UserSession.objects.filter(user=user).exclude(session_key=but).values_list("session_key", flat=True))
    _end(actor, user, keys)
    return len(keys)


def _end(actor: Actor, user: User, keys: list[str]) -> None:
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    facts = {"sessions": len(keys)}
    account_changed.send(UserSession, actor=actor, event=AccountsEvent.SESSIONS_ENDED, subject=user.opaque, facts=facts)


def note_session(*, user: User, key: str, ip: str, user_agent: str, now: datetime) -> None:
    """Keeps browser, place and time of a session, for its owner's list. No audit row: nobody did anything."""
    seen = {"user_id": user.pk, "ip": ip, "user_agent": user_agent[:200], "last_seen_at": now}
    UserSession.objects.update_or_create(session_key=key, defaults=seen)


def forget_session(*, key: str) -> None:
    """Takes a session off the list when it ends by itself."""
    UserSession.objects.filter(session_key=key).delete()
