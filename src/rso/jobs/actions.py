"""The life of a task: claimed under a lease, renewed, finished, tried again, given back, failed for good.

Every change of a running task names the lease's token and changes nothing if the token is no longer the
present one. So a worker that slept through its lease cannot overwrite what the next one did.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django_tasks import TaskResultStatus
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult, get_date_max

from rso.base.errors import RsoError
from rso.jobs.models import Lease, Period
from rso.jobs.queries import due, is_due, is_waiting
from rso.jobs.registry import Round, manner_of
from rso.jobs.rules import GiveUp, Random, tick_of

logger = logging.getLogger("rso.jobs")

READY, RUNNING = TaskResultStatus.READY, TaskResultStatus.RUNNING
FAILED, SUCCESSFUL = TaskResultStatus.FAILED, TaskResultStatus.SUCCESSFUL


class WorkerLost(Exception):
    """The outcome of a task whose workers were lost on every attempt."""


@dataclass(frozen=True)
class Claim:
    """A task in a worker's hand."""

    row: DBTaskResult[Any, Any]
    token: UUID

    @property
    def attempt(self) -> int:
        return len(self.row.worker_ids)


def claim(*, worker: str, now: datetime, lease: timedelta) -> Claim | None:
    """Takes the most urgent task that is due, or ``None``. An idle poll only reads."""
    if not is_due(now):
        return None
    with transaction.atomic():
        row = due(now).select_for_update(skip_locked=True).first()
        if row is None:
            return None
        row.worker_ids = [*row.worker_ids, worker]
        row.status, row.started_at = RUNNING, now
        # The condition decides on engines without row locks, if somebody runs them without IMMEDIATE.
        taken = DBTaskResult.objects.filter(pk=row.pk, status=READY).update(
            status=RUNNING, started_at=now, worker_ids=row.worker_ids
        )
        if not taken:
            return None
        held = Lease(task=row, token=uuid4(), worker=worker, until=now + lease)
        held.save(force_insert=True)
    return Claim(row, held.token)


def renew(claimed: Claim, *, now: datetime, lease: timedelta) -> bool:
    """Prolongs the lease; ``False`` if it was lost."""
    return Lease.objects.filter(task=claimed.row, token=claimed.token).update(until=now + lease) == 1


def kick(task: Task[[], None], *, now: datetime, at: datetime | None = None) -> bool:
    """Puts a task that finds its own work into the queue, unless one waits already that will start by then.

    ``at`` is when it is to start, if not at once. Call it when what it is to find is committed: then whichever
    task starts later sees it. ``False`` where none was needed.
    """
    if is_waiting(task, at or now):
        return False
    (task if at is None else task.using(run_after=at)).enqueue()
    return True


@dataclass(frozen=True)
class _Kick:
    """A kick that waits for its transaction; two for the same task and moment are one."""

    task: Task[[], None]
    at: datetime | None
    now: datetime = field(compare=False)

    def __call__(self) -> None:
        kick(self.task, now=self.now, at=self.at)


def kick_on_commit(task: Task[[], None], *, now: datetime, at: datetime | None = None) -> None:
    """Kicks once the transaction stands. However often one transaction says so, it is one kick."""
    wish = _Kick(task, at, now)
    if all(waiting != wish for _, waiting, *_ in transaction.get_connection().run_on_commit):
        transaction.on_commit(wish)


def _let_go(claimed: Claim) -> bool:
    return Lease.objects.filter(task=claimed.row, token=claimed.token).delete()[0] == 1


def _settle(claimed: Claim, **changes: Any) -> bool:
    """Ends the lease and writes the outcome, both or neither; ``False`` if the lease was lost."""
    with transaction.atomic():
        if not _let_go(claimed):
            logger.warning("The outcome of task %s is dropped: its lease was lost.", claimed.row.pk)
            return False
        DBTaskResult.objects.filter(pk=claimed.row.pk).update(**changes)
    return True


def finish(claimed: Claim, *, now: datetime) -> bool:
    """Writes success. Return values are not kept: a task's result is what its action stored."""
    if not manner_of(claimed.row.task_path).keep:
        with transaction.atomic():
            held = _let_go(claimed)
            if held:
                DBTaskResult.objects.filter(pk=claimed.row.pk).delete()
        return held
    return _settle(claimed, status=SUCCESSFUL, finished_at=now, exception_class_path="", traceback="")


