"""Reading projects and proposals."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, When
from django.db.models.fields.json import KT

from rso.accounts.rules import Actor, Role, decide, require
from rso.office.projects.likeness import Text, alike
from rso.office.projects.models import Assessment, Attachment, Comment, Project, Proposal, Signature, Submission
from rso.office.projects.rules import EDITABLE, FINAL, Doing, ProjectsPermission, State, attempt

TEXTS = ("title", "problem", "approach", "results", "risks", "objectives", "principles", "starts_on", "ends_on")


def content(proposal: Proposal) -> dict[str, Any]:
    """The whole proposal as plain data: what a submission keeps and an export gives."""
    return {
        **{name: getattr(proposal, name) for name in TEXTS if not name.endswith("_on")},
        "member": proposal.member.code,
        "partners": sorted(partner.code for partner in proposal.partners.all()),
        "starts_on": proposal.starts_on.isoformat() if proposal.starts_on else "",
        "ends_on": proposal.ends_on.isoformat() if proposal.ends_on else "",
        "budget": [
            {"year": line.year, "currency": line.currency, "amount": str(line.amount), "purpose": line.purpose}
            for line in proposal.budget.all()
        ],
        "attachments": [
            {"name": row.file.name, "sha256": row.file.sha256}
            for row in proposal.attachments.filter(taken_off_at=None).select_related("file")
        ],
    }


def _is_own(actor: Actor, proposal: Proposal) -> bool:
    return proposal.member.code in actor.organisations(Role.MEMBER_OFFICIAL)


def content_seen(actor: Actor, proposal: Proposal) -> dict[str, Any]:
    """What the actor reads: its own member the text as it stands, everybody else the last one submitted, word for word.

    While a returned proposal is being mended, and after it was withdrawn, the two differ.
    """
    last = None if _is_own(actor, proposal) else proposal.submissions.order_by("-round").first()
    return content(proposal) if last is None else last.content


def was_submitted(proposal: Proposal, sha256: str) -> bool:
    """Was a file of these bytes part of a submission?"""
    rounds = proposal.submissions.values_list("content", flat=True)
    return any(row["sha256"] == sha256 for kept in rounds for row in kept["attachments"])


def may_read_file(actor: Actor, proposal: Proposal, sha256: str) -> bool:
    """Whoever may see the proposal may read what was submitted with it; its own member what is only attached, too."""
    if not decide(actor, ProjectsPermission.SEE_PROPOSALS, proposal).allowed:
        return False
    return _is_own(actor, proposal) or was_submitted(proposal, sha256)


def attachments_seen(actor: Actor, proposal: Proposal) -> list[Attachment]:
    """The files of what the actor reads, in their order."""
    seen = {row["sha256"] for row in content_seen(actor, proposal)["attachments"]}
    found = {row.file.sha256: row for row in proposal.attachments.select_related("file").order_by("-pk")}
    return sorted((row for sha256, row in found.items() if sha256 in seen), key=lambda row: row.pk)


def public_projects(*, search: str = "") -> QuerySet[Project]:
    """What is being done, for everybody to see."""
    rows = Project.objects.select_related("proposal__member")
    for word in search.split():
        rows = rows.filter(Q(title__icontains=word) | Q(summary__icontains=word))
    return rows


def proposals(actor: Actor, *, state: str = "", search: str = "") -> QuerySet[Proposal]:
    """The proposals that the actor may see: what was ever submitted, and the drafts of the actor's own member.

    Each row has ``seen_title``, ``seen_problem`` and ``seen_approach``, the words that this actor reads (see
    :func:`content_seen`); a search looks into these, so that it tells nothing of words that are being changed.
    """
    require(actor, ProjectsPermission.SEE_PROPOSALS)
    own = Q(member__code__in=actor.organisations(Role.MEMBER_OFFICIAL))
    rows = Proposal.objects.filter(Q(round__gt=0) | own)
    last = Submission.objects.filter(proposal=OuterRef("pk")).order_by("-round")
    seen = {
        f"seen_{name}": Case(
            When(own, then=F(name)),
            default=Subquery(last.values(said=KT(f"content__{name}"))[:1]),
            output_field=TextField(),
        )
        for name in ("title", "problem", "approach")
    }
    rows = rows.annotate(**seen)
    if state:
        rows = rows.filter(state=state)
    for word in search.split():
        rows = rows.filter(
            Q(seen_title__icontains=word) | Q(seen_problem__icontains=word) | Q(seen_approach__icontains=word)
        )
    return rows.select_related("member").order_by("-changed_at", "pk")


def proposal(actor: Actor, pk: UUID) -> Proposal:
    """One proposal; raises ``Proposal.DoesNotExist`` alike for none and for one that is not the actor's to see."""
    row = Proposal.objects.select_related("member", "created_by").get(pk=pk)
    if not decide(actor, ProjectsPermission.SEE_PROPOSALS, row).allowed:
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
    mine = actor.organisations(Role.CO_MANAGER)
    signed = any(key.by_id == actor.user_id or key.organisation.code in mine for key in keys_of(proposal))
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
    """What waits for this person: to assess, consult or sign as a Co-Manager, to comment where
    their member has not yet, to mend what was returned."""
    wanted = Q(pk__in=[])
    if actor.holds(Role.CO_MANAGER):
        wanted |= _waits_for_a_co_manager(actor.organisations(Role.CO_MANAGER))
    if actor.holds(Role.STEERING_GROUP):
        # In this window: what was said in one before a disagreement answers no new question.
        here = {"proposal": OuterRef("pk"), "round": OuterRef("round"), "at__gte": OuterRef("changed_at")}
        spoken = Comment.objects.filter(**here)
        theirs = spoken.filter(organisation__code__in=actor.organisations(Role.STEERING_GROUP))
        wanted |= Q(~Exists(theirs), state=State.CONSULTATION.value)
    if actor.holds(Role.MEMBER_OFFICIAL):
        wanted |= Q(state=State.RETURNED.value, member__code__in=actor.organisations(Role.MEMBER_OFFICIAL))
    return Proposal.objects.filter(wanted).select_related("member").order_by("changed_at", "pk")


