"""What the components show, as plain values that a view or presenter builds.

Labels and titles may be lazy strings. ``tone`` is one of `TONES`; a tone never stands alone, a word says the same.
Text that comes from the database is data: components mark the fields named *data* below with ``translate="no"``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

Text = Any  # str, or a lazy translation of one

TONES = ("neutral", "info", "good", "wait", "bad", "accent")


class Progress(StrEnum):
    """Where a step stands."""

    DONE = "done"
    CURRENT = "current"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Crumb:
    label: Text
    href: str = ""
    data: bool = False  # the label is a name or title from the database


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the navigation. ``key`` is the letter that leads there after ``g``; a group has places ``inside`` it
    and no address of its own."""

    label: Text
    href: str = ""
    current: bool = False
    key: str = ""
    inside: Sequence[Place] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """Help where it is needed: ``text`` says in a sentence or two what the page is for; ``href`` leads to more."""

    title: Text
    text: Text
    href: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    label: Text
    href: str
    current: bool = False
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A row of a summary list. ``value`` is data unless ``words`` is set; ``href`` and ``action`` offer a change."""

    label: Text
    value: Text
    words: bool = False
    href: str = ""
    action: Text = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """An entry of a timeline. ``who`` and ``said`` are data; ``ahead`` marks what has not happened yet."""

    title: Text
    when: datetime | None = None
    who: str = ""
    text: Text = ""
    tone: str = "neutral"
    ahead: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    label: Text
    progress: Progress = Progress.AHEAD
    href: str = ""


@dataclass(frozen=True, slots=True)
class Stat:
    label: Text
    value: Text
    hint: Text = ""
    href: str = ""
    tone: str = ""  # of a figure that asks for something


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file to download. ``name`` is data, ``size`` in bytes."""

    name: str
    href: str
    size: int
    note: Text = ""


@dataclass(frozen=True, slots=True)
class Key:
    """One of the signatures that a decision needs. ``who`` and ``reason`` are data; an unsigned key has no
    ``signed_at``. ``remark`` is shown beside it, e.g. that the signer comes from the proposing member."""

    role: Text
    who: str = ""
    signed_at: datetime | None = None
    verdict: Text = ""
    tone: str = "good"
    reason: str = ""
    remark: Text = ""
    href: str = ""
    action: Text = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A field of a form before and after. ``old`` and ``new`` are data."""

    label: Text
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A minutia to draw: place in the image's own pixels, direction as a unit vector (y downwards), and the number
    of its pair from 1, or None. `rso.biometrics.drawing.Mark` has the same fields and serves as well."""

    x: float
    y: float
    dx: float
    dy: float
    ending: bool
    pair: int | None


@dataclass(frozen=True, slots=True)
class PrintSide:
    """One side of a comparison: the image's address, its size in pixels, what it is, and its marks."""

    title: Text
    src: str
    width: int
    height: int
    alt: Text
    marks: Sequence[Mark] = ()
