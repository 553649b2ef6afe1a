"""A factor that was set up in a session was shown in it."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest

from rso.accounts.models import User


@receiver(authenticator_added)
def on_factor_added(sender: object, *, request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    """Setting up an app takes a code of it, and a passkey signs: whoever did so need not do it again at once.

    The middleware lets nobody come here who has a factor already and has not shown it.
    """
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=str(authenticator.type))
