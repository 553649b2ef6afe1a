from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rso.accounts.rules import system_actor
from rso.base.errors import RsoError
from rso.office.directory.actions.loading import load
from rso.office.directory.models import Standing
from rso.office.directory.shipped import SHIPPED


class Command(BaseCommand):
    help = "Loads members, bodies, principles and resources from a file of dated facts; safe to run twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, default=SHIPPED)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            load(system_actor("command-line"), path=options["file"])
        except RsoError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{Standing.objects.count()} members and organisations stand in the directory")
