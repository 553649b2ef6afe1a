"""What text may look like inside a message: normalised, printable, and short enough."""

from __future__ import annotations

import re
import unicodedata

from rso.wire import limits
from rso.wire.errors import LimitError, MalformedError

_CODE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
# Embeddings, overrides and isolates could show a name in another order than it is stored in.
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINE_END = re.compile("\r\n|[\r\n\v\f\x85\u2028\u2029]")
_REFUSED = frozenset({"Cc", "Cs", "Zl", "Zp"})


def plain_text(value: object, name: str, limit: int, *, lines: bool = False, least: int = 1) -> str:
    """``value`` if it is NFC text of ``least`` to ``limit`` UTF-8 bytes without control characters.

    ``lines`` allows the line feed. Raises ``MalformedError`` or ``LimitError`` with ``name`` in the message.
    """
    if not isinstance(value, str):
        raise MalformedError(f"{name} must be text")
    if len(value) > limit:
        raise LimitError(f"{name} is longer than {limit} bytes")
    visible = value.replace("\n", "") if lines else value
    if not visible.isprintable() and any(map(_refused, visible)):
        raise MalformedError(f"{name} holds a control character")
    if not unicodedata.is_normalized("NFC", value):
        raise MalformedError(f"{name} is not in Unicode normalisation form C")
    size = len(value.encode())
    if size > limit:
        raise LimitError(f"{name} is longer than {limit} bytes")
    if size < least:
        raise MalformedError(f"{name} is shorter than {least} bytes")
    return value


def made_plain(value: str, *, lines: bool = False) -> str:
    """What somebody typed or pasted, as :func:`plain_text` takes it: composed, without what nobody sees.

    Line ends become line feeds, or spaces where there are no ``lines``; so do tabs. Nothing that can be read is lost.
    """
    text = unicodedata.normalize("NFC", _LINE_END.sub("\n" if lines else " ", value).replace("\t", " "))
    return "".join(character for character in text if character == "\n" or not _refused(character))


def _refused(character: str) -> bool:
    return unicodedata.category(character) in _REFUSED or character in _DIRECTION


def code(value: object, name: str) -> str:
    """``value`` if it is a code: lower-case ASCII words joined by hyphens, as ``family-tracing``."""
    if not isinstance(value, str):
        raise MalformedError(f"{name} must be a code")
    if len(value) > limits.CODE:
        raise LimitError(f"{name} is longer than {limits.CODE} characters")
    if not _CODE.fullmatch(value):
        raise MalformedError(f"{name} must be lower-case words joined by hyphens")
    return value
