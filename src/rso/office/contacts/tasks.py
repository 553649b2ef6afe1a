"""The daily look at what is to be confirmed."""

from __future__ import annotations

from rso.accounts.rules import system_actor
from rso.base.clock import SystemClock
from rso.jobs.registry import every
from rso.office.contacts.actions import reminding


@every(seconds=24 * 3600, name="contacts.remind")
def remind_to_confirm() -> None:
    """Reminds members whose focal points are to be confirmed."""
    reminding.remind(system_actor("reminders"), now=SystemClock().now())
