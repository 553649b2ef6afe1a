"""Kicks and rounds. A lost kick costs at most a minute: the round finds what is due."""

from __future__ import annotations

from uuid import UUID

from rso.accounts.rules import system_actor
from rso.base.clock import SystemClock
from rso.jobs.registry import every, task
from rso.node.post.queries import at_hand
from rso.node.searches.models import ReceivedProbe
from rso.node.searches.rules import ProbeState

MACHINE = system_actor("search")
_BATCH = 50


@task()
def search(probe: str) -> None:
    """Searches one probe. Where that answers it, one task destroys the images of all that were answered."""
    from rso.node.searches.actions.answering import search_probe

    with at_hand():
        search_probe(MACHINE, pk=UUID(probe), clock=SystemClock())


@task()
def tidy() -> None:
    """Destroys the images of probes that were just answered."""
    from rso.node.searches.actions.answering import destroy_answered

    with at_hand():
        destroy_answered(MACHINE, clock=SystemClock())


@every(seconds=60, name="searches.sweep")
def sweep() -> None:
    """Finds probes whose kick was lost, and answered ones whose image is still there."""
    due = ReceivedProbe.objects.filter(state=ProbeState.RECEIVED).order_by("received_at")
    for pk in due.values_list("pk", flat=True)[:_BATCH]:
        search.enqueue(str(pk))
    tidy.enqueue()


@every(seconds=300, name="searches.expire")
def expire() -> None:
    """Destroys what has had its time."""
    from rso.node.searches.actions.expiring import destroy_expired

    destroy_expired(MACHINE, clock=SystemClock())
