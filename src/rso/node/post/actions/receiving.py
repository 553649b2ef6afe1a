"""Taking a message out of the mailbox: verified in numbered steps, then applied with its effect, or refused.

Whatever comes in leaves exactly one row. The relay is told to delete a message only after its row stands.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError, transaction

from rso.accounts.rules import Actor, require, system_actor
from rso.audit.actions import record
from rso.base.clock import from_unix_seconds, unix_seconds
from rso.base.errors import RsoError
from rso.node.post import handlers, queries
from rso.node.post.actions import conversations, notarising
from rso.node.post.handlers import Incoming
from rso.node.post.models import Conversation, Inbox, Outbox
from rso.node.post.ports import Delivery
from rso.node.post.rules import PostError, PostEvent, PostPermission, wait_after
from rso.node.vault import queries as vault
from rso.node.vault.actions import subject_key
from rso.node.vault.rules import seal_field
from rso.wire import conversation as ruled
from rso.wire.conversation import ANSWERS, Side
from rso.wire.errors import VerificationError
from rso.wire.header import ServiceClass
from rso.wire.messages import Cover, DestructionReceipt, DisclosureRequest, Receipt
from rso.wire.steps import Step
from rso.wire.verify import Opened, open_inner, verify_outer

logger = logging.getLogger("rso.node.post")
POST = system_actor("post")
_MAY_GO_UNHANDLED = (Cover, Receipt, DestructionReceipt)


def take(actor: Actor, *, delivery: Delivery, now: datetime) -> Inbox:
    """Verifies one delivered envelope and stores it with its effect; returns its row, of now or of before.

    A message that was taken before is left exactly as it is. What does not verify, or has no place, becomes a
    refused row with the step and code. Raises ``PostError`` before this node has a directory, and
    ``DatabaseError``: then nothing is stored, and the relay keeps the message.
    """
    require(actor, PostPermission.EXCHANGE)
    at = unix_seconds(now)
    ours = queries.own_agency()
    queries.directory_copy()
    try:
        verified = verify_outer(
            delivery.envelope, now=at, resolve_node_key=queries.node_key_of, expected_recipient=ours
        )
        known = _known(verified.header.id, verified.envelope.body_digest)
        if known is not None:
            return known
        opened = open_inner(
            verified,
            now=at,
            opening_keys=vault.opening_key,
            resolve_agency_key=queries.agency_key_of,
            arrangements=queries.checked,
        )
    except VerificationError as error:
        return _refuse(actor, delivery, error.step, error.code, now)
    return _apply_or_refuse(actor, delivery, opened, now)


def _known(message_id: UUID, body_digest: bytes) -> Inbox | None:
    """The row of a message that was taken before; raises at step 15 for another message of the same id."""
    row = Inbox.objects.filter(pk=message_id).defer("envelope", "content").first()
    if row is not None and bytes(row.body_digest) != body_digest:
        raise VerificationError(Step.ORDER, "replayed", "another message of this id was taken before")
    return row


def _apply_or_refuse(actor: Actor, delivery: Delivery, opened: Opened, now: datetime) -> Inbox:
    row = _row(delivery, opened, now)
    try:
        with transaction.atomic():
            return _apply(actor, row, opened, now)
    except DatabaseError:
        raise
    except RsoError as error:
        return _refuse(actor, delivery, Step.ORDER, error.code, now, row)
    except Exception as error:  # noqa: BLE001 - a defect in one handler must not stop the mailbox
        return _hold(row, delivery, error, now)


def _row(delivery: Delivery, opened: Opened, now: datetime) -> Inbox:
    header, envelope = opened.header, opened.envelope
    row = Inbox(
        pk=header.id,
        kind=opened.message.kind,
        service_class=header.service_class.value,
        arrangement=(header.arrangement or b"").hex(),
        created_at=from_unix_seconds(header.created),
        expires_at=from_unix_seconds(header.expires),
        header=header.encode(),
        body_digest=envelope.body_digest,
        signer=envelope.signer,
        signature=envelope.signature,
        blind=opened.content.blind,
        sender=str(header.sender),
        state=Inbox.State.APPLIED,
        received_at=now,
    )
    if delivery.accepted is not None:
        notarising.note(row, delivery.accepted, now)
    return row


def _apply(actor: Actor, row: Inbox, opened: Opened, now: datetime) -> Inbox:
    """The effect and its row, in the caller's transaction."""
    message, header = opened.message, opened.header
    # Locked first, so that of two deliveries of one message the second waits and then finds the row.
    known = Inbox.objects.select_for_update().filter(pk=row.pk).first()
    if known is not None and known.state != Inbox.State.HELD:
        return known
    row.conversation = _place(opened, now)
    question = None if row.conversation is None else row.conversation.question
    handler = handlers.handler_of(message.kind, question)
    if handler is None and not isinstance(message, _MAY_GO_UNHANDLED):
        raise PostError("no-handler", "This node does not take messages of this kind.")
    if row.conversation is not None and row.conversation.destroyed_at is None:
        key = subject_key(row.conversation.vault_subject, now=now)
        row.content = seal_field(key, row._meta.db_table, "content", row.pk, opened.content.encode())
    row.attempts = 0 if known is None else known.attempts
    row.save(force_insert=known is None)
    if handler is not None:
        terms = None if header.arrangement is None else queries.checked(header.arrangement)
        handler(Incoming(row, message, header.sender, row.conversation, terms, now))
    _fetched_as_it_seems(row)
    facts: dict[str, str | int | bool] = {"kind": row.kind, "from": row.sender, "message": str(row.pk)}
    record(actor, PostEvent.RECEIVED, subject=row.pk if row.conversation is None else row.conversation.pk, facts=facts)
    return row


