"""Words that mean the same, as the office enters them. Pure, but for ICU."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rso.search.breaking import Word, words
from rso.search.terms import Group, Phrase, phrase_of


@dataclass(frozen=True)
class Thesaurus:
    """For the folded words of each form, the phrases of the others of its group."""

    others: dict[tuple[str, ...], Group]
    longest: int = 0

    def of(self, found: Sequence[Word]) -> list[Group]:
        """For each word of a query, what may stand in the place of the form that it is of; the longest form counts.

        All words of a form get the same phrases. So a text has to have all of its words, or one of the others.
        """
        instead: list[Group] = [()] * len(found)
        at = 0
        while at < len(found):
            length, group = self._at(found, at)
            instead[at : at + length] = [group] * length
            at += length
        return instead

    def _at(self, found: Sequence[Word], at: int) -> tuple[int, Group]:
        for length in range(min(self.longest, len(found) - at), 0, -1):
            group = self.others.get(tuple(word.folded for word in found[at : at + length]))
            if group is not None:
                return length, group
        return 1, ()


NOTHING: Final = Thesaurus({})


@lru_cache(maxsize=8)
def thesaurus(groups: tuple[tuple[str, ...], ...]) -> Thesaurus:
    """Of groups of forms that mean the same."""
    others: dict[tuple[str, ...], Group] = {}
    for group in groups:
        forms = [(tuple(word.folded for word in words(form)), phrase_of(form)) for form in group]
        for folded, own in forms:
            if folded and own.terms:
                more = _phrases(phrase for _, phrase in forms if phrase != own)
                others[folded] = tuple(dict.fromkeys((*others.get(folded, ()), *more)))
    return Thesaurus(others, max(map(len, others), default=0))


def _phrases(found: Iterable[Phrase]) -> Group:
    return tuple(phrase for phrase in found if phrase.terms)
