"""The list of projects, for everybody."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rso.accounts.guards import public
from rso.office.projects import presenters, queries
from rso.ui import parts


@require_safe
@public
def projects(request: HttpRequest) -> HttpResponse:
    rows = queries.public_projects(search=request.GET.get("q", ""))
    return render(
        request, "projects/projects.html", {"page_obj": Paginator(rows, 20).get_page(request.GET.get("page"))}
    )


@require_safe
@public
def project(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A project and how it came to be: the public history has dates and outcomes, not assessments."""
    row = get_object_or_404(queries.public_projects(), pk=pk)
    crumbs = [parts.Crumb(_("Projects"), reverse("projects:projects")), parts.Crumb(row.title, data=True)]
    context: dict[str, Any] = {"project": row, "crumbs": crumbs}
    if row.proposal is not None:
        content = queries.content(row.proposal)
        context |= {
            "facts": presenters.public_facts(row.proposal, content),
            "tied": presenters.tied_to(row.proposal, content),
            "history": presenters.public_history(row.proposal),
        }
    return render(request, "projects/project.html", context)
