from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from rso.accounts.rules import system_actor
from rso.content.actions import interface


class Command(BaseCommand):
    help = "Brings the text “Interface” to the words that the installed code has, for its translators."

    def handle(self, *args: Any, **options: Any) -> None:
        done = interface.sync(system_actor("command-line"), now=timezone.now())
        self.stdout.write(
            f"{done.total} parts: {done.added} new, {done.back} back again, {done.removed} no longer used."
        )
