"""Words that are known, near to one that is not. Pure.

Only for scripts with spaces: in the others any run of characters is found wherever it stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from rapidfuzz.distance import Levenshtein

SHORTEST: Final = 4
"""Letters of a word that is corrected: of shorter ones too many are near to each other."""
LONGER: Final = 6
"""By how many letters a word may be longer than the one that was typed, which is then how it begins."""
_LONG: Final = 8
_MOST: Final = 5
_LEAST_PART: Final = 2


def slips(word: str) -> int:
    """How many letters may be wrong."""
    return 2 if len(word) >= _LONG else 1


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """The known words, or beginnings of known words, that differ least from ``word``, a few; the shortest first."""
    best = slips(word) + 1
    found: list[str] = []
    for one in known:
        distance = _distance(word, one, best)
        if distance < best:
            best, found = distance, [one]
        elif distance == best <= slips(word):
            found.append(one)
    return sorted(set(found), key=lambda one: (len(one), one))[:_MOST]


def _distance(word: str, one: str, most: int) -> int:
    beginnings = {one[: len(word) + more] for more in (-1, 0, 1)} | {one}
    return min(Levenshtein.distance(word, beginning, score_cutoff=most) for beginning in beginnings)


def parts(word: str) -> list[tuple[str, str]]:
    """The ways to take a word for two that were typed without a space."""
    return [(word[:at], word[at:]) for at in range(_LEAST_PART, len(word) - _LEAST_PART + 1)]


def split(word: str, known: Collection[str]) -> tuple[str, str] | None:
    """Two known words that make ``word``, those of the most equal lengths, or ``None``."""
    whole = [pair for pair in parts(word) if pair[0] in known and pair[1] in known]
    return min(whole, key=lambda pair: abs(len(pair[0]) - len(pair[1])), default=None)
