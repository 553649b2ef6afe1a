"""The holder's side: what waits for an examiner or an approver, and what the policy says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from rso.accounts.rules import Actor, require
from rso.audit.actions import viewed
from rso.biometrics.drawing import ComparisonSheet, comparison_sheet
from rso.biometrics.images import read_image
from rso.biometrics.matching import EdgeMatcher
from rso.biometrics.minutiae import Template
from rso.node.gallery.ports import Allowed
from rso.node.post import queries as post
from rso.node.post.handlers import Incoming
from rso.node.post.models import Inbox
from rso.node.searches import adapters
from rso.node.searches.models import Candidate, DisclosureCase, Finding, ReceivedProbe
from rso.node.searches.queries.asking import asked_today
from rso.node.searches.rules import (
    MODALITY,
    SERVICE,
    ProbeState,
    SearchError,
    SearchesEvent,
    SearchesPermission,
    Verdict,
    may_examine,
)
from rso.policy.barring import CandidateFilter
from rso.policy.codes import Kind, Side
from rso.policy.decision import Decision, decide
from rso.policy.facts import Agreement as Agreed
from rso.policy.facts import Facts
from rso.policy.protection import ProtectionState
from rso.wire.conversation import Side as ConversationSide
from rso.wire.in_force import CheckedArrangement
from rso.wire.messages import DisclosureRequest, Outcome, Probe


def arrangement_of(probe: ReceivedProbe) -> CheckedArrangement | None:
    """The arrangement under which a probe came."""
    return post.checked(bytes.fromhex(probe.conversation.arrangement))


def ends_at(probe: ReceivedProbe) -> datetime:
    """When the time of a probe is over: as its message says, and never later than the arrangement allows."""
    ends = probe.conversation.expires_at
    checked = arrangement_of(probe)
    return ends if checked is None else min(ends, probe.received_at + timedelta(days=checked.arrangement.probe_days))


def incoming_decision(message: Probe | DisclosureRequest, incoming: Incoming) -> Decision:
    """Whether a question that has just arrived is taken up."""
    is_probe = isinstance(message, Probe)
    # The question itself is among those of today: it is not counted against itself.
    asked = asked_today(incoming.sender, ConversationSide.HOLDER, incoming.now) - 1 if is_probe else 0
    facts = Facts(
        side=Side.ANSWERING,
        kind=Kind.PROBE if is_probe else Kind.DISCLOSURE_REQUEST,
        asker=incoming.sender,
        holder=post.own_agency(),
        at=incoming.now,
        purpose=message.meta.purpose or "",
        service=message.meta.service.service,
        modality=message.modality if isinstance(message, Probe) else None,
        fields=message.fields if isinstance(message, DisclosureRequest) else (),
        hit_confirmed=not is_probe,  # the conversation lets a request through only after our own hit
        asked_today=max(asked, 0),
    )
    return decide(facts, incoming.arrangement, None, post.directory().table)


def answer_decision(
    probe: ReceivedProbe,
    outcome: Outcome,
    protection: ProtectionState | None,
    agreements: tuple[Agreed, ...],
    now: datetime,
) -> Decision:
    """Whether this answer may go now."""
    facts = Facts(
        side=Side.ANSWERING,
        kind=Kind.PROBE,
        asker=probe.conversation.peer_id,
        holder=post.own_agency(),
        at=now,
        purpose=probe.conversation.purpose,
        service=SERVICE,
        modality=MODALITY,
        outcome=outcome,
        agreements=agreements,
    )
    return decide(facts, arrangement_of(probe), protection, post.directory().table)


def allowed_for(probe: ReceivedProbe, checked: CheckedArrangement, now: datetime) -> Allowed:
    """Which of our records may be candidates for this asker.

    Stricter than the policy in one thing: a protected record of unknown origin is left out even where our own
    clause would let it through. The second person whom that needs would have to speak after the search, and the
    time that a person takes says what no answer may say (docs/explanation/protection.md).
    """
    chosen = CandidateFilter(
        holder=post.own_agency(),
        asker=probe.conversation.peer_id,
        checked=checked,
        states=post.directory().table,
        at=now,
    )
    return lambda record: chosen.allows(record) and not record.origin_unknown


# ---------------------------------------------------------------- the examiner


def findings_of(candidate: Candidate) -> dict[UUID, Verdict]:
    """What examiners found so far, by their opaque ids."""
    rows = Finding.objects.filter(candidate=candidate).select_related("examiner")
    return {row.examiner.opaque: Verdict(row.verdict) for row in rows}


def still_candidates(probe: ReceivedProbe, now: datetime) -> list[Candidate]:
    """The candidates that would be found today: a record may have become protected while it waited."""
    checked = arrangement_of(probe)
    if checked is None:
        return []
    allowed = allowed_for(probe, checked, now)
    rows = probe.candidates.select_related("finger__subject")
    return [one for one in rows if allowed(adapters.record_protection(one.finger.subject))]


def queue(actor: Actor, *, now: datetime) -> list[ReceivedProbe]:
    """The probes that wait for this examiner, oldest first."""
    require(actor, SearchesPermission.EXAMINE)
    rows = ReceivedProbe.objects.filter(state=ProbeState.EXAMINE).select_related("conversation")
    return [probe for probe in rows.defer("template") if probe.proposed or open_candidates(actor, probe, now=now)]


def open_candidates(actor: Actor, probe: ReceivedProbe, *, now: datetime) -> list[Candidate]:
    """The candidates of a probe on which this examiner may still find."""
    require(actor, SearchesPermission.EXAMINE)
    return [c for c in still_candidates(probe, now) if may_examine(findings_of(c), actor.opaque)]


def probes(actor: Actor) -> QuerySet[ReceivedProbe]:
    """Every probe that waits for some examiner."""
    require(actor, SearchesPermission.EXAMINE)
    return ReceivedProbe.objects.filter(state=ProbeState.EXAMINE).select_related("conversation")


@dataclass(frozen=True)
class Compared:
    """Both prints of a candidate as PNG, and what is drawn over them. Nothing says who the person is."""

    candidate: Candidate
    probe_image: bytes
    candidate_image: bytes
    sheet: ComparisonSheet


def probe_image(actor: Actor, probe: ReceivedProbe) -> bytes:
    """The image that was sent, for an examiner, until the final answer; never one that could not be read here,
    which no browser should have to read either.
    """
    require(actor, SearchesPermission.EXAMINE)
    if probe.unread and probe.proposed:
        raise SearchError("unreadable", "This image could not be read within the limits: it is not shown.")
    return _probe_message(probe).image


def candidate_image(actor: Actor, candidate: Candidate, *, now: datetime) -> bytes:
    """Our print, for an examiner, until the final answer."""
    require(actor, SearchesPermission.EXAMINE)
    _check_open(candidate.probe)
    _check_candidate(candidate, now)
    return adapters.record_image(candidate.finger)


def compare(actor: Actor, candidate: Candidate, *, now: datetime) -> Compared:
    """Opens both prints and draws their minutiae and pairs. Looking leaves a row in the audit."""
    require(actor, SearchesPermission.EXAMINE)
    probe, finger = candidate.probe, candidate.finger
    _check_candidate(candidate, now)
    message = _probe_message(probe)
    left = Template.decode(adapters.open_template(probe))
    right = Template.decode(adapters.record_template(finger))
    ours = adapters.record_image(finger)
    sheet = comparison_sheet(
        read_image(message.image, resolution_ppi=message.resolution_ppi, finger=probe.finger),
        left,
        read_image(ours, resolution_ppi=finger.resolution_ppi, finger=finger.position),
        right,
        EdgeMatcher().compare(left, right),
    )
    facts: dict[str, str | int | bool] = {"conversation": str(probe.conversation_id)}
    viewed(actor, SearchesEvent.COMPARED, subject=finger.subject_id, facts=facts)
    return Compared(candidate, message.image, ours, sheet)


def _check_candidate(candidate: Candidate, now: datetime) -> None:
    if candidate not in still_candidates(candidate.probe, now):
        raise SearchError("no-candidate", "This is no candidate any more: what is to be compared has changed.")


def _check_open(probe: ReceivedProbe) -> None:
    if probe.state != ProbeState.EXAMINE:
        raise SearchError("answered-already", "This probe is answered: its image was destroyed.")


def _probe_message(probe: ReceivedProbe) -> Probe:
    _check_open(probe)
    row = Inbox.objects.get(conversation_id=probe.conversation_id, kind=Probe.kind)
    message = post.message_of(row)
    assert isinstance(message, Probe)
    return message


# ---------------------------------------------------------------- the approver


def cases(actor: Actor) -> QuerySet[DisclosureCase]:
    """Requests for disclosure, those without an answer first."""
    require(actor, SearchesPermission.DECIDE)
    rows = DisclosureCase.objects.select_related("conversation", "probe").prefetch_related("rulings")
    return rows.order_by("answered_at", "received_at")


def waiting_cases(actor: Actor) -> QuerySet[DisclosureCase]:
    """The requests that wait for this approver."""
    return cases(actor).filter(answered_at=None, destroyed_at=None).exclude(rulings__approver_id=actor.user_id)


@dataclass(frozen=True)
class OpenedCase:
    """What an approver sees before deciding: who asks, why, and what our own record says of protection."""

    case: DisclosureCase
    justification: str
    protection: ProtectionState | None
    decisions: dict[str, Decision]


def open_case(actor: Actor, case: DisclosureCase, *, now: datetime) -> OpenedCase:
    """Opens a request that waits; looking leaves a row in the audit."""
    require(actor, SearchesPermission.DECIDE)
    row = Inbox.objects.get(conversation=case.conversation, kind=DisclosureRequest.kind)
    message = post.message_of(row)
    assert isinstance(message, DisclosureRequest)
    subject = case.probe.subject
    protection = None if subject is None else adapters.record_protection(subject)
    decisions = field_decisions(case, protection, (), now)
    viewed(actor, SearchesEvent.REQUEST_VIEWED, subject=case.conversation_id)
    return OpenedCase(case, message.justification, protection, decisions)


def held(actor: Actor, case: DisclosureCase) -> frozenset[str]:
    """Which of the fields asked for our record holds, and nothing of what it holds."""
    require(actor, SearchesPermission.DECIDE)
    subject = case.probe.subject
    return frozenset() if subject is None else frozenset(case.fields) & adapters.record_identity(subject).keys()


def field_decisions(
    case: DisclosureCase, protection: ProtectionState | None, agreements: tuple[Agreed, ...], now: datetime
) -> dict[str, Decision]:
    """Whether each field may be disclosed now."""
    checked = post.checked(bytes.fromhex(case.conversation.arrangement))
    return {
        name: decide(_disclosing(case, name, agreements, now), checked, protection, post.directory().table)
        for name in case.fields
    }


def _disclosing(case: DisclosureCase, name: str, agreements: tuple[Agreed, ...], now: datetime) -> Facts:
    return Facts(
        side=Side.DISCLOSING,
        kind=Kind.DISCLOSURE_REQUEST,
        asker=case.conversation.peer_id,
        holder=post.own_agency(),
        at=now,
        purpose=case.conversation.purpose,
        service=SERVICE,
        fields=(name,),
        hit_confirmed=case.probe.outcome == Outcome.HIT.value,
        agreements=agreements,
    )
