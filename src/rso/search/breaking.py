"""Where words and characters end, in scripts with and without spaces (ICU, UAX #29). The one place that knows ICU."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from icu4py.breakers import WordBreaker

from rso.search.folding import fold

#: Written without spaces, or with particles that cling to words: Thai, Lao, Burmese, Hangul, Khmer, kana, Han.
_RUNNING: Final = (
    (0x0E00, 0x0F00), (0x1000, 0x10A0), (0x1100, 0x1200), (0x1780, 0x1800), (0x19E0, 0x1A00), (0x3040, 0x3100),
    (0x3130, 0x3190), (0x31F0, 0x3200), (0x3400, 0x4DC0), (0x4E00, 0xA000), (0xA960, 0xA980), (0xAA60, 0xAA80),
    (0xAC00, 0xD7B0), (0xF900, 0xFB00),
)  # fmt: skip
#: ICU counts in UTF-16; outside of the basic plane stands nothing that is searched for.
_BEYOND: Final = re.compile("[\U00010000-\U0010ffff]")
_ROOT: Final = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: folded, and from where to where it stands there. ``running`` words know no spaces."""

    folded: str
    start: int
    end: int
    running: bool


def words(text: str) -> list[Word]:
    """The words of ``text`` in their order; what is neither letter nor digit is left out."""
    text = _BEYOND.sub("\ufffd", text)
    found = []
    for start, end in WordBreaker(text, _ROOT).segments():
        folded = fold(text[start:end])
        if folded:
            found.append(Word(folded, start, end, _is_running(folded)))
    return found


def parts(text: str) -> list[str]:
    """The folded parts of a word that a joiner without width holds together, as Dari and Urdu write it."""
    return [folded for part in text.split("\u200c") if (folded := fold(part))] if "\u200c" in text else []


def clusters(folded: str) -> list[str]:
    """The characters of a folded word as people see them: each with the marks that belong to it."""
    found: list[str] = []
    for letter in folded:
        if found and unicodedata.category(letter)[0] == "M":
            found[-1] += letter
        else:
            found.append(letter)
    return found


def _is_running(folded: str) -> bool:
    return any(first <= ord(letter) < after for letter in folded for first, after in _RUNNING)
