"""What comes round for proposals."""

from __future__ import annotations

from rso.base.clock import SystemClock
from rso.jobs.registry import every
from rso.office.projects.actions import deciding


@every(seconds=3600)
def close_consultations() -> None:
    """Closes the consultation windows whose last day is over."""
    deciding.close_due(SystemClock().now())
