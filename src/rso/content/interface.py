"""The words of the interface itself, read from the code and the templates that are installed.

No program of gettext is needed: Python is read by its own parser, templates by Django's. What is found is what the
office asks gettext for, so a catalogue made from it always fits the code that runs.
"""

from __future__ import annotations

import ast
import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.utils.translation.template import templatize

from rso.content.checks import places
from rso.content.markup import clean

_ROOT: Final = Path(__file__).resolve().parent.parent
#: Functions by how many of their first arguments are: context, message, plural.
_ONE: Final = {"_", "gettext", "gettext_lazy", "gettext_noop", "ugettext"}
_PLURAL: Final = {"ngettext", "ngettext_lazy"}
_CONTEXT: Final = {"pgettext", "pgettext_lazy"}
_BOTH: Final = {"npgettext", "npgettext_lazy"}
_ALL: Final = _ONE | _PLURAL | _CONTEXT | _BOTH
_CALL: Final = re.compile(r"(?<![\w.])(_|n?p?gettext(?:_lazy|_noop)?)\s*\(")
_FORMAT: Final = re.compile(r"%\([^)]*\)[-#0 +]*[\d.*]*[a-zA-Z]|%%")
#: What a page would read as more than words.
_MARKUP: Final = re.compile(r"<[^>]*>?|>|\"")
#: Other deployments' words are theirs to translate; what the office never shows would only be work.
_APPS: Final = ("accounts", "audit", "content", "files", "jobs", "notices", "office", "rest", "search", "ui", "config")


@dataclass(frozen=True)
class Message:
    """What gettext is asked for."""

    msgid: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> str:
        """A key that stays while the words stay."""
        said = f"{self.context}\x04{self.msgid}".encode()
        return f"m{hashlib.sha256(said).hexdigest()[:20]}"

    @property
    def segments(self) -> list[tuple[str, str]]:
        """Keys and texts of the segments that it is translated in: one, or one for one and one for many."""
        if not self.plural:
            return [(self.key, as_text(self.msgid))]
        return [(f"{self.key}-one", as_text(self.msgid)), (f"{self.key}-many", as_text(self.plural))]


def as_text(message: str) -> str:
    """A message as a segment's text: its signs are signs, and its line breaks are kept."""
    lines = html.escape(message.strip(), quote=False).splitlines()
    return clean("<br>".join(line.strip() for line in lines))


def as_message(text: str, msgid: str) -> str:
    """A translated segment's text as gettext gives it, with the space around it that the message has."""
    bare = re.sub(r"<br\s*/?>", "\n", text)
    words = html.unescape(re.sub(r"<[^<>]+>", "", bare))
    before = msgid[: len(msgid) - len(msgid.lstrip())]
    after = msgid[len(msgid.rstrip()) :] if msgid.strip() else ""
    return f"{before}{words.strip()}{after}"


def fits(msgid: str, translation: str) -> bool:
    """Could the translation stand in the message's place without an error? Its places are the same, nothing in it
    would be taken for another, and it has the message's own tags and quotation marks alone: a page shows its messages
    as they are, and would take any others for its own."""
    if places(msgid) != places(translation) or _MARKUP.findall(msgid) != _MARKUP.findall(translation):
        return False
    return "%(" not in msgid or "%" not in _FORMAT.sub("", translation)


def messages() -> list[Message]:
    """All messages of the office's apps, each once, in the order of files and lines."""
    found: dict[tuple[str, str], Message] = {}
    for app in _APPS:
        for path in sorted((_ROOT / app).rglob("*")):
            if path.suffix == ".py" and "migrations" not in path.parts:
                read = _of_python(path.read_text())
            elif path.suffix in (".html", ".txt") and "templates" in path.parts:
                read = _of_template(path.read_text(), path.name)
            else:
                continue
            for message in read:
                known = found.get((message.context, message.msgid))
                if message.msgid.strip() and (known is None or (message.plural and not known.plural)):
                    found[(message.context, message.msgid)] = message
    return list(found.values())


def _of_python(source: str) -> Iterator[Message]:
    tree = ast.parse(source)
    names = _aliases(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            function = names.get(name, name)
            if function in _ALL:
                said = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                yield from _message(function, said)


def _aliases(tree: ast.Module) -> dict[str, str]:
    """What a module calls gettext's functions."""
    return {
        name.asname: name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.asname
    }


def _of_template(source: str, name: str) -> Iterator[Message]:
    """Django turns a template into calls of gettext between signs that stand for the rest."""
    code = templatize(source, origin=name)
    for call in _CALL.finditer(code):
        yield from _message(call[1], _literals(code, call.end()))


def _literals(code: str, at: int) -> list[str]:
    """The string literals of a call's arguments, up to the first argument that is none."""
    found = []
    literal = re.compile(r"\s*u?('''.*?'''|\"\"\".*?\"\"\"|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")\s*(,?)", re.DOTALL)
    while match := literal.match(code, at):
        value = ast.literal_eval(match[1])
        found.append(str(value))
        at = match.end()
        if not match[2]:
            break
    return found


def _message(function: str, said: list[str]) -> Iterator[Message]:
    if function in _ONE and said:
        yield Message(said[0])
    elif function in _PLURAL and len(said) > 1:
        yield Message(said[0], said[1])
    elif function in _CONTEXT and len(said) > 1:
        yield Message(said[1], context=said[0])
    elif function in _BOTH and len(said) > 2:
        yield Message(said[1], said[2], said[0])
