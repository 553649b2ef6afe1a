"""After a hit: named fields are requested, released or withheld one by one by persons, and destroyed in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.urls import reverse

from rso.accounts.queries import holders
from rso.accounts.rules import Actor, Role, require, system_actor
from rso.audit.actions import record
from rso.base.clock import Clock, next_tick, unix_seconds
from rso.node.post import actions as post
from rso.node.post import queries as posted
from rso.node.post.handlers import Incoming
from rso.node.searches import adapters
from rso.node.searches.actions.answering import meta_of
from rso.node.searches.actions.telling import REQUESTED, tell
from rso.node.searches.models import DisclosureAsk, DisclosureCase, Question, ReceivedProbe, Ruling
from rso.node.searches.queries.answering import field_decisions, incoming_decision
from rso.node.searches.queries.asking import disclosure_decision, fields_offered
from rso.node.searches.rules import (
    RELEASE,
    SearchError,
    SearchesEvent,
    SearchesPermission,
    check_rulings,
    combined,
)
from rso.policy.codes import Role as Capacity
from rso.policy.facts import Agreement as Agreed
from rso.wire.arrangement import Arrangement
from rso.wire.messages import Disclosure, DisclosureRequest, Outcome, Refusal
from rso.wire.terms import OnwardRule
from rso.wire.text import made_plain

MACHINE = system_actor("disclosure")
_HANDLING = {OnwardRule.NEVER: "no-onward-use", OnwardRule.CONSENT: "onward-with-consent"}


# ---------------------------------------------------------------- the asker


@transaction.atomic
def request(
    actor: Actor,
    *,
    question: Question,
    fields: Sequence[str],
    justification: str,
    stepped_up: bool,
    clock: Clock,
) -> DisclosureAsk:
    """Requests named fields, once for a hit. The purpose is that of the question.

    Raises ``SearchError``: ``no-hit``, ``requested-already``, ``field-not-agreed``, ``may-not-be-asked``.
    """
    question = Question.objects.select_for_update(of=("self",)).select_related("search", "conversation").get(
        pk=question.pk
    )  # fmt: skip
    require(actor, SearchesPermission.REQUEST, question.search.officer_id)
    _check_request(question, fields)
    wanted = tuple(sorted(set(fields)))
    decision = disclosure_decision(question, wanted, now=clock.now())
    if not decision.allowed:
        raise SearchError("may-not-be-asked", f"These fields may not be asked for ({decision.clause}).")
    message = DisclosureRequest(
        meta_of(question.conversation),
        hit_reference=bytes.fromhex(question.conversation.hit_reference),
        fields=wanted,
        justification=justification.strip(),
    )
    queued = post.send(
        actor,
        message=message,
        to=question.conversation.peer_id,
        arrangement=bytes.fromhex(question.conversation.arrangement),
        stepped_up=stepped_up,
        clock=clock,
    )
    assert queued.conversation is not None  # a question has one
    ask = DisclosureAsk.objects.create(
        question=question,
        conversation=queued.conversation,
        fields=list(wanted),
        asked_by_id=actor.person,
        asked_at=clock.now(),
    )
    facts: dict[str, str | int | bool] = {"fields": ",".join(wanted), "of": str(question.conversation_id)}
    record(actor, SearchesEvent.REQUESTED, subject=ask.conversation_id, facts=facts)
    return ask


def _check_request(question: Question, fields: Sequence[str]) -> None:
    if question.outcome != Outcome.HIT.value or not question.conversation.hit_reference:
        raise SearchError("no-hit", "A disclosure is requested after a hit.")
    if DisclosureAsk.objects.filter(question=question).exists():
        raise SearchError("requested-already", "The reference of a hit is good for one request. Ask a new question.")
    if not fields:
        raise SearchError("no-fields", "Choose at least one field.")
    if set(fields) - set(fields_offered(question)):
        raise SearchError("field-not-agreed", "The arrangement does not let this field be disclosed for this purpose.")


# ---------------------------------------------------------------- the holder


def take_request(incoming: Incoming, clock: Clock) -> DisclosureCase:
    """Takes a request that came in, within the transaction of its message."""
    message, conversation = incoming.message, incoming.conversation
    assert isinstance(message, DisclosureRequest)
    assert conversation is not None
    probe = ReceivedProbe.objects.get(
        conversation__reference=conversation.reference, conversation__peer=conversation.peer
    )
    decision = incoming_decision(message, incoming)
    terms = incoming.arrangement.arrangement if incoming.arrangement else None
    case = DisclosureCase.objects.create(
        conversation=conversation,
        probe=probe,
        fields=list(message.fields),
        persons=terms.disclosure_approval.persons if terms else 2,
        received_at=incoming.now,
    )
    facts: dict[str, str | int | bool] = {"verdict": decision.verdict.value, "clause": str(decision.clause or "")}
    record(MACHINE, SearchesEvent.REQUEST_TAKEN, subject=conversation.pk, facts=facts)
    if not decision.allowed:
        _refuse(case, decision.outward_reason.value, terms, clock)
        return case
    people = holders(Role.APPROVER, incoming.now.date())
    tell(MACHINE, people, REQUESTED, reverse("searches:request", args=[case.pk]))
    return case


def _refuse(case: DisclosureCase, reason: str, terms: Arrangement | None, clock: Clock) -> None:
    now = clock.now()
    post.send(
        MACHINE,
        message=Refusal(meta_of(case.conversation), reason=reason),
        to=case.conversation.peer_id,
        arrangement=bytes.fromhex(case.conversation.arrangement),
        not_before=next_tick(now, terms.answer_tick_s if terms else 60),
        clock=clock,
    )
    case.answered_at = now
    case.withheld = dict.fromkeys(case.fields, reason)
    case.save()


@transaction.atomic
def rule(
    actor: Actor,
    *,
    case: DisclosureCase,
    rulings: Mapping[str, str],
    reason: str,
    stepped_up: bool,
    clock: Clock,
) -> DisclosureCase:
    """An approver releases or withholds each field. With the last person whom the arrangement asks for, it goes.

    Raises ``SearchError``: ``answered-already``, ``lapsed``, ``ruled-already``, ``rule-on-each``, ``no-reason``.
    """
    require(actor, SearchesPermission.DECIDE)
    locked = DisclosureCase.objects.select_for_update(of=("self",))
    case = locked.select_related("conversation", "probe").get(pk=case.pk)
    if case.answered_at is not None:
        raise SearchError("answered-already", "This request is answered already. Load the page again.")
    if case.destroyed_at is not None:
        raise SearchError("lapsed", "The time of this request is over, and it was destroyed: nothing can be sent.")
    if case.rulings.filter(approver_id=actor.user_id).exists():
        raise SearchError("ruled-already", "You have decided: this request waits for a second person.")
    if not reason.strip():
        raise SearchError("no-reason", "Write down the reason.")
    checked = check_rulings(rulings, case.fields)
    Ruling.objects.create(case=case, approver_id=actor.person, rulings=checked, at=clock.now())
    released = sum(1 for word in checked.values() if word == RELEASE)
    facts: dict[str, str | int | bool] = {"released": released, "of": len(checked)}
    record(actor, SearchesEvent.RULED, subject=case.conversation_id, facts=facts, note=reason)
    if case.rulings.count() >= case.persons:
        _disclose(actor, case, stepped_up, clock)
    return case


def _disclose(actor: Actor, case: DisclosureCase, stepped_up: bool, clock: Clock) -> None:
    now = clock.now()
    terms = posted.checked(bytes.fromhex(case.conversation.arrangement))
    if terms is None:
        raise SearchError("no-arrangement", "The arrangement of this request is not known here any more.")
    given, withheld = _fields(case, clock)
    expires = now + timedelta(days=terms.arrangement.disclosure_days)
    message = Disclosure(
        meta_of(case.conversation),
        fields=given,
        withheld=withheld,
        handling=tuple(sorted({"for-this-purpose-only", "lead-only", _HANDLING[terms.arrangement.onward]})),
        expires=unix_seconds(expires),
    )
    post.send(
        actor,
        message=message,
        to=case.conversation.peer_id,
        arrangement=terms.digest,
        stepped_up=stepped_up,
        not_before=next_tick(now, terms.arrangement.answer_tick_s),
        clock=clock,
    )
    case.answered_at, case.expires_at = now, expires
    case.given, case.withheld = sorted(given), withheld
    case.save()
    facts: dict[str, str | int | bool] = {"fields": ",".join(sorted(given)), "withheld": len(withheld)}
    record(actor, SearchesEvent.DISCLOSED, subject=case.conversation_id, facts=facts)


def _fields(case: DisclosureCase, clock: Clock) -> tuple[dict[str, str], dict[str, str]]:
    """What is given and what is withheld, after the approvers, the policy and our own record have spoken."""
    subject = case.probe.subject
    ruled = combined([ruling.rulings for ruling in case.rulings.all()])
    if subject is None:  # erased since the hit
        return {}, {name: "not-held" if word == RELEASE else word for name, word in ruled.items()}
    identity = adapters.record_identity(subject)
    people = case.rulings.select_related("approver")
    agreements = tuple(Agreed(Capacity.APPROVER, str(r.approver.opaque), reasoned=True) for r in people)
    decisions = field_decisions(case, adapters.record_protection(subject), agreements, clock.now())
    given: dict[str, str] = {}
    withheld: dict[str, str] = {}
    for name, word in ruled.items():
        if word != RELEASE:
            withheld[name] = word
        elif not decisions[name].allowed:
            withheld[name] = decisions[name].outward_reason.value
        elif name not in identity:
            withheld[name] = "not-held"
        else:
            given[name] = made_plain(identity[name])
    return given, withheld
