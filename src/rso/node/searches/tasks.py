"""Kicks and rounds. A lost kick costs at most a minute: the round finds what is due."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from rso.accounts.rules import system_actor
from rso.base.clock import SystemClock
from rso.jobs.queries import is_waiting
from rso.jobs.registry import every, task
from rso.node.searches.models import ReceivedProbe
from rso.node.searches.rules import ProbeState

MACHINE = system_actor("search")
_SWEEP = 50
TOGETHER = 8
"""Probes of one task: enough that they share its cost, few enough that several workers share a page."""


@task()
def search(probes: list[str]) -> None:
    """Searches probes. What may go by itself is answered; what it leaves behind, the sweep destroys."""
    from rso.node.searches.actions.searching import search_probes

    search_probes(MACHINE, pks=[UUID(probe) for probe in probes], clock=SystemClock())


def search_later(probes: Sequence[str]) -> None:
    """Puts probes into the queue, several to a task."""
    for start in range(0, len(probes), TOGETHER):
        search.enqueue(list(probes[start : start + TOGETHER]))


@every(seconds=60, name="searches.sweep")
def sweep() -> None:
    """Finds probes whose task was lost; while one waits, none is."""
    if is_waiting(search, timezone.now()):
        return
    due = ReceivedProbe.objects.filter(state=ProbeState.RECEIVED).order_by("received_at")
    search_later([str(pk) for pk in due.values_list("pk", flat=True)[:_SWEEP]])


@every(seconds=settings.RSO_DESTRUCTION_SECONDS, name="searches.destroy")
def destroy() -> None:
    """Destroys the images of probes that were answered, together: so the vault is scrubbed once for all."""
    from rso.node.searches.actions.destroying import destroy_answered

    destroy_answered(MACHINE, clock=SystemClock())


@every(seconds=300, name="searches.expire")
def expire() -> None:
    """Destroys what has had its time."""
    from rso.node.searches.actions.expiring import destroy_expired, destroy_unused
    from rso.node.searches.actions.lapsing import lapse

    lapse(MACHINE, clock=SystemClock())
    destroy_expired(MACHINE, clock=SystemClock())
    destroy_unused(MACHINE, clock=SystemClock())
