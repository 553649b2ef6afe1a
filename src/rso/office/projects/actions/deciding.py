"""Actions of the Co-Managers and the Steering Group: assess, consult, comment, sign, and the way on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_noop

from rso.accounts.models import Organisation
from rso.accounts.rules import Actor, Role, require, system_actor
from rso.audit.actions import record
from rso.base.errors import RsoError
from rso.office.projects import rules
from rso.office.projects.actions.drafting import locked, moved, tell, whose
from rso.office.projects.models import Assessment, Comment, Project, Proposal, Signature
from rso.office.projects.queries import assessed_by_both, attempt_of, keys_of
from rso.office.projects.rules import Move, Outcome, ProjectsEvent, ProjectsPermission, SignedKey, State


def seat_of(actor: Actor, role: Role) -> Organisation:
    """The member at which the actor holds ``role``. Two such seats at once would blur whose key it is."""
    codes = actor.organisations(role)
    if len(codes) != 1:
        raise RsoError("one-seat-needed", "For this you need exactly one seat in this role; ask an administrator.")
    return Organisation.objects.get(code=next(iter(codes)))


def _standing_at(proposal: Proposal, state: State, round: int | None = None) -> None:
    """The proposal stands where the actor saw it. ``round`` is the one that was read; ``None`` asks nothing."""
    if State(proposal.state) != state or round not in (None, proposal.round):
        raise RsoError("moved-on", "The proposal has moved on since this page was opened. Load it again.")


@transaction.atomic
def assess(
    actor: Actor, *, proposal: Proposal, leaning: Outcome, text: str, now: datetime, round: int | None = None
) -> Assessment:
    """A Co-Manager's assessment of ``round`` (the present one if none is named); said again it replaces one's own."""
    require(actor, ProjectsPermission.ASSESS)
    proposal = locked(proposal)
    _standing_at(proposal, State.ASSESSMENT, round)
    organisation = seat_of(actor, Role.CO_MANAGER)
    was_complete = assessed_by_both(proposal)
    theirs = proposal.assessments.filter(round=proposal.round, organisation=organisation)
    if theirs.exclude(by_id=whose(actor)).exists():
        raise RsoError("assessed-by-colleague", "Another Co-Manager of your member has assessed this round.")
    row, _made = Assessment.objects.update_or_create(
        proposal=proposal,
        round=proposal.round,
        organisation=organisation,
        defaults={"by_id": whose(actor), "leaning": leaning.value, "text": text, "at": now},
    )
    facts: dict[str, str | int | bool] = {"round": proposal.round, "leaning": leaning.value}
    record(actor, ProjectsEvent.ASSESSED, subject=proposal.pk, facts=facts, note=text)
    if not was_complete and assessed_by_both(proposal):
        words = gettext_noop("Both have assessed; the Steering Group can be consulted: %(title)s")
        tell(actor, proposal, [Role.CO_MANAGER], words, now)
    return row


@transaction.atomic
def consult(actor: Actor, *, proposal: Proposal, now: datetime, days: int = rules.CONSULTATION_DAYS) -> Proposal:
    """Opens the Steering Group's window, once both Co-Managers have assessed, or again after a disagreement."""
    require(actor, ProjectsPermission.ASSESS)
    proposal = locked(proposal)
    again = State(proposal.state) == State.DISAGREEMENT
    if not again and not assessed_by_both(proposal):
        raise RsoError("both-assess-first", "Both Co-Managers assess before the Steering Group is consulted.")
    proposal.consultation_closes_on = rules.consultation_closes(now.date(), days)
    moved(actor, proposal, Move.CONSULT_AGAIN if again else Move.CONSULT, now)
    tell(
        actor,
        proposal,
        [Role.STEERING_GROUP],
        gettext_noop("The Steering Group is consulted on a proposal: %(title)s"),
        now,
    )
    return proposal


@transaction.atomic
def comment(actor: Actor, *, proposal: Proposal, text: str, now: datetime, round: int | None = None) -> Comment:
    """A word of the Steering Group while the window is open. The same words sent twice count once."""
    require(actor, ProjectsPermission.COMMENT)
    proposal = locked(proposal)
    _standing_at(proposal, State.CONSULTATION, round)
    said = proposal.comments.filter(round=proposal.round, by_id=whose(actor), text=text).first()
    if said is not None:
        return said
    row = Comment.objects.create(
        proposal=proposal,
        round=proposal.round,
        by_id=whose(actor),
        organisation=seat_of(actor, Role.STEERING_GROUP),
        text=text,
        at=now,
    )
    record(actor, ProjectsEvent.COMMENTED, subject=proposal.pk, facts={"round": proposal.round}, note=text)
    return row


