"""Focal points in the search, for the members alone: name, position, member, subject; no telephone and no address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rso.office.contacts.queries import on_day
from rso.search.entries import Entry
from rso.search.sources import register

#: Anybody with a seat at a member, and the office.
MEMBERS: Final = "members"


def focal_points() -> Iterator[Entry]:
    """Focal points of today."""
    for row in on_day(timezone.localdate()):
        agency = row.agency.name if row.agency else ""
        parts = (row.position, agency, row.organisation.name, row.subject.name, row.get_rank_display())
        body = ". ".join(part for part in map(str, parts) if part)
        yield Entry("focal-point", str(row.pk), "en", row.name, body, f"/focal-points/{row.pk}/", MEMBERS)


def enter() -> None:
    """Enters them with the search."""
    register("focal-point", _("Focal point"), focal_points)
