"""What the relay's navigation shows to whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rso.accounts.rules import ANONYMOUS, AccountsPermission, Actor, decide
from rso.audit.rules import AuditPermission
from rso.relay.rules import RelayPermission

Item = tuple[Any, str, bool]


def _items(actor: Actor) -> Iterator[tuple[Any, str]]:
    if decide(actor, RelayPermission.SEE_STATUS).allowed:
        yield _("Status"), reverse("relay_status")
    if decide(actor, AccountsPermission.SEE_PEOPLE).allowed:
        yield _("People"), reverse("accounts:people")
    if decide(actor, AuditPermission.SEE).allowed:
        yield _("Audit"), reverse("audit:entries")


def items(request: HttpRequest) -> list[Item]:
    """The navigation for whoever asks, the page being shown marked."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return [(label, url, request.path == url) for label, url in _items(actor)]
