"""Has this session shown a second factor? A page beyond sign-in needs it; no setting turns that off."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from rso.accounts.models import User
from rso.base.errors import RsoError

_METHODS = "account_authentication_methods"
_DEMONSTRATION = "rso_demonstration_sign_in"

#: Where a session keeps the code of the organisation whose identity provider opened it.
PROVIDER_ORGANISATION = "rso_provider_organisation"

#: How long a factor counts as fresh for a sensitive act, in seconds.
STEP_UP_SECONDS = 300


def mark_demonstration(session: SessionBase) -> None:
    """A demonstration's one-time link stands for both factors, in a demonstration only."""
    if not settings.RSO_DEMONSTRATION:
        raise PermissionError("only a demonstration has sign-in links")
    session[_DEMONSTRATION] = timezone.now().timestamp()


def has_second_factor(session: SessionBase) -> bool:
    """True if a passkey or a one-time code was shown in this session, or in a demonstration its link."""
    if settings.RSO_DEMONSTRATION and _DEMONSTRATION in session:
        return True
    return any(method.get("method") == "mfa" for method in session.get(_METHODS, []))


def has_set_up_factor(user: User) -> bool:
    """True if this person has a passkey or an app, whether shown in this session or not."""
    return bool(Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists())


def signed_in_just_now(session: SessionBase) -> bool:
    """True if something was shown (password, code, passkey) in the last :data:`STEP_UP_SECONDS`."""
    latest = max((float(method.get("at", 0)) for method in session.get(_METHODS, [])), default=0.0)
    return timezone.now().timestamp() - latest < STEP_UP_SECONDS


def is_fresh(session: SessionBase) -> bool:
    """True if a factor was shown in the last :data:`STEP_UP_SECONDS`; in a demonstration its link lasts."""
    if settings.RSO_DEMONSTRATION and _DEMONSTRATION in session:
        return True
    return has_second_factor(session) and signed_in_just_now(session)


def require_fresh(session: SessionBase) -> None:
    """The same for an interface: raises ``RsoError`` (``factor-not-fresh``, 403) unless :func:`is_fresh`."""
    if not is_fresh(session):
        raise RsoError("factor-not-fresh", "Show your second factor again in the browser, then send this once more.")
