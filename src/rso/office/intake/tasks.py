"""The queue's nightly broom."""

from __future__ import annotations

from rso.accounts.rules import system_actor
from rso.base.clock import SystemClock
from rso.jobs.registry import every
from rso.office.intake import actions
from rso.office.intake.actions import erasing


@every(seconds=3600)
def sweep_enquiries() -> None:
    """Erases unconfirmed enquiries that are out of date and yesterday's network digests."""
    actions.sweep(SystemClock().now())


@every(seconds=24 * 3600, name="intake.erase")
def erase_enquiries() -> None:
    """Erases persons and words of enquiries whose time is over."""
    erasing.erase_old(system_actor("intake-retention"), now=SystemClock().now())
