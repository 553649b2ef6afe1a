"""Brings the relay a signed directory file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rso.accounts.rules import system_actor
from rso.base.clock import SystemClock
from rso.base.errors import RsoError
from rso.relay.actions.upkeep import load_directory


class Command(BaseCommand):
    help = "Take a signed directory file into use. It must be signed by enough root keys, and not be older."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            data = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from None
        try:
            directory = load_directory(system_actor("command line"), data=data, now=SystemClock().now())
        except RsoError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Directory version {directory.version} is in use.")
