"""Exchanges with the relay at once, whatever the back-off: for an administrator who has just mended something."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rso.node.post.actions import exchange_once
from rso.node.post.adapters.http import relay


class Command(BaseCommand):
    help = "Sends what is due and fetches what waits, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--wait", type=int, default=0, help="seconds to wait for new mail (0 to 25)")

    def handle(self, *args: Any, **options: Any) -> None:
        done = exchange_once(relay(), wait_s=max(0, min(25, options["wait"])), force=True)
        self.stdout.write(f"sent {done.sent}, taken {done.taken}, refused {done.refused}")
        if done.code:
            raise CommandError(f"{done.words} [{done.code}]")
