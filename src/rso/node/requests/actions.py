"""Asking in words, replying, refusing, and destroying what was said when its time is over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from rso.accounts.queries import holders
from rso.accounts.rules import Actor, require
from rso.accounts.rules import Role as Seat
from rso.audit.actions import record
from rso.base.clock import Clock, from_unix_seconds, next_tick, unix_seconds
from rso.base.ids import reference
from rso.node.post import actions as post
from rso.node.post import queries as known
from rso.node.post.actions import POST, SYSTEM_CLOCK
from rso.node.post.handlers import Incoming
from rso.node.post.models import Conversation, Inbox
from rso.node.requests import queries
from rso.node.requests.models import Letter
from rso.node.requests.rules import SERVICE, LetterError, RequestsEvent, RequestsPermission
from rso.node.vault.queries import data_key
from rso.node.vault.rules import seal_field
from rso.notices.actions import notify
from rso.policy.codes import Clause, Kind, Role, Side, Verdict
from rso.policy.decision import Decision, decide
from rso.policy.facts import Agreement, Facts
from rso.policy.protection import ProtectionState
from rso.wire.conversation import Side as Place
from rso.wire.identifiers import AgencyId
from rso.wire.in_force import CheckedArrangement
from rso.wire.messages import DestructionReceipt, Message, Meta, Refusal, WrittenReply, WrittenRequest


def _seal(letter: Letter, column: str, content: Mapping[str, Any]) -> bytes:
    key = data_key(letter.conversation.vault_subject)
    return seal_field(key, Letter._meta.db_table, column, str(letter.pk), json.dumps(content).encode())


def _terms(digest: bytes, peer: AgencyId) -> CheckedArrangement:
    terms = known.checked(digest)
    if terms is None or not {peer, known.own_agency()} <= terms.agencies():
        raise LetterError("no-arrangement", "There is no such arrangement with this agency.")
    return terms


def _facts(side: Side, asker: AgencyId, holder: AgencyId, at: datetime, purpose: str, **more: Any) -> Facts:
    return Facts(
        side=side,
        kind=Kind.WRITTEN_REQUEST,
        asker=asker,
        holder=holder,
        at=at,
        purpose=purpose,
        service=SERVICE,
        **more,
    )


def _demand(decision: Decision) -> None:
    """Raises unless the step may be taken now, with the clause that stands against it."""
    if decision.verdict is Verdict.ALLOWED:
        return
    if decision.verdict is Verdict.NEEDS_PROTECTION_OFFICER or decision.clause is Clause.UNKNOWN_ORIGIN:
        raise LetterError(
            "origin-unknown", "The person may be protected and the origin is not known: ask for this by another way."
        )
    if decision.verdict is Verdict.BARRED:
        raise LetterError("barred", "The person is protected, and this member answers for a state that is barred.")
    clause = "" if decision.clause is None else decision.clause.value
    raise LetterError("may-not-be-sent", f"A rule stands against it: {clause}.")


# ---------------------------------------------------------------- asking


@transaction.atomic
def ask(
    actor: Actor,
    *,
    to: AgencyId,
    arrangement: bytes,
    purpose: str,
    subject: str,
    text: str,
    reply_by: datetime,
    concerns_person: bool,
    protection: ProtectionState | None,
    stepped_up: bool,
    clock: Clock = SYSTEM_CLOCK,
) -> Letter:
    """Sends a request in words, if every rule of ``policy`` lets it.

    The answers to the protection questions stay here. Raises ``LetterError``: ``barred``, ``origin-unknown``,
    ``may-not-be-sent``; and what ``post.actions.send`` raises.
    """
    require(actor, RequestsPermission.ASK)
    now, ours = clock.now(), known.own_agency()
    terms = _terms(arrangement, to)
    facts = _facts(
        Side.ASKING,
        ours,
        to,
        now,
        purpose,
        requester=str(actor.opaque),
        concerns_person=concerns_person,
        asked_today=queries.asked_today(str(to), Place.ASKER, now),
    )
    _demand(decide(facts, terms, protection, known.directory().table))
    party = terms.arrangement.party(ours)
    assert party is not None
    meta = Meta(to.service(SERVICE), ours.service(SERVICE), reference(), purpose, party.basis)
    message = WrittenRequest(meta, subject=subject, text=text, reply_by=unix_seconds(reply_by), handling=())
    row = post.send(actor, message=message, to=to, arrangement=arrangement, stepped_up=stepped_up, clock=clock)
    assert row.conversation is not None
    letter = Letter(conversation=row.conversation, reply_by=reply_by, written_by_id=actor.user_id)
    answers = None if protection is None else protection.as_plain()
    letter.private = _seal(letter, "private", {"concerns_person": concerns_person, "protection": answers})
    letter.save(force_insert=True)
    record(actor, RequestsEvent.ASKED, subject=letter.pk, facts={"to": str(to), "purpose": purpose})
    return letter


# ---------------------------------------------------------------- replying


def _open(letter: Letter) -> Letter:
    """The letter, locked, if it still waits for an answer of ours."""
    conversation = Conversation.objects.select_for_update().get(pk=letter.conversation_id)
    letter = Letter.objects.select_for_update().get(pk=letter.pk)
    letter.conversation = conversation
    if conversation.side != Place.HOLDER or conversation.ended_at is not None:
        raise LetterError("answered-already", "This request was answered, or has expired.")
    return letter


@transaction.atomic
def reply(
    actor: Actor,
    *,
    letter: Letter,
    text: str,
    concerns_person: bool,
    protection: ProtectionState | None,
    stepped_up: bool,
    clock: Clock = SYSTEM_CLOCK,
) -> Letter:
    """Replies in words: at once where the arrangement asks for one person, or kept until a second one agrees.

    ``protection`` is what this side knows of the person. Raises as :func:`ask`.
    """
    require(actor, RequestsPermission.REPLY)
    letter = _open(letter)
    content = {
        "text": text,
        "concerns_person": concerns_person,
        "protection": None if protection is None else protection.as_plain(),
    }
    decision = _reply_decision(letter, content, clock.now(), actor)
    if decision.verdict is Verdict.NEEDS_APPROVAL:
        letter.draft = _seal(letter, "draft", content)
        letter.drafted_by_id, letter.drafted_at = actor.user_id, clock.now()
        letter.save(update_fields=["draft", "drafted_by", "drafted_at"])
        record(actor, RequestsEvent.DRAFTED, subject=letter.pk)
        return letter
    _demand(decision)
    return _send_reply(actor, letter, content, stepped_up, clock)


@transaction.atomic
def agree(actor: Actor, *, letter: Letter, stepped_up: bool, clock: Clock = SYSTEM_CLOCK) -> Letter:
    """A second person agrees to the reply that waits, and it goes. Nobody agrees to their own words."""
    require(actor, RequestsPermission.REPLY)
    letter = _open(letter)
    content = queries.draft_of(letter)
    if content is None or letter.drafted_by is None:
        raise LetterError("no-draft", "There is no reply that waits for a second person.")
    if letter.drafted_by_id == actor.user_id:
        raise LetterError("own-words", "You wrote this reply: another person has to agree to it.")
    _demand(_reply_decision(letter, content, clock.now(), actor, first=str(letter.drafted_by.opaque)))
    return _send_reply(actor, letter, content, stepped_up, clock)


@transaction.atomic
def return_draft(actor: Actor, *, letter: Letter) -> Letter:
    """Takes back a reply that waits, so that it is written anew."""
    require(actor, RequestsPermission.REPLY)
    letter = _open(letter)
    letter.draft, letter.drafted_by, letter.drafted_at = b"", None, None
    letter.save(update_fields=["draft", "drafted_by", "drafted_at"])
    record(actor, RequestsEvent.RETURNED, subject=letter.pk)
    return letter


def _reply_decision(
    letter: Letter, content: Mapping[str, Any], now: datetime, actor: Actor, first: str = ""
) -> Decision:
    conversation, ours = letter.conversation, known.own_agency()
    persons = [person for person in (first, str(actor.opaque)) if person]
    facts = _facts(
        Side.DISCLOSING,
        conversation.peer_id,
        ours,
        now,
        conversation.purpose,
        concerns_person=bool(content["concerns_person"]),
        agreements=tuple(Agreement(Role.APPROVER, person) for person in persons),
    )
    terms = _terms(bytes.fromhex(conversation.arrangement), conversation.peer_id)
    answers = content["protection"]
    protection = None if answers is None else ProtectionState.from_plain(answers)
    return decide(facts, terms, protection, known.directory().table)


def _send_reply(actor: Actor, letter: Letter, content: Mapping[str, Any], stepped_up: bool, clock: Clock) -> Letter:
    message = WrittenReply(_meta(letter), text=str(content["text"]), handling=())
    _answer(actor, letter, message, stepped_up, clock)
    record(actor, RequestsEvent.REPLIED, subject=letter.pk)
    return letter


@transaction.atomic
def refuse(
    actor: Actor, *, letter: Letter, reason: str, text: str, stepped_up: bool, clock: Clock = SYSTEM_CLOCK
) -> Letter:
    """Refuses with a reason code and, where wanted, a few words. Nobody has to answer, and one person may refuse."""
    require(actor, RequestsPermission.REPLY)
    letter = _open(letter)
    _answer(actor, letter, Refusal(_meta(letter), reason=reason, text=text or None), stepped_up, clock)
    record(actor, RequestsEvent.REFUSED, subject=letter.pk, facts={"reason": reason})
    return letter


def _meta(letter: Letter) -> Meta:
    """The common part of an answer, from what was kept of the question; its words are not needed for that."""
    row = letter.conversation
    to, ours = row.peer_id.service(SERVICE), known.own_agency().service(SERVICE)
    return Meta(to, ours, bytes.fromhex(row.reference), row.purpose, row.legal_basis)


def _answer(actor: Actor, letter: Letter, message: Message, stepped_up: bool, clock: Clock) -> None:
    """Leaves on the arrangement's tick, as every answer does."""
    digest = bytes.fromhex(letter.conversation.arrangement)
    tick = _terms(digest, letter.conversation.peer_id).arrangement.answer_tick_s
    post.send(
        actor,
        message=message,
        to=letter.conversation.peer_id,
        arrangement=digest,
        stepped_up=stepped_up,
        not_before=next_tick(clock.now(), tick),
        clock=clock,
    )
    letter.draft, letter.answered_by_id = b"", actor.user_id
    letter.save(update_fields=["draft", "answered_by"])
    letter.conversation.refresh_from_db()


