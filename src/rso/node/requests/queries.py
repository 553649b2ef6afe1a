"""Reading written requests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from rso.accounts.rules import Actor, require
from rso.node.post import queries as post
from rso.node.post.models import Conversation, Inbox, Outbox
from rso.node.post.rules import PostError
from rso.node.requests.models import Letter
from rso.node.requests.rules import RequestsPermission
from rso.node.vault.queries import data_key
from rso.node.vault.rules import VaultError, open_field
from rso.wire.conversation import Side
from rso.wire.messages import Message, Refusal, WrittenReply, WrittenRequest


def letters(actor: Actor) -> QuerySet[Letter]:
    """All written requests of this node, the latest first."""
    require(actor, RequestsPermission.SEE)
    return Letter.objects.select_related("conversation", "written_by", "drafted_by", "answered_by")


def waiting(actor: Actor) -> QuerySet[Letter]:
    """Those that wait for this person: to be replied to, or to be agreed to where another has drafted the reply."""
    found = letters(actor).filter(conversation__side=Side.HOLDER.value, conversation__ended_at=None)
    return found.exclude(drafted_by=actor.user_id)


@dataclass(frozen=True)
class Words:
    """What was said; ``None`` where it was not said, or was destroyed."""

    request: WrittenRequest | None
    reply: WrittenReply | Refusal | None
    is_destroyed: bool


def words(letter: Letter) -> Words:
    """The request and its answer, opened. Showing them to a person is audited by the view."""
    conversation = letter.conversation
    if conversation.destroyed_at is not None:
        return Words(None, None, True)
    found = [_opened(row) for row in (*_rows(Outbox, conversation), *_rows(Inbox, conversation))]
    return Words(
        next((one for one in found if isinstance(one, WrittenRequest)), None),
        next((one for one in found if isinstance(one, WrittenReply | Refusal)), None),
        False,
    )


def _rows(table: type[Any], conversation: Conversation) -> QuerySet[Any]:
    found: QuerySet[Any] = table.objects.filter(conversation=conversation)
    return found.select_related("conversation").order_by("created_at")


def _opened(row: Outbox | Inbox) -> Message | None:
    try:
        return post.message_of(row)
    except (PostError, VaultError):
        return None


def request_row(letter: Letter) -> Outbox | Inbox | None:
    """The message that asked."""
    table: type[Any] = Outbox if letter.conversation.side == Side.ASKER else Inbox
    found: Outbox | Inbox | None = table.objects.filter(
        conversation=letter.conversation, kind=WrittenRequest.kind
    ).first()
    return found


def draft_of(letter: Letter) -> dict[str, Any] | None:
    """The reply that waits for a second person: ``text``, ``concerns_person``, ``protection``."""
    if not letter.draft or letter.conversation.destroyed_at is not None:
        return None
    key = data_key(letter.conversation.vault_subject)
    opened = open_field(key, Letter._meta.db_table, "draft", str(letter.pk), bytes(letter.draft))
    found: dict[str, Any] = json.loads(opened)
    return found


def asked_today(peer: str, side: Side, now: datetime) -> int:
    """Questions of any kind between us and ``peer`` within 24 hours: those that ``side`` is our part of."""
    rows = Conversation.objects.filter(peer=peer, side=side.value, started_at__gt=now - timedelta(days=1))
    return rows.exclude(question="disclosure-request").count()
