"""What somebody may have meant with words that nothing has, by the vocabulary of what they may see."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from django.db.models import Q
from django.db.models.functions import Length

from rso.search.breaking import Word
from rso.search.models import Vocable
from rso.search.spelling import LONGER, SHORTEST, nearest, parts, split
from rso.search.terms import Sought, all_of, any_of, sought, sought_word

CORRECTED: Final = 8
"""Words of a query that is corrected: each costs the database some work, and anybody may ask."""


@dataclass(frozen=True)
class Meant:
    """Other words than those that were typed, and what they look for."""

    words: tuple[str, ...]
    sought: Sought


def may_mean(typed: list[Word], audiences: list[int], has: Callable[[list[Sought]], list[bool]]) -> Meant | None:
    """What somebody may have meant with a few words that nothing has all of; ``None`` where nothing is near.

    Two words that are one, one word that is two, or words that are spelt nearly so. ``has`` tells which are found.
    However many words there are, the database is asked three times at most.
    """
    if not typed or len(typed) > CORRECTED:
        return None
    whole = [_itself(word) for word in typed]
    there = [False] if len(typed) == 1 else has(whole)  # of a single word we know that nothing has it
    known = _known(audiences, [*_joined(typed), *(half for word in typed for pair in _parts(word) for half in pair)])
    chosen: list[tuple[str, Sought] | Word] = []
    at = 0
    while at < len(typed):
        joined = "".join(word.folded for word in typed[at : at + 2])
        if at + 1 < len(typed) and joined in known:
            chosen.append((joined, sought_word(joined)))
            at += 2
            continue
        chosen.append(_whole_or_halves(typed[at], whole[at], there[at], known))
        at += 1
    wrong = [one.folded for one in chosen if isinstance(one, Word)]
    if any(len(word) < SHORTEST for word in wrong):
        return None
    near = _candidates(wrong, audiences) if wrong else []
    meant = [_nearest(one.folded, near) if isinstance(one, Word) else one for one in chosen]
    found = [one for one in meant if one is not None]
    return (
        Meant(tuple(said for said, _ in found), all_of(one for _, one in found)) if len(found) == len(meant) else None
    )


def _itself(word: Word) -> Sought:
    return sought(word.folded) if word.running else sought_word(word.folded)


def _joined(typed: list[Word]) -> list[str]:
    return [one.folded + next_.folded for one, next_ in pairwise(typed)]


def _parts(word: Word) -> list[tuple[str, str]]:
    return [] if word.running else parts(word.folded)


def _whole_or_halves(word: Word, itself: Sought, is_there: bool, known: set[str]) -> tuple[str, Sought] | Word:
    """The word, or the two known words that it is; the bare word where it has to be looked for among near ones."""
    if word.running or is_there:
        return word.folded, itself
    halves = split(word.folded, known)
    return word if halves is None else (" ".join(halves), all_of(sought_word(half) for half in halves))


def _nearest(word: str, candidates: Collection[str]) -> tuple[str, Sought] | None:
    near = nearest(word, candidates)
    return (near[0], any_of(sought_word(one) for one in near)) if near else None


def _known(audiences: list[int], wanted: Collection[str]) -> set[str]:
    rows = Vocable.objects.filter(audience__in=audiences, word__in=set(wanted))
    return set(rows.values_list("word", flat=True))


def _candidates(wrong: list[str], audiences: list[int]) -> list[str]:
    """Words near to one of these: with the same first letter, or with the same letters after it, or one letter more or
    less before them."""
    near = Q()
    for word in wrong:
        alike = Q(head=word[0]) | Q(inner=word[1:3]) | Q(inner=word[:2]) | Q(head=word[1], inner=word[2:4])
        near |= Q(alike, letters__gte=len(word) - 2, letters__lte=len(word) + LONGER)
    rows = Vocable.objects.annotate(letters=Length("word")).filter(near, audience__in=audiences)
    return list(rows.values_list("word", flat=True))
