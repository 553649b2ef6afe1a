"""Enrolling a whole folder: subject by subject, each in its own transaction, so that a stop loses one at most."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from rso.accounts.rules import Actor, require
from rso.base.errors import RsoError
from rso.node.gallery.actions.subjects import NewFinger, ReadFinger, add_fingers, enrol, read_finger
from rso.node.gallery.adapters.folder import Folder
from rso.node.gallery.models import Subject
from rso.node.gallery.rules import (
    FIELD_COLUMNS,
    PROTECTION_COLUMNS,
    GalleryError,
    GalleryPermission,
    Row,
    check_reference,
    protection_of,
    whole_number,
)
from rso.policy.protection import ProtectionState

#: Called after each row with its number from 1 and the number of all rows.
Progress = Callable[[int, int], None]
_YES = {"yes", "true", "1"}
#: What the lines of one subject say alike, or leave empty after the first.
_ALIKE = (*FIELD_COLUMNS, *PROTECTION_COLUMNS)


@dataclass(frozen=True)
class Said:
    """What became of a row that was not enrolled: its line in the table, a code, and the reason."""

    line: int
    reference: str
    error: RsoError


@dataclass
class Report:
    """What an enrolment did. ``skipped`` were there already; ``refused`` could not be taken."""

    subjects: int = 0
    fingers: int = 0
    skipped: list[Said] = field(default_factory=list)
    refused: list[Said] = field(default_factory=list)


def enrol_folder(
    actor: Actor,
    *,
    folder: Folder,
    now: datetime,
    synthetic: bool = False,
    progress: Progress = lambda done, all_: None,
) -> Report:
    """Enrols what the folder's table names. Running it again takes what is missing and skips the rest.

    A subject that is there already keeps its identity and its protection, whatever the table says now. Raises
    ``GalleryError`` where the table as a whole cannot be used; nothing is enrolled then.
    """
    require(actor, GalleryPermission.ENROL)
    rows = folder.rows()
    report = Report()
    usable = _usable(rows, report)
    # The first line of a subject decides its place, so that a run that was stopped goes on in the same order.
    places = {reference: n for n, (reference, _row) in reversed(list(enumerate(usable)))}
    usable.sort(key=lambda pair: (places[pair[0]], pair[1].line))
    done = len(report.refused)
    for reference, group in groupby(usable, key=lambda pair: pair[0]):
        subject_rows = [row for _reference, row in group]
        run = _Run(actor, folder, report, synthetic, now)
        run.take(reference, subject_rows)
        done += len(subject_rows)
        progress(done, len(rows))
    return report


def _usable(rows: Iterable[Row], report: Report) -> list[tuple[str, Row]]:
    """The rows with a reference and a finger that is not named twice; the others are refused."""
    seen: dict[tuple[str, str], int] = {}
    usable = []
    for row in rows:
        try:
            reference = check_reference(row.cell("reference"))
            finger = str(whole_number(row, "finger"))
            key = (reference, finger if finger != "0" else row.cell("file"))
            if key in seen:
                raise GalleryError("row-twice", f"This finger of this subject stands in line {seen[key]} already.")
            seen[key] = row.line
            usable.append((reference, row))
        except RsoError as error:
            report.refused.append(Said(row.line, row.cell("reference")[:80], error))
    return usable


@dataclass(frozen=True)
class _Run:
    actor: Actor
    folder: Folder
    report: Report
    synthetic: bool
    now: datetime

    def take(self, reference: str, rows: list[Row]) -> None:
        """Enrols one subject, or adds what is missing to one that is there."""
        subject = Subject.objects.filter(reference=reference).first()
        held = set() if subject is None else set(subject.fingers.values_list("position", flat=True))
        first = rows[0]
        try:
            protection = protection_of(first) if subject is None else ProtectionState()
        except RsoError as error:
            self.report.refused += [Said(row.line, reference, error) for row in rows]
            return
        read = [(row, finger) for row in rows if (finger := self._read(reference, row, first, held)) is not None]
        if not read:
            return
        fingers = [finger for _row, finger in read]
        try:
            if subject is None:
                self._enrol(reference, first, protection, fingers)
            else:
                add_fingers(self.actor, subject=subject, fingers=fingers)
        except RsoError as error:
            self.report.refused += [Said(row.line, reference, error) for row, _finger in read]
        else:
            self.report.subjects += subject is None
            self.report.fingers += len(fingers)

    def _enrol(self, reference: str, row: Row, protection: ProtectionState, fingers: list[ReadFinger]) -> None:
        enrol(
            self.actor,
            reference=reference,
            identity={code: row.cell(column) for column, code in FIELD_COLUMNS.items()},
            protection=protection,
            fingers=fingers,
            synthetic=self.synthetic or row.cell("synthetic").lower() in _YES,
            now=self.now,
        )

    def _read(self, reference: str, row: Row, first: Row, held: set[int]) -> ReadFinger | None:
        try:
            position = whole_number(row, "finger")
            # An image of an unknown finger cannot be told from one that is held: it is taken once.
            if position in held:
                self._skip(reference, row)
                return None
            if any(row.cell(column) not in ("", first.cell(column)) for column in _ALIKE):
                raise GalleryError(
                    "rows-differ",
                    f"This line says otherwise than line {first.line} who the subject is, or how protected.",
                )
            data = self.folder.image(row.cell("file"))
            return read_finger(NewFinger(position, whole_number(row, "resolution_ppi"), data))
        except RsoError as error:
            self.report.refused.append(Said(row.line, reference, error))
            return None

    def _skip(self, reference: str, row: Row) -> None:
        error = GalleryError("finger-held", "The gallery already holds this finger of the subject.")
        self.report.skipped.append(Said(row.line, reference, error))
