"""Notes now and then that a session is in use."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone

from rso.accounts.actions.sessions import note_session
from rso.accounts.models import User

_SEEN = "rso_seen"

#: How exact "last seen" is, in seconds. Each note is a write, and a page is read more often than that.
SEEN_SECONDS = 300


def note_seen(request: HttpRequest, user: User | None = None) -> None:
    """Notes the session of ``request`` unless that was done in the last :data:`SEEN_SECONDS`."""
    now = timezone.now()
    if now.timestamp() - request.session.get(_SEEN, 0.0) < SEEN_SECONDS:
        return
    request.session[_SEEN] = now.timestamp()
    person, key = user or request.user, request.session.session_key
    try:
        place = get_adapter().get_client_ip(request)
    except PermissionDenied:  # a server on a socket of the file system knows none
        return
    if isinstance(person, User) and key:
        agent = request.META.get("HTTP_USER_AGENT", "")
        note_session(user=person, key=key, ip=place, user_agent=agent, now=now)
