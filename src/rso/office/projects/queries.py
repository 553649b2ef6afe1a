"""Reading projects and proposals."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from rso.accounts.rules import Actor, Role, decide, require
from rso.office.projects.likeness import Text, alike
from rso.office.projects.models import Project, Proposal
from rso.office.projects.rules import EDITABLE, ProjectsPermission, State


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


def proposal(actor: Actor, pk: object) -> Proposal:
    """One proposal; raises ``Proposal.DoesNotExist`` alike for none and for one that is not the actor's to see."""
    row = Proposal.objects.select_related("member", "created_by").get(pk=pk)
    if not decide(actor, ProjectsPermission.SEE_PROPOSALS, row).allowed or not proposals(actor).filter(pk=pk).exists():
        raise Proposal.DoesNotExist
    return row


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
