"""A factor that was set up in a session was shown in it; sessions are listed from sign-in to sign-out."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from rso.accounts.actions.sessions import forget_session
from rso.accounts.models import User
from rso.accounts.seen import note_seen


@receiver(authenticator_added)
def on_factor_added(sender: object, *, request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    """Setting up an app takes a code of it, and a passkey signs: whoever did so need not do it again at once.

    The middleware lets nobody come here who has a factor already and has not shown it.
    """
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=str(authenticator.type))


@receiver(user_logged_in)
def on_sign_in(sender: object, *, request: HttpRequest, user: User, **_: Any) -> None:
    note_seen(request, user)


@receiver(user_logged_out)
def on_sign_out(sender: object, *, request: HttpRequest, user: User | None, **_: Any) -> None:
    if request.session.session_key:
        forget_session(key=request.session.session_key)