# ---------------------------------------------------------------- what comes in


def take_request(incoming: Incoming) -> None:
    """A request in words has come: shown to people, or refused by a rule at once."""
    message, conversation, now = incoming.message, incoming.conversation, incoming.now
    assert isinstance(message, WrittenRequest)
    assert conversation is not None
    letter = Letter(conversation=conversation, reply_by=from_unix_seconds(message.reply_by))
    letter.save(force_insert=True)
    ours = known.own_agency()
    asked = queries.asked_today(conversation.peer, Place.HOLDER, now) - 1
    facts = _facts(Side.ANSWERING, incoming.sender, ours, now, conversation.purpose, asked_today=max(asked, 0))
    decision = decide(facts, incoming.arrangement, None, known.directory().table)
    if decision.verdict in (Verdict.REFUSED, Verdict.BARRED):
        reason = decision.outward_reason.value
        _answer(POST, letter, Refusal(_meta(letter), reason=reason, text=None), False, _At(now))
        record(POST, RequestsEvent.REFUSED_BY_RULE, subject=letter.pk, facts={"reason": reason})
        return
    record(POST, RequestsEvent.CAME, subject=letter.pk, facts={"from": str(incoming.sender)})
    _tell(letter, gettext_noop("A written request has come"), now, Seat.OFFICER, Seat.APPROVER)