def _close(actor: Actor, proposal: Proposal, now: datetime, note: str) -> None:
    moved(actor, proposal, Move.CLOSE_CONSULTATION, now, note=note)
    tell(actor, proposal, [Role.CO_MANAGER], gettext_noop("A proposal waits for two signatures: %(title)s"), now)


@transaction.atomic
def close_consultation(actor: Actor, *, proposal: Proposal, reason: str, now: datetime) -> Proposal:
    """A Co-Manager closes the window before its day, with the reason, for instance that all have spoken."""
    require(actor, ProjectsPermission.ASSESS)
    proposal = locked(proposal)
    _close(actor, proposal, now, reason)
    return proposal


def close_due(now: datetime) -> int:
    """Closes the windows whose last day is over; gives their number. Run by the schedule, safe to run twice."""
    actor = system_actor("consultation-window")
    due = Proposal.objects.filter(state=State.CONSULTATION.value, consultation_closes_on__lt=now.date())
    closed = 0
    for row in due:
        with transaction.atomic():
            proposal = locked(row)
            if State(proposal.state) == State.CONSULTATION:
                _close(actor, proposal, now, "")
                closed += 1
    return closed


def _key(row: Signature) -> SignedKey:
    return SignedKey(str(row.by_id), str(row.organisation_id), Outcome(row.outcome), rules.digest_of(row.reason))


@transaction.atomic
def sign(
    actor: Actor, *, proposal: Proposal, outcome: Outcome, reason: str, now: datetime, round: int | None = None
) -> Proposal:
    """Turns one of the two keys. The second on the same outcome and words decides; another one is a disagreement.

    ``round`` names the text that the signer has read: a page left open from an earlier round signs nothing.
    """
    require(actor, ProjectsPermission.SIGN)
    proposal = locked(proposal)
    _standing_at(proposal, State.DECISION, round)
    organisation = seat_of(actor, Role.CO_MANAGER)
    row = Signature(
        proposal=proposal,
        round=proposal.round,
        attempt=attempt_of(proposal),
        by_id=whose(actor),
        organisation=organisation,
        outcome=outcome.value,
        reason=rules.same_words(reason),
        at=now,
    )
    before = [_key(other) for other in keys_of(proposal)]
    rules.check_key(before, _key(row))
    row.save()
    facts: dict[str, str | int | bool] = {
        "outcome": outcome.value,
        "round": proposal.round,
        "partial": rules.signer_is_partial(organisation.code, proposal.member.code),
    }
    record(actor, ProjectsEvent.SIGNED, subject=proposal.pk, facts=facts, note=row.reason)
    move = rules.turn([*before, _key(row)]).move
    if move is None:
        words = gettext_noop("One of two keys is turned; the other is waited for: %(title)s")
        tell(actor, proposal, [Role.CO_MANAGER], words, now)
    else:
        _turned(actor, proposal, move, row.reason, now)
    return proposal


def _turned(actor: Actor, proposal: Proposal, move: Move, reason: str, now: datetime) -> None:
    if move != Move.DISAGREE:
        proposal.decided_at = now
    moved(actor, proposal, move, now, note=reason)
    if move == Move.APPROVE:
        _start(actor, proposal, now)
    words = {
        Move.APPROVE: gettext_noop("A proposal was approved: %(title)s"),
        Move.DECLINE: gettext_noop("A proposal was declined, with its reason: %(title)s"),
        Move.RETURN: gettext_noop("A proposal was returned for changes: %(title)s"),
        Move.DISAGREE: gettext_noop("The two Co-Managers disagree on a proposal: %(title)s"),
    }
    decided = [Role.MEMBER_OFFICIAL, Role.CO_MANAGER, Role.STEERING_GROUP]
    roles = [Role.CO_MANAGER] if move == Move.DISAGREE else decided
    tell(actor, proposal, roles, words[move], now)


def _start(actor: Actor, proposal: Proposal, now: datetime) -> Project:
    """The approved proposal appears among the projects."""
    project = Project.objects.create(
        code=f"{slugify(proposal.title)[:60]}-{proposal.pk.hex[:8]}",
        title=proposal.title,
        summary=proposal.approach,
        proposal=proposal,
        since=proposal.starts_on,
        until=proposal.ends_on,
    )
    record(actor, ProjectsEvent.STARTED, subject=project.pk, facts={"proposal": str(proposal.pk)})
    return project


@transaction.atomic
def reconsider(actor: Actor, *, proposal: Proposal, reason: str, now: datetime) -> Proposal:
    """After a disagreement both sign anew; the earlier signatures stay in the history."""
    require(actor, ProjectsPermission.SIGN)
    proposal = locked(proposal)
    moved(actor, proposal, Move.RECONSIDER, now, note=reason)
    tell(actor, proposal, [Role.CO_MANAGER], gettext_noop("Two signatures are asked for anew: %(title)s"), now)
    return proposal
