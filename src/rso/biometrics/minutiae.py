"""Minutiae and the compact template that is stored, sent and compared.

A template is a few hundred bytes: a header of 12 bytes and 5 bytes a minutia, at most 652 bytes.

====== ===== ==============================================================================
offset bytes content (integers big-endian)
====== ===== ==============================================================================
0      3     ``RFT``
3      1     version, 1
4      1     extractor, see :class:`ExtractorId`
5      1     quality of the print, 0..100
6      2     width of the print in pixels at 500 ppi, 1..4095
8      2     height, likewise
10     1     number of minutiae, 0..128
11     1     reserved, 0
12     5n    minutiae, ordered by (y, x, angle): x 12 bits, y 12 bits, angle 8 bits (1/256 turn),
             kind 1 bit (1 is an ending), quality 7 bits (0..100)
====== ===== ==============================================================================

One template has one encoding: a decoder that accepts bytes gives the same bytes back.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from rso.biometrics.errors import TemplateError

PPI = 500
"""Resolution of every template, in pixels an inch: one pixel is 50.8 micrometres."""
MAX_MINUTIAE = 128
MAX_SIDE = 4095
ANGLE_STEPS = 256

_MAGIC = b"RFT"
_VERSION = 1
_HEADER = 12
_EACH = 5
MAX_TEMPLATE_BYTES = _HEADER + _EACH * MAX_MINUTIAE


class ExtractorId(IntEnum):
    """Who found the minutiae. Templates of different extractors do not compare well."""

    UNKNOWN = 0
    LEADER = 1


class Kind(IntEnum):
    """What happens to the ridge."""

    BIFURCATION = 0
    ENDING = 1


class Minutia(NamedTuple):
    """A place where a ridge ends or divides.

    ``x`` and ``y`` are pixels at 500 ppi from the upper left corner of the image; ``angle`` is the direction
    in 1/256 turns, counter-clockwise from the x axis as seen on the screen; ``quality`` is 0..100.
    """

    x: int
    y: int
    angle: int
    kind: Kind
    quality: int

    @property
    def radians(self) -> float:
        """The direction in radians, 0 up to 2 pi."""
        return self.angle * (2 * math.pi / ANGLE_STEPS)


@dataclass(frozen=True, slots=True)
class Template:
    """What an extractor found in one print: immutable, and the same value whenever its bytes are the same.

    Raises :class:`TemplateError` for values that have no encoding. Use :meth:`of` to have minutiae put in
    order, and the best kept where there are too many.
    """

    width: int
    height: int
    quality: int
    minutiae: tuple[Minutia, ...]
    extractor: ExtractorId = ExtractorId.LEADER

    def __post_init__(self) -> None:
        if not (1 <= self.width <= MAX_SIDE and 1 <= self.height <= MAX_SIDE):
            raise TemplateError("template-limit", f"A side of a template is 1 to {MAX_SIDE} pixels.")
        if not 0 <= self.quality <= 100:
            raise TemplateError("template-limit", "The quality of a template is 0 to 100.")
        if len(self.minutiae) > MAX_MINUTIAE:
            raise TemplateError("template-limit", f"A template holds at most {MAX_MINUTIAE} minutiae.")
        last = (-1, -1, -1)
        for minutia in self.minutiae:
            self._check(minutia)
            place = (minutia.y, minutia.x, minutia.angle)
            if place <= last:
                raise TemplateError("template-malformed", "Minutiae are not in order, or one is there twice.")
            last = place

    def _check(self, minutia: Minutia) -> None:
        if not (0 <= minutia.x < self.width and 0 <= minutia.y < self.height):
            raise TemplateError("template-malformed", "A minutia lies outside of the print.")
        if not (0 <= minutia.angle < ANGLE_STEPS and 0 <= minutia.quality <= 100):
            raise TemplateError("template-malformed", "A minutia has an impossible angle or quality.")

    @classmethod
    def of(
        cls,
        minutiae: Iterable[Minutia],
        *,
        width: int,
        height: int,
        quality: int,
        extractor: ExtractorId = ExtractorId.LEADER,
    ) -> Template:
        """A template of ``minutiae`` in any order: one at a place and angle is kept, the best 128 in all."""
        best: dict[tuple[int, int, int], Minutia] = {}
        for minutia in sorted(minutiae, key=lambda m: (-m.quality, m.y, m.x, m.angle, m.kind)):
            best.setdefault((minutia.y, minutia.x, minutia.angle), minutia)
            if len(best) == MAX_MINUTIAE:
                break
        return cls(width, height, quality, tuple(best[place] for place in sorted(best)), extractor)

    def encode(self) -> bytes:
        """The bytes described in this module, 12 to 652 of them."""
        header = (
            _MAGIC
            + bytes((_VERSION, self.extractor, self.quality))
            + self.width.to_bytes(2, "big")
            + self.height.to_bytes(2, "big")
            + bytes((len(self.minutiae), 0))
        )
        return header + b"".join(_pack(minutia) for minutia in self.minutiae)

    @classmethod
    def decode(cls, data: bytes) -> Template:
        """The template in ``data``; raises :class:`TemplateError` for what :meth:`encode` never gives."""
        if len(data) < _HEADER:
            raise TemplateError("template-truncated", "The template is cut short.")
        if data[:3] != _MAGIC or data[3] != _VERSION:
            raise TemplateError("template-version", "These bytes are not a template of a known version.")
        try:
            extractor = ExtractorId(data[4])
        except ValueError:
            raise TemplateError("template-extractor", "The template is of an unknown extractor.") from None
        count = data[10]
        if count > MAX_MINUTIAE:
            raise TemplateError("template-limit", f"A template holds at most {MAX_MINUTIAE} minutiae.")
        if len(data) < _HEADER + _EACH * count:
            raise TemplateError("template-truncated", "The template is cut short.")
        if len(data) != _HEADER + _EACH * count or data[11] != 0:
            raise TemplateError("template-malformed", "The template holds more than it should.")
        minutiae = tuple(_unpack(data, _HEADER + _EACH * i) for i in range(count))
        width, height = int.from_bytes(data[6:8], "big"), int.from_bytes(data[8:10], "big")
        return cls(width, height, data[5], minutiae, extractor)


def _pack(minutia: Minutia) -> bytes:
    place = minutia.x << 12 | minutia.y
    return place.to_bytes(3, "big") + bytes((minutia.angle, minutia.kind << 7 | minutia.quality))


def _unpack(data: bytes, at: int) -> Minutia:
    place = int.from_bytes(data[at : at + 3], "big")
    kind = Kind(data[at + 4] >> 7)
    return Minutia(place >> 12, place & 0xFFF, data[at + 3], kind, data[at + 4] & 0x7F)
