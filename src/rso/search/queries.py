"""Looking for texts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from rso.search.adapters.engine import engine
from rso.search.entries import PUBLIC
from rso.search.models import Audience, Document
from rso.search.ports import Wanted
from rso.search.terms import sought

COUNTED: Final = 1_000
"""Beyond this, results are "more than": nobody turns so many pages."""
PAGE: Final = 10


@dataclass(frozen=True)
class Found:
    """A page of results, best first. ``count`` is at most ``COUNTED``."""

    documents: tuple[Document, ...]
    count: int


def find(
    query: str,
    *,
    audiences: Collection[str] = (PUBLIC,),
    language: str = "",
    kind: str = "",
    limit: int = PAGE,
    offset: int = 0,
) -> Found:
    """Texts that have all the words of ``query``, among what the holders of ``audiences`` may see: first those with the
    very words, then those with other forms of them. An empty query finds nothing.
    """
    wanted = _wanted(query, audiences, language, kind)
    if wanted is None:
        return Found((), 0)
    count = engine().count(wanted, most=COUNTED)
    pks = engine().find(wanted, limit=limit, offset=offset)
    rows = Document.objects.in_bulk(pks)
    return Found(tuple(rows[pk] for pk in pks if pk in rows), count)


def kinds(query: str, *, audiences: Collection[str] = (PUBLIC,), language: str = "") -> dict[str, int]:
    """How many texts of each kind :func:`find` finds."""
    wanted = _wanted(query, audiences, language)
    return {} if wanted is None else engine().kinds(wanted)


def _wanted(query: str, audiences: Collection[str], language: str, kind: str = "") -> Wanted | None:
    asked = sought(query)
    letters = [one.letter for one in Audience.objects.filter(key__in=audiences)]
    if not asked or not letters:
        return None
    return Wanted(asked.looser, letters, language, kind, first=asked.groups)
