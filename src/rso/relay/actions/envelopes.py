"""Accepting messages, and deleting them when their recipient has them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction

from rso import sql
from rso.base.errors import RsoError
from rso.relay.actions import log as log_actions
from rso.relay.actions.allowances import Allowances
from rso.relay.adapters.bell import BELL
from rso.relay.adapters.identity import Identity
from rso.relay.models import Ciphertext, MailboxEntry
from rso.relay.queries import directory as directories
from rso.relay.queries import mailbox
from rso.relay.queries.log import Head
from rso.relay.queries.mailbox import Accepted, Before
from rso.relay.rules import RefusedError
from rso.wire.directory import Directory
from rso.wire.envelope import Envelope
from rso.wire.errors import WireError
from rso.wire.header import Header
from rso.wire.identifiers import AgencyId
from rso.wire.log import blinded_leaf, inclusion_proof
from rso.wire.receipt import LogReceipt
from rso.wire.verify import verify_outer

_KEEP_ENTRY = (
    "INSERT INTO relay_mailboxentry "
    "(message_id, sender, recipient, leaf, size, submission, receipt, proof, accepted, expires) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_KEEP_CIPHERTEXT = "INSERT INTO relay_ciphertext (entry_id, envelope) VALUES (%s, %s)"


@dataclass(frozen=True)
class Submission:
    """What a sender hands in. The blind is used for the leaf and kept nowhere."""

    envelope: bytes
    blind: bytes


@dataclass(frozen=True)
class Outcome:
    """What became of one submission: accepted, now or before, or refused. The id is None where none can be read."""

    message_id: UUID | None
    accepted: Accepted | None
    refused: RsoError | None


@dataclass(frozen=True)
class _Message:
    """A verified envelope of the caller's, and the entry of the log that is made of it."""

    header: Header
    envelope: bytes
    entry: bytes
    digest: bytes
    """Of all that was handed in, by which a repetition is told from another message under the same id."""


@dataclass
class _Item:
    """One submission on its way: with a message, or refused, or both where it is refused later."""

    message_id: UUID | None
    message: _Message | None = None
    refused: RsoError | None = None


def accept(
    caller: AgencyId,
    *,
    submissions: Sequence[Submission],
    directory: Directory,
    identity: Identity,
    now: int,
) -> list[Outcome]:
    """Takes messages into their recipients' mailboxes and their blinded leaves into the log, in the order given.

    All that are new get one receipt; the same bytes again get the receipt that they had. One that is refused changes
    nothing, and keeps none of the others back. Raises :class:`RefusedError` (``not-ready``) for all of them.
    """
    directories.check_fresh(directory, now)
    items = [_read(caller, submission, directory, now) for submission in submissions]
    with transaction.atomic(savepoint=False):
        head = log_actions.lock()
        before = mailbox.accepted_before([item.message.header.id for item in items if item.message])
        fresh = _admit(items, before, Allowances(caller, now))
        accepted = _append(head, fresh, identity, now) if fresh else {}
    accepted |= {message_id: known.accepted for message_id, known in before.items()}
    return [_outcome(item, accepted) for item in items]


def acknowledge(caller: AgencyId, *, ids: Iterable[UUID], now: int) -> list[UUID]:
    """Deletes ciphertexts, since their recipient has stored them. Again is no error.

    Returns the ids of which the relay holds no message for this agency.
    """
    wanted = list(ids)
    with transaction.atomic(savepoint=False):
        mine = MailboxEntry.objects.filter(pk__in=wanted, recipient=str(caller))
        known = dict(mine.values_list("pk", "acknowledged"))
        waiting = [message_id for message_id, acknowledged in known.items() if acknowledged is None]
        if waiting:
            MailboxEntry.objects.filter(pk__in=waiting).update(acknowledged=now)
            Ciphertext.objects.filter(pk__in=waiting).delete()
    return [message_id for message_id in wanted if message_id not in known]


