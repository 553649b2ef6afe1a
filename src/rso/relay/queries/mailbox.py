"""What waits for a node, and the receipts of what it sent or was sent."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from rso.relay.models import EncryptionKey, MailboxEntry, RegisteredArrangement
from rso.relay.rules import PAGE_BYTES, RefusedError, Registered, Registration
from rso.wire.identifiers import AgencyId
from rso.wire.log import HASH_BYTES


@dataclass(frozen=True)
class Item:
    """A message that waits."""

    message_id: UUID
    envelope: bytes
    receipt: bytes
    index: int
    proof: list[bytes]


@dataclass(frozen=True)
class Page:
    """The oldest messages that wait, and whether there are others."""

    items: list[Item]
    more: bool


def proof_of(entry: MailboxEntry) -> list[bytes]:
    """The hashes that lead from the entry's leaf to the checkpoint of its receipt."""
    joined = bytes(entry.proof)
    return [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)]


def waiting(recipient: AgencyId, limit: int, now: int) -> Page:
    """Up to ``limit`` messages and about ``PAGE_BYTES`` that ``recipient`` has not acknowledged, oldest first."""
    rows = (
        MailboxEntry.objects.filter(recipient=str(recipient), acknowledged__isnull=True, expires__gt=now)
        .order_by("leaf")
        .values_list("pk", "size")[: limit + 1]
    )
    chosen: list[UUID] = []
    room = PAGE_BYTES
    for key, size in rows[:limit]:
        if chosen and size > room:
            break
        chosen.append(key)
        room -= size
    if not chosen:
        return Page([], False)
    entries = MailboxEntry.objects.filter(pk__in=chosen, ciphertext__isnull=False).select_related("ciphertext")
    items = [
        Item(
            entry.pk,
            bytes(entry.ciphertext.envelope),
            bytes(entry.receipt),
            entry.leaf,
            proof_of(entry),
        )
        for entry in entries.order_by("leaf")
    ]
    return Page(items, len(rows) > len(chosen))


def count_waiting(recipient: AgencyId, now: int) -> int:
    """How many messages wait for ``recipient``."""
    return MailboxEntry.objects.filter(recipient=str(recipient), acknowledged__isnull=True, expires__gt=now).count()


def receipt(caller: AgencyId, message_id: UUID, now: int) -> tuple[bytes, int, list[bytes], str]:
    """Receipt, place, proof and state of a message that the caller sent or is to receive."""
    entry = MailboxEntry.objects.filter(pk=message_id).first()
    if entry is None or str(caller) not in (entry.sender, entry.recipient):
        raise RefusedError(404, "unknown-message", "The relay knows no such message of this agency.")
    state = "held" if entry.expires > now else "expired"
    if entry.acknowledged is not None:
        state = "acknowledged"
    return bytes(entry.receipt), entry.leaf, proof_of(entry), state


def encryption_keys(agency: AgencyId, now: int) -> list[bytes]:
    """The records of an agency's weekly keys that have not expired, oldest week first."""
    rows = EncryptionKey.objects.filter(agency=str(agency), not_after__gt=now).order_by("epoch", "pk")
    return [bytes(record) for record in rows.values_list("record", flat=True)]


def registered(row: RegisteredArrangement) -> Registered:
    """The row as the rules know it."""
    return Registered(
        Registration.decode(bytes(row.content)),
        frozenset(AgencyId.parse(name) for name in row.registered_by),
        row.ended,
    )


def arrangement(digest: bytes) -> Registered | None:
    """The registration of that hash, or None."""
    row = RegisteredArrangement.objects.filter(pk=digest.hex()).first()
    return None if row is None else registered(row)


def arrangement_of(caller: AgencyId, digest: bytes) -> Registered:
    """The registration, for its parties only."""
    found = arrangement(digest)
    if found is None or caller not in found.content.parties:
        raise RefusedError(403, "unknown-arrangement", "The relay knows no such arrangement of this agency.")
    return found
