"""The little markup that a segment may hold: strong, emphasised, a link, a line break. Cleaned by nh3 when kept."""

from __future__ import annotations

import hashlib
import html
import re
from typing import Final

import nh3

TAGS: Final = {"strong", "em", "a", "br", "bdi"}
_SCHEMES: Final = {"https", "http", "mailto", "tel"}
_SAME: Final = {"b": "strong", "i": "em"}
_SPACE: Final = re.compile(r"[ \t\r\n\f\v]+")
#: Controls and separators of lines that no page shows and that tear a file of lines apart.
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")


def clean(text: str) -> str:
    """``text`` with the tags of ``TAGS`` alone, and links that lead somewhere safe. Cleaning twice changes nothing."""
    for old, new in _SAME.items():
        text = re.sub(rf"(</?){old}(?=[\s>])", rf"\g<1>{new}", text, flags=re.IGNORECASE)
    text = _CONTROLS.sub(" ", text.replace("\r\n", "\n")).strip()
    cleaned = nh3.clean(
        text,
        tags=TAGS,
        attributes={"a": {"href"}, "bdi": {"dir"}},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
        clean_content_tags={"script", "style"},
    )
    return _SPACE.sub(" ", _CONTROLS.sub(" ", cleaned)).strip()


def plain(text: str) -> str:
    """The words alone, for search, memory, counting and comparison."""
    spaced = re.sub(r"<br\s*/?>", " ", text)
    return html.unescape(nh3.clean(spaced, tags=set(), clean_content_tags={"script", "style"})).strip()


def of_plain(words: str) -> str:
    """The markup of words that were typed without any: what looks like a tag is none."""
    return html.escape(words, quote=False)


def fingerprint(text: str) -> str:
    """Sixteen signs that stand for a wording, so that a writer can say which one they saw."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
