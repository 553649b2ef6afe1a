"""What was answered is destroyed: the image of a probe, with a receipt to whoever sent it."""

from __future__ import annotations

from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.base.clock import Clock, next_tick, unix_seconds
from rso.node.post import actions as post
from rso.node.post import queries as posted
from rso.node.post.models import Inbox
from rso.node.searches.actions.answering import meta_of
from rso.node.searches.actions.together import Failures
from rso.node.searches.models import ReceivedProbe
from rso.node.searches.queries.answering import arrangement_of
from rso.node.searches.rules import ProbeState, SearchesEvent, SearchesPermission
from rso.wire.messages import DestructionReceipt, Probe


def destroy_answered(actor: Actor, *, clock: Clock, limit: int = 100) -> int:
    """Destroys the images of answered probes and tells their askers, on the tick too; returns how many."""
    require(actor, SearchesPermission.DESTROY)
    due = ReceivedProbe.objects.filter(state=ProbeState.ANSWERED, destroyed_at=None).defer("template")
    probes = list(due.select_related("conversation").order_by("received_at")[:limit])
    if not probes:
        return 0
    conversations = [probe.conversation for probe in probes]
    rows = {
        row.conversation_id: row
        for row in Inbox.objects.filter(conversation__in=conversations, kind=Probe.kind).defer("envelope", "content")
    }
    failures, done = Failures(), 0
    with posted.at_hand():
        post.destroy_contents(actor, conversations=conversations, reason="answered", now=clock.now())
        for probe in probes:
            with failures.undone(probe.pk):
                done += _tell(actor, probe, rows[probe.conversation_id], clock)
    failures.raise_first()
    return done


def _tell(actor: Actor, probe: ReceivedProbe, row: Inbox, clock: Clock) -> bool:
    now = clock.now()
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
