"""Projects older than this system, from a file that names its source."""

from __future__ import annotations

import tomllib
from pathlib import Path

from django.db import transaction

from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.base.errors import RsoError
from rso.office.projects.models import Project
from rso.office.projects.rules import ProjectsEvent, ProjectsPermission

SHIPPED = Path(__file__).parent.parent / "data" / "projects.toml"
BROCHURE = "RSO brochure, current projects (state of version 1)"


@transaction.atomic
def load(actor: Actor, *, path: Path = SHIPPED) -> int:
    """Loads the projects of ``path`` and gives their number; safe to run twice. Raises ``RsoError`` if unreadable."""
    require(actor, ProjectsPermission.LOAD)
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
        for order, row in enumerate(rows, start=1):
            values = {"title": row["title"], "summary": row["summary"], "source": row.get("source", BROCHURE)}
            Project.objects.update_or_create(code=row["code"], defaults={**values, "order": order})
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise RsoError("unreadable-projects", f"The file of projects could not be read: {error}") from error
    record(actor, ProjectsEvent.LOADED, subject="projects", facts={"count": len(rows)})
    return len(rows)
