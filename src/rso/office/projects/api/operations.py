"""Proposals and projects for programs: the same forms, actions and refusals as the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import File, Query, Status
from ninja.files import UploadedFile

from rso.accounts.guards import needs, public
from rso.accounts.middleware import ActorRequest
from rso.accounts.rules import Role
from rso.office.projects import queries
from rso.office.projects.actions import deciding, drafting
from rso.office.projects.api.rows import ProjectRow, ProposalRow, WholeProposal, project_row, proposal_row, whole
from rso.office.projects.forms import (
    AssessmentForm,
    AttachmentForm,
    BudgetLineForm,
    CommentForm,
    ConsultForm,
    ProposalForm,
    ReasonForm,
    SignForm,
)
from rso.office.projects.models import Proposal
from rso.office.projects.rules import Outcome, ProjectsPermission, State
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


def _find(request: ActorRequest, pk: UUID) -> Proposal:
    try:
        return queries.proposal(request.actor, pk)
    except Proposal.DoesNotExist:
        raise Http404 from None


def _whole(request: ActorRequest, pk: UUID) -> WholeProposal:
    return whole(request.actor, _find(request, pk))


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
    return page_of(queries.public_projects(search=q), paging, project_row)


@router.get("/projects/{uuid:pk}", response=ProjectRow)
@public
def show_project(request: HttpRequest, pk: UUID) -> ProjectRow:
    """One project."""
    return project_row(get_object_or_404(queries.public_projects(), pk=pk))


@router.get("/proposals", response=Page[ProposalRow])
@needs(ProjectsPermission.SEE_PROPOSALS)
def list_proposals(
    request: ActorRequest, paging: Query[Paging], state: State | None = None, q: str = ""
) -> dict[str, Any]:
    """The proposals that the caller may see, the last changed first."""
    return page_of(queries.proposals(request.actor, state=state or "", search=q), paging, proposal_row)


@router.post("/proposals", response={201: WholeProposal})
@needs(ProjectsPermission.DRAFT)
def draft_proposal(request: ActorRequest, body: ProposalBody) -> Status[WholeProposal]:
    """Begins a draft for the caller's member. ``budget`` is a list of lines.

    ``key``, a UUID of the caller's own, makes a second sending of the same draft harmless.
    """
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
        key=form.cleaned_data["key"],
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
    kept = queries.content(row)["budget"]
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


@router.post("/proposals/{uuid:pk}/attachments", response={201: WholeProposal})
@needs(ProjectsPermission.EDIT)
def attach_file(request: ActorRequest, pk: UUID, file: File[UploadedFile]) -> Status[WholeProposal]:
    """Adds a file (``multipart/form-data``, field ``file``) to a draft or a returned proposal."""
    row = _find(request, pk)
    upload = from_form(AttachmentForm, {}, files={"file": file}).cleaned_data["file"]
    drafting.attach(request.actor, proposal=row, file=upload.file, name=upload.name)
    return Status(201, _whole(request, pk))


@router.delete("/proposals/{uuid:pk}/attachments/{int:attachment}", response=WholeProposal)
@needs(ProjectsPermission.EDIT)
def detach_file(request: ActorRequest, pk: UUID, attachment: int) -> WholeProposal:
    """Takes a file off. What was submitted with an earlier round stays readable there."""
    found = get_object_or_404(_find(request, pk).attachments.filter(taken_off_at=None), pk=attachment)
    drafting.detach(request.actor, attachment=found, now=timezone.now())
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
    """A Co-Manager's assessment. ``round`` is the one that was read: if another is on by now, this gives 409."""
    said = from_form(AssessmentForm, body).cleaned_data
    said["leaning"] = Outcome(said["leaning"])
    deciding.assess(request.actor, proposal=_find(request, pk), now=timezone.now(), **said)
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
    """A word of the Steering Group; ``round`` as for an assessment."""
    said = from_form(CommentForm, body).cleaned_data
    deciding.comment(request.actor, proposal=_find(request, pk), now=timezone.now(), **said)
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
    """One of the two keys. The second one on the same outcome and the same words decides.

    Send the ``round`` that was read, so that the key signs that text and no later one.
    """
    said = from_form(SignForm, body).cleaned_data
    said["outcome"] = Outcome(said["outcome"])
    deciding.sign(request.actor, proposal=_find(request, pk), now=timezone.now(), **said)
    return _whole(request, pk)


@router.post("/proposals/{uuid:pk}/reconsider", response=WholeProposal)
@needs(ProjectsPermission.SIGN)
def reconsider_proposal(request: ActorRequest, pk: UUID, body: ReasonBody) -> WholeProposal:
    """After a disagreement: both sign anew."""
    reason = from_form(ReasonForm, body).cleaned_data["reason"]
    deciding.reconsider(request.actor, proposal=_find(request, pk), reason=reason, now=timezone.now())
    return _whole(request, pk)
