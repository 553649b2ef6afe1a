"""Probes that nobody can answer any more: closed without an answer, and destroyed with those that were answered."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.base.clock import Clock
from rso.node.post import queries as posted
from rso.node.searches.models import ReceivedProbe
from rso.node.searches.queries.answering import ends_at, findings_of, still_candidates
from rso.node.searches.rules import ProbeState, SearchesEvent, SearchesPermission, verdict_of

_BATCH = 100


def close(actor: Actor, probe: ReceivedProbe, reason: str) -> ReceivedProbe:
    """Ends the work on a locked probe. Nothing is sent: the question has ended on both sides by itself."""
    probe.state, probe.proposed, probe.template = ProbeState.ANSWERED, "", b""
    probe.save()
    probe.candidates.all().delete()
    record(actor, SearchesEvent.PROBE_CLOSED, subject=probe.conversation_id, facts={"reason": reason})
    return probe


def lapse(actor: Actor, *, clock: Clock) -> int:
    """Closes probes whose time is over, and has those searched again of whose candidates none is left to examine.

    Returns how many were closed.
    """
    require(actor, SearchesPermission.DESTROY)
    waiting = ReceivedProbe.objects.filter(state__in=(ProbeState.RECEIVED, ProbeState.EXAMINE))
    now = clock.now()
    with posted.at_hand():
        over = [probe.pk for probe in waiting.select_related("conversation") if ends_at(probe) <= now]
    with transaction.atomic():
        rows = list(waiting.filter(pk__in=over[:_BATCH]).select_for_update(of=("self",)))
        for probe in rows:
            close(actor, probe, "expired")
    with posted.at_hand():
        for probe in waiting.filter(state=ProbeState.EXAMINE, proposed="").select_related("conversation"):
            _search_again(probe, now)
    return len(rows)


def _search_again(probe: ReceivedProbe, now: datetime) -> None:
    """Where a candidate was erased or became protected, and no other is left to examine, nobody would answer."""
    left = still_candidates(probe, now)
    found = [verdict_of(list(findings_of(one).values())) for one in left]
    if None in found:
        return
    with transaction.atomic():
        locked = ReceivedProbe.objects.select_for_update(of=("self",))
        again = locked.filter(pk=probe.pk, state=ProbeState.EXAMINE).first()
        if again is not None:
            again.candidates.all().delete()
            again.state, again.template = ProbeState.RECEIVED, b""
            again.save(update_fields=["state", "template"])