def fail(claimed: Claim, *, error: BaseException, now: datetime, random: Random) -> bool:
    """Writes a failed attempt: back into the queue after a wait, or failed for good."""
    retry = manner_of(claimed.row.task_path).retry
    told = {"exception_class_path": _path(type(error)), "traceback": _without_values(error)}
    if isinstance(error, GiveUp) or retry.is_spent(claimed.attempt):
        logger.error("Task %s (%s) failed for good: %s.", claimed.row.pk, claimed.row.task_path, _path(type(error)))
        return _settle(claimed, status=FAILED, finished_at=now, **told)
    wait = retry.wait(claimed.attempt, random)
    logger.warning(
        "Task %s (%s) failed on attempt %d (%s); again in %.0f s.",
        claimed.row.pk, claimed.row.task_path, claimed.attempt, _path(type(error)), wait.total_seconds(),
    )  # fmt: skip
    return _settle(claimed, status=READY, run_after=now + wait, **told)


def give_back(claimed: Claim) -> bool:
    """Puts the task back as it was, for a worker that was told to stop while it ran; the attempt counts."""
    return _settle(claimed, status=READY, run_after=get_date_max())


def reap(*, now: datetime, lease: timedelta, random: Random) -> int:
    """Gives back every running task whose lease has ended, and returns their number.

    A task that runs under no lease was taken by a foreign worker and gets one lease's time. A lease that ends
    later than anybody could have set it comes from a clock that was wrong, and does not hold.
    """
    lost = _ended(now, lease, "lease__") | Q(lease__isnull=True, started_at__lte=now - lease)
    found = DBTaskResult.objects.filter(lost, status=RUNNING)
    return sum(_reap_one(pk, now, lease, random) for pk in found.values_list("pk", flat=True))


def _ended(now: datetime, lease: timedelta, to_lease: str = "") -> Q:
    until = f"{to_lease}until"
    return Q(**{f"{until}__lte": now}) | Q(**{f"{until}__gt": now + 4 * lease})


def _reap_one(pk: UUID, now: datetime, lease: timedelta, random: Random) -> int:
    with transaction.atomic():
        row = DBTaskResult.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
        if row is None or row.status != RUNNING:
            return 0
        held = Lease.objects.filter(task=row)
        if held.exclude(_ended(now, lease)).exists():
            return 0  # renewed, or taken anew, while we looked
        held.delete()
        retry, attempt = manner_of(row.task_path).retry, len(row.worker_ids)
        told = {"exception_class_path": _path(WorkerLost), "traceback": ""}
        if retry.is_spent(attempt):
            DBTaskResult.objects.filter(pk=pk).update(status=FAILED, finished_at=now, **told)
        else:
            after = now + retry.wait(attempt, random)
            DBTaskResult.objects.filter(pk=pk).update(status=READY, run_after=after, **told)
    logger.warning("Task %s (%s) lost its worker on attempt %d.", pk, row.task_path, attempt)
    return 1


def start_rounds(found: Iterable[Round], *, now: datetime) -> int:
    """Puts into the queue each scheduled task whose present period nobody has begun; returns their number."""
    return sum(_start_round(one, tick_of(now, one.seconds)) for one in found)


def _start_round(one: Round, tick: datetime) -> int:
    # A tick more than one period ahead comes from a clock that was wrong; it must not silence the round.
    begun = Q(tick__gte=tick, tick__lte=tick + timedelta(seconds=one.seconds))
    if Period.objects.filter(begun, name=one.name).exists():
        return 0
    with transaction.atomic():
        is_new = Period.objects.get_or_create(name=one.name, defaults={"tick": tick})[1]
        if not is_new and not Period.objects.filter(~begun, name=one.name).update(tick=tick):
            return 0
        path = one.task.module_path
        if DBTaskResult.objects.filter(task_path=path, status__in=(READY, RUNNING)).exists():
            return 0
        one.task.enqueue()
    return 1


def requeue(task_id: UUID) -> bool:
    """Gives a task that failed for good its attempts anew; ``False`` if it is not a failed one."""
    return bool(
        DBTaskResult.objects.filter(pk=task_id, status=FAILED).update(
            status=READY, run_after=get_date_max(), worker_ids=[], finished_at=None
        )
    )


def dismiss(task_id: UUID) -> bool:
    """Deletes a task that failed for good; ``False`` if it is not a failed one."""
    return DBTaskResult.objects.filter(pk=task_id, status=FAILED).delete()[0] > 0


def clear(*, before: datetime) -> int:
    """Deletes the rows of successes that finished before ``before``; failures stay. Returns their number."""
    return DBTaskResult.objects.filter(status=SUCCESSFUL, finished_at__lt=before).delete()[0]


def _path(kind: type[BaseException]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _without_values(error: BaseException) -> str:
    """Where it happened, and the message only of our own errors: a foreign one may quote a person's data."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    said = f": {error}" if isinstance(error, RsoError | GiveUp) else ""
    return f"{frames}{_path(type(error))}{said}\n"
