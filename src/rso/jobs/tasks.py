"""The queue's own housekeeping."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from rso.jobs import actions
from rso.jobs.registry import every


@every(seconds=6 * 3600, name="jobs.clear")
def clear() -> None:
    """Deletes successes older than the setting ``RSO_WORKER_KEEP_DAYS`` (7)."""
    days = getattr(settings, "RSO_WORKER_KEEP_DAYS", 7)
    actions.clear(before=timezone.now() - timedelta(days=days))
