"""Reading projects and proposals."""

from __future__ import annotations

from django.db.models import QuerySet

from rso.office.projects.models import Project


def public_projects() -> QuerySet[Project]:
    """What is being done, for everybody to see."""
    return Project.objects.select_related("proposal__member")
