"""What waits, runs and has failed. These rows hold task names and ids, and no person's data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Min, Q, QuerySet
from django_tasks import TaskResultStatus
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult, get_date_max

from rso import sql


def due(now: datetime) -> QuerySet[DBTaskResult[Any, Any]]:
    """Tasks that a worker may take at ``now``, the most urgent first."""
    return DBTaskResult.objects.filter(
        Q(run_after=get_date_max()) | Q(run_after__lte=now), status=TaskResultStatus.READY
    )


_DUE: Final = (
    "SELECT EXISTS (SELECT 1 FROM django_tasks_database_dbtaskresult "
    "WHERE status = 'READY' AND (run_after = %s OR run_after <= %s){and_also})"
)


def is_due(now: datetime) -> bool:
    """Whether there is anything that a worker may take at ``now``. Idle workers ask it all the time."""
    return bool(sql.value(_DUE.format(and_also=""), get_date_max(), now))


def is_waiting(task: Task[..., Any], now: datetime) -> bool:
    """Whether one of ``task`` is in the queue that a worker may take at ``now``."""
    return bool(sql.value(_DUE.format(and_also=" AND task_path = %s"), get_date_max(), now, task.module_path))


def failed() -> QuerySet[DBTaskResult[Any, Any]]:
    """Tasks that failed for good, the latest first. They stay until somebody requeues or dismisses them."""
    return DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).order_by("-finished_at")


@dataclass(frozen=True)
class Queue:
    """The state of the queue in numbers. ``oldest``: when the one that is due longest was put in."""

    waiting: int
    running: int
    failed: int
    oldest: datetime | None


def queue(now: datetime) -> Queue:
    """Counts for a status page: ``waiting`` includes what waits for a later attempt."""
    by_status = {
        row["status"]: row["n"] for row in DBTaskResult.objects.order_by().values("status").annotate(n=Count("pk"))
    }
    return Queue(
        waiting=by_status.get(TaskResultStatus.READY, 0),
        running=by_status.get(TaskResultStatus.RUNNING, 0),
        failed=by_status.get(TaskResultStatus.FAILED, 0),
        oldest=due(now).order_by().aggregate(first=Min("enqueued_at"))["first"],
    )
