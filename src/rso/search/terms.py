"""From a text to what the index holds, and from what somebody types to what is looked for. Pure, but for ICU.

Words between spaces are held as they are, folded. Scripts without spaces are held as overlapping pairs of characters,
so that a word is found wherever it stands, whatever any dictionary thinks of the words around it.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rso.search.breaking import Word, clusters, parts, words

#: What clings to the front of Arabic words: the article, "and", "for", "with", "as", and these together.
_CLITICS: Final = ("وال", "بال", "كال", "فال", "غير", "لل", "ال", "و", "ب", "ل", "ك", "ف")
#: What words of Latin script begin with, where enough of one is left: "non-", "anti-", verbs of Malay and Indonesian.
_PREFIXES: Final = ("non", "anti", "ber", "per", "ter", "di")
_LATIN_STEM: Final = 5
#: Endings of Dari and Urdu words that change with number and case.
_CHANGING: Final = "هيا"
_HYPHENS: Final = frozenset({"-", "\u2010", "\u2011", "\u00ad"})
_SHORTEST_STEM: Final = 3
_SHORTEST_VOCABLE: Final = 2
_LONGEST_VOCABLE: Final = 60
_PREFIX_FROM: Final = 3
_CUT_FROM: Final = 5
_CUT_TO: Final = 0.7
_INDIC: Final = "\u0900"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms that stand one after another; with ``prefix`` the last is only how a term begins."""

    terms: tuple[str, ...]
    prefix: bool = False


Group = tuple[Phrase, ...]
"""Phrases of which one is enough."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: all groups must be there. ``looser`` finds other forms of the words as well."""

    groups: tuple[Group, ...]
    looser: tuple[Group, ...]

    def __bool__(self) -> bool:
        return bool(self.groups)


def terms_of(text: str) -> list[str]:
    """The terms of a text as the index holds them, in order."""
    found: list[str] = []
    for run in _runs(words(text)):
        if run[0].running:
            found += _pairs([one for word in run for one in clusters(word.folded)])
        else:
            found += _spaced(run[0], text)
    found += _joined(words(text), text)
    return found


def _spaced(word: Word, text: str) -> list[str]:
    """A word, and what it is without what clings to it."""
    return [word.folded, *_stems(word.folded), *parts(text[word.start : word.end])]


def _joined(found: list[Word], text: str) -> list[str]:
    """Words with a hyphen between, as one: people type them so, or with it."""
    return [
        one.folded + next_.folded
        for one, next_ in pairwise(found)
        if text[one.end : next_.start] in _HYPHENS and not one.running and not next_.running
    ]


def vocabulary(text: str) -> set[str]:
    """The words of a text that stand between spaces, as people may mistype them: letters only."""
    return {
        word.folded
        for word in words(text)
        if not word.running and _SHORTEST_VOCABLE <= len(word.folded) <= _LONGEST_VOCABLE and not word.folded.isdigit()
    }


def phrase_of(text: str) -> Phrase:
    """The terms by which a text is found as it stands, one after another."""
    found: list[str] = []
    for run in _runs(words(text)):
        if run[0].running:
            characters = [one for word in run for one in clusters(word.folded)]
            found += _pairs(characters)[:-1] or characters
        else:
            found += _spaced(run[0], text)
    return Phrase(tuple(found))


def sought(query: str, instead: Callable[[Sequence[Word]], Sequence[Group]] | None = None) -> Sought:
    """What a query looks for. A particle of one character is let go where there is more to look for.

    ``instead`` gives for each word what may stand in its place: looked for after the words themselves.
    """
    return _sought(words(query), instead)


def sought_word(folded: str) -> Sought:
    """What a single word, folded already, looks for."""
    return _sought([Word(folded, 0, len(folded), running=False)])


def any_of(alternatives: Iterable[Sought]) -> Sought:
    """Either of several single words."""
    found = list(alternatives)
    close = tuple(phrase for one in found for group in one.groups for phrase in group)
    loose = tuple(phrase for one in found for group in one.looser for phrase in group)
    return Sought((close,), (loose,)) if close else Sought((), ())


