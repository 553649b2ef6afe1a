"""Actions of whoever proposes: draft, edit, attach, submit, withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import IO, Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from rso.accounts.models import Organisation, User
from rso.accounts.queries import holders
from rso.accounts.rules import Actor, NotAllowed, Role, require
from rso.audit.actions import record
from rso.base.errors import RsoError
from rso.files import actions as files
from rso.notices.actions import notify
from rso.office.projects import rules
from rso.office.projects.errors import Incomplete, StaleEdit
from rso.office.projects.models import Attachment, BudgetLine, Proposal, Step, Submission
from rso.office.projects.rules import Move, ProjectsEvent, ProjectsPermission, State

#: The scope of a proposal's files; who may read them is decided in ``apps.py``.
SCOPE = "projects:proposal"
TEXTS = ("title", "problem", "approach", "results", "risks", "objectives", "principles", "starts_on", "ends_on")
NEEDED = ("title", "problem", "approach", "results", "risks", "objectives", "starts_on", "ends_on")


def moved(actor: Actor, proposal: Proposal, move: Move, now: datetime, note: str = "") -> None:
    """Takes a move on a locked row: new state, a step for people, a row for the audit."""
    proposal.state = rules.after(State(proposal.state), move).value
    proposal.changed_at = now
    proposal.save()
    Step.objects.create(
        proposal=proposal, at=now, by_id=actor.user_id, state=proposal.state, move=move.value, note=note
    )
    facts: dict[str, str | int | bool] = {"move": move.value, "state": proposal.state, "round": proposal.round}
    record(actor, ProjectsEvent.MOVED, subject=proposal.pk, facts=facts, note=note)


def whose(actor: Actor) -> int:
    """The person who acts; what they write down bears their name, so no part of the system may do it."""
    if actor.user_id is None:
        raise NotAllowed(ProjectsPermission.EDIT, "not-signed-in")
    return actor.user_id


def locked(proposal: Proposal) -> Proposal:
    """The row as it is now, locked until the transaction ends."""
    return Proposal.objects.select_for_update().select_related(None).get(pk=proposal.pk)


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
            {"name": row.file.name, "sha256": row.file.sha256} for row in proposal.attachments.select_related("file")
        ],
    }


def _fill(
    proposal: Proposal, texts: dict[str, Any], partners: Sequence[Organisation], budget: Sequence[dict[str, Any]]
) -> None:
    for name in TEXTS:
        setattr(proposal, name, texts[name])
    proposal.save()
    proposal.partners.set(partners)
    proposal.budget.all().delete()
    BudgetLine.objects.bulk_create(
        BudgetLine(
            proposal=proposal,
            year=line["year"],
            currency=line["currency"],
            amount=Decimal(line["amount"]),
            purpose=line["purpose"],
        )
        for line in budget
    )


@transaction.atomic
def draft(
    actor: Actor,
    *,
    member: Organisation,
    texts: dict[str, Any],
    partners: Sequence[Organisation],
    budget: Sequence[dict[str, Any]],
    now: datetime,
) -> Proposal:
    """Begins a draft for a member; only that member's officials can see it."""
    require(actor, ProjectsPermission.DRAFT)
    proposal = Proposal(member=member, created_by_id=whose(actor), created_at=now, changed_at=now)
    require(actor, ProjectsPermission.EDIT, proposal)
    _fill(proposal, texts, partners, budget)
    Step.objects.create(proposal=proposal, at=now, by_id=whose(actor), state=proposal.state, move="draft")
    record(actor, ProjectsEvent.DRAFTED, subject=proposal.pk, facts={"member": member.code})
    return proposal


@transaction.atomic
def edit(
    actor: Actor,
    *,
    proposal: Proposal,
    revision: int,
    texts: dict[str, Any],
    partners: Sequence[Organisation],
    budget: Sequence[dict[str, Any]],
    now: datetime,
) -> Proposal:
    """Saves a draft that was opened at ``revision``; raises :class:`StaleEdit` if another was faster."""
    proposal = locked(proposal)
    require(actor, ProjectsPermission.EDIT, proposal)
    if State(proposal.state) not in rules.EDITABLE:
        raise RsoError("not-editable", "A proposal that was submitted is changed only after it was returned.")
    if proposal.revision != revision:
        raise StaleEdit(proposal.revision)
    proposal.revision += 1
    proposal.changed_at = now
    _fill(proposal, texts, partners, budget)
    record(actor, ProjectsEvent.EDITED, subject=proposal.pk, facts={"revision": proposal.revision})
    return proposal


