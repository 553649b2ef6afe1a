"""Makes the relay's keys, or shows the public side of those that there are, as JSON for the directory."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from rso.base.errors import RsoError
from rso.ceremony.public_keys import PublicKeys
from rso.relay.adapters import identity
from rso.wire.identifiers import AgencyId


class Command(BaseCommand):
    help = "Make the relay's keys (once), or show the public side of them: what the directory must hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--create", metavar="AGENCY", help="make them, for this agency, such as RSO/ORG/RELAY")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.RSO_RELAY_KEY)
        try:
            made = options["create"]
            found = identity.create(path, AgencyId.parse(made)) if made else identity.read(path)
        except FileExistsError:
            raise CommandError(f"{path} is there already: move it away first, if it is to be replaced.") from None
        except RsoError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(PublicKeys(found.agency, found.key.public, log=found.log.verifier).encode())
