"""Makes this node's signing keys, once, and writes the public halves for the directory."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from rso.node.post.actions import POST, make_signing_keys
from rso.node.post.queries import own_agency


class Command(BaseCommand):
    help = "Makes the agency's and the node's signing keys, if there are none, and writes their public halves."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="where agency.key and node.key (public, 1,984 bytes) are written")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        folder.mkdir(parents=True, exist_ok=True)
        for use, key in make_signing_keys(POST, now=timezone.now()).items():
            path = folder / f"{use.value}.key"
            path.write_bytes(key.to_bytes())
            self.stdout.write(f"{own_agency()} {use.value} {key.key_id.hex()} {path}")
