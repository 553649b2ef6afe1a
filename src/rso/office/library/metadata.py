"""A record as catalogues of others know it: Dublin Core, schema.org, and what a citation needs.

All of them are made of one :class:`Card`, so that they cannot say different things. A card holds what its reader may
read: whoever makes one passes the documents that this reader may fetch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from rso.office.library.models import Area, Described, Document, Kind, Record, Theme
from rso.office.library.queries import is_open, newest_copy
from rso.office.library.rules import LICENCES

#: The type of schema.org that each kind is; DigitalDocument for all others.
_TYPES: Final = {
    Kind.REPORT: "Report",
    Kind.RESEARCH: "Report",
    Kind.BRIEF: "Report",
    Kind.TRAINING: "LearningResource",
    Kind.CURRICULUM: "LearningResource",
}
PUBLISHER: Final = "Regional Support Office of the Bali Process"


@dataclass(frozen=True)
class Part:
    """A file: ``url`` is where it is fetched, ``size`` in bytes, ``sha256`` hexadecimal."""

    url: str
    name: str
    language: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Card:
    """What is said of a record to its reader. Titles and texts are by language, the record's own first."""

    code: str
    url: str
    kind: Kind
    titles: tuple[tuple[str, str], ...]
    abouts: tuple[tuple[str, str], ...]
    owner: str
    partners: str
    published: str
    subjects: tuple[str, ...]
    languages: tuple[str, ...]
    doi: str
    isbn: str
    link: str
    licence: str
    rights: str
    replaces: str
    parts: tuple[Part, ...]

    @property
    def title(self) -> str:
        return self.titles[0][1] if self.titles else ""

    @property
    def language(self) -> str:
        return self.titles[0][0] if self.titles else "en"


def address(path: str) -> str:
    """The whole address of a path of this site."""
    return f"{settings.RSO_BASE_URL}{path}"


def record_url(code: str) -> str:
    return address(reverse("library:record", args=[code]))


def card(record: Record, documents: Sequence[Document], *, language: str = "") -> Card:
    """The card of a record; titles begin with those in ``language`` where there are such."""
    said: list[Described] = sorted(record.described.all(), key=lambda row: row.language != language)
    parts = tuple(part for part in map(_part, documents) if part is not None)
    with override("en"):
        subjects = [str(Theme(one).label) for one in record.themes] + [str(Area(one).label) for one in record.areas]
    spoken = [row.language for row in said] + [part.language for part in parts]
    older = record.supersedes
    return Card(
        code=record.work.code,
        url=record_url(record.work.code),
        kind=Kind(record.kind),
        titles=tuple((row.language, row.title) for row in said),
        abouts=tuple((row.language, row.about) for row in said if row.about),
        owner=record.work.owner.name,
        partners=record.partners,
        published=record.published,
        subjects=tuple(dict.fromkeys(subjects)),
        languages=tuple(dict.fromkeys(spoken)),
        doi=record.doi,
        isbn=record.isbn,
        link=record.link,
        licence=record.licence,
        rights=record.rights,
        replaces=record_url(older.work.code) if older is not None and is_open(older) else "",
        parts=parts,
    )


def _part(document: Document) -> Part | None:
    copy = newest_copy(document)
    if copy is None or copy.file is None:
        return None
    file = copy.file
    path = reverse("library:fetch", args=[document.record.work.code, document.pk])
    return Part(address(path), file.name, document.version.language, file.media_type, file.size, file.sha256)


def dublin_core(of: Card) -> list[tuple[str, str, str]]:
    """The elements of Dublin Core (name, value, language of the value or nothing) as oai_dc takes them."""
    with override("en"):
        kind = str(of.kind.label)
    said = [
        *(("title", title, language) for language, title in of.titles),
        ("creator", of.owner, ""),
        *(("subject", one, "en") for one in of.subjects),
        *(("description", about, language) for language, about in of.abouts),
        ("publisher", PUBLISHER, ""),
        ("contributor", of.partners, ""),
        ("date", of.published, ""),
        ("type", kind, "en"),
        *(("format", one, "") for one in dict.fromkeys(part.media_type for part in of.parts)),
        ("identifier", of.url, ""),
        ("identifier", f"https://doi.org/{of.doi}" if of.doi else "", ""),
        ("identifier", f"urn:isbn:{of.isbn}" if of.isbn else "", ""),
        ("source", of.link, ""),
        *(("language", one, "") for one in of.languages),
        ("relation", of.replaces, ""),
        ("rights", LICENCES.get(of.licence, ""), ""),
        ("rights", of.rights, ""),
    ]
    return [row for row in said if row[1]]


def json_ld(of: Card) -> dict[str, Any]:
    """The card in the words of schema.org."""
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _TYPES.get(of.kind, "DigitalDocument"),
        "@id": of.url,
        "url": of.url,
        "name": of.title,
        "inLanguage": list(of.languages),
        "description": of.abouts[0][1] if of.abouts else "",
        "datePublished": of.published,
        "publisher": {"@type": "Organization", "name": PUBLISHER},
        "author": {"@type": "Organization", "name": of.owner},
        "about": list(of.subjects),
        "license": LICENCES.get(of.licence, ""),
        "isbn": of.isbn,
        "sameAs": [one for one in (f"https://doi.org/{of.doi}" if of.doi else "", of.link) if one],
        "isBasedOn": of.replaces,
        "encoding": [
            {
                "@type": "MediaObject",
                "contentUrl": part.url,
                "encodingFormat": part.media_type,
                "contentSize": str(part.size),
                "inLanguage": part.language,
                "sha256": part.sha256,
            }
            for part in of.parts
        ],
    }
    return {name: value for name, value in said.items() if value not in ("", [])}
