"""The holder's side, by machine: a probe is taken, searched, and what may go by itself is scheduled on the tick.

Records that are barred to the asker leave the candidate set before anything is compared. So all that follows (the
answer, its size, its tick, the examiner's queue) is that of a gallery without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from rso.accounts.queries import holders
from rso.accounts.rules import Actor, Role, require, system_actor
from rso.audit.actions import record
from rso.base.clock import Clock, next_tick, unix_seconds
from rso.base.ids import reference
from rso.biometrics.errors import ImageError
from rso.biometrics.images import read_image
from rso.biometrics.minutiae import Template
from rso.biometrics.search import Candidate as Found
from rso.biometrics.search import Probe as SearchProbe
from rso.jobs.actions import kick
from rso.node.gallery.adapters.extractor import shared_extractor
from rso.node.gallery.adapters.index import shared_index
from rso.node.gallery.ports import Allowed, EnrolledFinger
from rso.node.post import actions as post
from rso.node.post import queries as posted
from rso.node.post.handlers import Incoming
from rso.node.post.models import Conversation, Inbox
from rso.node.searches import adapters
from rso.node.searches.actions.telling import EXAMINE, tell
from rso.node.searches.models import Candidate, ReceivedProbe
from rso.node.searches.queries.answering import answer_decision, arrangement_of, incoming_decision
from rso.node.searches.rules import SERVICE, ProbeState, SearchError, SearchesEvent, SearchesPermission
from rso.policy.barring import CandidateFilter
from rso.policy.codes import Clause
from rso.policy.facts import Agreement as Agreed
from rso.wire.in_force import CheckedArrangement
from rso.wire.messages import Answer, Deferred, DestructionReceipt, Meta, Outcome, Probe

MACHINE = system_actor("search")
_HOUR_S = 3_600


@dataclass(frozen=True)
class _Read:
    """What the machine made of an image: a template, or none where the quality is insufficient."""

    template: Template | None
    quality: int
    shortfall: str


def take_probe(incoming: Incoming, clock: Clock) -> ReceivedProbe:
    """Takes a probe that came in, within the transaction of its message. What is refused is answered at once."""
    message, conversation = incoming.message, incoming.conversation
    assert isinstance(message, Probe)
    assert conversation is not None
    probe = ReceivedProbe.objects.create(
        conversation=conversation,
        finger=message.finger_position,
        resolution_ppi=message.resolution_ppi,
        received_at=incoming.now,
    )
    decision = incoming_decision(message, incoming)
    facts: dict[str, str | int | bool] = {"verdict": decision.verdict.value, "clause": str(decision.clause or "")}
    record(MACHINE, SearchesEvent.PROBE_TAKEN, subject=conversation.pk, facts=facts)
    if not decision.allowed:
        reason = decision.outward_reason.value
        answer(MACHINE, probe=probe, outcome=Outcome.REFUSED, reason=reason, clock=clock)
    return probe


def search_probe(actor: Actor, *, pk: UUID, clock: Clock) -> ReceivedProbe | None:
    """Searches one probe, if it is still to be searched. Safe to call twice and at the same time."""
    require(actor, SearchesPermission.ANSWER)
    probe = _waiting(pk)
    if probe is None:
        return None
    checked = arrangement_of(probe)
    if checked is None:
        raise SearchError("no-arrangement", "The arrangement of this probe is not known here any more.")
    read = _read(probe)
    enough = read.template is not None and read.quality >= checked.arrangement.quality_floor
    found = _search(probe, read.template, checked, clock.now()) if enough and read.template is not None else ()
    with transaction.atomic():
        locked = ReceivedProbe.objects.select_for_update(of=("self",)).get(pk=pk)
        if locked.state != ProbeState.RECEIVED:
            return locked
        return _settle(actor, locked, read, enough, found, clock)


def _waiting(pk: UUID) -> ReceivedProbe | None:
    rows = ReceivedProbe.objects.select_related("conversation").filter(pk=pk, state=ProbeState.RECEIVED)
    return rows.first()


def _read(probe: ReceivedProbe) -> _Read:
    """Decodes and extracts; an image that cannot be used is one of insufficient quality, never a failure."""
    message = posted.message_of(probe_row(probe))
    assert isinstance(message, Probe)
    try:
        image = read_image(message.image, resolution_ppi=message.resolution_ppi, finger=message.finger_position)
    except ImageError as error:
        return _Read(None, 0, error.code)
    extraction = shared_extractor().extract(image)
    shortfall = extraction.shortfall.value if extraction.shortfall else ""
    return _Read(extraction.template, extraction.quality.value, shortfall)


def probe_row(probe: ReceivedProbe) -> Inbox:
    """The message that the probe came in."""
    return Inbox.objects.get(conversation_id=probe.conversation_id, kind=Probe.kind)


def _search(probe: ReceivedProbe, template: Template, checked: CheckedArrangement, now: datetime) -> tuple[Found, ...]:
    outcome = shared_index().identify(SearchProbe(probe.finger, template), allowed_for(probe, checked, now))
    if not outcome.complete:  # the index promises a complete search: without one nobody may say "no hit"
        raise SearchError("search-incomplete", "The search was not complete.")
    return outcome.candidates


def allowed_for(probe: ReceivedProbe, checked: CheckedArrangement, now: datetime) -> Allowed:
    """Which of our records may be candidates for this asker.

    Stricter than the policy in one thing: a protected record of unknown origin is left out even where our own
    clause would let it through, since the second person whom that needs on this side has no page yet.
    """
    chosen = CandidateFilter(
        holder=posted.own_agency(),
        asker=probe.conversation.peer_id,
        checked=checked,
        states=posted.directory().table,
        at=now,
    )
    return lambda record: chosen.allows(record) and not record.origin_unknown


def _settle(
    actor: Actor, probe: ReceivedProbe, read: _Read, enough: bool, found: Sequence[Found], clock: Clock
) -> ReceivedProbe:
    """Writes what was found: candidates for an examiner, or an answer, or what an examiner must let go."""
    probe.quality = read.quality
    # The audit says nothing of numbers: with and without a barred record it is the same.
    record(actor, SearchesEvent.PROBE_SEARCHED, subject=probe.conversation_id, facts={"quality": read.quality})
    if found and read.template is not None:
        probe.template = adapters.seal_template(probe, read.template.encode())
        probe.save()
        _queue_candidates(probe, found)
        return _to_examiner(actor, probe, "", clock)
    outcome = Outcome.NO_HIT if enough else Outcome.INSUFFICIENT_QUALITY
    probe.save()
    decision = answer_decision(probe, outcome, None, (), clock.now())
    if decision.allowed:
        return answer(actor, probe=probe, outcome=outcome, reason=None, clock=clock)
    return _to_examiner(actor, probe, outcome.value, clock)


def _queue_candidates(probe: ReceivedProbe, found: Sequence[Found]) -> None:
    for rank, candidate in enumerate(found, 1):
        finger = candidate.matches[0].enrolled
        assert isinstance(finger, EnrolledFinger)
        Candidate.objects.create(probe=probe, finger_id=finger.record, rank=rank)


def _to_examiner(actor: Actor, probe: ReceivedProbe, proposed: str, clock: Clock) -> ReceivedProbe:
    """Waits for a person; the asker is told, on the tick, that the answer takes until about when."""
    now = clock.now()
    probe.state, probe.proposed = ProbeState.EXAMINE, proposed
    probe.save()
    checked = arrangement_of(probe)
    if checked is not None:
        until = unix_seconds(now) + checked.arrangement.response_hours * _HOUR_S
        post.send(
            actor,
            message=Deferred(meta_of(probe.conversation), until=until),
            to=probe.conversation.peer_id,
            arrangement=checked.digest,
            not_before=next_tick(now, checked.arrangement.answer_tick_s),
            clock=clock,
        )
    tell(actor, holders(Role.EXAMINER, now.date()), EXAMINE, reverse("searches:probe", args=[probe.pk]))
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
    probe.save()
    facts: dict[str, str | int | bool] = {"outcome": outcome.value, "verdict": decision.verdict.value}
    record(actor, SearchesEvent.ANSWERED, subject=probe.conversation_id, facts=facts)
    _kick_destruction(now)
    return probe


def _kick_destruction(now: datetime) -> None:
    """Asks for the image's destruction right after this transaction; if the kick is lost, the sweep does it."""
    from rso.node.searches.tasks import tidy  # the task calls back into these actions

    transaction.on_commit(lambda: kick(tidy, now=now))


