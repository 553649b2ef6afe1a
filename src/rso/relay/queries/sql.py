"""Statements in plain SQL, for what is asked with every request.

The mapper composes and compiles its statement each time, which takes ten to thirty times as long as such a statement
itself (0.3 ms and more of CPU). Everything that is asked once a page at most goes through the mapper.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

Value = str | int | bytes | UUID | None


def rows(statement: str, *values: Value) -> list[tuple[Any, ...]]:
    """What a SELECT gives. ``values`` take the places of its ``%s``."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def value(statement: str, *values: Value) -> Any:
    """The one value that a SELECT gives."""
    ((found,),) = rows(statement, *values)
    return found


def lock() -> str:
    """What ends a SELECT whose row no other transaction may change until this one ends.

    SQLite needs nothing: its transactions are IMMEDIATE and hold the write lock from their beginning.
    """
    return " FOR UPDATE" if connection.features.has_select_for_update else ""


def key(message_id: UUID) -> Value:
    """An id as this database stores it."""
    return message_id if connection.features.has_native_uuid_field else message_id.hex


def change_all(statement: str, values: Sequence[Sequence[Value]]) -> None:
    """The same INSERT or UPDATE for each of ``values``."""
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def change(statement: str, *values: Value) -> int:
    """How many rows an INSERT or UPDATE concerned."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
