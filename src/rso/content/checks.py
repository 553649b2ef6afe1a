"""What a translation can be held to by arithmetic: figures, links, marks, places to fill in, and terms.

No finding says that a translation is wrong: it says what to look at. Texts are cleaned inline HTML.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rso.content.markup import plain


class Fault(StrEnum):
    """What differs between the source and its translation. The words for people are in the presenters."""

    NUMBERS = "numbers"
    TELEPHONE = "telephone"
    LINKS = "links"
    TAGS = "tags"
    PLACES = "places"
    TERM = "term"
    AVOIDED = "avoided-term"
    SAME = "same-as-source"


#: Nobody should be led to another number: what this finds in a safety-critical part stops a confirmation.
GRAVE: Final = frozenset({Fault.NUMBERS, Fault.TELEPHONE, Fault.LINKS})


@dataclass(frozen=True)
class Finding:
    """A fault, and the parts of the text that it is about."""

    fault: Fault
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class TermFacts:
    """A line of the glossary as a check needs it."""

    source: str
    target: str
    avoid: str = ""
    note: str = ""


#: Figures with what may stand between them: a sign of decimals or thousands, or the spaces and signs of a telephone
#: number. A full stop or comma with a space after it ends a number.
_RUN: Final = re.compile(r"\+?\d(?:(?:[.,٫٬]|[\s\u00a0\u202f()/-]{1,3})?\d)*")
_HREF: Final = re.compile(r'<a\b[^>]*\bhref="([^"]*)"', re.IGNORECASE)
_TAG: Final = re.compile(r"<(/?)([a-z]+)\b[^>]*>", re.IGNORECASE)
_PLACE: Final = re.compile(r"%\([^)]*\)[-#0 +]*[\d.*]*[a-zA-Z]|\{[A-Za-z_][\w.]*\}|%[sdrf]")
_MARKS: Final = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


def western(text: str) -> str:
    """``text`` with the digits of all scripts as 0 to 9, and without marks that turn the direction of writing."""
    said = text.translate(_MARKS)
    return "".join(str(unicodedata.digit(c)) if unicodedata.category(c) == "Nd" else c for c in said)


def numbers(text: str) -> Counter[str]:
    """The numbers in a text, as digits alone with the plus that may lead them: 1,000 and 1.000 and ١٬٠٠٠ are one
    number, and +62 21 555-0100 is what +62 (21) 5550100 is."""
    said = western(plain(_PLACE.sub(" ", text)))
    return Counter(re.sub(r"[^\d+]", "", found) for found in _RUN.findall(said))


def _groups(text: str) -> Counter[str]:
    """The groups of digits, however they stand together."""
    return Counter(re.findall(r"\d+", western(plain(_PLACE.sub(" ", text)))))


def _figures(source: str, target: str) -> list[Finding]:
    """Two numbers that stand side by side in one language and apart in the other are the same two numbers; but a plus
    belongs to its number."""
    before, after = numbers(source), numbers(target)
    differs = sorted({*(before - after), *(after - before)})
    led = any(one.startswith("+") for one in differs)
    if not differs or (not led and _groups(source) == _groups(target)):
        return []
    is_telephone = any(len(one.lstrip("+")) >= 5 for one in differs)
    return [Finding(Fault.TELEPHONE if is_telephone else Fault.NUMBERS, tuple(differs))]


def links(text: str) -> Counter[str]:
    return Counter(_HREF.findall(text))


def tags(text: str) -> Counter[str]:
    """Opening tags by name; the isolating ``bdi`` belongs to a language's direction, and is not counted."""
    return Counter(name.lower() for end, name in _TAG.findall(text) if not end and name.lower() not in ("bdi", "br"))


def places(text: str) -> Counter[str]:
    """Places that a program fills in, as ``%(name)s`` and ``{name}``."""
    return Counter(_PLACE.findall(text))


def _differs(fault: Fault, before: Counter[str], after: Counter[str]) -> list[Finding]:
    about = sorted({*(before - after), *(after - before)})
    return [Finding(fault, tuple(about))] if about else []


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", plain(text)).casefold().split())


def _holds(text: str, term: str) -> bool:
    """Is the term in the folded text? In scripts that put spaces between words it must begin at a word's beginning."""
    folded = _folded(term)
    if not folded:
        return False
    if folded[0].isascii() and folded[0].isalnum():
        return re.search(rf"(?<!\w){re.escape(folded)}", text) is not None
    return folded in text


def terms_in(source: str, terms: Iterable[TermFacts]) -> list[TermFacts]:
    """The lines of the glossary whose term is in the source's text, the longest term first."""
    text = _folded(source)
    return sorted((term for term in terms if _holds(text, term.source)), key=lambda term: -len(term.source))


def check(source: str, target: str, terms: Sequence[TermFacts] = ()) -> list[Finding]:
    """What differs between a source and its translation that should not. An empty translation has no findings."""
    if not target.strip():
        return []
    found = [
        *_figures(source, target),
        *_differs(Fault.LINKS, links(source), links(target)),
        *_differs(Fault.TAGS, tags(source), tags(target)),
        *_differs(Fault.PLACES, places(source), places(target)),
    ]
    text = _folded(target)
    for term in terms_in(source, terms):
        if term.target and not _holds(text, term.target):
            found.append(Finding(Fault.TERM, (term.source, term.target)))
        if term.avoid and _holds(text, term.avoid):
            found.append(Finding(Fault.AVOIDED, (term.avoid, term.target)))
    words = re.sub(r"[\W\d_]+", "", _folded(source))
    if len(words) > 3 and _folded(source) == text:
        found.append(Finding(Fault.SAME))
    return found


def is_grave(findings: Iterable[Finding]) -> bool:
    """Would the reader be led to another number or another address?"""
    return any(finding.fault in GRAVE for finding in findings)
