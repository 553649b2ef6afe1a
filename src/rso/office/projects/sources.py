"""What the projects have to show to the search: what is being done to everybody, proposals to whoever may see them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rso.accounts.rules import Role
from rso.office.projects.models import Proposal, Submission
from rso.office.projects.queries import public_projects
from rso.office.projects.rules import ProjectsPermission
from rso.search.audiences import of_permission, of_seat
from rso.search.entries import Entry
from rso.search.sources import register

#: Proposals are written in the office's working language; other languages come with the editorial core.
_LANGUAGE: Final = "en"


def projects() -> Iterator[Entry]:
    """What is being done."""
    for row in public_projects():
        path = reverse("projects:project", args=[row.pk])
        yield Entry("project", str(row.pk), _LANGUAGE, row.title, row.summary, path)


def proposals() -> Iterator[Entry]:
    """What was submitted, as it was submitted last, for whoever may see proposals."""
    audience = of_permission(ProjectsPermission.SEE_PROPOSALS)
    seen: set[str] = set()
    for last in Submission.objects.order_by("proposal_id", "-round").iterator():
        path = reverse("projects:proposal", args=[last.proposal_id])
        entry = Entry("proposal", str(last.proposal_id), _LANGUAGE, *_words(last.content), path, audience)
        if entry.ref not in seen:
            seen.add(entry.ref)
            yield entry


def drafts() -> Iterator[Entry]:
    """What a member's officials are writing, for them alone: drafts, and words that differ from what was submitted."""
    submitted = {entry.ref: (entry.title, entry.body) for entry in proposals()}
    for row in Proposal.objects.select_related("member").iterator():
        words = _words({name: getattr(row, name) for name in ("title", "problem", "approach")})
        if submitted.get(str(row.pk)) == words:
            continue
        path = reverse("projects:proposal", args=[row.pk])
        audience = of_seat(Role.MEMBER_OFFICIAL, row.member.code)
        yield Entry("draft", str(row.pk), _LANGUAGE, *words, path, audience)


def _words(content: dict[str, Any]) -> tuple[str, str]:
    """The words that the list of proposals looks into as well."""
    return content["title"], f"{content['problem']}\n{content['approach']}"


def enter() -> None:
    """Enters them with the search."""
    register("proposal", _("Proposal"), proposals)
    register("draft", _("Draft of a proposal"), drafts)
    register("project", _("Project"), projects)
