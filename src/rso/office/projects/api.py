"""Proposals and projects for programs: the same forms, actions and refusals as the pages."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Schema, Status

from rso.accounts.guards import needs, public
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import Role
from rso.office.projects import queries
from rso.office.projects.actions import deciding, drafting
from rso.office.projects.forms import (
    AssessmentForm,
    BudgetLineForm,
    CommentForm,
    ConsultForm,
    ProposalForm,
    ReasonForm,
    SignForm,
)
from rso.office.projects.models import Project, Proposal
from rso.office.projects.rules import Doing, Outcome, ProjectsPermission, State, signer_is_partial
from rso.rest.api import Router
from rso.rest.forms import FormRefused, body_of, from_form
from rso.rest.paging import Page, Paging, page_of

router = Router()
if TYPE_CHECKING:
    from rso.rest.forms import Body as AssessmentBody
    from rso.rest.forms import Body as CommentBody
    from rso.rest.forms import Body as ConsultBody
    from rso.rest.forms import Body as ProposalBody
    from rso.rest.forms import Body as ReasonBody
    from rso.rest.forms import Body as SignBody
else:
    ProposalBody = body_of(ProposalForm)
    AssessmentBody = body_of(AssessmentForm)
    ConsultBody = body_of(ConsultForm)
    CommentBody = body_of(CommentForm)
    SignBody = body_of(SignForm)
    ReasonBody = body_of(ReasonForm)


class ProjectRow(Schema):
    id: UUID
    code: str
    title: str
    summary: str
    source: str
    member: str
    since: date | None
    until: date | None


class ProposalRow(Schema):
    id: UUID
    title: str
    member: str
    state: State
    round: int
    changed_at: datetime


class BudgetRow(Schema):
    year: int
    currency: str
    amount: Decimal
    purpose: str


class AttachmentRow(Schema):
    name: str
    sha256: str


class Content(Schema):
    title: str
    problem: str
    approach: str
    results: str
    risks: str
    objectives: list[str]
    principles: list[str]
    member: str
    partners: list[str]
    starts_on: str
    ends_on: str
    budget: list[BudgetRow]
    attachments: list[AttachmentRow]


class Said(Schema):
    """An assessment or a comment."""

    who: str
    organisation: str
    leaning: Outcome | None = None
    text: str
    at: datetime


class KeyRow(Schema):
    """A signature of the present attempt; ``partial`` says that its giver comes from the proposing member."""

    who: str
    organisation: str
    outcome: Outcome
    reason: str
    at: datetime
    partial: bool


class StepRow(Schema):
    move: str
    state: State
    at: datetime
    who: str
    note: str


class WholeProposal(Schema):
    id: UUID
    state: State
    round: int
    revision: int
    content: Content
    may: list[Doing]
    missing: list[str]
    consultation_closes_on: date | None
    assessments: list[Said]
    comments: list[Said]
    keys: list[KeyRow]
    history: list[StepRow]
    project: UUID | None


def _project(row: Project) -> ProjectRow:
    member = row.proposal.member.code if row.proposal else ""
    names = ("id", "code", "title", "summary", "source", "since", "until")
    return ProjectRow(member=member, **{name: getattr(row, name) for name in names})


def _row(row: Proposal) -> ProposalRow:
    return ProposalRow(
        id=row.pk, title=row.title, member=row.member.code, state=State(row.state), round=row.round,
        changed_at=row.changed_at,
    )  # fmt: skip


def _said(rows: Any) -> list[Said]:
    return [
        Said(
            who=row.by.name,
            organisation=row.organisation.code,
            leaning=getattr(row, "leaning", None),
            text=row.text,
            at=row.at,
        )
        for row in rows.select_related("by", "organisation")
    ]


def _keys(proposal: Proposal) -> list[KeyRow]:
    return [
        KeyRow(
            who=key.by.name,
            organisation=key.organisation.code,
            outcome=Outcome(key.outcome),
            reason=key.reason,
            at=key.at,
            partial=signer_is_partial(key.organisation.code, proposal.member.code),
        )
        for key in queries.keys_of(proposal)
    ]


def _whole(request: ActorRequest, pk: UUID) -> WholeProposal:
    row = _find(request, pk)
    may = queries.doable(request.actor, row)
    return WholeProposal(
        id=row.pk,
        state=State(row.state),
        round=row.round,
        revision=row.revision,
        content=Content(**drafting.content(row)),
        may=sorted(may),
        missing=drafting.missing(row) if Doing.SUBMIT in may else [],
        consultation_closes_on=row.consultation_closes_on,
        assessments=_said(row.assessments.filter(round=row.round)),
        comments=_said(row.comments.filter(round=row.round)),
        keys=_keys(row),
        history=[
            StepRow(
                move=step.move, state=State(step.state), at=step.at, who=step.by.name if step.by else "", note=step.note
            )
            for step in row.steps.select_related("by")
        ],
        project=Project.objects.filter(proposal=row).values_list("pk", flat=True).first(),
    )


def _find(request: ActorRequest, pk: UUID) -> Proposal:
    try:
        return queries.proposal(request.actor, pk)
    except Proposal.DoesNotExist:
        raise Http404 from None


def _budget(rows: Any) -> list[dict[str, Any]]:
    """Budget lines of a body, each judged by the form of its row on the page."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise FormRefused({"budget": [_("A list of budget lines belongs here.")]})
    lines = []
    for number, row in enumerate(rows):
        try:
            lines.append(dict(from_form(BudgetLineForm, row).cleaned_data))
        except FormRefused as refused:
            raise FormRefused({f"budget.{number}.{name}": said for name, said in refused.errors.items()}) from None
    return lines


