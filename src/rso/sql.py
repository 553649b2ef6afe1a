"""Statements in plain SQL, for what is asked and stored with every message.

The mapper composes and compiles its statement each time, which takes four to thirty times as long as such a
statement itself (0.3 ms and more of CPU). Here a statement is text that stays the same, and how a model's columns
are read and written is worked out once. Everything that is done once a page at most goes through the mapper.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cached_property, lru_cache, partial
from operator import attrgetter
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError, connection, connections, models, router
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
    at = connections[using]
    with at.cursor() as cursor:
        cursor.execute(statement, _stored(values, at))
        reading = _reading(model, using, tuple(column[0] for column in cursor.description))
        return [reading.row(given, at) for given in cursor.fetchall()]


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


# ---------------------------------------------------------------- rows of a model


def add(*rows: models.Model) -> None:
    """Stores new rows, all of one model, as they are; no signal is sent. A number that the database gives is set."""
    writing = _writing(type(rows[0]), router.db_for_write(type(rows[0])))
    at = connections[writing.using]
    with at.cursor() as cursor:
        if writing.numbered is not None:
            for row in rows:
                cursor.execute(writing.insert, writing.values(row, at))
                ((number,),) = cursor.fetchall()
                setattr(row, writing.numbered, number)
        elif len(rows) == 1:
            cursor.execute(writing.insert, writing.values(rows[0], at))
        else:
            cursor.executemany(writing.insert, [writing.values(row, at) for row in rows])
    for row in rows:
        row._state.adding, row._state.db = False, writing.using


def add_unless_there(row: models.Model) -> bool:
    """Stores a new row whose key is its own; ``False`` where something unique of it is stored already."""
    writing = _writing(type(row), router.db_for_write(type(row)))
    assert writing.numbered is None
    at = connections[writing.using]
    with at.cursor() as cursor:
        cursor.execute(writing.insert + " ON CONFLICT DO NOTHING", writing.values(row, at))
        is_new = bool(cursor.rowcount)
    row._state.adding, row._state.db = False, writing.using
    return is_new


def keep(*rows: models.Model, only: tuple[str, ...]) -> None:
    """Stores the fields ``only`` of rows that are there, all of one model; no signal is sent.

    Raises ``DatabaseError`` where one is not there any more.
    """
    model = type(rows[0])
    using = router.db_for_write(model)
    at = connections[using]
    statement, columns = _update(model, using, only)
    with at.cursor() as cursor:
        for row in rows:
            cursor.execute(statement, [column.stored(row, at) for column in columns])
            if cursor.rowcount != 1:
                raise DatabaseError("a row that was to be changed is not there any more")


@dataclass(frozen=True)
class _Reading:
    """How the columns of a SELECT become a row of a model: names in the model's order, each with its place."""

    model: type[models.Model]
    using: str
    names: tuple[str, ...]
    places: tuple[int, ...]
    converted: tuple[tuple[int, tuple[Callable[..., Any], ...], Any], ...]

    def row(self, given: Sequence[Any], at: BaseDatabaseWrapper) -> Any:
        values = [given[place] for place in self.places]
        for place, converters, column in self.converted:
            for convert in converters:
                values[place] = convert(values[place], column, at)
        return self.model.from_db(self.using, self.names, values)


@lru_cache(maxsize=256)
def _reading(model: type[models.Model], using: str, columns: tuple[str, ...]) -> _Reading:
    at, table = connections[using], model._meta.db_table
    chosen = [field for field in model._meta.concrete_fields if field.column in columns]
    converted = []
    for place, field in enumerate(chosen):
        column = field.get_col(table)
        converters = (*at.ops.get_db_converters(column), *column.get_db_converters(at))
        if converters:
            converted.append((place, converters, column))
    return _Reading(
        model,
        using,
        tuple(field.attname for field in chosen),
        tuple(columns.index(field.column) for field in chosen),
        tuple(converted),
    )


@dataclass(frozen=True)
class _Column:
    """How a field is stored."""

    field: models.Field[Any, Any]
    name: str
    value: Callable[[models.Model], Any]
    prepared: Callable[..., Any] | None

    def stored(self, row: models.Model, at: BaseDatabaseWrapper) -> Any:
        value = self.value(row)
        return value if self.prepared is None or value is None else self.prepared(value, at)


@dataclass(frozen=True)
class _Writing:
    """How rows of a model are written to its database. ``numbered`` is the key that the database gives, if it does."""

    model: type[models.Model]
    using: str
    columns: tuple[_Column, ...]
    numbered: str | None

    @cached_property
    def insert(self) -> str:
        quoted = connections[self.using].ops.quote_name
        names = ", ".join(quoted(column.name) for column in self.columns)
        places = ", ".join(["%s"] * len(self.columns))
        parts = ["INSERT INTO", quoted(self.model._meta.db_table), f"({names}) VALUES ({places})"]
        if self.numbered is not None:
            parts += ["RETURNING", quoted(self.numbered)]
        return " ".join(parts)

    def values(self, row: models.Model, at: BaseDatabaseWrapper) -> list[Any]:
        return [column.stored(row, at) for column in self.columns]


