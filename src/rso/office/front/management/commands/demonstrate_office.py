from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from rso.accounts.rules import system_actor
from rso.base.errors import RsoError
from rso.office.front.actions import demonstrate, make_links


class Command(BaseCommand):
    help = "Fills a demonstration's office with synthetic members, people, proposals and enquiries; safe to run twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--links", action="store_true", help="print fresh one-time sign-in links as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        actor, now = system_actor("demonstration"), timezone.now()
        try:
            demonstrate(actor, now=now)
            links = make_links(actor, now=now) if options["links"] else None
        except RsoError as error:
            raise CommandError(str(error)) from None
        if links is not None:
            self.stdout.write(json.dumps({"links": links}))
