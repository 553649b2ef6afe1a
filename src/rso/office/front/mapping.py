"""A neutral map: the outlines of the land and one dot of equal size for each seat. No boundary, no flag, no name.

The outlines are Natural Earth's at 1:110 million (see data/vendor). The map shows 20° E to 60° W across the middle of
the Pacific, so that no member is cut in two; the line of 180° is nowhere to be seen. Projection: Miller's cylindrical.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

_DATA: Final = Path(__file__).parent / "data"
WEST, EAST, SOUTH, NORTH = 20.0, 300.0, -50.0, 62.0
WIDTH: Final = 1400
_SCALE: Final = WIDTH / math.radians(EAST - WEST)
#: Pieces of land smaller than this, in square pixels of the drawing, are left out: a dot shows who is there.
_SMALLEST: Final = 5.0
Point = tuple[float, float]


def _miller(latitude: float) -> float:
    return 1.25 * math.log(math.tan(math.pi / 4 + 0.4 * math.radians(latitude)))


HEIGHT: Final = round((_miller(NORTH) - _miller(SOUTH)) * _SCALE)


def place(latitude: float, longitude: float) -> Point:
    """A place in the drawing; a longitude is taken into 20° to 380°, so that the Pacific lies in the middle."""
    east = longitude + 360 if longitude < WEST else longitude
    return (math.radians(east - WEST) * _SCALE, (_miller(NORTH) - _miller(latitude)) * _SCALE)


@dataclass(frozen=True)
class Dot:
    """A seat on the map, in the drawing's own pixels."""

    code: str
    name: str
    x: int
    y: int


@lru_cache(maxsize=1)
def _points() -> dict[str, Point]:
    told: dict[str, list[float]] = tomllib.loads((_DATA / "points.toml").read_text(encoding="utf-8"))
    return {code: (latitude, longitude) for code, (latitude, longitude) in told.items()}


def dots(names: Iterable[tuple[str, str]]) -> list[Dot]:
    """The dots of those whose place is known, of ``(code, name)``; the list beside the map has all of them."""
    found = []
    for code, name in names:
        if code in _points():
            x, y = place(*_points()[code])
            found.append(Dot(code, name, round(x), round(y)))
    return found


# ---------------------------------------------------------------- the land
@lru_cache(maxsize=1)
def land() -> str:
    """The ``d`` of a path: all land in the window, in whole pixels and relative steps, so that it stays small."""
    topology = json.loads((_DATA / "vendor" / "land-110m.json").read_text(encoding="utf-8"))
    arcs = _arcs(topology)
    drawn = []
    for ring in map(_whole, _rings(topology["objects"]["land"], arcs)):
        for turned in (-360.0, 0.0, 360.0):
            inside = _clipped([(lon + turned, lat) for lon, lat in ring])
            if inside:
                drawn.append(_path([_project(point) for point in inside]))
    return "".join(drawn)


def _arcs(topology: Any) -> list[list[Point]]:
    """Arcs of a TopoJSON in degrees: each begins at a place and goes on by differences."""
    (scale_x, scale_y), (left, low) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + left, y * scale_y + low))
        found.append(points)
    return found


def _rings(geometry: Any, arcs: list[list[Point]]) -> Iterable[list[Point]]:
    for part in geometry["geometries"]:
        polygons = part["arcs"] if part["type"] == "MultiPolygon" else [part["arcs"]]
        for polygon in polygons:
            for ring in polygon:
                points: list[Point] = []
                for number in ring:
                    arc = arcs[number] if number >= 0 else arcs[~number][::-1]
                    points += arc[1:] if points else arc
                yield points


def _whole(ring: list[Point]) -> list[Point]:
    """A ring whose longitudes go on past 180° instead of jumping to the other side; land that is cut there reaches a
    little beyond, so that no seam is seen."""
    found: list[Point] = []
    turned = 0.0
    for number, (longitude, latitude) in enumerate(ring):
        if number:
            step = longitude - ring[number - 1][0]
            turned -= 360.0 * round(step / 360.0)
        found.append((longitude + turned, latitude))
    if max(lon for lon, _lat in found) - min(lon for lon, _lat in found) > 350.0:
        return found  # it goes round a pole
    return [(math.copysign(180.4, lon) if 179.9 < abs(lon) < 180.1 and not turned else lon, lat) for lon, lat in found]


def _clipped(ring: list[Point]) -> list[Point]:
    """The part of a ring inside the window, edge by edge (Sutherland and Hodgman); empty where there is none."""
    edges = ((0, WEST, 1), (0, EAST, -1), (1, SOUTH, 1), (1, NORTH, -1))
    for axis, bound, sign in edges:
        ring = _cut(ring, axis, bound, sign)
    return ring


def _cut(ring: list[Point], axis: int, bound: float, sign: int) -> list[Point]:
    def inside(point: Point) -> bool:
        return sign * (point[axis] - bound) >= 0

    kept: list[Point] = []
    for number, point in enumerate(ring):
        previous = ring[number - 1]
        if inside(previous) != inside(point):
            share = (bound - previous[axis]) / (point[axis] - previous[axis])
            crossing = [was + share * (now - was) for was, now in zip(previous, point, strict=True)]
            kept.append((crossing[0], crossing[1]))
        if inside(point):
            kept.append(point)
    return kept


def _project(point: Point) -> tuple[int, int]:
    longitude, latitude = point
    return (
        round(math.radians(longitude - WEST) * _SCALE),
        round((_miller(NORTH) - _miller(latitude)) * _SCALE),
    )


def _path(points: list[tuple[int, int]]) -> str:
    thinned = [points[0]]
    for point in points[1:]:
        if abs(point[0] - thinned[-1][0]) + abs(point[1] - thinned[-1][1]) > 1:
            thinned.append(point)
    if len(thinned) < 3 or _area(thinned) < _SMALLEST:
        return ""
    x, y = thinned[0]
    text = f"M{x} {y}l"
    steps = []
    for next_x, next_y in thinned[1:]:
        steps.append(f"{next_x - x} {next_y - y}")
        x, y = next_x, next_y
    return text + " ".join(steps).replace(" -", "-") + "z"


def _area(points: list[tuple[int, int]]) -> float:
    turned = [*points[1:], points[0]]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, turned, strict=True))) / 2
