"""Accepting a message, and deleting it when its recipient has it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from rso.relay.actions import log as log_actions
from rso.relay.adapters.bell import BELL
from rso.relay.adapters.identity import Identity
from rso.relay.models import Ciphertext, MailboxEntry, QuotaUse
from rso.relay.queries import directory as directories
from rso.relay.queries import mailbox
from rso.relay.rules import Credit, RefusedError, allowance, until_tomorrow
from rso.wire import limits
from rso.wire.directory import Directory
from rso.wire.header import Header, ServiceClass
from rso.wire.identifiers import AgencyId
from rso.wire.log import blinded_leaf, inclusion_proof
from rso.wire.receipt import LogReceipt
from rso.wire.verify import VerifiedEnvelope, verify_outer

_HELD = (
    "SELECT COUNT(*), COALESCE(SUM(size), 0) FROM relay_mailboxentry "
    "WHERE sender = %s AND recipient = %s AND acknowledged IS NULL"
)


@dataclass(frozen=True)
class Submission:
    """What a sender hands in. The blind is used for the leaf and kept nowhere."""

    envelope: bytes
    blind: bytes

    def digest(self) -> bytes:
        return hashlib.sha256(self.envelope + self.blind).digest()


@dataclass(frozen=True)
class Accepted:
    """The relay's answer: receipt, place, proof for the receipt's checkpoint, and whether the message was new."""

    receipt: bytes
    index: int
    proof: list[bytes]
    new: bool


def accept(
    caller: AgencyId,
    *,
    message_id: UUID,
    submission: Submission,
    directory: Directory,
    identity: Identity,
    now: int,
) -> Accepted:
    """Takes a message into the recipient's mailbox and its blinded leaf into the log.

    The same bytes again give the same receipt. Raises :class:`RefusedError` and ``VerificationError``.
    """
    directories.check_fresh(directory, now)
    verified = _verified(submission, directory, now)
    header = verified.header
    _check_names(caller, message_id, header, directory)
    with transaction.atomic(savepoint=False):
        head = log_actions.lock()
        known = MailboxEntry.objects.filter(pk=message_id).first()
        if known is not None:
            return _repeated(known, submission)
        _use_allowance(header, now)
        _check_credit(header, len(submission.envelope))
        entry = blinded_leaf(verified.envelope.commitment, submission.blind)
        appended = log_actions.append(head, entry, identity.log)
        receipt = LogReceipt.issue(
            identity.key,
            relay=identity.agency,
            first=appended.index,
            accepted=now,
            checkpoint=appended.checkpoint,
        ).encode()
        proof = inclusion_proof(appended.tree.read, appended.index, appended.tree.size)
        _keep(header, submission, leaf=appended.index, receipt=receipt, proof=proof, now=now)
        transaction.on_commit(lambda: BELL.ring(str(header.recipient)))
    return Accepted(receipt, appended.index, proof, True)


def acknowledge(caller: AgencyId, *, message_id: UUID, now: int) -> None:
    """Deletes the ciphertext, since its recipient has stored it. Again is no error; raises for another's message."""
    with transaction.atomic(savepoint=False):
        mine = MailboxEntry.objects.filter(pk=message_id, recipient=str(caller))
        if mine.filter(acknowledged__isnull=True).update(acknowledged=now):
            Ciphertext.objects.filter(pk=message_id).delete()
        elif not mine.exists():
            raise RefusedError(404, "unknown-message", "The relay holds no such message for this agency.")


def _verified(submission: Submission, directory: Directory, now: int) -> VerifiedEnvelope:
    return verify_outer(
        submission.envelope,
        now=now,
        resolve_node_key=lambda agency, key_id, at: directories.sender_key(directory, agency, key_id, at, now),
    )


def _check_names(caller: AgencyId, message_id: UUID, header: Header, directory: Directory) -> None:
    if header.id != message_id:
        raise RefusedError(400, "id-mismatch", "The path and the header name different messages.")
    if header.sender != caller:
        raise RefusedError(403, "wrong-sender", "A node hands in the messages of its own agency only.")
    if not directory.takes_part(header.recipient):
        raise RefusedError(403, "unknown-recipient", "The recipient takes no part in the exchange at present.")


def _repeated(known: MailboxEntry, submission: Submission) -> Accepted:
    if bytes(known.submission) != submission.digest():
        raise RefusedError(409, "different-bytes", "Another message was accepted under this id.")
    return Accepted(bytes(known.receipt), known.leaf, mailbox.proof_of(known), False)


def _use_allowance(header: Header, now: int) -> None:
    """Counts the message against the day's allowance; the locked log keeps two from counting at once."""
    named = header.arrangement if header.service_class is ServiceClass.EXCHANGE else None
    most = allowance(header, None if named is None else mailbox.arrangement(named), now)
    place = {
        "arrangement": "" if named is None else named.hex(),
        "sender": str(header.sender),
        "recipient": str(header.recipient),
        "day": now // limits.DAY,
    }
    counted = QuotaUse.objects.filter(**place, used__lt=most).update(used=F("used") + 1)
    if not counted:
        if most < 1 or QuotaUse.objects.filter(**place).exists():
            raise RefusedError(429, "quota-used", "The arrangement allows no more messages today.", until_tomorrow(now))
        QuotaUse.objects.create(**place)


def _check_credit(header: Header, size: int) -> None:
    with connection.cursor() as cursor:  # the mapper's aggregate takes a millisecond for what takes a twentieth
        cursor.execute(_HELD, [str(header.sender), str(header.recipient)])
        messages, octets = cursor.fetchone()
    Credit(
        messages,
        octets,
        settings.RSO_RELAY_HOLD_MESSAGES,
        settings.RSO_RELAY_HOLD_MIB * limits.MIB,
    ).check(size)


def _keep(header: Header, submission: Submission, *, leaf: int, receipt: bytes, proof: list[bytes], now: int) -> None:
    entry = MailboxEntry.objects.create(
        message_id=header.id,
        sender=str(header.sender),
        recipient=str(header.recipient),
        leaf=leaf,
        size=len(submission.envelope),
        submission=submission.digest(),
        receipt=receipt,
        proof=b"".join(proof),
        accepted=now,
        expires=header.expires,
    )
    Ciphertext.objects.create(entry=entry, envelope=submission.envelope)
