"""Envelopes on a stick: what waits is written as files, what was carried here is read."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from rso.base.errors import RsoError
from rso.node.post.actions import POST, read_file, write_file
from rso.node.post.actions.files import SUFFIX
from rso.node.post.models import Outbox
from rso.wire.limits import ENVELOPE


class Command(BaseCommand):
    help = "Writes the envelopes that wait to leave into a folder, or reads those that were carried here."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("direction", choices=["write", "read"])
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if options["direction"] == "write":
            self._write(folder)
        else:
            self._read(folder)

    def _write(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CommandError(f"{folder}: {error.strerror}") from None
        written = 0
        for row in Outbox.objects.filter(state=Outbox.State.QUEUED).order_by("queued_at"):
            try:
                data = write_file(POST, row=row, now=timezone.now())
            except RsoError as error:
                self.stderr.write(f"{row.pk}: {error}")
                continue
            (folder / f"{row.pk}{SUFFIX}").write_bytes(data)
            self.stdout.write(f"{row.pk} to {row.recipient}")
            written += 1
        self.stdout.write(f"{written} written")

    def _read(self, folder: Path) -> None:
        """One byte more than an envelope may have is enough to see that a file is none."""
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}.")
        found = sorted(folder.glob(f"*{SUFFIX}"))
        for path in found:
            with path.open("rb") as file:
                row = read_file(POST, data=file.read(ENVELOPE + 1), now=timezone.now())
            self.stdout.write(f"{path.name}: {row.state} {row.code}".rstrip())
        self.stdout.write(f"{len(found)} read")
