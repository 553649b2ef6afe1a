"""The library in words, and its rows as pages show them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rso.accounts.models import Organisation
from rso.accounts.queries import names as names_for
from rso.accounts.rules import Actor
from rso.audit.queries import of_subject
from rso.base.errors import RsoError
from rso.content.actions.publishing import Barred
from rso.files.errors import FileRefused
from rso.files.presenters import words as file_words
from rso.office.directory.models import Body
from rso.office.library.metadata import Card
from rso.office.library.models import Area, Copy, Described, Document, Kind, Readers, Record, Theme
from rso.office.library.queries import access_of, described, newest_copy
from rso.office.library.rules import LICENCES, LibraryEvent
from rso.search.entries import PUBLIC
from rso.sheets import SheetError
from rso.ui.languages import Language, language_of
from rso.ui.parts import Happening, Stat
from rso.ui.sheets import words_of as sheet_words

_ACCESS: Final = {
    PUBLIC: gettext_lazy("Everybody"),
    "signed-in": gettext_lazy("Whoever has an account"),
    "members": gettext_lazy("Members"),
    "staff": gettext_lazy("The RSO's staff"),
}
TONES: Final = {PUBLIC: "good", "signed-in": "info", "members": "wait", "staff": "bad"}
_FACETS: Final = {
    "kind": gettext_lazy("Kind"),
    "theme": gettext_lazy("Theme"),
    "language": gettext_lazy("Language"),
    "readers": gettext_lazy("Written for"),
    "year": gettext_lazy("Year"),
    "owner": gettext_lazy("Owner"),
    "area": gettext_lazy("Area of the Adelaide Strategy"),
    "access": gettext_lazy("Who may read"),
}
#: Values of a facet that a page shows before the rest is folded away.
FEW: Final = 6


def words_of(error: RsoError) -> str:
    """What went wrong, and what to do."""
    if isinstance(error, FileRefused):
        return file_words(error, limit=settings.RSO_FILE_LIMIT)
    if isinstance(error, Barred):
        return _("A record needs a title before it is shown.")
    if isinstance(error, SheetError):
        return sheet_words(error)
    said = {
        "wrong-date": _("Write a year, a month or a day: 2018, 2018-06 or 2018-06-30."),
        "wrong-doi": _("A DOI begins with 10., as in 10.1000/182."),
        "wrong-isbn": _("This is no ISBN: a digit is missing or wrong."),
        "wrong-access": _("Choose who may read it from the list."),
        "wider-than-record": _("A file cannot be for more people than its record. Open the record first."),
        "written-meanwhile": _(
            "Somebody else has changed this record meanwhile. Your text is still here: compare, and save again."
        ),
        "held-by-another": _("Somebody else is writing in this text just now. Wait until they have left, or ask them."),
        "code-in-use": _("There is already something at this address."),
        "replaces-itself": _("A record cannot replace itself, directly or by others."),
        "moved-on": _("Somebody was quicker: this has changed. Load the page again."),
        "reason-needed": _("A reason is needed."),
        "asked-already": _("Somebody has asked for this already: it waits for a second person."),
        "own-wish": _("Somebody else has to decide what you have asked for."),
        "too-late": _("This file was removed too long ago to be put back."),
        "table-faults": _("Rows with faults are not taken in. Mend them, and hand the table in again."),
    }
    return str(said.get(error.code, error.message))


def access_words(key: str, names: Mapping[str, str] | None = None) -> Any:
    """Who an audience is. ``names`` are names of organisations and groups by key, where they were looked up."""
    if key in _ACCESS:
        return _ACCESS[key]
    return (names or {}).get(key, key.partition(":")[2])


def names_of(keys: Iterable[str]) -> dict[str, str]:
    """The names of organisations and groups that are audiences: no query where there are none."""
    wanted = set(keys)
    codes = [key.removeprefix("org:") for key in wanted if key.startswith("org:")]
    groups = [key.removeprefix("group:") for key in wanted if key.startswith("group:")]
    found = dict(Organisation.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    bodies = dict(Body.objects.filter(code__in=groups).values_list("code", "name")) if groups else {}
    return {
        **{f"org:{code}": name for code, name in found.items()},
        **{f"group:{c}": name for c, name in bodies.items()},
    }


def access_tone(key: str) -> str:
    return TONES.get(key, "wait")


# ---- lists


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet. ``label`` is data where ``is_data``; ``href`` chooses it, or lets it go."""

    label: Any
    amount: int
    href: str
    is_data: bool
    is_chosen: bool = False
    language: Language | None = None

    @property
    def is_foreign(self) -> bool:
        """Does the language call itself otherwise than the reader does?"""
        return self.language is not None and self.language.own != str(self.label)


