"""Reading the directory as it was on a day. All of it is public."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from django.db.models import Prefetch, Q, QuerySet

from rso.office.directory.models import Body, Chair, Dated, Passage, Resource, Standing

T = TypeVar("T", bound=Dated)


def holding(rows: QuerySet[T], day: date) -> QuerySet[T]:
    """The rows that hold on ``day``: ``since`` belongs to the term, ``until`` no longer does."""
    return rows.filter(Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gt=day))


def changed(rows: QuerySet[T], day: date) -> QuerySet[T]:
    """The rows that are no longer, or not only, the brochure's: begun later than it, or ended by ``day``."""
    newer = Q(version__gt=1, since__lte=day)
    return rows.filter(newer | Q(until__lte=day)).order_by("-until", "-since", "pk")


def members(day: date) -> QuerySet[Standing]:
    """Members and member organisations on ``day``, alphabetical; observers stand elsewhere."""
    rows = holding(Standing.objects.select_related("organisation"), day)
    return rows.exclude(status=Standing.Status.OBSERVER).order_by("display_name")


def members_by_group(day: date) -> list[tuple[str, list[Standing]]]:
    """The groups of the brochure in its order, each with its members in alphabetical order."""
    found: dict[str, list[Standing]] = {group: [] for group in Standing.Group.values}
    for standing in members(day):
        found[standing.group].append(standing)
    return [(str(Standing.Group(group).label), rows) for group, rows in found.items() if rows]


def passages(kind: str, day: date) -> QuerySet[Passage]:
    """Statements of one kind that hold on ``day``, in their order."""
    return holding(Passage.objects.filter(kind=kind), day).order_by("order")


def bodies(day: date, *, governance: bool = False) -> QuerySet[Body]:
    """Working groups, task forces and forums (or the organs of governance) with their chairs on ``day``."""
    chairs = holding(Chair.objects.select_related("organisation"), day)
    rows = holding(Body.objects.prefetch_related(Prefetch("chairs", queryset=chairs, to_attr="chairs_now")), day)
    wanted = Q(kind=Body.Kind.GOVERNANCE)
    return rows.filter(wanted if governance else ~wanted)


def resources(day: date, *kinds: str) -> QuerySet[Resource]:
    """Resources by official title that hold on ``day``, perhaps of some kinds only."""
    rows = holding(Resource.objects.all(), day)
    return rows.filter(kind__in=kinds) if kinds else rows
