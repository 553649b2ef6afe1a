"""What the library does later: reading files, and forgetting what can no longer be put back."""

from __future__ import annotations

from rso.base.clock import SystemClock
from rso.jobs.registry import every, task
from rso.jobs.rules import Retry
from rso.office.library.actions import documents, reading
from rso.office.library.models import Copy


@task(retry=Retry(attempts=5, first_s=30))
def read_copy(copy_pk: int) -> None:
    """Reads the words of a file that was added."""
    copy = Copy.objects.select_related("file").filter(pk=copy_pk).first()
    if copy is not None:
        reading.read(copy, now=SystemClock().now())


@every(seconds=24 * 3600, name="library.forget")
def forget() -> None:
    """Forgets the bytes of files that were removed long ago."""
    documents.forget_removed(now=SystemClock().now())
