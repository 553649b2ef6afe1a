"""The worker as a thread of a web process."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest
from django.db import OperationalError

from rso.jobs.registry import task
from rso.jobs.worker import start_in_thread

RAN = threading.Event()


@task()
def kick() -> None:
    RAN.set()


@pytest.mark.django_db(transaction=True)
def test_a_task_of_the_same_process_starts_without_waiting_for_a_poll(settings) -> None:  # type: ignore[no-untyped-def]
    settings.RSO_WORKER_POLL_SECONDS = 3600
    running = start_in_thread()
    try:
        assert start_in_thread() is running
        for _ in range(30):
            # The tests' database is in memory and shared by threads: there a table that another thread reads is
            # refused at once, where a file would let us wait. Without the bell no number of kicks would do.
            with suppress(OperationalError):
                kick.enqueue()
            if RAN.wait(1):
                break
        assert RAN.is_set()
    finally:
        assert running.stop(30)
