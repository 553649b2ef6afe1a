"""What somebody may have meant with words that nothing has, by the vocabulary of what they may see."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from rso.search.breaking import Word
from rso.search.models import Vocable
from rso.search.spelling import LONGER, SHORTEST, nearest, parts, split
from rso.search.terms import Sought, all_of, any_of, sought, sought_word

CORRECTED: Final = 8
"""Words of a query that is corrected: each costs a few questions to the database, and anybody may ask."""


@dataclass(frozen=True)
class Meant:
    """Other words than those that were typed, and what they look for."""

    words: tuple[str, ...]
    sought: Sought


def may_mean(typed: list[Word], audiences: list[int], has: Callable[[Sought], bool]) -> Meant | None:
    """What somebody may have meant with a few words that nothing has all of; ``None`` where nothing is near.

    Two words that are one, one word that is two, or words that are spelt nearly so.
    """
    if len(typed) > CORRECTED:
        return None
    meant: list[tuple[str, Sought]] = []
    at = 0
    while at < len(typed):
        joined = "".join(word.folded for word in typed[at : at + 2])
        if at + 1 < len(typed) and _known(audiences, [joined]):
            meant.append((joined, sought_word(joined)))
            at += 2
            continue
        found = _instead_of(typed[at], audiences, has)
        if found is None:
            return None
        meant.append(found)
        at += 1
    return Meant(tuple(words_ for words_, _ in meant), all_of(one for _, one in meant))


def _instead_of(word: Word, audiences: list[int], has: Callable[[Sought], bool]) -> tuple[str, Sought] | None:
    itself = sought_word(word.folded) if not word.running else sought(word.folded)
    if word.running or has(itself):
        return word.folded, itself
    halves = split(word.folded, _known(audiences, [half for pair in parts(word.folded) for half in pair]))
    if halves is not None:
        return " ".join(halves), all_of(sought_word(half) for half in halves)
    near = nearest(word.folded, _candidates(word.folded, audiences)) if len(word.folded) >= SHORTEST else []
    return (near[0], any_of(sought_word(one) for one in near)) if near else None


def _known(audiences: list[int], wanted: Collection[str]) -> set[str]:
    rows = Vocable.objects.filter(audience__in=audiences, word__in=set(wanted))
    return set(rows.values_list("word", flat=True))


def _candidates(word: str, audiences: list[int]) -> QuerySet[Vocable, str]:
    """Words with the same first letter, or with the same letters after it, or one letter more or less before them."""
    near = Q(head=word[0]) | Q(inner=word[1:3]) | Q(inner=word[:2]) | Q(head=word[1], inner=word[2:4])
    rows = Vocable.objects.filter(near, audience__in=audiences).annotate(letters=Length("word"))
    return rows.filter(letters__gte=len(word) - 2, letters__lte=len(word) + LONGER).values_list("word", flat=True)
