"""The worker's loop, its heart, and the worker as a thread of a web process."""

from __future__ import annotations

import atexit
import logging
import os
import queue
import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import uuid4

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections, transaction
from django.db.utils import InterfaceError
from django.utils.module_loading import autodiscover_modules
from django_tasks.base import TaskContext
from django_tasks.signals import task_enqueued

from rso.base.clock import Clock, SystemClock
from rso.jobs import actions
from rso.jobs.registry import Companion, companions, rounds
from rso.jobs.rules import Random, tick_of

logger = logging.getLogger("rso.jobs")


@dataclass(frozen=True)
class Tempo:
    """How often the worker looks for work, and how long a task stays a lost worker's, in seconds."""

    poll_s: float = 1.0
    lease_s: float = 60.0

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.lease_s)


def tempo() -> Tempo:
    """What the settings ``RSO_WORKER_POLL_SECONDS`` and ``RSO_WORKER_LEASE_SECONDS`` say."""
    usual = Tempo()
    return Tempo(
        getattr(settings, "RSO_WORKER_POLL_SECONDS", usual.poll_s),
        getattr(settings, "RSO_WORKER_LEASE_SECONDS", usual.lease_s),
    )


class Bell:
    """Wakes a waiting worker. Unlike an ``Event`` it may be rung from a signal handler."""

    def __init__(self) -> None:
        self._rung: queue.SimpleQueue[None] = queue.SimpleQueue()

    def ring(self) -> None:
        self._rung.put(None)

    def wait(self, seconds: float) -> None:
        """Returns when the bell is rung, or after ``seconds``."""
        try:
            self._rung.get(timeout=seconds)
            while True:
                self._rung.get_nowait()
        except queue.Empty:
            return


