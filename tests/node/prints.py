"""Synthetic prints for the tests of a node: made once a session, since extraction takes most of a second."""

from __future__ import annotations

from functools import cache

from rso.biometrics.images import to_png
from rso.biometrics.synthetic import synthetic_print
from rso.node.gallery.actions import NewFinger, ReadFinger, read_finger


@cache
def png(seed: int, impression: int = 0) -> bytes:
    """The image of an impression of a finger that never was, as PNG; 500 pixels an inch."""
    return to_png(synthetic_print(seed, impression=impression).image)


@cache
def finger(seed: int, position: int = 2, impression: int = 0) -> ReadFinger:
    """The same, read."""
    return read_finger(NewFinger(position, 500, png(seed, impression)))
