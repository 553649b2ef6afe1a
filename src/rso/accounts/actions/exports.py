"""That rows about people were taken away is itself a row of the audit."""

from __future__ import annotations

from django.db import transaction

from rso.accounts.models import User
from rso.accounts.rules import Actor, require
from rso.accounts.signals import AccountsEvent, account_changed


@transaction.atomic
def note_export(actor: Actor, *, permission: str, rows: int) -> None:
    """Writes down that ``actor`` took ``rows`` rows away, which ``permission`` lets them see."""
    require(actor, permission)
    event = AccountsEvent.PEOPLE_EXPORTED
    account_changed.send(User, actor=actor, event=event, subject=actor.opaque, facts={"rows": rows})
