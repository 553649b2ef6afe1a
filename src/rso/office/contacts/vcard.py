"""vCard 4.0 (RFC 6350): escaping, folding at 75 octets, and the few properties that a focal point needs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

MEDIA_TYPE: Final = "text/vcard; charset=utf-8"
_LINE: Final = 75
#: RFC 6350, section 3.4: in texts these are escaped; a colon is not.
_ESCAPES: Final = (("\\", "\\\\"), (",", "\\,"), (";", "\\;"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n"))


@dataclass(frozen=True)
class Way:
    """A way to reach somebody: ``kind`` is mail, telephone or anything else, which becomes a note of its own."""

    kind: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Card:
    """What a card says. ``uid`` stays the same for the same entry, so that an address book replaces the older one."""

    uid: str
    name: str
    organisation: str
    agency: str
    position: str
    subject: str
    rank: str
    ways: Sequence[Way]
    languages: Sequence[str]
    time_zone: str
    hours: str
    note: str
    revised: datetime
    synthetic: bool = False


def escaped(text: str) -> str:
    """A text value as it stands in a card; other control characters, which no card may hold, are dropped."""
    for sign, instead in _ESCAPES:
        text = text.replace(sign, instead)
    return "".join(sign for sign in text if sign >= " " and sign != "\x7f")


def folded(line: str) -> str:
    """A line of at most 75 octets, going on after a line break and a blank; no character is cut in two."""
    pieces, piece, size = [], "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > _LINE:
            pieces.append(piece)
            piece, size = " ", 1
        piece += sign
        size += width
    return "\r\n".join([*pieces, piece]) + "\r\n"


def _parameter(text: str) -> str:
    """A parameter's value in quotes, with RFC 6868's signs for what it may not hold."""
    clean = "".join(sign for sign in text if sign >= " " and sign != "\x7f")
    return '"' + clean.replace("^", "^^").replace('"', "^'") + '"'


def _way(way: Way) -> str:
    label = f";X-LABEL={_parameter(way.note)}" if way.note else ""
    if way.kind == "mail":
        return f"EMAIL;TYPE=work{label}:{escaped(way.value)}"
    if way.kind in ("telephone", "mobile"):
        kind = "cell" if way.kind == "mobile" else "voice"
        return f'TEL;TYPE="work,{kind}"{label}:{escaped(way.value)}'
    return f"NOTE{label}:{escaped(f'{way.kind}: {way.value}')}"


def card(one: Card) -> str:
    """The text of one card."""
    lines = [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "KIND:individual",
        f"UID:{escaped(one.uid)}",
        f"FN:{escaped(one.name) or 'Focal point'}",
        f"ORG:{escaped(one.organisation)}" + (f";{escaped(one.agency)}" if one.agency else ""),
        f"ROLE:{escaped(f'{one.subject}: {one.rank}')}",
        f"CATEGORIES:{escaped(one.subject)}",
        f"TZ:{escaped(one.time_zone)}",
        f"REV:{one.revised.astimezone(UTC):%Y%m%dT%H%M%SZ}",
    ]
    lines += [f"TITLE:{escaped(one.position)}"] if one.position else []
    lines += [_way(way) for way in one.ways]
    lines += [f"LANG;PREF={min(place, 100)}:{code}" for place, code in enumerate(one.languages, start=1)]
    lines += [f"NOTE:{escaped(note)}" for note in (one.hours, one.note, "synthetic" if one.synthetic else "") if note]
    return "".join(folded(line) for line in [*lines, "END:VCARD"])


def cards(many: Sequence[Card]) -> str:
    """Several cards in one file, as address books take them."""
    return "".join(card(one) for one in many)
