"""Gettext PO (by polib): one entry a segment, its key as the context, the file's origin in headers of our own.

The headers are described in ``docs/reference/translation-files.md``.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

import polib

from rso.content.exchange.units import FileUnreadable, Head, Sheet, Unit, sheet, small_enough

#: polib writes and reads these itself; what else XML or a terminal would not bear is not in texts.
_BASE: Final = re.compile(r"^rso-base: (\d+)$", re.MULTILINE)
_SAFETY: Final = re.compile(r"^rso-safety: ([a-z-]+)$", re.MULTILINE)
_MACHINE: Final = re.compile(r"^rso-machine: ?(.*)$", re.MULTILINE)
_QUOTED: Final = re.compile(r'\s*(?:msg[a-z]+(?:\[\d+\])?\s*)?"')
_CLOSED: Final = re.compile(r'(?<!\\)(?:\\\\)*"\s*$')
_FALLBACK: Final = "machine"


def write(given: Sheet) -> bytes:
    """The file, in UTF-8. What is older than its source is fuzzy, with the former source beside it."""
    file = polib.POFile(wrapwidth=0)
    head = given.head
    file.metadata = {
        "Project-Id-Version": f"rso {head.work} {head.edition}",
        "Language": head.language.replace("-", "_"),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "X-RSO-Work": head.work,
        "X-RSO-Edition": str(head.edition),
        "X-RSO-Publication": head.publication,
        "X-RSO-Source-Language": head.source_language,
        "X-RSO-Language": head.language,
        "X-RSO-Origin": f"machine {head.engine}" if head.engine else "person",
    }
    for unit in given.units:
        said = [f"rso-base: {max(unit.base, 0)}"]
        said += [f"rso-safety: {unit.safety}"] if unit.safety else []
        said += [f"rso-machine: {unit.engine}".strip()] if unit.is_machine else []
        entry = polib.POEntry(
            msgctxt=unit.key, msgid=unit.source, msgstr=unit.target, comment="\n".join(said),
            tcomment="\n".join(" ".join(note.split()) for note in unit.notes),
        )  # fmt: skip
        if unit.is_older or not unit.is_done:
            entry.flags.append("fuzzy")
        if unit.before:
            entry.previous_msgid = unit.before
        file.append(entry)
    return str(file).encode("utf-8")


def read(content: bytes) -> Sheet:
    """What a PO file holds; raises :class:`FileUnreadable` for one that is not whole, or not ours."""
    file = _parsed(_text(small_enough(content)))
    said = {str(name).lower(): str(value).strip() for name, value in file.metadata.items()}
    if not said.get("x-rso-work"):
        raise FileUnreadable("not-ours", "The file does not say which text it belongs to.", "X-RSO-Work")
    edition = said.get("x-rso-edition", "")
    if not re.fullmatch(r"[0-9]{1,5}", edition):
        raise FileUnreadable("not-ours", "The file does not say which text it belongs to.", "X-RSO-Edition")
    language = said.get("x-rso-language") or said.get("language", "").replace("_", "-")
    head = Head(
        work=said["x-rso-work"],
        edition=int(edition),
        publication=said.get("x-rso-publication", ""),
        source_language=said.get("x-rso-source-language", ""),
        language=language,
        engine=_engine(said.get("x-rso-origin", "")),
    )
    return sheet(head, [_unit(entry) for entry in file if not entry.obsolete])


def _engine(origin: str) -> str:
    first, _space, name = origin.partition(" ")
    return (name.strip() or _FALLBACK) if first.lower() == "machine" else ""


def _text(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileUnreadable("not-utf8", "The file is not in UTF-8.")
    said = re.search(rb"Content-Type:[^\n]*charset=([\w-]+)", content[:4000])
    if said and said[1].decode("ascii").lower().replace("-", "") not in ("utf8", "usascii", "ascii"):
        raise FileUnreadable("not-utf8", "The file is not in UTF-8.", said[1].decode("ascii"))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileUnreadable("not-utf8", "The file is not in UTF-8.", f"byte {error.start}") from None


def _parsed(text: str) -> polib.POFile:
    """polib takes a short text for the name of a file: what has no line is not given to it."""
    if "msgid" not in text or "\n" not in text:
        raise FileUnreadable("not-po", "This is not a PO file.")
    for number, line in enumerate(text.splitlines(), start=1):
        # polib forgives a quotation that is not closed, and loses its last letter.
        if _QUOTED.match(line) and not _CLOSED.search(line):
            raise FileUnreadable("not-po", "This is not a PO file.", f"line {number}")
    try:
        file = polib.pofile(text, wrapwidth=0)
    except (OSError, ValueError, IndexError, KeyError, UnicodeError, AttributeError) as error:
        where = re.search(r"line (\d+)", str(error))
        raise FileUnreadable("not-po", "This is not a PO file.", where[0] if where else "") from None
    if any(entry.msgid_plural for entry in file):
        raise FileUnreadable("plural", "Entries with plural forms do not belong into a text's file.")
    return file


def _unit(entry: polib.POEntry) -> Unit:
    if not entry.msgctxt:
        raise FileUnreadable("no-key", "An entry of the file has no context (msgctxt).", entry.msgid[:60])
    comment = entry.comment or ""
    base, safety, machine = _BASE.search(comment), _SAFETY.search(comment), _MACHINE.search(comment)
    return Unit(
        key=entry.msgctxt,
        source=entry.msgid,
        target=entry.msgstr,
        base=int(base[1]) if base else -1,
        is_done="fuzzy" not in entry.flags,
        is_older="fuzzy" in entry.flags and bool(entry.previous_msgid),
        safety=safety[1] if safety else "",
        before=entry.previous_msgid or "",
        notes=tuple((entry.tcomment or "").splitlines()),
        is_machine=machine is not None,
        engine=(machine[1].strip() or _FALLBACK) if machine else "",
    )
