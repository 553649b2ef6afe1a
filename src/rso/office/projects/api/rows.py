"""What the interface gives: projects, proposals and what belongs to them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from ninja import Schema

from rso.accounts.rules import Actor
from rso.office.projects import queries
from rso.office.projects.actions import drafting
from rso.office.projects.models import Attachment, Project, Proposal
from rso.office.projects.rules import Doing, Outcome, State, signer_is_partial


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


class AttachedRow(AttachmentRow):
    """A file that the caller may fetch from ``href``; ``scan`` says whether a virus scanner has looked at it."""

    id: int
    size: int
    media_type: str
    scan: str
    href: str


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
    attachments: list[AttachedRow]
    keys: list[KeyRow]
    history: list[StepRow]
    project: UUID | None


def project_row(row: Project) -> ProjectRow:
    member = row.proposal.member.code if row.proposal else ""
    names = ("id", "code", "title", "summary", "source", "since", "until")
    return ProjectRow(member=member, **{name: getattr(row, name) for name in names})


def proposal_row(row: Any) -> ProposalRow:
    """``row`` is a proposal of ``queries.proposals``, which hangs the title on it that the caller reads."""
    return ProposalRow(
        id=row.pk, title=row.seen_title, member=row.member.code, state=State(row.state), round=row.round,
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


def _attached(row: Attachment) -> AttachedRow:
    names = ("name", "sha256", "size", "media_type", "scan")
    href = reverse("files:download", args=[row.file.pk])
    return AttachedRow(id=row.pk, href=href, **{name: getattr(row.file, name) for name in names})


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


def whole(actor: Actor, row: Proposal) -> WholeProposal:
    """All that ``actor`` may read of a proposal, and what they may do with it."""
    may = queries.doable(actor, row)
    return WholeProposal(
        id=row.pk,
        state=State(row.state),
        round=row.round,
        revision=row.revision,
        content=Content(**queries.content_seen(actor, row)),
        may=sorted(may),
        missing=drafting.missing(row) if Doing.SUBMIT in may else [],
        consultation_closes_on=row.consultation_closes_on,
        assessments=_said(row.assessments.filter(round=row.round)),
        comments=_said(row.comments.filter(round=row.round)),
        attachments=[_attached(each) for each in queries.attachments_seen(actor, row)],
        keys=_keys(row),
        history=[
            StepRow(
                move=step.move, state=State(step.state), at=step.at, who=step.by.name if step.by else "", note=step.note
            )
            for step in row.steps.select_related("by")
        ],
        project=Project.objects.filter(proposal=row).values_list("pk", flat=True).first(),
    )