def _waits_for_a_co_manager(mine: frozenset[str]) -> Q:
    """Not assessed by this member in this round, or by both and not consulted on yet; not signed; or disagreed on."""
    this_round = Assessment.objects.filter(proposal=OuterRef("pk"), round=OuterRef("round"))
    both = this_round.order_by().values("round").annotate(n=Count("pk")).filter(n__gte=2)
    to_assess = Q(state=State.ASSESSMENT.value) & (
        ~Exists(this_round.filter(organisation__code__in=mine)) | Exists(both)
    )
    signed = Signature.objects.filter(proposal=OuterRef("pk"), round=OuterRef("round"))
    # Each disagreement spends two signatures: one that stands alone is the first key of the present attempt.
    by_mine = Count("pk", filter=Q(organisation__code__in=mine))
    turned = signed.order_by().values("attempt").annotate(n=Count("pk"), mine=by_mine).filter(n=1, mine=1)
    to_sign = Q(state=State.DECISION.value) & ~Exists(turned)
    return to_assess | to_sign | Q(state=State.DISAGREEMENT.value)


def alike_to(actor: Actor, *, key: str, title: str, body: str) -> list[tuple[str, str, str, float]]:
    """Proposals and projects like a text: kind, key, title and likeness from 0 to 1, the likest first.

    Only what the actor may see is compared, so that likeness tells of nothing else.
    """
    kinds: dict[str, str] = {}
    others: list[Text] = []
    seen: Any = proposals(actor)  # rows with attributes of their own, which no type tells of
    for row in seen:
        kinds[str(row.pk)] = "proposal"
        others.append(Text(str(row.pk), row.seen_title, f"{row.seen_problem} {row.seen_approach}"))
    for project in Project.objects.filter(proposal=None):
        kinds[str(project.pk)] = "project"
        others.append(Text(str(project.pk), project.title, project.summary))
    found = alike(Text(key, title, body), others)
    return [(kinds[text.key], text.key, text.title, score) for text, score in found]