@router.get("/projects", response=Page[ProjectRow])
@public
def list_projects(request: HttpRequest, paging: Query[Paging], q: str = "") -> dict[str, Any]:
    """What is being done."""
    return page_of(queries.public_projects(search=q), paging, _project)


@router.get("/projects/{uuid:pk}", response=ProjectRow)
@public
def show_project(request: HttpRequest, pk: UUID) -> ProjectRow:
    """One project."""
    return _project(get_object_or_404(queries.public_projects(), pk=pk))


@router.get("/proposals", response=Page[ProposalRow])
@needs(ProjectsPermission.SEE_PROPOSALS)
def list_proposals(
    request: ActorRequest, paging: Query[Paging], state: State | None = None, q: str = ""
) -> dict[str, Any]:
    """The proposals that the caller may see, the last changed first."""
    return page_of(queries.proposals(request.actor, state=state or "", search=q), paging, _row)


@router.post("/proposals", response={201: WholeProposal})
@needs(ProjectsPermission.DRAFT)
def draft_proposal(request: ActorRequest, body: ProposalBody) -> Status[WholeProposal]:
    """Begins a draft for the caller's member. ``budget`` is a list of lines."""
    given = body.given()
    budget = _budget(given.pop("budget", []))
    form = from_form(ProposalForm, given)
    proposal = drafting.draft(
        request.actor,
        member=deciding.seat_of(request.actor, Role.MEMBER_OFFICIAL),
        texts=form.texts(),
        partners=list(form.cleaned_data["partners"]),
        budget=budget,
        now=timezone.now(),
    )
    return Status(201, _whole(request, proposal.pk))


@router.get("/proposals/{uuid:pk}", response=WholeProposal)
@needs(ProjectsPermission.SEE_PROPOSALS)
def show_proposal(request: ActorRequest, pk: UUID) -> WholeProposal:
    """One proposal with its history, and what the caller may do with it."""
    return _whole(request, pk)


@router.patch("/proposals/{uuid:pk}", response=WholeProposal)
@needs(ProjectsPermission.EDIT)
def edit_proposal(request: ActorRequest, pk: UUID, body: ProposalBody) -> WholeProposal:
    """Changes the fields that are sent. ``revision`` is the one that the caller has read; another gives 409."""
    row = _find(request, pk)
    given = body.given()
    if not given.get("revision"):
        raise FormRefused({"revision": [_("Send the revision that you have read.")]})
    kept = drafting.content(row)["budget"]
    budget = _budget(given.pop("budget", kept))
    form = from_form(ProposalForm, given, partial=True, instance=row)
    drafting.edit(
        request.actor,
        proposal=row,
        revision=form.cleaned_data["revision"],
        texts=form.texts(),
        partners=list(form.cleaned_data["partners"]),
        budget=budget,
        now=timezone.now(),
    )
    return _whole(request, pk)


