"""The index follows what the apps have to show."""

from __future__ import annotations

from django.utils import timezone

from rso.jobs.registry import every
from rso.search import actions


@every(seconds=60, name="search.refresh")
def refresh() -> None:
    """Looks what has changed in each source. What has not costs a comparison."""
    actions.refresh(now=timezone.now())


@every(seconds=24 * 3600, name="search.prune-words")
def prune_words() -> None:
    """Once a day: the words of closed texts that are gone go as well."""
    actions.prune_words()
