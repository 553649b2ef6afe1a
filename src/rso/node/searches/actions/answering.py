"""The holder's side: a probe is taken, and has one final answer, which leaves on the arrangement's tick."""

from __future__ import annotations

from typing import Final

from rso import sql
from rso.accounts.rules import Actor, system_actor
from rso.audit.actions import record
from rso.base.clock import Clock, next_tick
from rso.base.ids import reference
from rso.node.post import actions as post
from rso.node.post import queries as posted
from rso.node.post.handlers import Incoming
from rso.node.post.models import Conversation
from rso.node.searches import adapters
from rso.node.searches.models import ReceivedProbe
from rso.node.searches.queries.answering import answer_decision, arrangement_of, incoming_decision
from rso.node.searches.rules import SERVICE, ProbeState, SearchError, SearchesEvent
from rso.policy.codes import Clause
from rso.policy.facts import Agreement as Agreed
from rso.wire.messages import Answer, Meta, Outcome, Probe

MACHINE = system_actor("search")
_ANSWERED: Final = ("state", "outcome", "reason", "leaves_at", "template", "subject", "quality", "unread")


def take_probe(incoming: Incoming, clock: Clock) -> ReceivedProbe:
    """Takes a probe that came in, within the transaction of its message. What is refused is answered at once."""
    message, conversation = incoming.message, incoming.conversation
    assert isinstance(message, Probe)
    assert conversation is not None
    probe = ReceivedProbe(
        conversation=conversation,
        finger=message.finger_position,
        resolution_ppi=message.resolution_ppi,
        received_at=incoming.now,
    )
    sql.add(probe)
    decision = incoming_decision(message, incoming)
    facts: dict[str, str | int | bool] = {"verdict": decision.verdict.value, "clause": str(decision.clause or "")}
    record(MACHINE, SearchesEvent.PROBE_TAKEN, subject=conversation.pk, facts=facts)
    if not decision.allowed:
        reason = decision.outward_reason.value
        answer(MACHINE, probe=probe, outcome=Outcome.REFUSED, reason=reason, clock=clock)
    return probe


def meta_of(conversation: Conversation) -> Meta:
    """The common part of what this node says in a conversation."""
    return Meta(
        service=conversation.peer_id.service(SERVICE),
        reply_to=posted.own_agency().service(SERVICE),
        reference=bytes.fromhex(conversation.reference),
        purpose=conversation.purpose,
        legal_basis=conversation.legal_basis,
    )


def answer(
    actor: Actor,
    *,
    probe: ReceivedProbe,
    outcome: Outcome,
    reason: str | None,
    clock: Clock,
    stepped_up: bool = False,
    agreements: tuple[Agreed, ...] = (),
) -> ReceivedProbe:
    """The one final answer, on the arrangement's tick, within the caller's transaction.

    The policy is asked once more with our own record of the person: a hit that it bars goes out as "no hit".
    """
    now = clock.now()
    checked = arrangement_of(probe)
    protection = None
    if outcome is Outcome.HIT and probe.subject is not None:
        protection = adapters.record_protection(probe.subject)
    decision = answer_decision(probe, outcome, protection, agreements, now)
    if outcome is Outcome.HIT and decision.clause in (Clause.BARRED_STATE, Clause.UNKNOWN_ORIGIN):
        probe.subject = None
        return answer(
            actor, probe=probe, outcome=Outcome.NO_HIT, reason=None, clock=clock, stepped_up=stepped_up,
            agreements=agreements,
        )  # fmt: skip
    if not decision.allowed:
        raise SearchError("may-not-be-answered", f"The policy does not allow this answer ({decision.clause}).")
    tick = next_tick(now, checked.arrangement.answer_tick_s if checked else 60)
    hit = reference() if outcome is Outcome.HIT else None
    post.send(
        actor,
        message=Answer(meta_of(probe.conversation), outcome=outcome, reason=reason, hit_reference=hit),
        to=probe.conversation.peer_id,
        arrangement=bytes.fromhex(probe.conversation.arrangement),
        stepped_up=stepped_up,
        not_before=tick,
        clock=clock,
    )
    probe.state, probe.outcome, probe.reason = ProbeState.ANSWERED, outcome.value, reason or ""
    probe.leaves_at, probe.template = tick, b""
    sql.keep(probe, only=_ANSWERED)
    facts: dict[str, str | int | bool] = {"outcome": outcome.value, "verdict": decision.verdict.value}
    record(actor, SearchesEvent.ANSWERED, subject=probe.conversation_id, facts=facts)
    return probe
