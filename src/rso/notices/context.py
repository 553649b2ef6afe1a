"""The number in the header."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from rso.accounts.rules import ANONYMOUS
from rso.notices.queries import unread_count


def unread(request: HttpRequest) -> dict[str, Any]:
    """``unread_notices``: how many; the database is asked only if the template does."""
    actor = getattr(request, "actor", ANONYMOUS)
    return {"unread_notices": SimpleLazyObject(lambda: unread_count(actor))}
