"""What comes round at the relay."""

from __future__ import annotations

from rso.base.clock import SystemClock, unix_seconds
from rso.jobs.registry import every
from rso.relay.actions.upkeep import sweep


@every(seconds=60)
def sweep_mailboxes() -> None:
    """Deletes what has expired."""
    sweep(now=unix_seconds(SystemClock().now()))
