"""The queue's nightly broom."""

from __future__ import annotations

from rso.base.clock import SystemClock
from rso.jobs.registry import every
from rso.office.intake import actions


@every(seconds=3600)
def sweep_enquiries() -> None:
    """Erases unconfirmed enquiries that are out of date and yesterday's network digests."""
    actions.sweep(SystemClock().now())
