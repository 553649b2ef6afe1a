"""What two spellings of one word have in common. Pure.

People type without vowel marks, with the digits of their keyboard, with one of several letters that look alike. A word
is folded the same way when it is stored and when it is asked for. Sources: UAX #15 (normalisation), UAX #44 (decimal
digits), and the Arabic letters that keyboards of Arabic, Dari and Urdu use for one another.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

#: Letters that are typed for one another, after decomposition and without marks.
_ALIKE: Final = str.maketrans(
    {
        "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ے": "ي", "ک": "ك", "ڪ": "ك", "ة": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه",
        "ں": "ن", "ء": None, "ـ": None,
        "đ": "d", "ł": "l", "ø": "o", "ı": "i", "æ": "ae", "œ": "oe",
        # Short and long i and u, nasals, and what is left out, in Devanagari and Bengali.
        "ँ": "ं", "ঁ": "ং", "ी": "ि", "ू": "ु", "ई": "इ", "ऊ": "उ", "ঃ": None, "ः": None, "़": None,
        "ী": "ি", "ূ": "ু", "ঈ": "ই", "ঊ": "উ", "ৎ": "ত্", "়": None,
        # Sinhala: letters that sound alike, and those with a nasal before. Tamil: short and long vowels.
        "ඟ": "ග", "ඬ": "ඩ", "ඳ": "ද", "ඹ": "බ", "ණ": "න", "ළ": "ල", "ෂ": "ශ",
        "ே": "ெ", "ீ": "ி", "ூ": "ு",
        # Cyrillic letters that keyboards leave out: Mongolian.
        "ү": "у", "ө": "о", "ѳ": "о",
        # Thai and Khmer: signs that shorten or silence, often left out.
        "็": None, "์": None, "៍": None,
        # Variants of one Chinese character in the vocabulary of banks.
        "帐": "账",
        # Lao: a low l under h is typed as a letter of its own.
        "ຼ": "ລ",
        "’": None, "'": None, "ʼ": None,
    }
)  # fmt: skip
_KATAKANA: Final = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
#: Where a mark is an accent or a vowel that may be left out. Elsewhere marks are letters.
_MARKS_MAY_GO: Final = ((0x0041, 0x0250), (0x0370, 0x0530), (0x0590, 0x0780), (0x08A0, 0x0900), (0x1E00, 0x2000))


#: A nasal before its own class of consonants is written out or as a dot: Devanagari, Bengali.
_NASAL: Final = (
    (re.compile("ঙ\u09cdগ|ংগ"), "ঙ"),
    (re.compile("[ङञणनम]\u094d(?=[क-म])"), "ं"),
    (re.compile("[ঙঞণনম]\u09cd(?=[ক-ম])"), "ং"),
)
#: Tamil: doubled consonants where words meet, and the i before a word that begins with r or l.
_DOUBLED: Final = re.compile("([கசதப])\u0bcd\\1")
_I_BEFORE: Final = re.compile("^இ(?=[ரல])")
#: Burmese: the digit nought is typed for the letter wa.
_NOUGHT: Final = re.compile("(?<=[\u1000-\u103f])\u1040|\u1040(?=[\u102b-\u103f])")
#: Khmer: a subscript d and a subscript t look the same, and are typed for one another.
_SUBSCRIPT_D: Final = "\u17d2\u178a"
_SUBSCRIPT_T: Final = "\u17d2\u178f"
#: Thai and Lao: the tone mark stands before the ring of "am", in whatever order they were typed.
_RING_BEFORE_TONE: Final = re.compile("([\u0e4d\u0ecd])([\u0e48-\u0e4b\u0ec8-\u0ecb])")


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """``word`` as it is stored and compared; empty where nothing of it is a letter or a digit."""
    plain = unicodedata.normalize("NFD", _NOUGHT.sub("ဝ", unicodedata.normalize("NFKC", word).casefold()))
    kept: list[str] = []
    base = ""
    for letter in plain.translate(_ALIKE).translate(_KATAKANA):
        category = unicodedata.category(letter)
        if category[0] == "M":
            if base and not _may_go(base):
                kept.append(letter)
        elif category == "Nd":
            kept.append(str(unicodedata.decimal(letter)))
            base = letter
        elif category[0] in "LN":
            kept.append(letter)
            base = letter
    folded = _RING_BEFORE_TONE.sub(r"\2\1", "".join(kept)).replace(_SUBSCRIPT_D, _SUBSCRIPT_T)
    for nasal, dot in _NASAL:
        folded = nasal.sub(dot, folded)
    folded = _I_BEFORE.sub("", _DOUBLED.sub(r"\1", folded))
    return unicodedata.normalize("NFC", folded)


def _may_go(base: str) -> bool:
    code = ord(base)
    return any(first <= code < after for first, after in _MARKS_MAY_GO)
