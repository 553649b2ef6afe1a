"""Reading projects and proposals."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from rso.accounts.rules import Actor, Role, decide, require
from rso.office.projects.likeness import Text, alike
from rso.office.projects.models import Project, Proposal, Signature
from rso.office.projects.rules import EDITABLE, FINAL, Doing, ProjectsPermission, State, attempt


def public_projects(*, search: str = "") -> QuerySet[Project]:
    """What is being done, for everybody to see."""
    rows = Project.objects.select_related("proposal__member")
    for word in search.split():
        rows = rows.filter(Q(title__icontains=word) | Q(summary__icontains=word))
    return rows


def proposals(actor: Actor, *, state: str = "", search: str = "") -> QuerySet[Proposal]:
    """The proposals that the actor may see: what was submitted, and the drafts of the actor's own member."""
    require(actor, ProjectsPermission.SEE_PROPOSALS)
    drafts = [s.value for s in EDITABLE]
    own = Q(member__code__in=actor.organisations(Role.MEMBER_OFFICIAL))
    visible = ~Q(state__in=drafts) | own
    if actor.holds(Role.CO_MANAGER):
        visible |= Q(round__gt=0)
    # What was withdrawn before it was ever submitted stays with its member.
    rows = Proposal.objects.filter(visible).exclude(Q(state=State.WITHDRAWN.value, round=0) & ~own)
    if state:
        rows = rows.filter(state=state)
    for word in search.split():
        rows = rows.filter(Q(title__icontains=word) | Q(problem__icontains=word) | Q(approach__icontains=word))
    return rows.select_related("member").order_by("-changed_at")


def proposal(actor: Actor, pk: UUID) -> Proposal:
    """One proposal; raises ``Proposal.DoesNotExist`` alike for none and for one that is not the actor's to see."""
    row = Proposal.objects.select_related("member", "created_by").get(pk=pk)
    if not decide(actor, ProjectsPermission.SEE_PROPOSALS, row).allowed or not proposals(actor).filter(pk=pk).exists():
        raise Proposal.DoesNotExist
    return row


def assessed_by_both(proposal: Proposal) -> bool:
    """Have two Co-Managers of two members assessed this round?"""
    rows = proposal.assessments.filter(round=proposal.round)
    return len({row.by_id for row in rows}) >= 2 and len({row.organisation_id for row in rows}) >= 2


def attempt_of(proposal: Proposal) -> int:
    """The number of this round's present attempt at signing."""
    return attempt(proposal.signatures.filter(round=proposal.round).count(), State(proposal.state))


def keys_of(proposal: Proposal) -> list[Signature]:
    """The signatures of the present attempt, the first one first."""
    rows = proposal.signatures.filter(round=proposal.round, attempt=attempt_of(proposal))
    return list(rows.select_related("by", "organisation").order_by("at", "pk"))


def doable(actor: Actor, proposal: Proposal) -> frozenset[Doing]:
    """What the actor may do with the proposal now; pages show these, the JSON interface lists them."""
    state = State(proposal.state)
    own = decide(actor, ProjectsPermission.EDIT, proposal).allowed
    manager = decide(actor, ProjectsPermission.SIGN).allowed
    signed = any(key.by_id == actor.user_id for key in keys_of(proposal))
    may = {
        Doing.EDIT: own and state in EDITABLE,
        Doing.SUBMIT: own and state in EDITABLE,
        Doing.WITHDRAW: own and state not in FINAL,
        Doing.ASSESS: manager and state == State.ASSESSMENT,
        Doing.CONSULT: manager
        and (state == State.DISAGREEMENT or (state == State.ASSESSMENT and assessed_by_both(proposal))),
        Doing.CLOSE: manager and state == State.CONSULTATION,
        Doing.COMMENT: decide(actor, ProjectsPermission.COMMENT).allowed and state == State.CONSULTATION,
        Doing.SIGN: manager and state == State.DECISION and not signed,
        Doing.RECONSIDER: manager and state == State.DISAGREEMENT,
    }
    return frozenset(doing for doing, allowed in may.items() if allowed)


def waiting_for(actor: Actor) -> QuerySet[Proposal]:
    """What waits for this person: to assess or sign as a Co-Manager, to comment, to mend what was returned."""
    rows = Proposal.objects.none()
    if actor.holds(Role.CO_MANAGER):
        mine = Q(assessments__by_id=actor.user_id)
        unassessed = Proposal.objects.filter(state=State.ASSESSMENT.value).exclude(mine)
        to_sign = Proposal.objects.filter(state__in=[State.DECISION.value, State.DISAGREEMENT.value])
        rows = unassessed | to_sign
    if actor.holds(Role.STEERING_GROUP):
        rows = rows | Proposal.objects.filter(state=State.CONSULTATION.value)
    if actor.holds(Role.MEMBER_OFFICIAL):
        own = actor.organisations(Role.MEMBER_OFFICIAL)
        rows = rows | Proposal.objects.filter(state=State.RETURNED.value, member__code__in=own)
    return rows.distinct().select_related("member").order_by("changed_at")


def alike_to(actor: Actor, *, key: str, title: str, body: str) -> list[tuple[str, str, str, float]]:
    """Proposals and projects like a text: kind, key, title and likeness from 0 to 1, the likest first.

    Only what the actor may see is compared, so that likeness tells of nothing else.
    """
    kinds: dict[str, str] = {}
    others: list[Text] = []
    for row in proposals(actor).only("pk", "title", "problem", "approach", "member"):
        kinds[str(row.pk)] = "proposal"
        others.append(Text(str(row.pk), row.title, f"{row.problem} {row.approach}"))
    for project in Project.objects.filter(proposal=None):
        kinds[str(project.pk)] = "project"
        others.append(Text(str(project.pk), project.title, project.summary))
    found = alike(Text(key, title, body), others)
    return [(kinds[text.key], text.key, text.title, score) for text, score in found]
