"""Edges between neighbouring minutiae, and the votes that two prints' edges give each other.

An edge runs from a minutia to one of its nearest neighbours. Its length and two angles (to the neighbour, and of
the neighbour, both relative to the minutia's own direction) do not change when a print is turned or shifted. The
idea is SourceAFIS's (R. Vazan); the code is ours, and works on many candidates at once.

Arrays of several prints are padded to the longest: shape (prints, minutiae), with ``there`` False on the padding.
Angles are radians, measured with y downwards. All work is bounded: 128 minutiae a print, 8 edges a minutia.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rso.biometrics.minutiae import ANGLE_STEPS, Template

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

TURN = np.float32(2 * np.pi)
NEIGHBOURS = 8
LONGEST = np.float32(130.0)
"""Pixels at 500 ppi (6.6 mm): a longer edge says more about how the skin stretched than about the finger."""
LENGTH_TOLERANCE = np.float32(8.0)
ANGLE_TOLERANCE = np.float32(0.45)
MOST_ROWS = 2_000_000
"""Edge pairs looked at together: a batch that has more is divided."""
FAR = np.float32(1e6)

_LENGTH_CELLS = int(LONGEST / (2 * LENGTH_TOLERANCE)) + 3
_ANGLE_CELLS = int(TURN / (2 * ANGLE_TOLERANCE))
_CELLS = _LENGTH_CELLS * _ANGLE_CELLS * _ANGLE_CELLS
_CORNERS = np.array([(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)])


def unturned(angle: Floats) -> Floats:
    """``angle`` brought into -pi..pi."""
    within: Floats = angle - TURN * np.rint(angle / TURN)
    return within


@dataclass(frozen=True, slots=True)
class Prints:
    """Minutiae of several prints: arrays of shape (prints, minutiae)."""

    x: Floats
    y: Floats
    angle: Floats
    there: Flags

    @classmethod
    def of(cls, templates: Sequence[Template]) -> Prints:
        most = max((len(t.minutiae) for t in templates), default=0)
        packed = np.zeros((4, len(templates), max(most, 1)), np.float32)
        for row, template in enumerate(templates):
            if template.minutiae:
                flat = np.array(template.minutiae, np.float32)
                packed[:3, row, : len(flat)] = flat[:, :3].T
                packed[3, row, : len(flat)] = 1
        return cls(packed[0], packed[1], unturned(packed[2] * (-TURN / ANGLE_STEPS)), packed[3] > 0)

    def part(self, rows: slice) -> Prints:
        return Prints(self.x[rows], self.y[rows], self.angle[rows], self.there[rows])

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True, slots=True)
class Edges:
    """All edges of several prints, one after another: ``print_`` and ``minutia`` say from where each runs."""

    print_: Ints
    minutia: Ints
    length: Floats
    to_neighbour: Floats
    of_neighbour: Floats

    @classmethod
    def of(cls, prints: Prints) -> Edges:
        dx = prints.x[:, None, :] - prints.x[:, :, None]
        dy = prints.y[:, None, :] - prints.y[:, :, None]
        length = np.sqrt(dx * dx + dy * dy)
        length[~(prints.there[:, None, :] & prints.there[:, :, None]) | (length < 1)] = FAR
        nearest = np.argsort(length, axis=2, kind="stable")[:, :, :NEIGHBOURS]
        near = np.take_along_axis(length, nearest, 2)
        print_, minutia, rank = np.nonzero(near < LONGEST)
        neighbour = nearest[print_, minutia, rank]
        own = prints.angle[print_, minutia]
        way = np.arctan2(dy[print_, minutia, neighbour], dx[print_, minutia, neighbour])
        return cls(
            print_,
            minutia,
            near[print_, minutia, rank],
            np.mod(way - own, TURN),
            np.mod(prints.angle[print_, neighbour] - own, TURN),
        )

    def __len__(self) -> int:
        return len(self.length)


@dataclass(frozen=True, slots=True)
class EdgeIndex:
    """The edges of several prints, sorted into cells of like length and angles: ``start[c]`` up to
    ``start[c + 1]`` of the edges lie in cell c. A cell is two tolerances wide, so that all edges like a given one
    lie in the eight cells around it."""

    edges: Edges
    start: Ints

    @classmethod
    def of(cls, prints: Prints) -> EdgeIndex:
        edges = Edges.of(prints)
        cell = _cell(
            np.floor(edges.length / (2 * LENGTH_TOLERANCE)).astype(np.int64),
            _angle_cell(edges.to_neighbour),
            _angle_cell(edges.of_neighbour),
        )
        order = np.argsort(cell, kind="stable")
        start = np.searchsorted(cell[order], np.arange(_CELLS + 1))
        return cls(
            Edges(
                edges.print_[order],
                edges.minutia[order],
                edges.length[order],
                edges.to_neighbour[order],
                edges.of_neighbour[order],
            ),
            start,
        )

    def rows(self, probe: Edges) -> tuple[Ints, Ints]:
        """Where the edges like each edge of ``probe`` may be: starts and counts, shape (probe edges, 8)."""
        length = np.floor(probe.length / (2 * LENGTH_TOLERANCE) - 0.5).astype(np.int64)[:, None] + _CORNERS[:, 0]
        to = _angle_cell(probe.to_neighbour, -0.5)[:, None] + _CORNERS[:, 1]
        of = _angle_cell(probe.of_neighbour, -0.5)[:, None] + _CORNERS[:, 2]
        cell = _cell(np.maximum(length, 0), to, of)
        start = self.start[cell]
        return start, np.where(length >= 0, self.start[cell + 1] - start, 0)


def _angle_cell(angle: Floats, shift: float = 0.0) -> Ints:
    cell: Ints = np.floor(angle * np.float32(_ANGLE_CELLS / TURN) + np.float32(shift)).astype(np.int64)
    return cell


def _cell(length: Ints, to_neighbour: Ints, of_neighbour: Ints) -> Ints:
    around = to_neighbour % _ANGLE_CELLS * _ANGLE_CELLS + of_neighbour % _ANGLE_CELLS
    cell: Ints = length * (_ANGLE_CELLS * _ANGLE_CELLS) + around
    return cell


def votes(probe: Edges, minutiae: int, index: EdgeIndex, prints: Prints) -> Floats:
    """How much every pair of minutiae is supported by the edges around both: shape
    (prints, probe minutiae, minutiae). ``minutiae`` is the number of the probe's."""
    start, count = index.rows(probe)
    first, many = start.ravel(), count.ravel()
    rows = np.repeat(np.arange(many.size), many)
    found = first[rows] + np.arange(rows.size) - (np.cumsum(many) - many)[rows]
    asked = rows // len(_CORNERS)
    theirs = index.edges
    likeness = (
        _closeness(theirs.length[found] - probe.length[asked], LENGTH_TOLERANCE)
        * _closeness(unturned(theirs.to_neighbour[found] - probe.to_neighbour[asked]), ANGLE_TOLERANCE)
        * _closeness(unturned(theirs.of_neighbour[found] - probe.of_neighbour[asked]), ANGLE_TOLERANCE)
    )
    width = prints.x.shape[1]
    place = (theirs.print_[found] * minutiae + probe.minutia[asked]) * width + theirs.minutia[found]
    counted = np.bincount(place, weights=likeness, minlength=len(prints) * minutiae * width)
    return counted.reshape(len(prints), minutiae, width).astype(np.float32)


def _closeness(difference: Floats, tolerance: np.float32) -> Floats:
    """1 for none, falling to 0 at the tolerance."""
    return np.maximum(1 - np.abs(difference) / tolerance, 0, dtype=np.float32)
