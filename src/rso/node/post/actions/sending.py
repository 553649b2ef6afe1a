"""Putting a message into the outbox: signed and sealed once, in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from rso import sql
from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.base.clock import Clock, SystemClock, from_unix_seconds, unix_seconds
from rso.jobs.actions import kick_on_commit
from rso.node.post import queries
from rso.node.post.actions import conversations
from rso.node.post.models import Conversation, Outbox
from rso.node.post.rules import PostError, PostEvent, PostPermission, not_without_person
from rso.node.vault import queries as vault
from rso.node.vault.actions import subject_key
from rso.node.vault.rules import seal_field
from rso.wire import conversation as rules
from rso.wire import limits
from rso.wire.arrangement import Arrangement
from rso.wire.conversation import ANSWERS, Side
from rso.wire.envelope import Envelope, Sealed, seal
from rso.wire.header import ServiceClass
from rso.wire.identifiers import AgencyId
from rso.wire.in_force import CheckedArrangement
from rso.wire.keys import SigningKey
from rso.wire.messages import Deferred, DisclosureRequest, Message, Probe

SYSTEM_CLOCK = SystemClock()


@dataclass(frozen=True)
class _Sending:
    """What one call of :func:`send` is about."""

    actor: Actor
    message: Message
    ours: AgencyId
    to: AgencyId
    arrangement: CheckedArrangement | None
    now: datetime
    leaves: datetime
    expires: datetime


def send(
    actor: Actor,
    *,
    message: Message,
    to: AgencyId,
    arrangement: bytes | None,
    stepped_up: bool = False,
    not_before: datetime | None = None,
    expires: datetime | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Outbox:
    """Signs and seals ``message`` and puts it into the outbox; returns its row.

    A question begins a conversation of ours; an answer or a notice advances the one that it belongs to, and a
    second final answer is refused. ``arrangement`` is the hash of one in force, ``None`` for messages about
    arrangements. ``not_before`` is the clock tick on which an answer leaves (``base.clock.next_tick``): its header
    says no earlier time. A person needs ``stepped_up`` (``accounts.factors.is_fresh``); the system's own actor may
    only send what ``rules.not_without_person`` leaves to a machine. ``expires`` is the earlier of 35 days, the
    arrangement's end and, for a probe, the days of a probe, where it is not given.

    Raises ``NotAllowed``, ``PostError``, ``VaultError`` (``step-up-needed``) and ``WireError``; nothing is left then.
    """
    require(actor, PostPermission.SEND)
    now = clock.now()
    leaves = max(now, not_before or now)
    with queries.at_hand(), transaction.atomic():
        terms = _terms(message, to, arrangement, now)
        _check_person(actor, message, terms)
        until = min(expires or leaves + _lifetime(message, terms), leaves + timedelta(seconds=limits.LIFETIME))
        sending = _Sending(actor, message, queries.own_agency(), to, terms, now, leaves, until)
        agency_key, node_key = _signing_keys(sending, stepped_up)
        row = _conversation(sending)
        sealed = _seal(sending, agency_key, node_key)
        queued = _queue(sending, sealed, row)
        facts: dict[str, str | int | bool] = {"kind": message.kind, "to": str(to), "message": str(queued.pk)}
        record(actor, PostEvent.SENT, subject=queued.pk if row is None else row.pk, facts=facts)
        _ask_for_exchange(now, leaves)
    return queued


def _ask_for_exchange(now: datetime, leaves: datetime) -> None:
    """When the message leaves, one for all that leave then; a lost kick costs one round."""
    from rso.node.post.tasks import exchange  # the task calls back into these actions

    kick_on_commit(exchange, now=now, at=leaves if leaves > now else None)


def _terms(message: Message, to: AgencyId, digest: bytes | None, now: datetime) -> CheckedArrangement | None:
    if digest is None:
        return None
    terms = queries.checked(digest)
    if terms is None or not {to, queries.own_agency()} <= terms.agencies():
        raise PostError("no-arrangement", f"There is no such arrangement with {to}.")
    reason = terms.reason_not_in_force(unix_seconds(now))
    if reason is not None and not message.after_end:
        raise PostError("not-in-force", f"The arrangement with {to} is not in force ({reason}).")
    if message.meta.purpose is None or not terms.allows_purpose(message.meta.purpose):
        raise PostError("purpose-not-allowed", "The arrangement does not allow this purpose.")
    return terms


def _check_person(actor: Actor, message: Message, terms: CheckedArrangement | None) -> None:
    if actor.system:
        reason = not_without_person(message, None if terms is None else terms.arrangement)
        if reason is not None:
            raise PostError(reason, "No machine sends this: it waits for a person.")


def _lifetime(message: Message, terms: CheckedArrangement | None) -> timedelta:
    longest = timedelta(seconds=limits.LIFETIME)
    if isinstance(message, Probe) and terms is not None:
        return min(longest, timedelta(days=terms.arrangement.probe_days))
    return longest


def _signing_keys(sending: _Sending, stepped_up: bool) -> tuple[SigningKey, SigningKey]:
    """The keys that the directory names now; a key that it does not know would be refused by the other side."""
    directory, at = queries.directory(), unix_seconds(sending.leaves)
    agency, node = directory.agency_key(sending.ours, at), directory.node_key(sending.ours, at)
    if agency is None or node is None:
        raise PostError(
            "no-key-in-directory", "The directory has no key of this agency that is good now: tell the office."
        )
    return vault.agency_key(sending.actor, agency.key_id, stepped_up=stepped_up), vault.node_key(node.key_id)


def _conversation(sending: _Sending) -> Conversation | None:
    """Begins or advances the conversation; ``None`` for messages that have none."""
    message = sending.message
    if sending.arrangement is None:
        return None
    if type(message) in ANSWERS:
        return _ask(sending, sending.arrangement)
    answers = isinstance(message, Deferred) or any(isinstance(message, kinds) for kinds in ANSWERS.values())
    if not answers:
        return _of_reference(sending)
    row = conversations.find(message, peer=sending.to, side=Side.HOLDER)
    ruled = conversations.as_ruled(row, sending.ours).send(message, now=unix_seconds(sending.now))
    return conversations.keep(row, ruled, sending.now)


def _ask(sending: _Sending, terms: CheckedArrangement) -> Conversation:
    message, ours, to = sending.message, sending.ours, sending.to
    expires = unix_seconds(sending.expires)
    if isinstance(message, DisclosureRequest):
        first = conversations.first_stage(message, peer=to, side=Side.ASKER)
        used, second = conversations.as_ruled(first, ours).request_disclosure(message, expires=expires)
        conversations.keep(first, used, sending.now)
    else:
        second = rules.ask(message, asker=ours, holder=to, expires=expires)
    return conversations.begin(message, second.queue(), peer=to, arrangement=terms.digest, now=sending.now)


def _of_reference(sending: _Sending) -> Conversation | None:
    """Receipts stand beside a conversation and do not change it."""
    rows = Conversation.objects.filter(reference=sending.message.meta.reference.hex(), peer=str(sending.to))
    return rows.order_by("-started_at").first()


def _seal(sending: _Sending, agency_key: SigningKey, node_key: SigningKey) -> Sealed:
    terms = sending.arrangement
    return seal(
        sending.message,
        sender=sending.ours,
        recipient=sending.to,
        arrangement=None if terms is None else terms.digest,
        created=unix_seconds(sending.leaves),
        expires=unix_seconds(sending.expires),
        agency_key=agency_key,
        node_key=node_key,
        sealing_key=queries.sealing_key_of(sending.to, sending.leaves),
        service_class=ServiceClass.ARRANGEMENT if terms is None else ServiceClass.EXCHANGE,
    )


def _queue(sending: _Sending, sealed: Sealed, row: Conversation | None) -> Outbox:
    envelope = Envelope.decode(sealed.envelope)
    header = sealed.header
    queued = Outbox(
        pk=header.id,
        conversation=row,
        kind=sending.message.kind,
        service_class=header.service_class.value,
        arrangement=(header.arrangement or b"").hex(),
        created_at=from_unix_seconds(header.created),
        expires_at=from_unix_seconds(header.expires),
        header=header.encode(),
        body_digest=sealed.body_digest,
        signer=envelope.signer,
        signature=envelope.signature,
        blind=sealed.blind,
        recipient=str(sending.to),
        envelope=sealed.envelope,
        next_at=sending.leaves,
        queued_at=sending.now,
        sent_by_id=sending.actor.user_id,
    )
    queued.content = _own_copy(sending, queued, row)
    sql.add(queued)
    return queued


def _own_copy(sending: _Sending, queued: Outbox, row: Conversation | None) -> bytes:
    """Our own copy of what we said, under the conversation's key, while that has not been destroyed."""
    if row is None or row.destroyed_at is not None:
        return b""
    key = subject_key(row.vault_subject, now=sending.now, is_new=type(sending.message) in ANSWERS)
    return seal_field(key, queued._meta.db_table, "content", queued.pk, sending.message.encode())


def terms_of(row: Conversation) -> Arrangement | None:
    """The terms under which a conversation is held."""
    found = queries.checked(bytes.fromhex(row.arrangement)) if row.arrangement else None
    return None if found is None else found.arrangement
