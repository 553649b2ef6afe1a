"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

# Longer texts are compared line by line: the time of the comparison grows with the square of its parts.
MOST_WORDS = 4000


def marked(old: str, new: str) -> SafeString:
    """``new`` as HTML, with ``<del>`` around what is gone and ``<ins>`` around what is new; both speak to
    screen readers. Any text is safe to pass."""
    before, after = _pieces(old, new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    out: list[SafeString] = []
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        gone, come = "".join(before[a1:a2]), "".join(after[b1:b2])
        if kind == "equal":
            out.append(format_html("{}", come))
            continue
        if gone:
            out.append(_change("del", _("Removed:"), gone))
        if come:
            out.append(_change("ins", _("Added:"), come))
    body = format_html_join("", "{}", ((piece,) for piece in out))
    return format_html('<div class="diff" translate="no">{}</div>', body)


def _change(element: str, word: str, text: str) -> SafeString:
    name = SafeString(element)  # one of two constants
    return format_html('<{0}><span class="visually-hidden" translate="yes">{1} </span>{2}</{0}>', name, word, text)


def _pieces(old: str, new: str) -> tuple[list[str], list[str]]:
    before, after = re.findall(r"\s+|\w+|[^\w\s]", old), re.findall(r"\s+|\w+|[^\w\s]", new)
    if len(before) + len(after) > MOST_WORDS:
        return old.splitlines(keepends=True), new.splitlines(keepends=True)
    return before, after
