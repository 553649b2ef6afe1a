from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from rso.accounts.rules import system_actor
from rso.base.errors import RsoError
from rso.node.gallery.actions import Report, Said, enrol_folder
from rso.node.gallery.adapters.folder import TABLE, Folder
from rso.node.gallery.presenters import error_words


class Command(BaseCommand):
    help = f"Enrols the prints of a folder into the gallery, as its table {TABLE} says. Safe to run twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help=f"the folder with {TABLE} and the images")
        parser.add_argument("--synthetic", action="store_true", help="mark every subject as synthetic")
        parser.add_argument("--json", action="store_true", help="one JSON object as the last line")

    def handle(self, *args: Any, folder: Path, synthetic: bool, **options: Any) -> None:
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}.")
        try:
            report = enrol_folder(
                system_actor("command-line"),
                folder=Folder(folder),
                now=timezone.now(),
                synthetic=synthetic,
                progress=self._progress if self.stderr.isatty() else lambda done, all_: None,
            )
        except RsoError as error:
            raise CommandError(error.message) from None
        self._tell(report)
        if options["json"]:
            self.stdout.write(json.dumps(_plain(report)))
        if report.refused:
            raise CommandError(f"{len(report.refused)} rows were refused; the others are enrolled.", returncode=1)

    def _progress(self, done: int, all_: int) -> None:
        self.stderr.write(f"\r{done} of {all_} rows", ending="\n" if done == all_ else "")

    def _tell(self, report: Report) -> None:
        for said in report.refused:
            self.stderr.write(f"line {said.line}: refused: {error_words(said.error)}")
        for said in report.skipped:
            self.stdout.write(f"line {said.line}: skipped: {error_words(said.error)}")
        self.stdout.write(
            f"{report.subjects} subjects and {report.fingers} fingers enrolled, "
            f"{len(report.skipped)} rows skipped, {len(report.refused)} refused."
        )


def _plain(report: Report) -> dict[str, Any]:
    return {
        "subjects": report.subjects,
        "fingers": report.fingers,
        "skipped": [_row(said) for said in report.skipped],
        "refused": [_row(said) for said in report.refused],
    }


def _row(said: Said) -> dict[str, Any]:
    return {"line": said.line, "reference": said.reference, "code": said.error.code}