@router.post("/proposals/{uuid:pk}/submit", response=WholeProposal)
@needs(ProjectsPermission.EDIT)
def submit_proposal(request: ActorRequest, pk: UUID) -> WholeProposal:
    """Hands a draft, or a returned proposal, to both Co-Managers."""
    drafting.submit(request.actor, proposal=_find(request, pk), now=timezone.now())
    return _whole(request, pk)


@router.post("/proposals/{uuid:pk}/withdraw", response=WholeProposal)
@needs(ProjectsPermission.WITHDRAW)
def withdraw_proposal(request: ActorRequest, pk: UUID, body: ReasonBody) -> WholeProposal:
    """Takes the proposal back, with the reason."""
    reason = from_form(ReasonForm, body).cleaned_data["reason"]
    drafting.withdraw(request.actor, proposal=_find(request, pk), reason=reason, now=timezone.now())
    return _whole(request, pk)


@router.post("/proposals/{uuid:pk}/assess", response=WholeProposal)
@needs(ProjectsPermission.ASSESS)
def assess_proposal(request: ActorRequest, pk: UUID, body: AssessmentBody) -> WholeProposal:
    """A Co-Manager's assessment of this round."""
    said = from_form(AssessmentForm, body).cleaned_data
    leaning = Outcome(said["leaning"])
    deciding.assess(request.actor, proposal=_find(request, pk), leaning=leaning, text=said["text"], now=timezone.now())
    return _whole(request, pk)


@router.post("/proposals/{uuid:pk}/consult", response=WholeProposal)
@needs(ProjectsPermission.ASSESS)
def consult_steering_group(request: ActorRequest, pk: UUID, body: ConsultBody) -> WholeProposal:
    """Opens the Steering Group's window of ``days``."""
    days = from_form(ConsultForm, body).cleaned_data["days"]
    deciding.consult(request.actor, proposal=_find(request, pk), now=timezone.now(), days=days)
    return _whole(request, pk)


@router.post("/proposals/{uuid:pk}/comment", response=WholeProposal)
@needs(ProjectsPermission.COMMENT)
def comment_on_proposal(request: ActorRequest, pk: UUID, body: CommentBody) -> WholeProposal:
    """A word of the Steering Group."""
    text = from_form(CommentForm, body).cleaned_data["text"]
    deciding.comment(request.actor, proposal=_find(request, pk), text=text, now=timezone.now())
    return _whole(request, pk)


@router.post("/proposals/{uuid:pk}/close", response=WholeProposal)
@needs(ProjectsPermission.ASSESS)
def close_consultation(request: ActorRequest, pk: UUID, body: ReasonBody) -> WholeProposal:
    """Closes the window before its day, with the reason."""
    reason = from_form(ReasonForm, body).cleaned_data["reason"]
    deciding.close_consultation(request.actor, proposal=_find(request, pk), reason=reason, now=timezone.now())
    return _whole(request, pk)


@router.post("/proposals/{uuid:pk}/sign", response=WholeProposal)
@needs(ProjectsPermission.SIGN)
def sign_proposal(request: ActorRequest, pk: UUID, body: SignBody) -> WholeProposal:
    """One of the two keys. The second one on the same outcome and the same words decides."""
    said = from_form(SignForm, body).cleaned_data
    outcome = Outcome(said["outcome"])
    deciding.sign(
        request.actor, proposal=_find(request, pk), outcome=outcome, reason=said["reason"], now=timezone.now()
    )
    return _whole(request, pk)


@router.post("/proposals/{uuid:pk}/reconsider", response=WholeProposal)
@needs(ProjectsPermission.SIGN)
def reconsider_proposal(request: ActorRequest, pk: UUID, body: ReasonBody) -> WholeProposal:
    """After a disagreement: both sign anew."""
    reason = from_form(ReasonForm, body).cleaned_data["reason"]
    deciding.reconsider(request.actor, proposal=_find(request, pk), reason=reason, now=timezone.now())
    return _whole(request, pk)