@lru_cache(maxsize=128)
def _writing(model: type[models.Model], using: str) -> _Writing:
    fields = model._meta.concrete_fields
    numbered = next((field.attname for field in fields if isinstance(field, models.AutoField)), None)
    columns = tuple(_column(field) for field in fields if field.attname != numbered)
    return _Writing(model, using, columns, numbered)


@lru_cache(maxsize=256)
def _update(model: type[models.Model], using: str, only: tuple[str, ...]) -> tuple[str, tuple[_Column, ...]]:
    meta, quoted = model._meta, connections[using].ops.quote_name
    columns = tuple(_column(meta.get_field(name)) for name in only)
    changes = ", ".join(f"{quoted(column.name)} = %s" for column in columns)
    key = _column(meta.pk)
    statement = " ".join(("UPDATE", quoted(meta.db_table), "SET", changes, "WHERE", quoted(key.name), "= %s"))
    return statement, (*columns, key)


#: Stored as they are. Ids and times are stored as in every statement here, the rest as the field says.
_PLAIN = (models.CharField, models.TextField, models.BinaryField, models.BooleanField, models.IntegerField)


def _column(field: Any) -> _Column:
    if isinstance(field, models.FileField) or any(getattr(field, name, False) for name in ("auto_now", "auto_now_add")):
        raise TypeError(f"{field} does something when it is stored: leave it to the mapper")
    of = field
    while isinstance(of, models.ForeignKey):
        of = of.target_field
    prepared: Callable[..., Any] | None
    if isinstance(of, _PLAIN) and not hasattr(of, "from_db_value"):
        prepared = None
    elif isinstance(of, models.UUIDField) or type(of) is models.DateTimeField:
        prepared = _as_stored
    else:
        prepared = partial(_as_the_field_says, of)
    return _Column(field, field.column, attrgetter(field.attname), prepared)


def _as_the_field_says(field: models.Field[Any, Any], value: Any, at: BaseDatabaseWrapper) -> Any:
    return field.get_db_prep_save(value, connection=at)


# ---------------------------------------------------------------- bad days


class Trouble(Enum):
    """What is nobody's mistake: the code for programs. The transaction is undone, so trying again loses nothing."""

    AWAY = "try-again"
    FULL = "disk-full"

    @property
    def status(self) -> int:
        """HTTP's word for it: unavailable for a while, or no room."""
        return 503 if self is Trouble.AWAY else 507

    @property
    def retry_after_s(self) -> int:
        return 30 if self is Trouble.AWAY else 300


_LEAST_ROOM: Final = 128 * 1024  # bytes: the write-ahead log and its index want that much to begin with
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)
_FULL: Final = "database or disk is full"
#: Of SQLite's operational errors these pass; the others ("no such table") are defects.
_PASSING: Final = ("database is locked", "database table is locked", "unable to open database file", "disk I/O error")
#: PostgreSQL's classes (Appendix A of its manual): connection lost, shutting down or starting up, too many clients.
_AWAY_STATES: Final = ("08", "57P", "53300")
_FULL_STATE: Final = "53100"


def trouble_of(error: BaseException | None) -> Trouble | None:
    """What stands behind a failure: a database that is away or busy, a full disk, or ``None`` for anything else."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        found = _trouble(error)
        if found is not None:
            return found
        seen.append(error)
        error = error.__cause__ or error.__context__
    return None


def _has_no_room() -> bool:
    """Is the disk of the SQLite file full? Opening a file there is then "disk I/O error" to SQLite."""
    try:
        disk = os.statvfs(os.path.dirname(str(connection.settings_dict["NAME"])) or ".")
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < _LEAST_ROOM


def _trouble(error: BaseException) -> Trouble | None:
    if isinstance(error, OSError):
        return Trouble.FULL if error.errno in _NO_ROOM else None
    if isinstance(error, InterfaceError):
        return Trouble.AWAY
    if not isinstance(error, OperationalError):
        return None
    state = getattr(error.__cause__, "sqlstate", "")
    said = str(error)
    if state == _FULL_STATE or _FULL in said:
        return Trouble.FULL
    if type(error.__cause__).__module__.startswith("sqlite3"):
        if not any(words in said for words in _PASSING):
            return None
        return Trouble.FULL if "locked" not in said and _has_no_room() else Trouble.AWAY
    # Without a state the server said nothing any more, or was never reached.
    return Trouble.AWAY if not state or state.startswith(_AWAY_STATES) else None
