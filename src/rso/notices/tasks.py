"""Kicks for the outbox. What was lost, or failed, is found by the sweep."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from rso.accounts.rules import system_actor
from rso.jobs.registry import every, task
from rso.jobs.rules import Retry
from rso.notices import actions, digests
from rso.notices.queries import due_mail

OUTBOX = system_actor("outbox")


@task(retry=Retry(attempts=1))  # the outbox has its own retries
def deliver(mail_id: str) -> None:
    actions.deliver(OUTBOX, pk=UUID(mail_id), now=timezone.now())


@every(seconds=30, name="notices.sweep", retry=Retry(attempts=1))
def sweep() -> None:
    """Sends what is due, and stops at the first failure: a server that is away is not asked for each."""
    for pk in due_mail(timezone.now())[:200]:
        if not actions.deliver(OUTBOX, pk=pk, now=timezone.now()):
            break


@every(seconds=900, name="notices.digests")
def write_digests() -> None:
    """Writes the digests whose hour has come, each in its reader's own time zone."""
    digests.send_due(OUTBOX, now=timezone.now())