# ---------------------------------------------------------------- each by itself, before the log is locked


def _read(caller: AgencyId, submission: Submission, directory: Directory, now: int) -> _Item:
    try:
        message = _verified(caller, submission, directory, now)
    except RsoError as error:
        return _Item(_id_of(submission), refused=error)
    return _Item(message.header.id, message)


def _verified(caller: AgencyId, submission: Submission, directory: Directory, now: int) -> _Message:
    """Steps 1 to 7 of verification, and who hands in what for whom."""
    envelope = verify_outer(
        submission.envelope,
        now=now,
        resolve_node_key=lambda agency, key_id, at: directories.sender_key(directory, agency, key_id, at, now),
    ).envelope
    header = envelope.header
    if header.sender != caller:
        raise RefusedError(403, "wrong-sender", "A node hands in the messages of its own agency only.")
    if not directory.takes_part(header.recipient):
        raise RefusedError(403, "unknown-recipient", "The recipient takes no part in the exchange at present.")
    entry = blinded_leaf(envelope.commitment, submission.blind)
    digest = hashlib.sha256(entry + envelope.signer + envelope.signature).digest()
    return _Message(header, submission.envelope, entry, digest)


def _id_of(submission: Submission) -> UUID | None:
    """The id that an envelope bears which does not hold, if it can be read."""
    try:
        return Envelope.decode(submission.envelope).header.id
    except WireError:
        return None


# ---------------------------------------------------------------- together, within the locked log


def _admit(items: Iterable[_Item], before: Mapping[UUID, Before], allowances: Allowances) -> list[_Message]:
    """The messages that are new and allowed; notes on the others' items why they are refused."""
    fresh: dict[UUID, _Message] = {}
    for item in items:
        message = item.message
        if message is None:
            continue
        earlier = before.get(message.header.id) or fresh.get(message.header.id)
        try:
            if earlier is None:
                allowances.use(message.header, len(message.envelope))
                fresh[message.header.id] = message
            elif earlier.digest != message.digest:
                raise RefusedError(409, "different-bytes", "Another message was accepted under this id.")
        except RefusedError as error:
            item.refused = error
    allowances.keep()
    return list(fresh.values())


def _append(head: Head, fresh: list[_Message], identity: Identity, now: int) -> dict[UUID, Accepted]:
    """Appends the entries, signs one checkpoint and one receipt for all of them, and stores the messages."""
    appended = log_actions.append(head, [message.entry for message in fresh], identity.log)
    receipt = LogReceipt.issue(
        identity.key,
        relay=identity.agency,
        first=appended.first,
        accepted=now,
        checkpoint=appended.checkpoint,
    ).encode()
    accepted = {
        message.header.id: Accepted(receipt, index, inclusion_proof(appended.tree.read, index, appended.tree.size))
        for index, message in enumerate(fresh, appended.first)
    }
    _keep(fresh, accepted, now)
    for recipient in {message.header.recipient for message in fresh}:
        transaction.on_commit(partial(BELL.ring, str(recipient)))
    return accepted


def _keep(fresh: list[_Message], accepted: Mapping[UUID, Accepted], now: int) -> None:
    entries: list[tuple[sql.Value, ...]] = []
    for message in fresh:
        header, place = message.header, accepted[message.header.id]
        row = (
            header.id,
            str(header.sender),
            str(header.recipient),
            place.index,
            len(message.envelope),
            message.digest,
            place.receipt,
            b"".join(place.proof),
            now,
            header.expires,
        )
        entries.append(row)
    sql.change_all(_KEEP_ENTRY, entries)
    sql.change_all(_KEEP_CIPHERTEXT, [(message.header.id, message.envelope) for message in fresh])


def _outcome(item: _Item, accepted: Mapping[UUID, Accepted]) -> Outcome:
    if item.refused is not None or item.message_id is None:
        return Outcome(item.message_id, None, item.refused)
    return Outcome(item.message_id, accepted[item.message_id], None)
