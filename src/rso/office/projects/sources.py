"""What the projects have to show to the search: those that everybody may see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rso.office.projects.queries import public_projects
from rso.search.entries import Entry
from rso.search.sources import register

#: Proposals are written in the office's working language; other languages come with the editorial core.
_LANGUAGE: Final = "en"


def projects() -> Iterator[Entry]:
    """What is being done."""
    for row in public_projects():
        path = reverse("projects:project", args=[row.pk])
        yield Entry("project", str(row.pk), _LANGUAGE, row.title, row.summary, path)


def enter() -> None:
    """Enters them with the search."""
    register("project", _("Project"), projects)
