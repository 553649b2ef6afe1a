"""How a row of the chain is made and checked. Pure: bytes in, bytes out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from rso.accounts.rules import Role, enter
from rso.base.errors import RsoError

GENESIS = bytes(32)
Facts = dict[str, str | int | bool]


class AuditPermission(StrEnum):
    SEE = "audit:entry:see"
    EXPORT = "audit:entry:export"


class AuditEvent(StrEnum):
    EXPORTED = "audit:entry:exported"


def enter_own() -> None:
    for permission in AuditPermission:
        enter(permission, {Role.OFFICE_ADMINISTRATOR, Role.AUDITOR, Role.RELAY_STAFF})


class BrokenChain(RsoError):
    """A row of the audit does not follow from the one before it."""

    def __init__(self, sequence: int, why: str) -> None:
        super().__init__("broken-chain", f"Row {sequence} of the audit does not hold: {why}.")
        self.sequence = sequence


@dataclass(frozen=True)
class Row:
    """What a link of the chain covers: opaque ids, codes and a salted digest, never a name or a free text."""

    sequence: int
    at_ms: int
    actor: UUID
    system: str
    event: str
    subject: str
    facts: Facts
    note_digest: bytes
    previous: bytes

    def digest(self) -> bytes:
        """SHA-256 over the row as JSON with sorted keys and no spaces, the previous digest among its fields."""
        body = {
            "sequence": self.sequence,
            "at_ms": self.at_ms,
            "actor": str(self.actor),
            "system": self.system,
            "event": self.event,
            "subject": self.subject,
            "facts": self.facts,
            "note": self.note_digest.hex(),
            "previous": self.previous.hex(),
        }
        text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(b"rso-audit-1\x00" + text.encode()).digest()


def note_digest(salt: bytes, text: str) -> bytes:
    """What the chain keeps of a reason: once salt and text are erased, the digest says nothing."""
    return hashlib.sha256(b"rso-audit-note-1\x00" + salt + text.encode()).digest()


def check_note(sequence: int, digest: bytes, salt: bytes, text: str) -> None:
    """Raises :class:`BrokenChain` unless ``text`` is the note of that digest. An erased note is no fault."""
    if note_digest(salt, text) != digest:
        raise BrokenChain(sequence, "its note was changed")


def verify(rows: Iterable[tuple[Row, bytes]], *, previous: bytes = GENESIS, first: int = 1) -> tuple[int, bytes]:
    """Checks rows with their stored digests in order; gives their number and the last digest.

    Raises :class:`BrokenChain` at the first row that is missing, out of order or changed.
    """
    count = 0
    for row, stored in rows:
        if row.sequence != first + count:
            raise BrokenChain(row.sequence, f"row {first + count} was expected")
        if row.previous != previous:
            raise BrokenChain(row.sequence, "it names another predecessor")
        if row.digest() != stored:
            raise BrokenChain(row.sequence, "its content was changed")
        previous = stored
        count += 1
    return count, previous
