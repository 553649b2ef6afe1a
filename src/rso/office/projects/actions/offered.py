"""A draft of a proposal made of an offer from outside: the member whose it becomes works on it, and nobody else."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from rso.accounts.models import Organisation
from rso.accounts.queries import holders
from rso.accounts.rules import Actor, Role, require
from rso.audit.actions import record
from rso.base.errors import RsoError
from rso.notices.actions import notify
from rso.office.intake.actions.becoming import came_of
from rso.office.intake.models import Enquiry
from rso.office.projects.models import Proposal, Step
from rso.office.projects.rules import ProjectsEvent, ProjectsPermission, State

#: The kind under which an enquiry knows it.
KIND = "proposal"


@transaction.atomic
def draft_of(
    actor: Actor, *, enquiry: Enquiry, member: Organisation, title: str, problem: str, now: datetime
) -> Proposal:
    """Begins a draft for ``member`` from an offer, and tells its officials: from then on it is theirs alone."""
    require(actor, ProjectsPermission.DRAFT_OF_OFFER)
    if member.kind not in (Organisation.Kind.STATE, Organisation.Kind.MEMBER_ORGANISATION):
        raise RsoError("no-member", "Proposals are members'.")
    made = Proposal.objects.create(
        member=member, created_by_id=actor.person, created_at=now, changed_at=now, title=title, problem=problem
    )
    Step.objects.create(proposal=made, at=now, by_id=actor.person, state=made.state, move="draft")
    record(actor, ProjectsEvent.DRAFTED, subject=made.pk, facts={"member": member.code, "of-an-offer": True})
    came_of(actor, enquiry=enquiry, kind=KIND, key=str(made.pk), now=now)
    notify(
        actor,
        recipients=holders(Role.MEMBER_OFFICIAL, now.date(), member.code),
        kind=ProjectsEvent.DRAFTED,
        title=gettext_noop("The RSO has begun a draft for you from an offer"),
        path=reverse("projects:proposal", args=[made.pk]),
        reference=title,
    )
    return made


def take_back(actor: Actor, key: str) -> None:
    """Takes back a draft on which its member has not worked yet; raises ``RsoError`` otherwise."""
    require(actor, ProjectsPermission.DRAFT_OF_OFFER)
    row = Proposal.objects.select_for_update().get(pk=key)
    if row.state != State.DRAFT or row.revision > 1 or row.round or row.attachments.exists():
        raise RsoError("proposal-moved-on", "The member has worked on this draft already.")
    record(actor, ProjectsEvent.UNDRAFTED, subject=row.pk, facts={"member": row.member.code})
    row.delete()
