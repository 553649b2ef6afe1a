"""``work``: runs background work until told to stop."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from rso.jobs.worker import Bell, run_worker


class Command(BaseCommand):
    help = "Runs background work until Ctrl-C or SIGTERM; the task in hand is finished first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="Run what is due now, then end.")

    def handle(self, *args: Any, once: bool = False, **options: Any) -> None:
        stop, bell = threading.Event(), Bell()

        def end(number: int, frame: FrameType | None) -> None:
            for each in (signal.SIGTERM, signal.SIGINT):
                signal.signal(each, signal.SIG_DFL)  # the second one ends it at once; the lease covers that
            stop.set()
            bell.ring()

        if threading.current_thread() is threading.main_thread():
            for each in (signal.SIGTERM, signal.SIGINT):
                signal.signal(each, end)
        done = run_worker(stop, burst=once, bell=bell)
        self.stdout.write(f"{done} attempts made.")
