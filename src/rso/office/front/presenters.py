"""What the public pages show beside the facts: what changed when, and what waits for whoever is signed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rso.accounts.rules import Actor, decide
from rso.notices.queries import unread_count
from rso.office.directory import queries as directory
from rso.office.directory.models import Body, Dated, Passage, Standing, Term
from rso.office.intake import queries as intake
from rso.office.intake.rules import IntakePermission
from rso.office.projects import queries as projects
from rso.office.projects.rules import ProjectsPermission
from rso.ui import parts


def waits(actor: Actor, today: date) -> list[parts.Stat]:
    """One figure for each kind of work that the actor may do, also where it is none; for others, news alone."""
    if not actor.signed_in:
        return []
    found = []
    if decide(actor, ProjectsPermission.SEE_PROPOSALS).allowed:
        number = projects.waiting_for(actor).count()
        found.append(parts.Stat(_("Proposals that wait for you"), number, href=reverse("projects:proposals")))
    if decide(actor, IntakePermission.SEE).allowed:
        counts = intake.counts(actor, today)
        queue = reverse("intake:queue")
        found.append(parts.Stat(_("Enquiries that nobody has taken"), counts["new"], href=queue))
        if counts["late"]:
            found.append(parts.Stat(_("Enquiries past their day"), counts["late"], href=queue, tone="bad"))
    unread = unread_count(actor)
    if found or unread:
        found.append(parts.Stat(_("Unread notices"), unread, href=reverse("notices:notices")))
    return found


@dataclass(frozen=True)
class Changed:
    """A fact that began or ended after the brochure. ``what`` (a name), ``of`` (whose, or a statement's words) and
    ``source`` are data."""

    what: str
    of: str
    since: date | None
    until: date | None
    source: str


def _changed(rows: Iterable[Dated], named: dict[int, tuple[str, str]]) -> list[Changed]:
    return [Changed(*named[row.pk], row.since, row.until, row.source) for row in rows]


def changed_members(day: date) -> list[Changed]:
    """Who joined or left after the brochure, as known on ``day``."""
    rows = list(directory.changed(Standing.objects.exclude(status=Standing.Status.OBSERVER), day))
    return _changed(rows, {row.pk: (row.display_name, "") for row in rows})


def changed_bodies(day: date) -> list[Changed]:
    """Bodies and their chairs that are not, or not only, the brochure's, and what is said otherwise since."""
    bodies = list(directory.changed(Body.objects.all(), day))
    terms = list(directory.changed(Term.objects.select_related("post__body", "organisation"), day))
    said: QuerySet[Passage] = directory.changed(Passage.objects.all(), day)
    return [
        *_changed(terms, {row.pk: (row.organisation.name, f"{row.post.name}, {row.post.body.name}") for row in terms}),
        *_changed(bodies, {row.pk: (row.name, "") for row in bodies}),
        *_changed(said, {row.pk: ("", row.text) for row in said}),
    ]