@dataclass
class Worker:
    """One worker. ``stop`` ends it after the task in hand; ``sleep`` is how it waits, for tests."""

    stop: threading.Event
    clock: Clock
    tempo: Tempo
    random: Random = random.random
    bell: Bell = field(default_factory=Bell)
    name: str = field(default_factory=lambda: f"{socket.gethostname()[:30]}-{os.getpid()}-{uuid4().hex[:8]}")
    _reaped_at: datetime | None = None
    _ticks: dict[str, datetime] = field(default_factory=dict)

    def burst(self) -> int:
        """Reaps, starts what is due, runs until nothing is due, and returns the number of tasks run."""
        self._keep_house()
        done = 0
        while not self.stop.is_set() and self._run_one():
            done += 1
            self._keep_house()
        return done

    def run(self) -> int:
        """Works until told to stop; waits for a database that is away. Returns the number of tasks run."""
        done, trouble = 0, 0
        while not self.stop.is_set():
            try:
                done += self.burst()
                trouble = 0
            except (DatabaseError, InterfaceError) as error:
                trouble += 1
                if trouble == 1:
                    logger.warning("The worker cannot reach its database (%s); it waits.", type(error).__name__)
                close_old_connections()
            if not self.stop.is_set():
                self.bell.wait(self.tempo.poll_s * min(2**trouble, 30))
        return done

    def _keep_house(self) -> None:
        """Reaps now and then, and starts rounds; what it remembers spares the database most of the asking.

        It compares for being the same period, not for being later, so that a clock set back stops nothing.
        """
        now = self.clock.now()
        if self._reaped_at is None or not self._reaped_at <= now < self._reaped_at + self.tempo.lease / 3:
            actions.reap(now=now, lease=self.tempo.lease, random=self.random)
            self._reaped_at = now
        for one in rounds():
            tick = tick_of(now, one.seconds)
            if self._ticks.get(one.name) != tick:
                actions.start_rounds([one], now=now)
                self._ticks[one.name] = tick

    def _run_one(self) -> bool:
        claimed = actions.claim(worker=self.name, now=self.clock.now(), lease=self.tempo.lease)
        if claimed is None:
            return False
        try:
            with self._heart(claimed):
                _call(claimed)
        except Exception as error:  # noqa: BLE001 - whatever a task raises is that task's failure
            actions.fail(claimed, error=error, now=self.clock.now(), random=self.random)
        except BaseException:
            actions.give_back(claimed)
            raise
        else:
            actions.finish(claimed, now=self.clock.now())
        return True

    @contextmanager
    def _heart(self, claimed: actions.Claim) -> Iterator[None]:
        """Renews the lease in a thread of its own for as long as the task runs."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(self.tempo.lease_s / 3):
                try:
                    if not actions.renew(claimed, now=self.clock.now(), lease=self.tempo.lease):
                        logger.warning("The lease of task %s was lost.", claimed.row.pk)
                        break
                except (DatabaseError, InterfaceError):
                    close_old_connections()  # the next beat may reach it
            connections.close_all()

        heart = threading.Thread(target=beat, name="rso-lease", daemon=True)
        heart.start()
        try:
            yield
        finally:
            over.set()
            heart.join()


def _call(claimed: actions.Claim) -> None:
    declared = claimed.row.task
    given = claimed.row.args_kwargs
    if declared.takes_context:
        context = TaskContext(task_result=cast(Any, claimed.row.task_result))
        declared.call(context, *given["args"], **given["kwargs"])
    else:
        declared.call(*given["args"], **given["kwargs"])


def run_worker(
    stop: threading.Event,
    clock: Clock | None = None,
    *,
    burst: bool = False,
    bell: Bell | None = None,
    pace: Tempo | None = None,
    random: Random = random.random,
) -> int:
    """Works in this thread until ``stop`` is set (noticed at the next poll, or at once if ``bell`` is rung).

    With ``burst`` it returns as soon as nothing is due. Returns the number of attempts made.
    """
    autodiscover_modules("tasks")
    worker = Worker(stop, clock or SystemClock(), pace or tempo(), random, bell or Bell())
    if burst:
        return worker.burst()
    for name, companion in companions().items():
        threading.Thread(target=_accompany, args=(companion, stop), name=name, daemon=True).start()
    return worker.run()


def _accompany(companion: Companion, stop: threading.Event) -> None:
    try:
        companion(stop)
    finally:
        connections.close_all()


@dataclass
class WorkerThread:
    """A worker inside another process."""

    thread: threading.Thread
    _stop: threading.Event
    _bell: Bell

    def stop(self, timeout_s: float = 10.0) -> bool:
        """Ends the worker after the task in hand; ``False`` if that takes longer (its lease covers it)."""
        self._stop.set()
        self._bell.ring()
        self.thread.join(timeout_s)
        return not self.thread.is_alive()


_lock = threading.Lock()
_running: WorkerThread | None = None


def start_in_thread(clock: Clock | None = None) -> WorkerThread:
    """Runs the worker in a thread of this process, at most one; for a small installation.

    It saves a process and its start, and a task put into the queue by this process starts at once. It has
    limits: tasks and pages share one interpreter lock, so a long computation makes pages slow; a crash takes
    both; and it must start in the process that serves, not in one that forks afterwards. At the exit of the
    process the task in hand has ten seconds, after which its lease runs out and another worker takes it.
    """
    global _running
    with _lock:
        if _running is not None and _running.thread.is_alive():
            return _running
        stop, bell = threading.Event(), Bell()

        def work() -> None:
            try:
                run_worker(stop, clock, bell=bell)
            finally:
                connections.close_all()

        thread = threading.Thread(target=work, name="rso-worker", daemon=True)
        _running = WorkerThread(thread, stop, bell)
        task_enqueued.connect(_ringer(bell), weak=False, dispatch_uid="rso-worker-bell")
        atexit.register(_running.stop)
        thread.start()
        return _running


def _ringer(bell: Bell) -> Callable[..., None]:
    def ring(**_: object) -> None:
        transaction.on_commit(bell.ring)

    return ring