def all_of(parts_: Iterable[Sought]) -> Sought:
    """All of several."""
    found = list(parts_)
    return Sought(tuple(g for one in found for g in one.groups), tuple(g for one in found for g in one.looser))


def _sought(found: list[Word], instead: Callable[[Sequence[Word]], Sequence[Group]] | None = None) -> Sought:
    meant = [word for word in found if not _is_particle(word)] or found
    others = instead(meant) if instead is not None else [()] * len(meant)
    return Sought(
        tuple(_close(word) for word in meant),
        tuple(group + more for word, more in zip(meant, others, strict=True) for group in _loose(word)),
    )


def _runs(found: Iterable[Word]) -> Iterator[list[Word]]:
    """Words of running scripts side by side, as one, for a space between them is a matter of taste; others singly."""
    run: list[Word] = []
    for word in found:
        if run and not (word.running and run[-1].running and word.start - run[-1].end <= 1):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _pairs(characters: list[str]) -> list[str]:
    """Overlapping pairs, and the last character alone, so that every character begins a term."""
    return [*(one + next_ for one, next_ in pairwise(characters)), characters[-1]]


def _stems(folded: str) -> list[str]:
    """The word without what clings to its front, in each way that leaves a word."""
    fronts: tuple[str, ...]
    if _is_arabic(folded):
        fronts, shortest = _CLITICS, _SHORTEST_STEM
    elif folded[0].isascii():
        fronts, shortest = _PREFIXES, _LATIN_STEM
    else:
        return []
    stems = (folded.removeprefix(front) for front in fronts if folded.startswith(front))
    return list(dict.fromkeys(stem for stem in stems if len(stem) >= shortest))


def _is_arabic(folded: str) -> bool:
    return "\u0620" <= folded[0] < "\u0700"


def _is_particle(word: Word) -> bool:
    return word.running and len(clusters(word.folded)) == 1 and "\u3040" <= word.folded[0] < "\u3100"


def _close(word: Word) -> Group:
    characters = clusters(word.folded)
    if not word.running:
        return (_beginning(word.folded),)
    if len(characters) == 1:
        return (Phrase((word.folded,), prefix=True),)
    return (Phrase(tuple(_pairs(characters)[:-1])),)


def _loose(word: Word) -> tuple[Group, ...]:
    """Other forms: endings may differ, spaces may stand in between, what clings to the front may be there or not."""
    if not word.running:
        return (tuple(_beginning(_cut(form)) for form in (word.folded, *_stems(word.folded))) + _changed(word.folded),)
    characters = clusters(word.folded)
    if len(characters) < _PREFIX_FROM:
        return (_close(word),)
    kept = _shortened(characters)
    return tuple((Phrase(("".join(kept[at : at + 2]),), prefix=at + 1 == len(kept)),) for at in range(0, len(kept), 2))


def _changed(folded: str) -> Group:
    """The word before its last letter, where that changes with number and case."""
    changes = _is_arabic(folded) and folded[-1] in _CHANGING and len(folded) >= _SHORTEST_STEM
    return (Phrase((folded[:-1],), prefix=True),) if changes else ()


def _beginning(form: str) -> Phrase:
    """How a word begins, if it is long enough for that; vowel signs at its end give way to endings."""
    if len(clusters(form)) >= _PREFIX_FROM:
        return Phrase((_without_last_marks(form),), prefix=True)
    # What clings to the end of Indic words is long, and the words themselves are short.
    return Phrase((form,), prefix=form[0] >= _INDIC and len(form) >= _PREFIX_FROM)


def _without_last_marks(form: str) -> str:
    return form[:-1] if unicodedata.category(form[-1])[0] == "M" else form


def _cut(form: str) -> str:
    characters = clusters(form)
    enough = _CUT_FROM if form[0] < _INDIC else _CUT_FROM - 1
    return form if len(characters) < enough else "".join(_shortened(characters))


def _shortened(characters: list[str]) -> list[str]:
    return characters[: max(_PREFIX_FROM, math.ceil(len(characters) * _CUT_TO))]
