"""Changes of the gallery."""

from __future__ import annotations

from rso.node.gallery.actions.folder import Progress, Report, Said, enrol_folder
from rso.node.gallery.actions.subjects import (
    NewFinger,
    ReadFinger,
    add_fingers,
    change_protection,
    enrol,
    erase,
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
    "enrol",
    "enrol_folder",
    "erase",
    "read_finger",
]
