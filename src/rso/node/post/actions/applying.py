"""The effect of one verified message: its place in a conversation, its row, and what its handler makes of it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from rso import sql
from rso.accounts.rules import Actor
from rso.audit.actions import record
from rso.base.clock import from_unix_seconds, unix_seconds
from rso.node.post import handlers, queries
from rso.node.post.actions import conversations, notarising
from rso.node.post.handlers import Incoming, Page
from rso.node.post.models import Conversation, Inbox
from rso.node.post.ports import Delivery
from rso.node.post.rules import PostError, PostEvent
from rso.node.vault.actions import subject_key
from rso.node.vault.rules import seal_field
from rso.wire import conversation as ruled
from rso.wire.conversation import ANSWERS, Side
from rso.wire.header import ServiceClass
from rso.wire.messages import Cover, DestructionReceipt, DisclosureRequest, Receipt
from rso.wire.verify import Opened

_MAY_GO_UNHANDLED = (Cover, Receipt, DestructionReceipt)


def row_of(delivery: Delivery, opened: Opened, now: datetime) -> Inbox:
    """The row of a message as it will stand; not saved."""
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


def apply(actor: Actor, row: Inbox, opened: Opened, *, held: Inbox | None, page: Page, now: datetime) -> Inbox:
    """The effect and its row, in the caller's transaction. ``held`` is the row of an earlier try.

    Raises ``RsoError`` where the message has no place or its handler refuses it.
    """
    message, header = opened.message, opened.header
    row.conversation = _place(opened, now)
    question = None if row.conversation is None else row.conversation.question
    handler = handlers.handler_of(message.kind, question)
    if handler is None and not isinstance(message, _MAY_GO_UNHANDLED):
        raise PostError("no-handler", "This node does not take messages of this kind.")
    if row.conversation is not None and row.conversation.destroyed_at is None:
        key = subject_key(row.conversation.vault_subject, now=now)
        row.content = seal_field(key, row._meta.db_table, "content", row.pk, opened.content.encode())
    row.attempts = 0 if held is None else held.attempts
    if held is None:
        sql.add(row)
    else:
        row.save()
    if handler is not None:
        terms = None if header.arrangement is None else queries.checked(header.arrangement)
        handler(Incoming(row, message, header.sender, row.conversation, terms, now, page))
    _fetched_as_it_seems(row)
    facts: dict[str, str | int | bool] = {"kind": row.kind, "from": row.sender, "message": str(row.pk)}
    record(actor, PostEvent.RECEIVED, subject=row.pk if row.conversation is None else row.conversation.pk, facts=facts)
    return row


_FETCHED: Final = (
    "UPDATE post_outbox SET state = 'fetched' "
    "WHERE conversation_id = %s AND kind = %s AND state = 'at-relay' AND notarised_at IS NOT NULL"
)


def _fetched_as_it_seems(row: Inbox) -> None:
    """Whoever answers has fetched the question: the relay need not be asked."""
    if row.conversation is not None and row.conversation.side == Side.ASKER:
        sql.change(_FETCHED, row.conversation.pk, row.conversation.question)


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
