"""Deterministic CBOR (RFC 8949, 4.2), of which ``wire`` uses a small part, and strict readers of its maps.

Allowed are integers of 64 bits, byte strings, text, arrays, maps with short text keys, true, false and null.
``cbor2`` encodes. Decoding is ours: a general decoder builds dates, patterns and big numbers from an
attacker's tags before one can look, and reading only what is canonical is shorter than decoding, walking
and re-encoding. The tests hold both against each other.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

import cbor2

from rso.wire import limits
from rso.wire.errors import LimitError, MalformedError
from rso.wire.text import code, plain_text

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

_SIMPLE = {20: False, 21: True, 22: None}
_LEAST_ARGUMENT = {24: 24, 25: 1 << 8, 26: 1 << 16, 27: 1 << 32}


def encode(value: object) -> bytes:
    """The canonical bytes of ``value``; raises ``TypeError`` for a type that the format does not have."""
    _check(value)
    return cbor2.dumps(value, canonical=True)


def _check(value: object) -> None:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError("keys of a map are text")
            _check(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _check(item)
    elif not (value is None or isinstance(value, (bool, int, str, bytes))):
        raise TypeError(f"{type(value).__name__} has no place in the format")
    elif isinstance(value, int) and not -(1 << 64) <= value < 1 << 64:
        raise TypeError("an integer of more than 64 bits has no place in the format")


def decode(data: bytes, *, limit: int, items: int = limits.CBOR_ITEMS) -> object:
    """The value whose canonical encoding is exactly ``data``.

    Raises ``LimitError`` above ``limit`` bytes, ``items`` items or the depth limit, and ``MalformedError``
    for anything else: other types, tags, floats, lengths not given or not in shortest form, keys unsorted,
    doubled or not short text, bytes left over.
    """
    if len(data) > limit:
        raise LimitError(f"{len(data)} bytes, and at most {limit} are allowed")
    reader = _Reader(data, items)
    value = reader.value(0)
    if reader.at != len(data):
        raise MalformedError("bytes are left over after the value")
    return value


class _Reader:
    """One pass over the bytes, ``at`` being the place of the next one."""

    def __init__(self, data: bytes, items: int) -> None:
        self.data = data
        self.at = 0
        self.items = items

    def value(self, depth: int) -> object:
        if depth > limits.CBOR_DEPTH:
            raise LimitError(f"nested deeper than {limits.CBOR_DEPTH}")
        self.items -= 1
        if self.items < 0:
            raise LimitError("too many items")
        initial = self.take(1)[0]
        major, low = initial >> 5, initial & 31
        if major == 7:
            if low not in _SIMPLE:
                raise MalformedError("floats and simple values have no place in the format")
            return _SIMPLE[low]
        argument = self.argument(low)
        if major == 0:
            return argument
        if major == 1:
            return -1 - argument
        if major == 2:
            return self.take(argument)
        if major == 3:
            return self.text(argument)
        if major == 4:
            return self.array(argument, depth)
        if major == 5:
            return self.map(argument, depth)
        raise MalformedError("tags have no place in the format")

    def take(self, count: int) -> bytes:
        end = self.at + count
        if end > len(self.data):
            raise MalformedError("the bytes end too early")
        taken = self.data[self.at : end]
        self.at = end
        return taken

    def argument(self, low: int) -> int:
        if low < 24:
            return low
        least = _LEAST_ARGUMENT.get(low)
        if least is None:
            raise MalformedError("indefinite lengths have no place in the format")
        argument = int.from_bytes(self.take(1 << (low - 24)), "big")
        if argument < least:
            raise MalformedError("a number is not in its shortest form")
        return argument

    def text(self, size: int) -> str:
        try:
            return self.take(size).decode()
        except UnicodeDecodeError:
            raise MalformedError("text is not UTF-8") from None

    def array(self, count: int, depth: int) -> list[object]:
        self.room(count)
        return [self.value(depth + 1) for _ in range(count)]

    def map(self, count: int, depth: int) -> dict[str, object]:
        self.room(count)
        result: dict[str, object] = {}
        previous = b""
        for _ in range(count):
            start = self.at
            key = self.value(depth + 1)
            if not isinstance(key, str) or len(key) > limits.CBOR_KEY:
                raise MalformedError("keys of a map are short text")
            encoded = self.data[start : self.at]
            if encoded <= previous:
                raise MalformedError("keys of a map are not sorted, or doubled")
            previous = encoded
            result[key] = self.value(depth + 1)
        return result

    def room(self, count: int) -> None:
        """Refuses a count that the remaining bytes cannot hold, before anything is built for it."""
        if count > len(self.data) - self.at:
            raise MalformedError("the bytes end too early")


class Fields:
    """A map of exactly the given keys, read field by field with its types.

    ``name`` says in errors what is being read. An optional field is present with the value null; look with
    ``absent``. Every method raises ``MalformedError`` or ``LimitError``.
    """

    def __init__(self, value: object, name: str, keys: Iterable[str]) -> None:
        wanted = frozenset(keys)
        if not isinstance(value, dict):
            raise MalformedError(f"{name} must be a map")
        if missing := sorted(wanted - value.keys()):
            raise MalformedError(f"{name} lacks {', '.join(missing)}", "missing-field")
        if value.keys() - wanted:
            raise MalformedError(f"{name} has a field that is not known", "unknown-field")
        self._value = value
        self._name = name

    def _of(self, key: str) -> str:
        return f"{key} of {self._name}"

    def raw(self, key: str) -> object:
        """The value as it is, for a reader of its own."""
        return self._value[key]

    def absent(self, key: str) -> bool:
        """Whether an optional field was left empty."""
        return self._value[key] is None

    def integer(self, key: str, least: int = 0, most: int = limits.UNIX_SECONDS) -> int:
        """A whole number within both bounds; true and false are not numbers."""
        value = self._value[key]
        if isinstance(value, bool) or not isinstance(value, int):
            raise MalformedError(f"{self._of(key)} must be a whole number")
        if not least <= value <= most:
            raise LimitError(f"{self._of(key)} must be from {least} to {most}")
        return value

    def flag(self, key: str) -> bool:
        """True or false; 0 and 1 are not."""
        value = self._value[key]
        if not isinstance(value, bool):
            raise MalformedError(f"{self._of(key)} must be true or false")
        return value

    def octets(self, key: str, *, size: int | None = None, limit: int | None = None) -> bytes:
        """Bytes of exactly ``size``, or of at most ``limit``; one of the two must be given."""
        value = self._value[key]
        if not isinstance(value, bytes):
            raise MalformedError(f"{self._of(key)} must be bytes")
        if size is not None and len(value) != size:
            raise MalformedError(f"{self._of(key)} must have {size} bytes")
        if size is None and len(value) > (limit or 0):
            raise LimitError(f"{self._of(key)} is longer than {limit} bytes")
        return value

    def text(self, key: str, limit: int, *, lines: bool = False, least: int = 1) -> str:
        """Text as ``plain_text`` wants it."""
        return plain_text(self._value[key], self._of(key), limit, lines=lines, least=least)

    def code(self, key: str) -> str:
        """A code: lower-case words joined by hyphens."""
        return code(self._value[key], self._of(key))

    def choice(self, key: str, kind: type[E]) -> E:
        """One of the values of ``kind``."""
        value = self._value[key]
        if not isinstance(value, str) or value not in {member.value for member in kind}:
            raise MalformedError(f"{self._of(key)} is not known")
        return kind(value)

    def items(self, key: str, limit: int) -> list[object]:
        """An array of at most ``limit`` elements."""
        value = self._value[key]
        if not isinstance(value, list):
            raise MalformedError(f"{self._of(key)} must be an array")
        if len(value) > limit:
            raise LimitError(f"{self._of(key)} has more than {limit} elements")
        return value

    def codes(self, key: str, limit: int) -> tuple[str, ...]:
        """An array of at most ``limit`` codes, sorted and none twice."""
        found = tuple(code(item, self._of(key)) for item in self.items(key, limit))
        if any(left >= right for left, right in itertools.pairwise(found)):
            raise MalformedError(f"{self._of(key)} must be sorted, and none twice")
        return found

    def entries(self, key: str, limit: int) -> dict[str, object]:
        """A map whose keys are not fixed, of at most ``limit`` entries."""
        value = self._value[key]
        if not isinstance(value, dict):
            raise MalformedError(f"{self._of(key)} must be a map")
        if len(value) > limit:
            raise LimitError(f"{self._of(key)} has more than {limit} entries")
        return value

    def parsed(self, key: str, parse: Callable[[object], T]) -> T:
        """What ``parse`` makes of the field, such as ``AgencyId.parse``."""
        return parse(self._value[key])