@dataclass(frozen=True, slots=True)
class Facet:
    name: Any
    choices: list[Choice]
    more: list[Choice]

    @property
    def is_chosen(self) -> bool:
        return any(one.is_chosen for one in self.choices)


def facet_label(facet: str, value: str, names: Mapping[str, str]) -> tuple[Any, bool]:
    """How a value is called, and whether that is data."""
    enums = {"kind": Kind, "theme": Theme, "readers": Readers, "area": Area}
    if facet in enums:
        enum: Any = enums[facet]
        return (enum(value).label, False) if value in enum.values else (value, True)
    if facet == "access":
        return access_words(value, names), value not in _ACCESS
    if facet == "language":
        return language_of(value).words, False
    return value, True


def facets(
    counted: Mapping[str, list[tuple[str, int]]], asked: Mapping[str, str], chosen: Mapping[str, str]
) -> list[Facet]:
    """The facets of a list; those with one value that all have are not worth a place, unless it was chosen."""
    names = names_of([value for value, _n in counted.get("access", [])])
    told = []
    for facet, values in counted.items():
        if not values or (len(values) == 1 and facet not in chosen and facet in ("access", "owner")):
            continue
        made = []
        for value, amount in values:
            label, is_data = facet_label(facet, value, names)
            is_chosen = chosen.get(facet) == value
            rest = {name: said for name, said in asked.items() if name not in (facet, "page")}
            href = "?" + urlencode(rest if is_chosen else {**rest, facet: value})
            language = language_of(value) if facet == "language" else None
            made.append(Choice(label, amount, href, is_data, is_chosen, language))
        told.append(Facet(_FACETS[facet], made[:FEW], made[FEW:]))
    return told


@dataclass(frozen=True, slots=True)
class Row:
    """A record of a list. ``title``, ``about`` and ``owner`` are data in ``language``."""

    record: Record
    href: str
    title: str
    about: str
    language: Language
    owner: str
    kind: Any
    languages: list[Language]
    access: Any
    tone: str
    is_open: bool
    themes: list[Any]


def row(record: Record, reader: str) -> Row:
    """A row in the reader's language where the record has it."""
    said = described(record, reader)
    codes = dict.fromkeys([one.language for one in record.described.all()])
    codes |= dict.fromkeys(label.value for label in getattr(record, "spoken", []))
    key = record.work.audience
    return Row(
        record=record,
        href=reverse("library:record", args=[record.work.code]),
        title=said.title if said else record.work.title,
        about=said.about if said else "",
        language=language_of(said.language if said else record.work.source_language),
        owner=record.work.owner.name,
        kind=Kind(record.kind).label,
        languages=[language_of(code) for code in codes],
        access=access_words(key),
        tone=access_tone(key),
        is_open=key == PUBLIC,
        themes=[Theme(one).label for one in record.themes if one in Theme.values],
    )


# ---- a record


@dataclass(frozen=True, slots=True)
class Shelf:
    """The documents of a record in one language."""

    language: Language
    files: list[ShownFile]


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file of a record as a page shows it. ``name`` and ``accessibility`` are data."""

    document: Document
    copy: Copy
    href: str
    preview: str
    role: Any
    access: Any
    tone: str
    is_restricted: bool
    number: int

    @property
    def ending(self) -> str:
        return self.copy.file.name.rpartition(".")[2].upper() if self.copy.file else ""


def shelves(documents: Iterable[Document], names: Mapping[str, str], *, first: str = "") -> list[Shelf]:
    """Files by language, that of the reader first."""
    by: dict[str, list[ShownFile]] = {}
    for document in documents:
        copy = newest_copy(document)
        if copy is None:
            continue
        code, key = document.record.work.code, access_of(document)
        by.setdefault(document.version.language, []).append(
            ShownFile(
                document=document,
                copy=copy,
                href=reverse("library:fetch", args=[code, document.pk]),
                preview=reverse("library:preview", args=[code, document.pk]) if copy.preview_id else "",
                role=Document.Role(document.role).label,
                access=access_words(key, names),
                tone=access_tone(key),
                is_restricted=key != PUBLIC,
                number=copy.number,
            )
        )
    return [Shelf(language_of(code), by[code]) for code in sorted(by, key=lambda code: (code != first, code))]


def words_in(record: Record, language: str) -> tuple[Described | None, Language]:
    """The record's words for a reader, and their language."""
    said = described(record, language)
    return said, language_of(said.language if said else record.work.source_language)


def said_few(times: int) -> str:
    """A count, or that it is too small to be shown (the setting ``RSO_LIBRARY_FEWEST``)."""
    fewest: int = settings.RSO_LIBRARY_FEWEST
    return str(times) if times >= fewest else _("fewer than %(number)s") % {"number": fewest}


