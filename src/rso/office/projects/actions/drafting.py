"""Actions of whoever proposes: draft, edit, attach, submit, withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import IO, Any
from uuid import UUID

from django.db import IntegrityError, transaction
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
from rso.office.projects.queries import TEXTS, content, was_submitted
from rso.office.projects.rules import Move, ProjectsEvent, ProjectsPermission, State

#: The scope of a proposal's files; who may read them is decided in ``apps.py``.
SCOPE = "projects:proposal"
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


def _fill(
    proposal: Proposal, texts: dict[str, Any], partners: Sequence[Organisation], budget: Sequence[dict[str, Any]]
) -> None:
    for name in TEXTS:
        setattr(proposal, name, texts[name])
    proposal.save(force_insert=proposal._state.adding)
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
    key: UUID | None = None,
) -> Proposal:
    """Begins a draft for a member; only that member's officials can see it.

    ``key`` is the sender's own name for it: sent a second time (a double click, a lost answer), it is the same
    draft, brought up to what was sent last. Raises :class:`StaleEdit` if somebody has changed it meanwhile.
    """
    require(actor, ProjectsPermission.DRAFT)
    proposal = Proposal(member=member, created_by_id=whose(actor), created_at=now, changed_at=now)
    if key is not None:
        proposal.pk = key
    require(actor, ProjectsPermission.EDIT, proposal)
    try:
        with transaction.atomic():
            _fill(proposal, texts, partners, budget)
    except IntegrityError:
        if key is None:
            raise
        return _sent_again(actor, key, texts=texts, partners=partners, budget=budget, now=now)
    Step.objects.create(proposal=proposal, at=now, by_id=whose(actor), state=proposal.state, move="draft")
    record(actor, ProjectsEvent.DRAFTED, subject=proposal.pk, facts={"member": member.code})
    return proposal


def _sent_again(actor: Actor, key: UUID, *, now: datetime, **fields: Any) -> Proposal:
    known = Proposal.objects.get(pk=key)
    require(actor, ProjectsPermission.EDIT, known)
    if _says(known, **fields):
        return known
    return edit(actor, proposal=known, revision=1, now=now, **fields)


def _says(
    proposal: Proposal,
    *,
    texts: dict[str, Any],
    partners: Sequence[Organisation],
    budget: Sequence[dict[str, Any]],
) -> bool:
    """Does the proposal say this already?"""
    lines = [(line.year, line.currency, line.amount, line.purpose) for line in proposal.budget.all()]
    sent = [(line["year"], line["currency"], Decimal(line["amount"]), line["purpose"]) for line in budget]
    return (
        all(getattr(proposal, name) == texts[name] for name in TEXTS)
        and set(proposal.partners.all()) == set(partners)
        and lines == sent
    )


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
    _editable(actor, proposal)
    if proposal.revision != revision:
        raise StaleEdit(proposal.revision)
    proposal.revision += 1
    proposal.changed_at = now
    _fill(proposal, texts, partners, budget)
    record(actor, ProjectsEvent.EDITED, subject=proposal.pk, facts={"revision": proposal.revision})
    return proposal


def _editable(actor: Actor, proposal: Proposal) -> None:
    require(actor, ProjectsPermission.EDIT, proposal)
    if State(proposal.state) not in rules.EDITABLE:
        raise RsoError("not-editable", "A proposal that was submitted is changed only after it was returned.")


def attach(actor: Actor, *, proposal: Proposal, file: IO[bytes], name: str) -> Attachment:
    """Adds a file to a draft; raises ``FileRefused`` (too large, empty, of no accepted kind).

    The file is looked into before the transaction begins: a slow virus scanner holds up nobody else. The
    same file sent twice is attached once.
    """
    _editable(actor, proposal)
    with files.arriving(content=file, name=name) as arrived, transaction.atomic():
        proposal = locked(proposal)
        _editable(actor, proposal)
        there = proposal.attachments.filter(
            taken_off_at=None, file__sha256=arrived.sha256, file__name=arrived.name
        ).first()
        if there is not None:
            return there
        stored = files.keep(actor, arrived=arrived, scope=SCOPE, subject=str(proposal.pk))
        record(actor, ProjectsEvent.ATTACHED, subject=proposal.pk, facts={"sha256": stored.sha256})
        return Attachment.objects.create(proposal=proposal, file=stored)


@transaction.atomic
def detach(actor: Actor, *, attachment: Attachment, now: datetime) -> None:
    """Takes a file off a draft. If it was submitted with an earlier round it is kept, for whoever reads that round."""
    proposal = locked(attachment.proposal)
    _editable(actor, proposal)
    stored = attachment.file
    record(actor, ProjectsEvent.DETACHED, subject=proposal.pk, facts={"sha256": stored.sha256})
    if was_submitted(proposal, stored.sha256):
        attachment.taken_off_at = now
        attachment.save(update_fields=["taken_off_at"])
        return
    attachment.delete()
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
    moved(actor, proposal, Move.WITHDRAW, now, note=reason)
    if proposal.round > 0:
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
        reference="" if "%(title)s" in title else proposal.title,
    )
