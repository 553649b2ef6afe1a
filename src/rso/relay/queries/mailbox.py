"""What waits for a node, and what became of what it sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from uuid import UUID

from rso import sql
from rso.relay.models import EncryptionKey, MailboxEntry, RegisteredArrangement
from rso.relay.rules import PAGE_BYTES, RefusedError, Registered, Registration, SentState, sent_state
from rso.wire.identifiers import AgencyId
from rso.wire.log import HASH_BYTES

_HELD = (
    "SELECT COUNT(*), COALESCE(SUM(size), 0) FROM relay_mailboxentry "
    "WHERE sender = %s AND recipient = %s AND acknowledged IS NULL AND expires > %s"
)
_WAITING = "FROM relay_mailboxentry WHERE recipient = %s AND acknowledged IS NULL AND expires > %s"
_SOME_WAIT = f"SELECT EXISTS (SELECT 1 {_WAITING})"
_COUNT_WAITING = f"SELECT COUNT(*) {_WAITING}"


@dataclass(frozen=True)
class Accepted:
    """What the relay answers for a message: receipt, place, and the proof for the receipt's checkpoint."""

    receipt: bytes
    index: int
    proof: list[bytes]


@dataclass(frozen=True)
class Before:
    """A message that was accepted before, with the digest of what was handed in then."""

    digest: bytes
    accepted: Accepted


@dataclass(frozen=True)
class Item:
    """A message that waits."""

    message_id: UUID
    envelope: bytes
    accepted: Accepted


@dataclass(frozen=True)
class Page:
    """The oldest messages that wait, and whether there are others."""

    items: list[Item]
    more: bool


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
    # Not ordered by the database, which would carry the envelopes through its sorting.
    found = MailboxEntry.objects.filter(pk__in=chosen, ciphertext__isnull=False)
    columns = found.values_list("leaf", "pk", "ciphertext__envelope", "receipt", "proof")
    items = [
        Item(pk, bytes(envelope), Accepted(bytes(receipt), leaf, _hashes(proof)))
        for leaf, pk, envelope, receipt, proof in sorted(columns, key=itemgetter(0))
    ]
    return Page(items, len(rows) > len(chosen))


def count_waiting(recipient: AgencyId, now: int) -> int:
    """How many messages wait for ``recipient``."""
    return int(sql.value(_COUNT_WAITING, str(recipient), now))


def some_wait(recipient: AgencyId, now: int) -> bool:
    """Whether anything waits for ``recipient``."""
    return bool(sql.value(_SOME_WAIT, str(recipient), now))


def states(caller: AgencyId, ids: Sequence[UUID], now: int) -> list[tuple[UUID, SentState]]:
    """What became of messages that the caller sent, in the order asked."""
    rows = MailboxEntry.objects.filter(pk__in=ids, sender=str(caller)).values_list("pk", "acknowledged", "expires")
    found = {pk: (acknowledged, expires) for pk, acknowledged, expires in rows}
    return [(pk, sent_state(*found[pk], now) if pk in found else SentState.UNKNOWN) for pk in ids]


def accepted_before(ids: Sequence[UUID]) -> dict[UUID, Before]:
    """What was accepted under any of these ids already."""
    rows = MailboxEntry.objects.filter(pk__in=ids).values_list("pk", "submission", "receipt", "leaf", "proof")
    return {
        pk: Before(bytes(digest), Accepted(bytes(receipt), leaf, _hashes(proof)))
        for pk, digest, receipt, leaf, proof in rows
    }


def held(sender: str, recipient: str, now: int) -> tuple[int, int]:
    """How many messages of ``sender`` wait for ``recipient``, and their size together."""
    ((messages, octets),) = sql.rows(_HELD, sender, recipient, now)
    return messages, int(octets)


def waits_for_others(caller: AgencyId) -> int:
    """How many registrations nobody but ``caller`` has repeated yet."""
    return RegisteredArrangement.objects.filter(registered_by=[str(caller)], ended__isnull=True).count()


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


def _hashes(joined: bytes | memoryview) -> list[bytes]:
    """The hashes of a stored proof."""
    proof = bytes(joined)
    return [proof[at : at + HASH_BYTES] for at in range(0, len(proof), HASH_BYTES)]
