"""Looking for texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
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
class Facets:
    """How many texts of each kind there are in each language, whichever of both was chosen."""

    amounts: Mapping[tuple[str, str], int]

    def kinds(self, language: str = "") -> dict[str, int]:
        """By kind, perhaps in one language only."""
        return self._by(0, 1, language)

    def languages(self, kind: str = "") -> dict[str, int]:
        """By language, perhaps of one kind only."""
        return self._by(1, 0, kind)

    def count(self, kind: str = "", language: str = "") -> int:
        """All, or of one kind, or in one language."""
        return sum(
            amount
            for (of_kind, in_language), amount in self.amounts.items()
            if kind in ("", of_kind) and language in ("", in_language)
        )

    def _by(self, at: int, other: int, chosen: str) -> dict[str, int]:
        found: Counter[str] = Counter()
        for key, amount in self.amounts.items():
            if chosen in ("", key[other]):
                found[key[at]] += amount
        return dict(found)


@dataclass(frozen=True)
class Found:
    """A page of results, best first. ``count`` is at most ``COUNTED``.

    ``instead`` are the words that were looked for in place of those asked for, where nothing has these.
    """

    documents: tuple[Document, ...]
    count: int
    instead: tuple[str, ...] = ()
    facets: Facets = field(default_factory=lambda: Facets({}))


_NOTHING: Final = Found((), 0)


def find(
    query: str,
    *,
    audiences: Collection[str] = (PUBLIC,),
    language: str = "",
    kind: str = "",
    reader: str = "",
    limit: int = PAGE,
    offset: int = 0,
    after: int = 0,
) -> Found:
    """Texts that have all the words of ``query``, among what the holders of ``audiences`` may see: first those with the
    very words, then those with other forms of them. Where nothing has them, texts with words that are spelt nearly so.
    Of equals, those in the language of the ``reader`` come first. An empty query finds nothing.

    ``after`` leaves out documents with that number or a lower one; then no slip is corrected.
    """
    wanted, instead = _wanted(query, audiences, Wanted((), (), language=language), corrects=not after)
    if wanted is None:
        return _NOTHING
    wanted = replace(wanted, kind=kind, reader=reader, after=after)
    count = engine().count(wanted, most=COUNTED)
    return Found(_documents(wanted, limit, offset), count, instead)


def look(
    query: str,
    *,
    audiences: Collection[str] = (PUBLIC,),
    language: str = "",
    kind: str = "",
    reader: str = "",
    page: int = 1,
) -> Found:
    """What :func:`find` finds, with how many there are of each kind and in each language if none had been chosen.

    Where the words are corrected is decided before the choice, so that a choice never changes what is looked for.
    A page beyond the last is the last.
    """
    wanted, instead = _wanted(query, audiences, Wanted((), ()), corrects=True)
    if wanted is None:
        return _NOTHING
    facets = Facets(engine().facets(wanted))
    count = min(facets.count(kind, language), COUNTED)
    last = max(-(-count // PAGE), 1)
    offset = (min(max(page, 1), last) - 1) * PAGE
    wanted = replace(wanted, kind=kind, language=language, reader=reader)
    return Found(_documents(wanted, PAGE, offset) if count else (), count, instead, facets)


def _documents(wanted: Wanted, limit: int, offset: int) -> tuple[Document, ...]:
    pks = engine().find(wanted, limit=limit, offset=offset)
    rows = Document.objects.in_bulk(pks)
    return tuple(rows[pk] for pk in pks if pk in rows)


def _wanted(
    query: str, audiences: Collection[str], among: Wanted, *, corrects: bool
) -> tuple[Wanted | None, tuple[str, ...]]:
    """What is looked for: the query, or where nothing has it what may have been meant, and then with which words."""
    asked = sought(query)
    allowed = list(Audience.objects.filter(key__in=audiences).order_by("pk"))
    if not asked or not allowed:
        return None, ()
    among = replace(among, letters=[one.letter for one in allowed])
    wanted = _of(asked, among)
    if not corrects or engine().has([wanted])[0]:
        return wanted, ()
    meant = may_mean(
        words(query), [one.pk for one in allowed], lambda each: engine().has([_of(one, among) for one in each])
    )
    if meant is None or not engine().has([_of(meant.sought, among)])[0]:
        return wanted, ()
    return _of(meant.sought, among), meant.words


def _of(asked: Sought, among: Wanted) -> Wanted:
    return replace(among, groups=asked.looser, first=asked.groups)
