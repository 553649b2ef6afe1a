"""Looking for texts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from rso.search.adapters.engine import engine
from rso.search.breaking import words
from rso.search.entries import PUBLIC
from rso.search.meaning import may_mean
from rso.search.models import Audience, Document
from rso.search.ports import Wanted
from rso.search.terms import Sought, sought

COUNTED: Final = 1_000
"""Beyond this, results are "more than": nobody turns so many pages."""
PAGE: Final = 10


@dataclass(frozen=True)
class Found:
    """A page of results, best first. ``count`` is at most ``COUNTED``.

    ``instead`` are the words that were looked for in place of those asked for, where nothing has these.
    """

    documents: tuple[Document, ...]
    count: int
    instead: tuple[str, ...] = ()


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
    very words, then those with other forms of them. Where nothing has them, texts with words that are spelt nearly so.
    An empty query finds nothing.
    """
    wanted, instead = _wanted(query, audiences, language)
    if wanted is None:
        return Found((), 0)
    wanted = replace(wanted, kind=kind)
    count = engine().count(wanted, most=COUNTED)
    pks = engine().find(wanted, limit=limit, offset=offset)
    rows = Document.objects.in_bulk(pks)
    return Found(tuple(rows[pk] for pk in pks if pk in rows), count, instead)


def kinds(query: str, *, audiences: Collection[str] = (PUBLIC,), language: str = "") -> dict[str, int]:
    """How many texts of each kind :func:`find` finds."""
    wanted, _instead = _wanted(query, audiences, language)
    return {} if wanted is None else engine().kinds(wanted)


def _wanted(query: str, audiences: Collection[str], language: str) -> tuple[Wanted | None, tuple[str, ...]]:
    """What is looked for: the query, or where nothing has it what may have been meant, and then with which words."""
    asked = sought(query)
    allowed = list(Audience.objects.filter(key__in=audiences))
    if not asked or not allowed:
        return None, ()
    letters = [one.letter for one in allowed]
    wanted = _of(asked, letters, language)
    if engine().count(wanted, most=1):
        return wanted, ()
    meant = may_mean(words(query), [one.pk for one in allowed], lambda one: _has(one, letters, language))
    if meant is None or not _has(meant.sought, letters, language):
        return wanted, ()
    return _of(meant.sought, letters, language), meant.words


def _of(asked: Sought, letters: list[str], language: str) -> Wanted:
    return Wanted(asked.looser, letters, language, first=asked.groups)


def _has(asked: Sought, letters: list[str], language: str) -> bool:
    return bool(asked) and engine().count(_of(asked, letters, language), most=1) == 1
