"""Looking for texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from django.db.models import QuerySet, TextField, Value

from rso.accounts.rules import Actor, require
from rso.search.adapters.engine import engine
from rso.search.breaking import words
from rso.search.entries import PUBLIC
from rso.search.meaning import may_mean
from rso.search.models import Alike, Audience, Document, Habit, Saved
from rso.search.ports import Wanted
from rso.search.rules import SearchPermission, lines_of
from rso.search.terms import Sought, sought
from rso.search.thesaurus import thesaurus

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
    asked = _asked(query, audiences, language)
    if asked is None:
        return _NOTHING
    wanted, instead = (asked.wanted, ()) if after else _settled(query, asked)
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
    asked = _asked(query, audiences, "")
    if asked is None:
        return _NOTHING
    wanted: Wanted = asked.wanted
    instead: tuple[str, ...] = ()
    facets = Facets(engine().facets(wanted))
    if not facets.amounts:
        meant = _meant(query, asked)
        if meant is not None and (found := engine().facets(meant[0])):
            facets, (wanted, instead) = Facets(found), meant
    count = min(facets.count(kind, language), COUNTED)
    last = max(-(-count // PAGE), 1)
    offset = (min(max(page, 1), last) - 1) * PAGE
    wanted = replace(wanted, kind=kind, language=language, reader=reader)
    return Found(_documents(wanted, PAGE, offset) if count else (), count, instead, facets)


def _documents(wanted: Wanted, limit: int, offset: int) -> tuple[Document, ...]:
    pks = engine().find(wanted, limit=limit, offset=offset)
    rows = Document.objects.in_bulk(pks)
    return tuple(rows[pk] for pk in pks if pk in rows)


def refs(
    query: str, *, audiences: Collection[str] = (PUBLIC,), language: str = "", kind: str = "", limit: int = COUNTED
) -> list[str]:
    """What :func:`find` finds, as the ``ref`` of each text alone: for an app that shows its own rows of it."""
    asked = _asked(query, audiences, language)
    if asked is None:
        return []
    # Found at the first try most often: what may have been meant instead is asked only where nothing was.
    pks = engine().find(replace(asked.wanted, kind=kind), limit=limit, offset=0)
    if not pks:
        wanted, _instead = _settled(query, asked)
        pks = engine().find(replace(wanted, kind=kind), limit=limit, offset=0)
    known = dict(Document.objects.filter(pk__in=pks).values_list("pk", "ref"))
    return [known[pk] for pk in pks if pk in known]


@dataclass(frozen=True)
class _Asked:
    """A query as it was typed, and the keys of the audiences among which it is looked for."""

    wanted: Wanted
    audiences: list[int]


def _asked(query: str, audiences: Collection[str], language: str) -> _Asked | None:
    allowed, groups = _allowed_and_alike(audiences, language)
    asked = sought(query, thesaurus(groups).of)
    if not asked or not allowed:
        return None
    letters = [Audience(pk=pk).letter for pk in allowed]
    return _Asked(_of(asked, Wanted((), letters, language)), allowed)


def _allowed_and_alike(audiences: Collection[str], language: str) -> tuple[list[int], tuple[tuple[str, ...], ...]]:
    """Which audiences there are of these, and which words mean the same (of one language, or of all): one statement."""
    allowed = Audience.objects.filter(key__in=audiences).annotate(what=Value(0), words=Value("", TextField()))
    alike = Alike.objects.filter(language__in=("", language)) if language else Alike.objects.all()
    rows = allowed.values_list("what", "pk", "words").union(
        alike.order_by().annotate(what=Value(1)).values_list("what", "pk", "words"), all=True
    )
    ordered = sorted(rows)
    return [pk for what, pk, _ in ordered if what == 0], tuple(lines_of(text) for what, _, text in ordered if what == 1)


def _settled(query: str, asked: _Asked) -> tuple[Wanted, tuple[str, ...]]:
    """What is looked for: the words as they were typed, or, where nothing has these, what was meant and its words."""
    if not engine().has([asked.wanted])[0]:
        meant = _meant(query, asked)
        if meant is not None and engine().has([meant[0]])[0]:
            return meant
    return asked.wanted, ()


def _meant(query: str, asked: _Asked) -> tuple[Wanted, tuple[str, ...]] | None:
    """What may have been meant, and with which words; it may be that nothing has these either."""
    meant = may_mean(words(query), asked.audiences, lambda each: engine().has([_of(one, asked.wanted) for one in each]))
    return None if meant is None else (_of(meant.sought, asked.wanted), meant.words)


def _of(asked: Sought, among: Wanted) -> Wanted:
    return replace(among, groups=asked.looser, first=asked.groups)


# ---------------------------------------------------------------- what people keep


def saved_searches(actor: Actor) -> QuerySet[Saved]:
    """The actor's own, by name."""
    return Saved.objects.filter(user_id=actor.person)


def remembers(actor: Actor) -> bool:
    """May the actor's searches be remembered until they sign out? Yes, unless they chose otherwise."""
    chosen = Habit.objects.filter(user_id=actor.person).values_list("remembers", flat=True).first()
    return chosen is not False


def alike_words(actor: Actor) -> QuerySet[Alike]:
    """All groups of words that mean the same, for whoever may change them."""
    require(actor, SearchPermission.CHANGE_WORDS)
    return Alike.objects.all()
