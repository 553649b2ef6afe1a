"""Whoever saved a search and wished it is told of new results."""

from __future__ import annotations

from django.utils import timezone

from rso.jobs.registry import every
from rso.office.front import alerts


@every(seconds=3600, name="front.tell-of-new-results")
def tell() -> None:
    """Looks once an hour, as each keeper may see things at that moment."""
    alerts.tell_of_new_results(now=timezone.now())
