"""What is done with enquiries and with what came of them. The verbs of the queue itself are reached from here."""

from rso.office.intake.actions.enquiries import (
    answer,
    assign,
    confirm,
    enter_queue,
    note,
    note_export,
    receive,
    release,
    reopen,
    set_aside,
    sweep,
    take,
    to_confirm,
    write_oneself,
)

__all__ = [
    "answer",
    "assign",
    "confirm",
    "enter_queue",
    "note",
    "note_export",
    "receive",
    "release",
    "reopen",
    "set_aside",
    "sweep",
    "take",
    "to_confirm",
    "write_oneself",
]
