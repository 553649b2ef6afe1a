"""How results read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.conf.locale import LANG_INFO

from rso.search.breaking import Word, words
from rso.search.models import Document
from rso.search.sources import sources

_LENGTH: Final = 220
_BEFORE: Final = 60
_SHORTEST: Final = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; ``hit`` where it is what was looked for."""

    text: str
    hit: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """A text that was found, as a page shows it. Everything but ``kind`` is data."""

    title: tuple[Piece, ...]
    snippet: tuple[Piece, ...]
    kind: Any
    language: str
    path: str


@dataclass(frozen=True, slots=True)
class Option:
    """Something to narrow results by, or that narrows them. With ``language`` the label is that language's own name."""

    label: Any
    href: str
    language: str = ""
    amount: int | None = None
    current: bool = False


#: The languages' own names for themselves, where Django has none.
_OWN_NAMES: Final = {"fa-AF": "دری", "lo": "ລາວ", "my": "မြန်မာ", "si": "සිංහල", "zh": "中文", "th": "ไทย", "km": "ខ្មែរ"}


def language_name(code: str) -> str:
    """What a language calls itself; its code where that is not known."""
    known = LANG_INFO.get(code.lower(), {})
    return _OWN_NAMES.get(code) or str(known.get("name_local", code))


def results(documents: tuple[Document, ...], query: str) -> list[Result]:
    """The results with what was looked for marked, and of each text the stretch that has most of it."""
    asked = [word.folded for word in words(query)]
    known = sources()
    return [
        Result(
            title=tuple(_pieces(one.title, asked)),
            snippet=tuple(_pieces(_stretch(one.body, asked), asked)),
            kind=known[one.kind].words if one.kind in known else one.kind,
            language=one.language,
            path=one.path,
        )
        for one in documents
    ]


def _is_asked(word: Word, asked: list[str]) -> bool:
    return any(_alike(word, one) for one in asked)


def _alike(word: Word, one: str) -> bool:
    if word.running:
        return word.folded in one or one in word.folded
    return word.folded == one or (len(one) >= _SHORTEST and word.folded.startswith(one))


def _stretch(text: str, asked: list[str]) -> str:
    """The part of a long text that begins shortly before the first word that was asked for, cut between words."""
    if len(text) <= _LENGTH:
        return text
    found = words(text)
    first = next((word.start for word in found if _is_asked(word, asked)), 0)
    begin = 0 if first <= _BEFORE else next(word.start for word in found if word.start >= first - _BEFORE)
    end = max((word.end for word in found if begin < word.end <= begin + _LENGTH), default=begin + _LENGTH)
    return ("… " if begin else "") + text[begin:end] + (" …" if end < len(text) else "")


def _pieces(text: str, asked: list[str]) -> Iterator[Piece]:
    at = 0
    for word in words(text):
        if _is_asked(word, asked):
            if word.start > at:
                yield Piece(text[at : word.start])
            yield Piece(text[word.start : word.end], hit=True)
            at = word.end
    if at < len(text):
        yield Piece(text[at:])
