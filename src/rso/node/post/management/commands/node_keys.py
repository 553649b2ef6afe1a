"""Makes this node's signing keys, once, and writes the public halves for the directory."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from rso.ceremony.public_keys import PublicKeys
from rso.node.post.actions import POST, make_signing_keys
from rso.node.post.queries import own_agency
from rso.wire.directory import KeyUse


class Command(BaseCommand):
    help = "Makes the agency's and the node's signing keys, if there are none, and writes their public halves."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", type=Path, help="where the file of public keys is written, such as XAV-GOV-BORDER.json"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        made = make_signing_keys(POST, now=timezone.now())
        public = PublicKeys(own_agency(), made[KeyUse.NODE], made[KeyUse.AGENCY])
        path: Path = options["folder"] / public.file_name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(public.encode() + "\n")
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from None
        for use, key in public.signing():
            self.stdout.write(f"{public.agency} {use.value} {key.key_id.hex()}")
        self.stdout.write(f"Written to {path}: hand it to the holders of the root keys.")