def destroy_answered(actor: Actor, *, clock: Clock, limit: int = 100) -> int:
    """Destroys the images of answered probes and tells their askers, on the tick too; returns how many."""
    require(actor, SearchesPermission.DESTROY)
    due = ReceivedProbe.objects.filter(state=ProbeState.ANSWERED, destroyed_at=None)
    done = 0
    for probe in due.select_related("conversation")[:limit]:
        done += _destroy(actor, probe, clock)
    return done


def _destroy(actor: Actor, probe: ReceivedProbe, clock: Clock) -> bool:
    now = clock.now()
    row = probe_row(probe)
    post.destroy_contents(actor, conversations=[probe.conversation], reason="answered", now=now)
    with transaction.atomic():
        if not ReceivedProbe.objects.filter(pk=probe.pk, destroyed_at=None).update(destroyed_at=now):
            return False
        checked = arrangement_of(probe)
        # Neither the moment of the search nor that of the destruction may tell more than the answer's tick.
        tick = next_tick(now, checked.arrangement.answer_tick_s if checked else 60)
        receipt = DestructionReceipt(
            meta_of(probe.conversation),
            message_id=row.pk.bytes,
            body_digest=bytes(row.body_digest),
            destroyed_at=unix_seconds(tick),
            what="probe",
        )
        post.send(
            actor,
            message=receipt,
            to=probe.conversation.peer_id,
            arrangement=bytes.fromhex(probe.conversation.arrangement),
            not_before=tick,
            clock=clock,
        )
        record(actor, SearchesEvent.PROBE_DESTROYED, subject=probe.conversation_id)
    return True
