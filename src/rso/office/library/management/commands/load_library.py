from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rso.accounts.rules import system_actor
from rso.base.clock import SystemClock
from rso.base.errors import RsoError
from rso.office.library.actions.loading import SHIPPED, load


class Command(BaseCommand):
    help = "Loads the public list of the RSO's resources into the library; what people have changed stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, default=SHIPPED)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            added, changed = load(system_actor("command-line"), path=options["file"], now=SystemClock().now())
        except RsoError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{added} records were added to the library, {changed} brought up to date")
