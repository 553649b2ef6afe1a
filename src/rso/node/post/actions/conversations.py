"""Conversations as rows: begun, advanced and destroyed as :mod:`rso.wire.conversation` rules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from rso import sql
from rso.accounts.rules import Actor
from rso.audit.actions import record
from rso.base.clock import from_unix_seconds, unix_seconds
from rso.node.post.models import Conversation, Inbox, Outbox
from rso.node.post.rules import PostError, PostEvent, conversation_id
from rso.node.vault import actions as vault
from rso.wire import conversation as rules
from rso.wire.conversation import ANSWERS, Side, State
from rso.wire.identifiers import AgencyId
from rso.wire.messages import KINDS, DisclosureRequest, Message


def as_ruled(row: Conversation, ours: AgencyId) -> rules.Conversation:
    """The row as the rules know it."""
    asked = row.side == Side.ASKER
    return rules.Conversation(
        side=Side(row.side),
        asker=ours if asked else row.peer_id,
        holder=row.peer_id if asked else ours,
        question=KINDS[row.question],
        reference=bytes.fromhex(row.reference),
        purpose=row.purpose,
        expires=unix_seconds(row.expires_at),
        state=State(row.state),
        until=None if row.until is None else unix_seconds(row.until),
        hit_reference=bytes.fromhex(row.hit_reference) or None,
        hit_used=row.hit_used,
    )


_RULED: Final = ("state", "until", "hit_reference", "hit_used", "ended_at")


def keep(row: Conversation, ruled: rules.Conversation, now: datetime) -> Conversation:
    """Writes what the rules made of it."""
    row.state = ruled.state.value
    row.until = None if ruled.until is None else from_unix_seconds(ruled.until)
    row.hit_reference = (ruled.hit_reference or b"").hex()
    row.hit_used = ruled.hit_used
    if ruled.state.final and row.ended_at is None:
        row.ended_at = now
    sql.keep(row, only=_RULED)
    return row


def keep_states(moved: Iterable[tuple[Conversation, rules.Conversation]]) -> None:
    """Writes the new states of many, a statement for each state; for steps that change nothing else and end nothing."""
    alike: dict[State, list[UUID]] = {}
    for row, ruled in moved:
        if ruled.state.value != row.state:
            alike.setdefault(ruled.state, []).append(row.pk)
    for state, pks in alike.items():
        Conversation.objects.filter(pk__in=pks).update(state=state.value)


def id_of(question: Message, peer: AgencyId, side: Side) -> UUID:
    """The id of the conversation that a question begins."""
    return conversation_id(question.meta.reference, str(peer), side.value, question.kind)


def begin(
    message: Message, ruled: rules.Conversation, *, peer: AgencyId, arrangement: bytes, now: datetime
) -> Conversation:
    """The row of a new conversation; a second question of one kind under one reference is refused."""
    row = Conversation(
        pk=id_of(message, peer, ruled.side),
        reference=ruled.reference.hex(),
        peer=str(peer),
        side=ruled.side.value,
        question=message.kind,
        purpose=message.meta.purpose or "",
        legal_basis=message.meta.legal_basis or "",
        arrangement=arrangement.hex(),
        state=ruled.state.value,
        expires_at=from_unix_seconds(ruled.expires),
        started_at=now,
    )
    if not sql.add_unless_there(row):
        raise PostError("reference-used", "This reference belongs to another question: a question takes a new one.")
    return row


def find(message: Message, *, peer: AgencyId, side: Side) -> Conversation:
    """The locked conversation in which ``message`` has its place; raises ``PostError`` (``never-asked``).

    Where several questions under one reference could be meant, as by a notice, it is the one still open.
    """
    meant = [question.kind for question, answers in ANSWERS.items() if type(message) in answers]
    rows = [row for row in _under(message, peer, side) if not meant or row.question in meant]
    found = sorted(rows, key=lambda row: (row.ended_at is not None, -row.started_at.timestamp()))
    if not found:
        raise PostError(rules.Fault.NEVER_ASKED.value, "This message answers nothing that was asked.")
    return found[0]


def first_stage(request: DisclosureRequest, *, peer: AgencyId, side: Side) -> Conversation:
    """The locked conversation whose hit a request for disclosure uses up."""
    for row in _under(request, peer, side):
        if row.question != DisclosureRequest.kind:
            return row
    raise PostError(rules.Fault.NO_HIT.value, "A disclosure is requested after a hit, with its reference.")


_UNDER: Final = (
    "SELECT * FROM post_conversation WHERE reference = %s AND peer = %s AND side = %s ORDER BY started_at DESC, id"
)


def _under(message: Message, peer: AgencyId, side: Side) -> list[Conversation]:
    """The locked conversations under the message's reference, the latest first."""
    return sql.found(Conversation, _UNDER + sql.lock(), message.meta.reference.hex(), str(peer), side.value)


@transaction.atomic
def lapse(actor: Actor, *, now: datetime) -> list[Conversation]:
    """Ends the questions of ours that nobody answered in time, and those to us that are over."""
    from rso.node.post.queries import own_agency

    ended = []
    due = Conversation.objects.select_for_update().filter(ended_at=None, expires_at__lte=now)
    for row in due[:500]:
        ruled = as_ruled(row, own_agency()).lapse(now=unix_seconds(now))
        ended.append(keep(row, ruled, now))
        record(actor, PostEvent.EXPIRED, subject=row.pk, facts={"state": ruled.state.value})
    return ended


def destroy_contents(
    actor: Actor, *, conversations: Iterable[Conversation], reason: str, now: datetime, evidence_too: bool = False
) -> int:
    """Destroys the key of the contents, then the contents. Who was asked when stays, and so does the evidence
    of it, which holds no content; ``evidence_too`` destroys the blinds as well, and the log's leaves say
    nothing any more. What has yet to leave still leaves. ``reason`` is a code. Returns how many there were.
    """
    rows = [row for row in conversations if row.destroyed_at is None or evidence_too]
    if not rows:
        return 0
    vault.destroy_subjects(actor, subjects=[row.vault_subject for row in rows], reason=reason, now=now)
    with transaction.atomic():
        for table in (Outbox, Inbox):
            messages = table.objects.filter(conversation__in=rows)
            messages.update(content=b"")
            if evidence_too:
                messages.exclude(state=Outbox.State.QUEUED).update(blind=b"", envelope=b"")
        new = [row.pk for row in rows if row.destroyed_at is None]
        Conversation.objects.filter(pk__in=new).update(destroyed_at=now)
        for row in rows:
            row.destroyed_at = row.destroyed_at or now
            record(actor, PostEvent.CONTENT_DESTROYED, subject=row.pk, facts={"reason": reason})
    return len(rows)
