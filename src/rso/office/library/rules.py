"""What the library decides by arguments alone: what a record may say, who may read what, and who may do what."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Final

from rso.accounts.rules import Role, enter
from rso.base.errors import RsoError
from rso.search.audiences import MEMBERS, SIGNED_IN, STAFF
from rso.search.entries import PUBLIC

#: The kind of a record's work in the editorial core, and of its texts in the search.
WORK: Final = "record"
FOUND: Final = "library"
#: The scope of the library's files; a file's subject is the address of its record.
SCOPE: Final = "library"
#: The scope of the pictures of first pages.
PREVIEWS: Final = "library-preview"


# ---- who may read

OPEN_TO: Final = (PUBLIC, SIGNED_IN, MEMBERS, STAFF)
_NAMED: Final = re.compile(r"(?:org:[A-Z0-9][A-Z0-9-]{0,19}|group:[a-z0-9][a-z0-9-]{0,59})")


def is_access(key: str) -> bool:
    """Is it a key of an audience: ``public``, ``signed-in``, ``members``, ``staff``, ``org:CODE`` or ``group:CODE``?"""
    return key in OPEN_TO or _NAMED.fullmatch(key) is not None


def is_within(inner: str, outer: str) -> bool:
    """Is everybody of ``inner`` among those of ``outer``?

    An organisation may be an interested party, so it is no part of the members; members' groups are. The RSO's own
    staff, who keep the library, count as part of every audience.
    """
    if inner in (outer, STAFF) or outer == PUBLIC:
        return True
    if outer == SIGNED_IN:
        return inner != PUBLIC
    return outer == MEMBERS and inner.startswith("group:")


# ---- what a record says

_PUBLISHED: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_DOI: Final = re.compile(r"10\.\d{4,9}/\S+")


def checked_date(said: str) -> str:
    """A year, a month or a day as EDTF (ISO 8601-2, level 0) writes it; raises ``RsoError`` for anything else."""
    found = _PUBLISHED.fullmatch(said)
    if found is not None:
        year, month, day = (int(part) if part else 1 for part in found.groups())
        try:
            date(year, month, day)
        except ValueError:
            found = None
    if said and found is None:
        raise RsoError("wrong-date", "Write a year, a month or a day: 2018, 2018-06 or 2018-06-30.")
    return said


def checked_doi(said: str) -> str:
    """A DOI without its resolver's address; raises ``RsoError`` for what is none."""
    bare = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:)", "", said.strip(), flags=re.IGNORECASE)
    if bare and not _DOI.fullmatch(bare):
        raise RsoError("wrong-doi", "A DOI begins with 10., as in 10.1000/182.")
    return bare


def checked_isbn(said: str) -> str:
    """An ISBN without its hyphens; raises ``RsoError`` where its last digit does not follow from the others."""
    bare = re.sub(r"[\s-]", "", said).upper()
    if not bare:
        return ""
    if re.fullmatch(r"\d{13}", bare):
        right = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(bare)) % 10 == 0
    elif re.fullmatch(r"\d{9}[\dX]", bare):
        right = sum((10 if sign == "X" else int(sign)) * (10 - at) for at, sign in enumerate(bare)) % 11 == 0
    else:
        right = False
    if not right:
        raise RsoError("wrong-isbn", "This is no ISBN: a digit is missing or wrong.")
    return bare


#: Licences by their SPDX codes, with the address of their text.
LICENCES: Final = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC-BY-NC-4.0": "https://creativecommons.org/licenses/by-nc/4.0/",
    "CC-BY-NC-SA-4.0": "https://creativecommons.org/licenses/by-nc-sa/4.0/",
    "CC-BY-ND-4.0": "https://creativecommons.org/licenses/by-nd/4.0/",
    "CC-BY-NC-ND-4.0": "https://creativecommons.org/licenses/by-nc-nd/4.0/",
    "CC-BY-3.0-IGO": "https://creativecommons.org/licenses/by/3.0/igo/",
    "CC-BY-NC-3.0-IGO": "https://creativecommons.org/licenses/by-nc/3.0/igo/",
}


class Reading(StrEnum):
    """What became of reading a file's words."""

    WAITING = "waiting"
    READ = "read"
    NO_TEXT = "no-text"  # pictures of pages, most often a scan
    FAILED = "failed"
    UNSAFE = "unsafe"  # it does something by itself: handed to nobody
    NOT_READ = "not-read"  # a kind of file without words


# ---- who may do what


class LibraryPermission(StrEnum):
    CHANGE = "library:record:change"
    OPEN = "library:access:open"
    SEE_COUNTS = "library:count:see"
    LOAD = "library:list:load"


class LibraryEvent(StrEnum):
    ADDED = "library:record:added"
    CHANGED = "library:record:changed"
    PUBLISHED = "library:record:published"
    WITHDRAWN = "library:record:withdrawn"
    RESTORED = "library:record:restored"
    ACCESS_ASKED = "library:access:asked"
    ACCESS_CHANGED = "library:access:changed"
    ACCESS_REFUSED = "library:access:refused"
    FILE_ADDED = "library:file:added"
    FILE_REPLACED = "library:file:replaced"
    FILE_CHANGED = "library:file:changed"
    FILE_REMOVED = "library:file:removed"
    FILE_PUT_BACK = "library:file:put-back"
    IMPORTED = "library:list:imported"
    LOADED = "library:list:loaded"


_KEEPERS: Final = (Role.RSO_STAFF, Role.EDITOR)


def enter_own() -> None:
    enter(LibraryPermission.CHANGE, _KEEPERS, system=True)
    enter(LibraryPermission.OPEN, (*_KEEPERS, Role.CO_MANAGER, Role.PUBLISHER))
    enter(LibraryPermission.SEE_COUNTS, (*_KEEPERS, Role.CO_MANAGER, Role.PUBLISHER))
    enter(LibraryPermission.LOAD, (Role.OFFICE_ADMINISTRATOR,), system=True)