def _fetched_as_it_seems(row: Inbox) -> None:
    """Whoever answers has fetched the question: the relay need not be asked."""
    if row.conversation is not None and row.conversation.side == Side.ASKER:
        question = Outbox.objects.filter(conversation=row.conversation, kind=row.conversation.question)
        question.filter(state=Outbox.State.AT_RELAY).exclude(notarised_at=None).update(state=Outbox.State.FETCHED)


def _place(opened: Opened, now: datetime) -> Conversation | None:
    """What the message makes of its conversation; raises where it has no place."""
    message, header = opened.message, opened.header
    if header.service_class is ServiceClass.ARRANGEMENT or isinstance(message, Cover):
        return None
    if type(message) in ANSWERS:
        return _question(opened, now)
    if isinstance(message, Receipt | DestructionReceipt):
        return _beside(opened)
    row = conversations.find(message, peer=header.sender, side=Side.ASKER)
    _under_its_own_terms(row, opened)
    before = conversations.as_ruled(row, header.recipient)
    after = before.receive(message, sender=header.sender, now=unix_seconds(now))
    return conversations.keep(row, after, now)


def _question(opened: Opened, now: datetime) -> Conversation:
    message, header = opened.message, opened.header
    asker, holder = header.sender, header.recipient
    if isinstance(message, DisclosureRequest):
        first = conversations.first_stage(message, peer=asker, side=Side.HOLDER)
        _under_its_own_terms(first, opened)
        used, second = conversations.as_ruled(first, holder).request_disclosure(message, expires=header.expires)
        conversations.keep(first, used, now)
    else:
        second = ruled.receive_question(message, asker=asker, holder=holder, expires=header.expires)
    return conversations.begin(message, second, peer=asker, arrangement=header.arrangement or b"", now=now)


def _under_its_own_terms(row: Conversation, opened: Opened) -> None:
    """An exchange ends under the arrangement in which it began: another may disclose more, or ask fewer."""
    if (opened.header.arrangement or b"").hex() != row.arrangement:
        raise PostError(ruled.Fault.WRONG_CONVERSATION.value, "Its exchange is under another arrangement.")


