"""What comes round for texts: publication at its moment, reminders to confirm facts, files that nobody carried out."""

from __future__ import annotations

from django.utils import timezone

from rso.content.actions import exchange, facts
from rso.content.actions.publishing import publish_due as publish
from rso.jobs.registry import every


@every(seconds=60, name="content.publish")
def publish_due() -> None:
    """Publishes what is approved and whose moment has come."""
    publish(now=timezone.now())


@every(seconds=6 * 3600, name="content.facts")
def remind_keepers() -> None:
    """Asks for confirmation of what was not confirmed for too long. Asking twice in a period asks once."""
    facts.remind(on=timezone.localdate())


@every(seconds=3600, name="content.arrivals")
def sweep_arrivals() -> None:
    """Forgets files from translators' programs that were not carried out within a day."""
    exchange.sweep(timezone.now())
