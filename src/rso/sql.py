"""Statements in plain SQL, for what is asked with every message.

The mapper composes and compiles its statement each time, which takes four to thirty times as long as such a
statement itself (0.3 ms and more of CPU). Everything that is asked once a page at most goes through the mapper.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper

Value = str | int | bytes | UUID | datetime | None
Row = TypeVar("Row", bound=models.Model)


def rows(statement: str, *values: Value) -> list[tuple[Any, ...]]:
    """What a SELECT gives, as the driver gives it. ``values`` take the places of its ``%s``."""
    with connection.cursor() as cursor:
        cursor.execute(statement, _stored(values, connection))
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def value(statement: str, *values: Value) -> Any:
    """The one value that a SELECT gives."""
    ((found,),) = rows(statement, *values)
    return found


def found(model: type[Row], statement: str, *values: Value) -> list[Row]:
    """The rows that a SELECT gives, as ``model``, from its own database. Columns not selected are deferred."""
    using = router.db_for_read(model)
    return list(model._base_manager.db_manager(using).raw(statement, _stored(values, connections[using])))


def first(model: type[Row], statement: str, *values: Value) -> Row | None:
    """The first row that a SELECT gives, as ``model``, or ``None``."""
    return next(iter(found(model, statement, *values)), None)


def lock() -> str:
    """What ends a SELECT whose row no other transaction may change until this one ends.

    SQLite needs nothing: its transactions are IMMEDIATE and hold the write lock from their beginning.
    """
    return " FOR UPDATE" if connection.features.has_select_for_update else ""


def change_all(statement: str, values: Sequence[Sequence[Value]]) -> None:
    """The same INSERT or UPDATE for each of ``values``."""
    with connection.cursor() as cursor:
        cursor.executemany(statement, [_stored(one, connection) for one in values])


def change(statement: str, *values: Value) -> int:
    """How many rows an INSERT or UPDATE concerned."""
    with connection.cursor() as cursor:
        cursor.execute(statement, _stored(values, connection))
        return int(cursor.rowcount)


def _stored(values: Sequence[Value], at: BaseDatabaseWrapper) -> list[Any]:
    """Ids and times as this database stores them."""
    return [_as_stored(value, at) for value in values]


def _as_stored(value: Value, at: BaseDatabaseWrapper) -> Any:
    if isinstance(value, UUID):
        return value if at.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return at.ops.adapt_datetimefield_value(value)
    return value
