"""Two languages that nobody speaks, made at run time from every message, to prove that no string was missed.

``en-xa`` is accented and a third longer and runs left to right; ``ar-xb`` runs right to left. In both, each message
stands between ⟦ and ⟧, so text outside of these marks was never translated: `untranslated` finds it in a page.
Placeholders, braces, entities, addresses and tags are left as they are. Installed by the setting
``RSO_PSEUDO_LOCALES`` and never otherwise; the two catalogues in ``locale/`` are empty and only make Django
offer the languages.
"""

from __future__ import annotations

import gettext as gettext_module
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

from django.conf.locale import LANG_INFO
from django.core.signals import setting_changed
from django.utils.translation import trans_real

ACCENTED = "en-xa"
MIRRORED = "ar-xb"
LANGUAGES = [(ACCENTED, "Pseudo [left to right]"), (MIRRORED, "Pseudo [right to left]")]
OPEN, CLOSE = "⟦", "⟧"
_RLM = "\u200f"
_CONTEXT = "\x04"

_LETTERS = str.maketrans(
    "AaBbCcDdEeFfGgHhIiJjKkLlMmNnOoPpRrSsTtUuWwYyZz",
    "ÅáƁƀÇçÐđÉéƑƒĜĝĤĥÎîĴĵĶķĻļṀṁÑñÖöÞþŔŕŠšŢţÛûŴŵÝýŽž",
)
# What a machine reads: formats with names, positional formats, braces, tags, entities and addresses.
_KEPT = re.compile(
    r"%\([^)]*\)[-#0 +]*[\d.*]*[a-zA-Z]|%[-#0+]*[\d.]*[sdrifgxu%]|\{[^{}]*\}|<[^<>]+>|&#?\w+;|https?://[^\s<>\"]+"
)


def accented(message: str) -> str:
    """``message`` in letters with accents, and a third longer."""
    out, at, length = [], 0, 0
    for kept in _KEPT.finditer(message):
        words = message[at : kept.start()]
        out += [words.translate(_LETTERS), kept.group()]
        length += len(words)
        at = kept.end()
    out.append(message[at:].translate(_LETTERS))
    length += len(message) - at
    return "".join(out) + " " + "·".join("~" * 3 for _ in range(max(1, length // 10)))


def mirrored(message: str) -> str:
    """``message`` between marks that read from right to left."""
    return f"{_RLM}{message}{_RLM}"


def transformed(message: str, change: Callable[[str], str]) -> str:
    """``change`` of the message between the two marks; its margins of white space stay outside."""
    if not message.strip():
        return message
    start = len(message) - len(message.lstrip())
    end = len(message.rstrip())
    return f"{message[:start]}{OPEN}{change(message[start:end])}{CLOSE}{message[end:]}"


class PseudoTranslation(gettext_module.NullTranslations):
    """Stands where Django keeps a language's catalogue; it has an answer to every message."""

    def __init__(self, language: str, change: Callable[[str], str]) -> None:
        super().__init__()
        self.language_code = language
        self.change = change
        self.domain = "django"

    def _say(self, message: str) -> str:
        return transformed(message.rsplit(_CONTEXT, 1)[-1], self.change)

    def gettext(self, message: str) -> str:
        return self._say(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self._say(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return self._say(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return self.ngettext(msgid1, msgid2, n)

    def to_language(self) -> str:
        return self.language_code

    def language(self) -> str:
        return self.language_code


def install() -> None:
    """Put both languages where `django.utils.translation` looks for loaded ones; again after settings change."""
    for code, name, bidi in ((ACCENTED, "Pseudo, accented", False), (MIRRORED, "Pseudo, right to left", True)):
        LANG_INFO[code] = {"bidi": bidi, "code": code, "name": name, "name_local": name}
    _place()
    setting_changed.connect(_replace, dispatch_uid="rso.ui.pseudo")


def _place() -> None:
    known: dict[str, Any] = vars(trans_real)["_translations"]  # where Django keeps them
    known[ACCENTED] = PseudoTranslation(ACCENTED, accented)
    known[MIRRORED] = PseudoTranslation(MIRRORED, mirrored)


def _replace(*, setting: str, **_kwargs: Any) -> None:
    if setting in {"LANGUAGES", "LANGUAGE_CODE", "LOCALE_PATHS", "USE_I18N"}:
        _place()


# ---------------------------------------------------------------- the proof
SPOKEN = ("title", "alt", "placeholder", "aria-label", "aria-description", "data-label", "label")
_SILENT = {"script", "style", "template", "code", "pre", "kbd", "samp"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class _Reader(HTMLParser):
    """Walks a page; ``depth`` counts open marks, ``shut`` the enclosing elements whose text is not to be translated."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.stack: list[tuple[str, bool]] = []
        self.depth = 0

    @property
    def exempt(self) -> bool:
        return bool(self.stack) and self.stack[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        exempt = self._exempt(tag, given)
        if not exempt:
            self._attributes(tag, given)
        if tag not in _VOID:
            self.stack.append((tag, exempt))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if not self._exempt(tag, given):
            self._attributes(tag, given)

    def _exempt(self, tag: str, given: dict[str, str]) -> bool:
        if "translate" in given:
            return given["translate"] == "no"
        return tag in _SILENT or self.exempt

    def _attributes(self, tag: str, given: dict[str, str]) -> None:
        names = [*SPOKEN]
        if tag == "input" and given.get("type") in {"submit", "button", "reset"}:
            names.append("value")
        for name in names:
            loose, _depth = outside(given.get(name, ""), 0)
            self.found += [f"{tag}[{name}]: {words}" for words in loose]

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self.stack) - 1, -1, -1):
            if self.stack[at][0] == tag:
                del self.stack[at:]
                return

    def handle_data(self, data: str) -> None:
        if self.stack and self.stack[-1][0] == "title":  # it holds text only, so the site's name cannot be marked
            data = data.rpartition(" · ")[0] or data
        loose, depth = outside(data, self.depth)
        if not self.exempt:
            self.depth = depth
            self.found += loose


def outside(text: str, depth: int) -> tuple[list[str], int]:
    """The runs of ``text`` outside of the marks that hold a letter, and how many marks are open at its end."""
    runs, run = [], ""
    for sign in text:
        if sign in (OPEN, CLOSE):
            if depth == 0:
                runs.append(run)
            run = ""
            depth = max(0, depth + (1 if sign == OPEN else -1))
        else:
            run += sign
    if depth == 0:
        runs.append(run)
    return [" ".join(run.split()) for run in runs if any(sign.isalpha() for sign in run)], depth


def untranslated(html: str) -> list[str]:
    """All text of a page rendered in a pseudo-language that no message covers, and spoken attributes likewise.

    Data (names of people and states, titles from the database) belongs in an element with ``translate="no"``;
    code, scripts and styles are passed over. A mark never closed is reported, since it would hide what follows.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if reader.depth:
        reader.found.append(f"{OPEN} never closed (was a translated text cut short?)")
    return reader.found
