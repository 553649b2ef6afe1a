"""An examiner compares and decides. A hit is never given without one."""

from __future__ import annotations

from django.db import transaction

from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.base.clock import Clock
from rso.node.searches.actions.answering import answer
from rso.node.searches.models import Candidate, Finding, ReceivedProbe
from rso.node.searches.queries.answering import findings_of, still_candidates
from rso.node.searches.rules import (
    ProbeState,
    SearchError,
    SearchesEvent,
    SearchesPermission,
    Verdict,
    may_examine,
    outcome_of,
)
from rso.policy.codes import Role as Capacity
from rso.policy.facts import Agreement as Agreed
from rso.wire.messages import Outcome


@transaction.atomic
def find(
    actor: Actor, *, candidate: Candidate, verdict: Verdict, reason: str, stepped_up: bool, clock: Clock
) -> ReceivedProbe:
    """Writes what the examiner found; where that decides the probe, the answer is scheduled at once.

    Raises ``SearchError``: ``answered-already``, ``not-your-turn`` (a second examiner must look), ``no-reason``.
    """
    require(actor, SearchesPermission.EXAMINE)
    probe = _open(candidate.probe)
    if not reason.strip():
        raise SearchError("no-reason", "Write down why: another examiner must be able to follow you.")
    if not may_examine(findings_of(candidate), actor.opaque):
        raise SearchError("not-your-turn", "You have looked at this candidate: it waits for another examiner.")
    Finding.objects.create(candidate=candidate, examiner_id=actor.person, verdict=verdict, at=clock.now())
    record(
        actor,
        SearchesEvent.EXAMINED,
        subject=probe.conversation_id,
        facts={"verdict": verdict.value, "candidate": candidate.rank},
        note=reason,
    )
    # A record that became protected while it waited is as if it had never been found.
    left = still_candidates(probe, clock.now())
    if verdict is Verdict.SAME and candidate in left:
        probe.subject = candidate.finger.subject
        probe.save(update_fields=["subject"])
    outcome = outcome_of([list(findings_of(each).values()) for each in left])
    if outcome is None:
        return probe
    return _answer(actor, probe, outcome, stepped_up, clock)


@transaction.atomic
def let_go(actor: Actor, *, probe: ReceivedProbe, reason: str, stepped_up: bool, clock: Clock) -> ReceivedProbe:
    """Lets an answer go that the arrangement does not leave to the machine: "no hit" or "insufficient quality"."""
    require(actor, SearchesPermission.EXAMINE)
    probe = _open(probe)
    if not probe.proposed:
        raise SearchError("to-be-compared", "This probe has candidates: compare them.")
    if not reason.strip():
        raise SearchError("no-reason", "Write down why.")
    facts: dict[str, str | int | bool] = {"verdict": probe.proposed}
    record(actor, SearchesEvent.EXAMINED, subject=probe.conversation_id, facts=facts, note=reason)
    return _answer(actor, probe, Outcome(probe.proposed), stepped_up, clock)


def _open(probe: ReceivedProbe) -> ReceivedProbe:
    locked = ReceivedProbe.objects.select_for_update(of=("self",)).select_related("conversation").get(pk=probe.pk)
    if locked.state != ProbeState.EXAMINE:
        raise SearchError("answered-already", "This probe is answered already. Load the page again.")
    return locked


def _answer(actor: Actor, probe: ReceivedProbe, outcome: Outcome, stepped_up: bool, clock: Clock) -> ReceivedProbe:
    # Who looked and let the answer go has agreed to it, also where the arrangement asks for a person.
    person = str(actor.opaque)
    agreements = (Agreed(Capacity.EXAMINER, person, reasoned=True),)
    if outcome is not Outcome.HIT:
        agreements = (Agreed(Capacity.APPROVER, person, reasoned=True),)
    return answer(
        actor,
        probe=probe,
        outcome=outcome,
        reason=None,
        clock=clock,
        stepped_up=stepped_up,
        agreements=agreements,
    )