def readers(record: Record) -> list[str]:
    return [str(Readers(one).label) for one in record.readers if one in Readers.values]


def areas(record: Record) -> list[str]:
    return [str(Area(one).label) for one in record.areas if one in Area.values]


def data_block(said: Mapping[str, Any]) -> SafeString:
    """Data of schema.org for a page. It is no script: browsers do not run it, and the content policy is not asked.
    No sign in it can end its element."""
    text = json.dumps(said, ensure_ascii=False)
    for sign, escaped in (("<", "\\u003C"), (">", "\\u003E"), ("&", "\\u0026")):
        text = text.replace(sign, escaped)
    return SafeString(f'<script type="application/ld+json">{text}</script>')


def manifest(of: Card, names: Mapping[str, str]) -> str:
    """The list that goes into a zip: what each file is, and how to see that it is whole."""
    lines = [of.title, of.url, ""]
    lines += [f"Rights: {LICENCES.get(of.licence, '') or of.rights or 'not stated'}", ""]
    for part in of.parts:
        lines += [
            names[part.url],
            f"  language {part.language}",
            f"  {part.size} bytes",
            f"  SHA-256 {part.sha256}",
            "",
        ]
    return "\r\n".join(lines)


#: What each event of a record is called in its history.
_EVENTS: Final = {
    LibraryEvent.ADDED: gettext_lazy("Added"),
    LibraryEvent.CHANGED: gettext_lazy("Changed"),
    LibraryEvent.PUBLISHED: gettext_lazy("Shown"),
    LibraryEvent.WITHDRAWN: gettext_lazy("Withdrawn"),
    LibraryEvent.RESTORED: gettext_lazy("Put back"),
    LibraryEvent.ACCESS_ASKED: gettext_lazy("Asked that more people may read it"),
    LibraryEvent.ACCESS_CHANGED: gettext_lazy("Who may read it was changed"),
    LibraryEvent.ACCESS_REFUSED: gettext_lazy("Not opened"),
    LibraryEvent.FILE_ADDED: gettext_lazy("File added"),
    LibraryEvent.FILE_REPLACED: gettext_lazy("File replaced"),
    LibraryEvent.FILE_CHANGED: gettext_lazy("File described anew"),
    LibraryEvent.FILE_REMOVED: gettext_lazy("File removed"),
    LibraryEvent.FILE_PUT_BACK: gettext_lazy("File put back"),
}


def history(reader: Actor, record: Record) -> list[Happening]:
    """What became of a record, the newest first, from the audit; names as far as this reader may see people."""
    known_events = [str(event) for event in _EVENTS]
    rows = list(of_subject(record.work.code).filter(event__in=known_events).order_by("-sequence")[:50])
    known = names_for(reader, [row.actor for row in rows])
    return [
        Happening(
            _EVENTS[LibraryEvent(row.event)],
            when=datetime.fromtimestamp(row.at_ms / 1000, tz=UTC),
            who=known.get(row.actor, row.system),
            said=access_said(row.facts),
        )
        for row in rows
    ]


def access_said(facts: Mapping[str, Any]) -> str:
    """From whom to whom, where that is what changed."""
    if "before" not in facts:
        return str(facts.get("language", ""))
    return f"{access_words(str(facts['before']))} → {access_words(str(facts['after'])) if facts['after'] else '='}"


FAULTS: Final = {
    "title-missing": gettext_lazy("A title of at most 300 characters is needed."),
    "unknown-address": gettext_lazy("There is no record at this address. Leave it empty for a new record."),
    "twice": gettext_lazy("This address stands twice in the table."),
    "not-on-the-list": gettext_lazy("This is not on the list of what may stand here."),
    "no-address": gettext_lazy("A whole address is needed, with https:// before it."),
    "access-elsewhere": gettext_lazy("Who may read a record is changed on its own page, not by a table."),
    "wrong-date": gettext_lazy("Write a year, a month or a day: 2018, 2018-06 or 2018-06-30."),
    "wrong-doi": gettext_lazy("A DOI begins with 10., as in 10.1000/182."),
    "wrong-isbn": gettext_lazy("This is no ISBN: a digit is missing or wrong."),
}


def judged(rows: list[dict[str, Any]]) -> list[Stat]:
    """A table in figures."""
    new = sum(row["is_new"] and not row["faults"] for row in rows)
    changed = sum(bool(row["changes"]) and not row["faults"] for row in rows)
    faulty = sum(bool(row["faults"]) for row in rows)
    return [
        Stat(_("New records"), new),
        Stat(_("Records that change"), changed),
        Stat(_("Rows that change nothing"), len(rows) - new - changed - faulty),
        Stat(_("Rows with faults"), faulty, tone="bad" if faulty else ""),
    ]
