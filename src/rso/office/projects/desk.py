"""What proposals put on a person's desk, and how a proposal looks beside the enquiry that it came of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rso.accounts.rules import Actor, Role, decide
from rso.notices.desk import SHOWN, Part, Thing, Things, enter
from rso.office.intake.outcomes import Kind, Look, enter_kind
from rso.office.intake.rules import Way
from rso.office.projects import queries
from rso.office.projects.actions import offered
from rso.office.projects.models import Proposal
from rso.office.projects.rules import EDITABLE, ProjectsPermission


def _thing(row: Proposal) -> Thing:
    return Thing(
        row.title, reverse("projects:proposal", args=[row.pk]), kind=row.get_state_display(),
        due=row.consultation_closes_on if row.state == "consultation" else None, since=row.changed_at,
    )  # fmt: skip


def waiting(actor: Actor, today: date) -> Things | None:
    """To assess, to sign, to comment on, to mend: whatever the actor's seats ask for."""
    if not decide(actor, ProjectsPermission.SEE_PROPOSALS).allowed:
        return None
    rows = queries.waiting_for(actor)
    first = list(rows[: SHOWN + 1])
    count = len(first) if len(first) <= SHOWN else rows.count()
    late = sum(r.state == "consultation" and (r.consultation_closes_on or today) < today for r in first)
    return Things(count, [_thing(row) for row in first[:SHOWN]], reverse("projects:proposals"), late)


def drafts(actor: Actor, today: date) -> Things | None:
    """Drafts of the actor's members that are not submitted."""
    if not decide(actor, ProjectsPermission.DRAFT).allowed:
        return None
    mine = actor.organisations(Role.MEMBER_OFFICIAL)
    rows = Proposal.objects.filter(member__code__in=mine, state__in=[state.value for state in EDITABLE])
    first = list(rows.order_by("-changed_at", "pk")[: SHOWN + 1])
    count = len(first) if len(first) <= SHOWN else rows.count()
    return Things(count, [_thing(row) for row in first[:SHOWN]], reverse("projects:proposals") + "?state=draft")


def touched(actor: Actor, today: date) -> Things | None:
    """Proposals in which the actor took a step, and still may see."""
    if not decide(actor, ProjectsPermission.SEE_PROPOSALS).allowed:
        return None
    rows = queries.proposals(actor).filter(steps__by_id=actor.user_id)
    rows = rows.annotate(touched_at=Max("steps__at")).order_by("-touched_at", "pk")
    found = [_thing(row) for row in rows[:SHOWN]]
    return Things(len(found), found, reverse("projects:proposals"))


def look(keys: Collection[str]) -> dict[str, Look]:
    """Proposals beside the enquiries that they came of."""
    rows = Proposal.objects.filter(pk__in=keys)
    return {
        str(row.pk): Look(row.title, reverse("projects:proposal", args=[row.pk]), row.get_state_display())
        for row in rows
    }


def enter_own() -> None:
    """Enters them; called once."""
    enter("projects:waiting", _("Proposals that wait for you"), waiting)
    enter("projects:drafts", _("Drafts of proposals"), drafts, Part.DRAFTS)
    enter("projects:touched", _("Proposals I worked on"), touched, Part.RECENT)
    enter_kind(
        Kind(
            offered.KIND, _("Project proposal"), _("Begin a project proposal"), "projects:draft-of-offer",
            frozenset({Way.PROPOSE}), ProjectsPermission.DRAFT_OF_OFFER, look, offered.take_back,
        )
    )  # fmt: skip
