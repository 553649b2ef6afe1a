"""How an app declares work for later: ``@task`` for a kick, ``@every`` for what comes round.

::

    @task(retry=Retry(attempts=10, first_s=5))
    def deliver(mail_id: int) -> None:
        actions.deliver(SYSTEM, mail=Mail.objects.get(pk=mail_id))

    deliver.enqueue(mail.pk)          # inside the transaction that made the mail

    @every(seconds=300)
    def sweep() -> None: ...

Arguments are ids: numbers and short texts. A record may have changed, or gone, before the task runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import ParamSpec, TypeVar

from django_tasks import task as _declare
from django_tasks.base import Task

from rso.jobs.rules import Retry

P = ParamSpec("P")
R = TypeVar("R")

DEFAULT_RETRY = Retry()


@dataclass(frozen=True)
class Manner:
    """How the worker treats a task. ``keep`` leaves the row of a success for a while, to be looked at."""

    retry: Retry = DEFAULT_RETRY
    keep: bool = True


@dataclass(frozen=True)
class Round:
    """A scheduled task: put into the queue once in every period of ``seconds``, over all workers."""

    name: str
    seconds: int
    task: Task[[], None]


Companion = Callable[[Event], None]
_COMPANIONS: dict[str, Companion] = {}
_MANNERS: dict[str, Manner] = {}
_ROUNDS: dict[str, Round] = {}


def task(*, retry: Retry = DEFAULT_RETRY, priority: int = 0) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Declares a function of a module as a task; call it later with ``.enqueue(...)``.

    The row is written by the caller's transaction, so that the kick exists exactly when the change does.
    """

    def declare(function: Callable[P, R]) -> Task[P, R]:
        declared: Task[P, R] = _declare(priority=priority)(function)
        _MANNERS[declared.module_path] = Manner(retry)
        return declared

    return declare


def every(
    *, seconds: int, name: str = "", retry: Retry = DEFAULT_RETRY
) -> Callable[[Callable[[], None]], Task[[], None]]:
    """Declares a task that comes round in every period of ``seconds`` (multiples since 1970, UTC).

    Periods missed while no worker ran are not made up for, and a round still waiting or running is not
    joined by a second one. The rows of successes are not kept.
    """
    if seconds < 1:
        raise ValueError("a period lasts at least a second")

    def declare(function: Callable[[], None]) -> Task[[], None]:
        declared: Task[[], None] = _declare()(function)
        path = declared.module_path
        known = _ROUNDS.get(name or path)
        if known is not None and known.task.module_path != path:
            raise ValueError(f"{name!r} is the name of two scheduled tasks")
        _MANNERS[path] = Manner(retry, keep=False)
        _ROUNDS[name or path] = Round(name or path, seconds, declared)
        return declared

    return declare


def beside(function: Companion) -> Companion:
    """Declares what runs in a thread of its own beside every worker, until the event is set: waiting for news from
    outside, and kicking a task when there is some. It does no work itself, and may end with its process at any line.
    """
    _COMPANIONS[f"{function.__module__}.{function.__qualname__}"] = function
    return function


def companions() -> dict[str, Companion]:
    """Every companion declared so far, by name."""
    return dict(_COMPANIONS)


def manner_of(task_path: str) -> Manner:
    """The manner of the task at ``task_path``; the usual one for a task that was declared without us."""
    return _MANNERS.get(task_path, Manner())


def rounds() -> tuple[Round, ...]:
    """Every scheduled task declared so far (the worker imports all ``tasks`` modules first)."""
    return tuple(_ROUNDS.values())
