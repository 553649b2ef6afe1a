"""Kicks and rounds of the post. A lost kick costs at most a minute: the round finds what is due."""

from __future__ import annotations

from rso.jobs.registry import task
from rso.jobs.rules import Retry


@task(retry=Retry(attempts=1))  # the outbox has its own retries
def exchange() -> None:
    """Filled by the exchange."""
