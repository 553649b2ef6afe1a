from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rso.audit.queries import verify_chain
from rso.audit.rules import BrokenChain


class Command(BaseCommand):
    help = "Checks that the audit's chain is whole, row by row."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count, digest = verify_chain()
        except BrokenChain as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{count} rows hold; the last digest is {digest.hex()}")
