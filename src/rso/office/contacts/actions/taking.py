"""Taking focal points along: cards and sealed copies. Each leaves an audit row with its number of entries."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.office.contacts import sealing
from rso.office.contacts.rules import ContactsEvent, ContactsPermission


@transaction.atomic
def note_export(actor: Actor, *, entries: int, form: str) -> None:
    """Writes down that somebody took cards or a table away."""
    require(actor, ContactsPermission.SEE)
    record(actor, ContactsEvent.EXPORTED, subject=actor.opaque, facts={"entries": entries, "form": form})


@transaction.atomic
def take_copy(actor: Actor, *, content: dict[str, Any], entries: int, passphrase: str, expires: date) -> dict[str, Any]:
    """Seals a copy. The passphrase is kept nowhere."""
    require(actor, ContactsPermission.TAKE_COPY)
    facts: dict[str, str | int | bool] = {"entries": entries, "expires": expires.isoformat()}
    record(actor, ContactsEvent.COPY_TAKEN, subject=actor.opaque, facts=facts)
    return sealing.seal(content, passphrase)
