"""Changes of the gallery."""

from __future__ import annotations

from rso.node.gallery.actions.folder import Progress, Report, Said, enrol_folder
from rso.node.gallery.actions.subjects import (
    NewFinger,
    ReadFinger,
    add_fingers,
    change_protection,
    correct,
    enrol,
    erase,
    mark_of,
    read_finger,
)

__all__ = [
    "NewFinger",
    "Progress",
    "ReadFinger",
    "Report",
    "Said",
    "add_fingers",
    "change_protection",
    "correct",
    "enrol",
    "enrol_folder",
    "erase",
    "mark_of",
    "read_finger",
]
