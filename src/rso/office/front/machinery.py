"""The state of the office's machinery for its administrator, and what they do about it."""

from __future__ import annotations

import platform
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from uuid import UUID

from django import get_version
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Max, Q, QuerySet
from django_tasks_db.models import DBTaskResult

from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.base.errors import RsoError
from rso.jobs import actions as jobs
from rso.jobs.models import Period
from rso.jobs.queries import Queue, failed, queue
from rso.notices.models import Mail
from rso.office.front.rules import FrontEvent, FrontPermission
from rso.search.models import Document


@dataclass(frozen=True)
class State:
    """What an administrator wants to know at a glance. ``free`` and ``disk`` are bytes; ``searched_at`` is when the
    index was last compared with what there is."""

    jobs: Queue
    mail_waiting: int
    mail_dead: int
    free: int
    disk: int
    documents: int
    newest: datetime | None
    searched_at: datetime | None
    versions: tuple[tuple[str, str], ...]

    @property
    def is_full(self) -> bool:
        """Less than a tenth of the disk is free."""
        return self.free * 10 < self.disk


def state(actor: Actor, now: datetime) -> State:
    """The state at ``now``; six queries."""
    require(actor, FrontPermission.ADMINISTER)
    mail = Mail.objects.order_by().aggregate(
        waiting=Count("pk", filter=Q(state=Mail.State.WAITING)), dead=Count("pk", filter=Q(state=Mail.State.DEAD))
    )
    index = Document.objects.order_by().aggregate(count=Count("pk"), newest=Max("changed_at"))
    disk = shutil.disk_usage(settings.DATA if settings.DATA.exists() else "/")
    round_ = Period.objects.filter(name="search.refresh").first()
    return State(
        jobs=queue(now), mail_waiting=mail["waiting"], mail_dead=mail["dead"], free=disk.free, disk=disk.total,
        documents=index["count"], newest=index["newest"], searched_at=round_.tick if round_ else None,
        versions=versions(),
    )  # fmt: skip


def versions() -> tuple[tuple[str, str], ...]:
    """What runs here, by name."""
    return (
        ("rso", _own()),
        ("Python", platform.python_version()),
        ("Django", get_version()),
        (connection.display_name, _database()),
    )


def _own() -> str:
    try:
        return version("rso")
    except PackageNotFoundError:
        return "0"


def _database() -> str:
    if connection.vendor == "sqlite":
        return sqlite3.sqlite_version
    number = int(getattr(connection, "pg_version", 0))
    return f"{number // 10000}.{number % 10000}"


def failed_jobs(actor: Actor) -> QuerySet[DBTaskResult[Any, Any]]:
    """What failed for good, the latest first. The rows hold names of tasks and ids, and no person's data."""
    require(actor, FrontPermission.HANDLE_JOBS)
    return failed()


def _task_of(pk: UUID) -> str:
    found = failed().filter(pk=pk).values_list("task_path", flat=True).first()
    if found is None:
        raise RsoError("job-not-failed", "This is not among what failed.")
    return found.rpartition(".")[2]


@transaction.atomic
def requeue(actor: Actor, *, pk: UUID) -> None:
    """Gives a job that failed for good its attempts anew."""
    require(actor, FrontPermission.HANDLE_JOBS)
    name = _task_of(pk)
    jobs.requeue(pk)
    record(actor, FrontEvent.REQUEUED, subject=pk, facts={"task": name})


@transaction.atomic
def dismiss(actor: Actor, *, pk: UUID) -> None:
    """Forgets a job that failed for good."""
    require(actor, FrontPermission.HANDLE_JOBS)
    name = _task_of(pk)
    jobs.dismiss(pk)
    record(actor, FrontEvent.DISMISSED, subject=pk, facts={"task": name})