def _beside(opened: Opened) -> Conversation:
    reference = opened.message.meta.reference.hex()
    rows = Conversation.objects.filter(reference=reference, peer=str(opened.header.sender))
    row = rows.order_by("-started_at").first()
    if row is None:
        raise PostError(ruled.Fault.NEVER_ASKED.value, "This receipt belongs to nothing that was exchanged.")
    return row


# ---------------------------------------------------------------- what has no effect


def _refused_id(delivery: Delivery) -> UUID:
    """Not the message's own id: whoever hands over rubbish under an id must not keep the true message out."""
    digest = hashlib.sha256(b"rso/refused/1\x00" + delivery.id.bytes + delivery.envelope).digest()
    return UUID(bytes=digest[:16], version=5)


@transaction.atomic
def _refuse(actor: Actor, delivery: Delivery, step: Step, code: str, now: datetime, row: Inbox | None = None) -> Inbox:
    """Keeps that something was refused, at which step and why; never its content."""
    pk = _refused_id(delivery)
    known = Inbox.objects.filter(pk=pk).first()
    if known is not None:
        return known
    refused = Inbox(pk=pk, state=Inbox.State.REFUSED, step=step.value, code=code[:60], received_at=now)
    if row is not None:
        refused.kind, refused.sender = row.kind, row.sender
        refused.service_class, refused.arrangement = row.service_class, row.arrangement
        refused.created_at, refused.expires_at = row.created_at, row.expires_at
        Inbox.objects.filter(pk=row.pk, state=Inbox.State.HELD).delete()
    refused.save(force_insert=True)
    record(actor, PostEvent.REFUSED, subject=pk, facts={"step": step.value, "code": code, "message": str(delivery.id)})
    return refused


def _hold(row: Inbox, delivery: Delivery, error: Exception, now: datetime) -> Inbox:
    """A defect here: the envelope stays, still sealed, and is tried again until it expires."""
    logger.error("Message %s could not be applied (%s); it is held.", row.pk, type(error).__qualname__, exc_info=error)
    known = Inbox.objects.filter(pk=row.pk).first()
    attempts = 1 if known is None else known.attempts + 1
    held = {
        "kind": row.kind,
        "sender": row.sender,
        "body_digest": row.body_digest,
        "envelope": delivery.envelope,
        "receipt": row.receipt,
        "proof": row.proof,
        "state": Inbox.State.HELD,
        "code": "defect",
        "attempts": attempts,
        "next_at": now + wait_after(attempts, lambda: 0.0),
        "received_at": row.received_at if known is None else known.received_at,
    }
    return Inbox.objects.update_or_create(pk=row.pk, defaults=held)[0]


def take_held(actor: Actor, *, now: datetime) -> int:
    """Tries again what a defect kept from being applied; returns how many were applied now."""
    done = 0
    for row in Inbox.objects.filter(state=Inbox.State.HELD, next_at__lte=now).order_by("received_at")[:50]:
        done += _take_again(actor, row, now)
    return done


def _take_again(actor: Actor, row: Inbox, now: datetime) -> bool:
    delivery = Delivery(row.pk, bytes(row.envelope), notarising.accepted_of(row))
    at = unix_seconds(now)
    try:
        verified = verify_outer(delivery.envelope, now=at, resolve_node_key=queries.node_key_of)
        opened = open_inner(
            verified,
            now=at,
            opening_keys=vault.opening_key,
            resolve_agency_key=queries.agency_key_of,
            arrangements=queries.checked,
        )
    except VerificationError as error:
        with transaction.atomic():
            Inbox.objects.filter(pk=row.pk).delete()
            _refuse(actor, delivery, error.step, error.code, now)
        return False
    return _apply_or_refuse(actor, delivery, opened, now).state == Inbox.State.APPLIED