class _At:
    """The one moment at which a message is taken."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


def take_answer(incoming: Incoming) -> None:
    """The reply to our request, or its refusal."""
    assert incoming.conversation is not None
    letter = Letter.objects.get(pk=incoming.conversation.pk)
    facts: dict[str, str | int | bool] = {"kind": incoming.message.kind}
    record(POST, RequestsEvent.REPLY_CAME, subject=letter.pk, facts=facts)
    _tell(letter, gettext_noop("Your written request is answered"), incoming.now)


def take_destruction(incoming: Incoming) -> None:
    """The other side says that it destroyed what was said; a receipt of anything else is refused."""
    assert incoming.conversation is not None
    assert isinstance(incoming.message, DestructionReceipt)
    known.check_receipt(incoming.message, incoming.sender)
    Letter.objects.filter(pk=incoming.conversation.pk).update(their_destruction_at=incoming.now)
    record(POST, RequestsEvent.DESTRUCTION_CAME, subject=incoming.conversation.pk)


def _tell(letter: Letter, title: str, now: datetime, *roles: Seat) -> None:
    people = [person for role in roles for person in holders(role, now.date())]
    if letter.written_by is not None:
        people.append(letter.written_by)
    path = reverse("requests:letter", args=[letter.pk])
    notify(POST, recipients=people, kind="requests:letter", title=title, path=path)


# ---------------------------------------------------------------- the end


def destroy_due(actor: Actor, *, clock: Clock = SYSTEM_CLOCK) -> int:
    """Destroys what was said in requests that ended so long ago as their arrangement says, and tells the others."""
    now, done = clock.now(), 0
    ended = Letter.objects.filter(conversation__ended_at__isnull=False, conversation__destroyed_at=None)
    for letter in ended.select_related("conversation").order_by("conversation__ended_at")[:500]:
        terms = post.terms_of(letter.conversation)
        days = 1 if terms is None else terms.disclosure_days
        ended_at = letter.conversation.ended_at
        if ended_at is None or ended_at + timedelta(days=days) > now:
            continue
        done += post.destroy_contents(actor, conversations=[letter.conversation], reason="retention", now=now)
        _after_destruction(actor, letter, now, clock)
    return done


@transaction.atomic
def _after_destruction(actor: Actor, letter: Letter, now: datetime, clock: Clock) -> None:
    Letter.objects.filter(pk=letter.pk).update(private=b"", draft=b"")
    record(actor, RequestsEvent.DESTROYED, subject=letter.pk)
    for row in Inbox.objects.filter(conversation=letter.conversation).exclude(kind=DestructionReceipt.kind):
        receipt = DestructionReceipt(
            _meta(letter),
            message_id=row.pk.bytes,
            body_digest=bytes(row.body_digest),
            destroyed_at=unix_seconds(now),
            what=row.kind,
        )
        digest = bytes.fromhex(letter.conversation.arrangement)
        post.send(actor, message=receipt, to=letter.conversation.peer_id, arrangement=digest, clock=clock)
