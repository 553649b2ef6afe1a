"""Who may do what with the gallery, the fields of an identity, and the reading of a folder's table. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from rso.accounts.rules import Role, enter
from rso.base.errors import RsoError
from rso.policy.protection import FLAGS, ORIGINS, Knowledge, Origin, ProtectionState, Reply


class GalleryPermission(StrEnum):
    ENROL = "node:subject:enrol"
    SEE = "node:subject:see"
    CORRECT = "node:subject:correct"
    CHANGE_PROTECTION = "node:protection:change"
    ERASE = "node:subject:erase"


class GalleryEvent(StrEnum):
    ENROLLED = "node:subject:enrolled"
    FINGERS_ADDED = "node:subject:fingers-added"
    VIEWED = "node:subject:viewed"
    CORRECTED = "node:subject:corrected"
    PROTECTION_CHANGED = "node:protection:changed"
    ERASED = "node:subject:erased"


def enter_own() -> None:
    enter(GalleryPermission.ENROL, {Role.OFFICER}, system=True)  # the command line enrols folders
    enter(GalleryPermission.SEE, {Role.OFFICER, Role.PROTECTION_OFFICER})
    enter(GalleryPermission.CORRECT, {Role.OFFICER})
    enter(GalleryPermission.CHANGE_PROTECTION, {Role.OFFICER, Role.PROTECTION_OFFICER})
    enter(GalleryPermission.ERASE, {Role.OFFICER, Role.PROTECTION_OFFICER})


class GalleryError(RsoError):
    """A subject or an image cannot be taken; ``code`` is kebab-case, the message says what to do."""


#: The fields of an identity, by the codes that arrangements name them by. All are optional but one name.
IDENTITY_FIELDS: Final = (
    "family-name",
    "given-names",
    "birth-date",
    "sex",
    "nationality",
    "document-number",
    "note",
)
FIELD_LIMIT: Final = 1_000
MOST_FINGERS: Final = 10
REFERENCE: Final = re.compile(r"[^\s\x00-\x1f][^\x00-\x1f]{0,79}")


def check_reference(reference: str) -> str:
    """The local reference of a subject, trimmed; raises ``GalleryError`` unless it is 1 to 80 characters."""
    trimmed = reference.strip()
    if not REFERENCE.fullmatch(trimmed):
        raise GalleryError("bad-reference", "Give each subject a reference of 1 to 80 characters in one line.")
    return trimmed


# ---------------------------------------------------------------- a folder with a table
COLUMNS: Final = ("reference", "file", "finger", "resolution_ppi")
#: Columns of the table that may be absent, and the field of an identity that they fill.
FIELD_COLUMNS: Final = {code.replace("-", "_"): code for code in IDENTITY_FIELDS}
PROTECTION_COLUMNS: Final = (
    "asylum_seeker",
    "refugee",
    "stateless",
    "trafficking_victim",
    "child",
    "nationality_countries",
    "nationality_standing",
    "residence_countries",
    "residence_standing",
    "feared_countries",
    "feared_standing",
)
_KNOWN_COLUMNS: Final = {*COLUMNS, *FIELD_COLUMNS, *PROTECTION_COLUMNS, "synthetic"}
MOST_ROWS: Final = 100_000


@dataclass(frozen=True)
class Row:
    """One line of the table: one image of one finger. ``line`` counts from 1, the heading included."""

    line: int
    cells: dict[str, str]

    def cell(self, column: str) -> str:
        return self.cells.get(column, "").strip()


def read_table(data: bytes) -> list[Row]:
    """The rows of a UTF-8 CSV; raises ``GalleryError`` if the table as a whole cannot be used."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GalleryError(
            "wrong-encoding",
            f"The table is not UTF-8 text (byte {error.start + 1}). Save it again as “CSV UTF-8”.",
        ) from None
    if "\x00" in text:
        raise GalleryError("wrong-encoding", "The table is not UTF-8 text. Save it again as “CSV UTF-8”.")
    if not text.strip():  # what a spreadsheet saves of an empty sheet is a byte order mark alone
        raise GalleryError("empty-table", "The table is empty. It needs a heading and a line for each image.")
    return list(_rows(text))


def _rows(text: str) -> Iterator[Row]:
    heading = text.splitlines()[0]
    delimiter = max((",", ";", "\t"), key=heading.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        _check_heading([name.strip() for name in reader.fieldnames or []])
        reader.fieldnames = [name.strip() for name in reader.fieldnames or []]
        found = 0
        for cells in reader:
            found += 1
            if found > MOST_ROWS:
                raise GalleryError("table-too-long", f"The table has more than {MOST_ROWS:,} lines: split it.")
            yield Row(reader.line_num, _cells(cells, reader.line_num))
    except csv.Error:
        raise GalleryError(
            "unreadable-table", f"The table cannot be read at line {reader.line_num}: look for a stray quote."
        ) from None
    if not found:
        raise GalleryError("empty-table", "The table has a heading and no lines. Add a line for each image.")


def _check_heading(names: list[str]) -> None:
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise GalleryError("missing-column", f"The table has no column {', '.join(missing)}.")
    unknown = sorted(set(names) - _KNOWN_COLUMNS)
    if unknown:
        raise GalleryError("unknown-column", f"The table has a column that is not known: {unknown[0][:40]}.")
    if len(names) != len(set(names)):
        raise GalleryError("double-column", "The table has a column twice.")


def _cells(cells: dict[str | None, str | list[str] | None], line: int) -> dict[str, str]:
    if None in cells or None in cells.values():
        raise GalleryError("uneven-table", f"Line {line} has more or fewer cells than the heading.")
    return {str(name): str(value) for name, value in cells.items()}


def whole_number(row: Row, column: str) -> int:
    """The cell as a whole number; raises ``GalleryError``."""
    try:
        return int(row.cell(column))
    except ValueError:
        raise GalleryError("not-a-number", f"The column {column} needs a whole number.") from None


def check_birth_date(value: str) -> str:
    """A date as YYYY-MM-DD, or a year or year and month where no more is known, or nothing."""
    if not value or re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2]))?", value):
        return value
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise GalleryError(
            "bad-birth-date", "Write the date of birth as YYYY-MM-DD, or YYYY-MM or YYYY where no more is known."
        ) from None


def protection_of(row: Row) -> ProtectionState:
    """The protection questions as a table answers them: an empty cell is not known, and counts as yes.

    Raises ``GalleryError`` for a word that is no answer, ``UnknownCountryError`` for a code of no country.
    """
    try:
        answers: dict[str, Any] = {flag: Reply(row.cell(flag).lower() or Reply.UNKNOWN) for flag in FLAGS}
        answers |= {
            name: Origin(
                Knowledge(row.cell(f"{name}_standing").lower() or Knowledge.UNKNOWN),
                frozenset(row.cell(f"{name}_countries").upper().split()),
            )
            for name in ORIGINS
        }
    except ValueError:
        raise GalleryError(
            "bad-protection-answer",
            "Answer the protection questions with yes, no or unknown, and origins with known, claimed or unknown.",
        ) from None
    return ProtectionState(**answers)