@transaction.atomic
def attach(actor: Actor, *, proposal: Proposal, file: IO[bytes], name: str) -> Attachment:
    """Adds a file to a draft; raises ``FileRefused`` (too large, empty, of no accepted kind)."""
    proposal = locked(proposal)
    require(actor, ProjectsPermission.EDIT, proposal)
    if State(proposal.state) not in rules.EDITABLE:
        raise RsoError("not-editable", "A proposal that was submitted is changed only after it was returned.")
    stored = files.store(actor, content=file, name=name, scope=SCOPE, subject=str(proposal.pk))
    record(actor, ProjectsEvent.ATTACHED, subject=proposal.pk, facts={"sha256": stored.sha256})
    return Attachment.objects.create(proposal=proposal, file=stored)


@transaction.atomic
def detach(actor: Actor, *, attachment: Attachment) -> None:
    """Takes a file off a draft. What was submitted with an earlier round keeps its digest in that round."""
    proposal = locked(attachment.proposal)
    require(actor, ProjectsPermission.EDIT, proposal)
    if State(proposal.state) not in rules.EDITABLE:
        raise RsoError("not-editable", "A proposal that was submitted is changed only after it was returned.")
    stored = attachment.file
    attachment.delete()
    record(actor, ProjectsEvent.DETACHED, subject=proposal.pk, facts={"sha256": stored.sha256})
    files.remove(actor, file=stored)


def missing(proposal: Proposal) -> list[str]:
    """The labels of the fields that a submission still needs."""
    return [
        str(getattr(Proposal._meta.get_field(name), "verbose_name", name))
        for name in NEEDED
        if not getattr(proposal, name)
    ]


@transaction.atomic
def submit(actor: Actor, *, proposal: Proposal, now: datetime) -> Proposal:
    """Hands the proposal to both Co-Managers and keeps what was submitted word for word."""
    proposal = locked(proposal)
    require(actor, ProjectsPermission.EDIT, proposal)
    lacking = missing(proposal)
    if lacking:
        raise Incomplete(lacking)
    proposal.round += 1
    proposal.submitted_at = now
    moved(actor, proposal, Move.SUBMIT, now)
    Submission.objects.create(
        proposal=proposal, round=proposal.round, at=now, by_id=whose(actor), content=content(proposal)
    )
    tell(
        actor,
        proposal,
        [Role.CO_MANAGER],
        gettext_noop("A proposal waits for your assessment: %(title)s"),
        now,
    )
    return proposal


@transaction.atomic
def withdraw(actor: Actor, *, proposal: Proposal, reason: str, now: datetime) -> Proposal:
    """The member takes its proposal back, at any time before a decision; a normal outcome."""
    proposal = locked(proposal)
    require(actor, ProjectsPermission.WITHDRAW, proposal)
    was_submitted = proposal.round > 0
    moved(actor, proposal, Move.WITHDRAW, now, note=reason)
    if was_submitted:
        roles = [Role.CO_MANAGER, Role.STEERING_GROUP]
        tell(actor, proposal, roles, gettext_noop("A proposal was withdrawn: %(title)s"), now)
    return proposal


def tell(actor: Actor, proposal: Proposal, roles: Sequence[Role], title: str, now: datetime) -> None:
    """Notifies everybody who holds one of ``roles`` today; officials only where they are the proposing member's."""
    day = now.date()
    people: list[User] = []
    for role in roles:
        member = proposal.member.code if role == Role.MEMBER_OFFICIAL else None
        people += holders(role, day, member)
    notify(
        actor,
        recipients=people,
        kind=ProjectsEvent.MOVED,
        title=title,
        path=reverse("projects:proposal", args=[proposal.pk]),
        context={"title": proposal.title},
    )
