"""The same envelope as a file: carried on a stick where the line is down. The relay notarises it afterwards."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.node.post import queries
from rso.node.post.actions import conversations, receiving
from rso.node.post.models import Conversation, Inbox, Outbox
from rso.node.post.ports import Delivery
from rso.node.post.rules import PostError, PostEvent, PostPermission
from rso.wire.conversation import Side
from rso.wire.envelope import Envelope
from rso.wire.errors import WireError

SUFFIX = ".rso"


@transaction.atomic
def write_file(actor: Actor, *, row: Outbox, now: datetime) -> bytes:
    """The envelope of a message that waits to leave, as the bytes of a file. It stays in the outbox as well.

    The recipient takes it once, however it comes. Raises ``PostError`` (``not-yet``, ``has-left``).
    """
    require(actor, PostPermission.EXCHANGE)
    row = Outbox.objects.select_for_update().get(pk=row.pk)
    if not row.envelope:
        raise PostError("has-left", "This message has left; its envelope is not kept here any more.")
    if row.next_at > now and row.attempts == 0:
        raise PostError("not-yet", "This message leaves at its own time: write the file after that.")
    row.file_made_at = now
    row.save(update_fields=["file_made_at"])
    if row.conversation_id is not None:
        _left(row.conversation_id, row.kind, now)
    record(actor, PostEvent.CARRIED, subject=row.conversation_id or row.pk, facts={"message": str(row.pk)})
    return bytes(row.envelope)


def _left(pk: UUID, kind: str, now: datetime) -> None:
    """A question that was carried out may be answered, whether the relay has seen it or not."""
    conversation = Conversation.objects.select_for_update().get(pk=pk)
    if conversation.side == Side.ASKER and conversation.question == kind:
        ruled = conversations.as_ruled(conversation, queries.own_agency()).at_relay()
        conversations.keep(conversation, ruled, now)


def read_file(actor: Actor, *, data: bytes, now: datetime) -> Inbox:
    """Takes an envelope out of a file; the same as if the relay had delivered it, without a receipt."""
    try:
        message_id = Envelope.decode(data).header.id
    except WireError:
        message_id = uuid4()
    return receiving.take(actor, delivery=Delivery(message_id, data), now=now)
