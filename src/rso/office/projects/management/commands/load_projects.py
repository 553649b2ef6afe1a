from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rso.accounts.rules import system_actor
from rso.base.errors import RsoError
from rso.office.projects.actions.loading import SHIPPED, load


class Command(BaseCommand):
    help = "Loads the projects that are older than this system from a file; safe to run twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, default=SHIPPED)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = load(system_actor("command-line"), path=options["file"])
        except RsoError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{count} projects stand in the list")
