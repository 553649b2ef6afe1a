"""The one way into the audit."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from rso import sql
from rso.accounts.rules import Actor, require
from rso.audit.models import Entry, Head, Note
from rso.audit.readonly import writing_allowed
from rso.audit.rules import GENESIS, AuditEvent, AuditPermission, note_digest


def record(
    actor: Actor,
    event: str,
    *,
    subject: str | UUID,
    facts: Mapping[str, str | int | bool] | None = None,
    note: str = "",
) -> Entry:
    """Appends a row in the caller's transaction, which must be open: what is undone leaves no row behind.

    ``subject`` is an opaque id; ``facts`` are codes and numbers; a person's words go to ``note`` alone. Of an actor
    who is somebody's deputy at that moment, the row also says for whom (``standing_in_for``, opaque ids).
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an audit row belongs into the transaction of what it tells")
    sequence, digest = _locked_head()
    salt = secrets.token_bytes(16)
    entry = Entry(
        sequence=sequence + 1,
        at_ms=int(timezone.now().timestamp() * 1000),
        actor=actor.opaque,
        system=actor.system,
        event=str(event),
        subject=str(subject),
        facts={**(facts or {}), **_standing_in(actor)},
        note_digest=note_digest(salt, note) if note else b"",
        previous=digest,
    )
    entry.digest = entry.row().digest()
    sql.add(entry)
    if note:
        Note.objects.create(entry=entry, salt=salt, text=note)
    sql.change(_MOVE, entry.sequence, entry.digest)
    return entry


def _standing_in(actor: Actor) -> dict[str, str]:
    if not actor.stands_in_for:
        return {}
    return {"standing_in_for": " ".join(sorted(map(str, actor.stands_in_for)))}


# Every step of every process goes through here.
_END: Final = "SELECT sequence, digest FROM audit_head WHERE id = 1"
_MOVE: Final = "UPDATE audit_head SET sequence = %s, digest = %s WHERE id = 1"


def _locked_head() -> tuple[int, bytes]:
    """The end of the chain, ours until the transaction ends. Whoever comes second to an empty chain waits as well."""
    statement = _END + sql.lock()
    row = sql.rows(statement)
    if not row:
        Head.objects.bulk_create([Head(pk=1, sequence=0, digest=GENESIS)], ignore_conflicts=True)
        row = sql.rows(statement)
    ((sequence, digest),) = row
    return sequence, bytes(digest)


def viewed(
    actor: Actor, event: str, *, subject: str | UUID, facts: Mapping[str, str | int | bool] | None = None
) -> Entry:
    """Access audit: looking at a person's record leaves a row. The one write that a GET may cause."""
    with writing_allowed(), transaction.atomic():
        return record(actor, event, subject=subject, facts=facts)


@transaction.atomic
def note_export(actor: Actor, *, rows: int) -> Entry:
    """Writes down that somebody took ``rows`` rows of the audit away."""
    require(actor, AuditPermission.EXPORT)
    return record(actor, AuditEvent.EXPORTED, subject=actor.opaque, facts={"rows": rows})


@transaction.atomic
def erase_note(entry: Entry) -> None:
    """Erases a person's words; the chain stays whole, for it holds a salted digest of them only."""
    Note.objects.filter(entry=entry).delete()
