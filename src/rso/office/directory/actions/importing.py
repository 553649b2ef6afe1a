"""Taking in a sheet of facts: first what would become of each row, then all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import IO, Any, Final

from django.db import transaction
from django.forms import ModelChoiceField
from django.forms.fields import BooleanField

from rso import sheets
from rso.accounts.models import Organisation
from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.base.errors import RsoError
from rso.office.directory.actions import keeping
from rso.office.directory.actions.revising import values_of
from rso.office.directory.forms import columns_of, form_of, model_of
from rso.office.directory.models import Body, Group, Post
from rso.office.directory.rules import DirectoryEvent, DirectoryPermission

#: A row of a sheet by column.
Row = dict[str, str]
#: A labelled default, not RSO policy: what one sheet may hold.
MOST_ROWS: Final = 2000
#: The column that names a row; empty for a new one.
ID = "id"


class Fate(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass
class Judged:
    """A row of a sheet (``number`` as the spreadsheet shows it) and what would become of it; ``why`` is in the reader's
    language, ``changes`` are columns with the values before and after."""

    number: int
    title: str
    fate: Fate
    why: list[str] = field(default_factory=list)
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict, repr=False)
    row: Any = None


def sheet_columns(kind: str) -> list[str]:
    """The columns of a sheet of a kind: the row's number, then the fields of its form."""
    return [ID, *columns_of(kind)]


def rows_of(content: IO[bytes], kind: str) -> list[Row]:
    """The rows of a sheet of a kind; raises ``SheetError``. Formulas are in it, for each refuses its own row."""
    columns = sheet_columns(kind)
    return sheets.by_column(sheets.read(content, most_rows=MOST_ROWS), columns, needed=columns)


def sheet_rows(kind: str, rows: Any) -> list[list[object]]:
    """Stored rows as a sheet holds them: pointers as codes, days as ISO texts, yes and no as words."""
    return [[row.pk, *(_written(getattr(row, name)) for name in columns_of(kind))] for row in rows]


def _written(value: Any) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Post):
        return f"{value.body.code}/{value.code}"
    return value.code if isinstance(value, Organisation | Group | Body) else value


def judge(actor: Actor, *, kind: str, rows: Sequence[Row]) -> list[Judged]:
    """What would become of each row. Nothing is written."""
    require(actor, DirectoryPermission.CHANGE)
    stored = {row.pk: row for row in model_of(kind)._default_manager.all()}
    codes = _Codes()
    return [_judge(kind, number, row, stored, codes) for number, row in enumerate(rows, start=2)]


class _Codes:
    """Keys by code, fetched once for a sheet."""

    def __init__(self) -> None:
        self._by: dict[str, dict[str, int]] = {
            "organisation": dict(Organisation.objects.values_list("code", "pk")),
            "group": dict(Group.objects.values_list("code", "pk")),
            "body": dict(Body.objects.values_list("code", "pk")),
            "post": {f"{body}/{code}": pk for body, code, pk in Post.objects.values_list("body__code", "code", "pk")},
        }

    def key(self, name: str, code: str) -> object:
        return self._by[name].get(code, code)


def _judge(kind: str, number: int, row: Row, stored: dict[Any, Any], codes: _Codes) -> Judged:
    judged = Judged(number, " · ".join(value for value in list(row.values())[1:4] if value)[:120], Fate.REFUSED)
    formulas = [name for name, text in row.items() if sheets.is_formula(text)]
    if formulas:
        judged.why = [f"formula:{name}" for name in formulas]
        return judged
    known = stored.get(int(row[ID])) if row[ID].isdecimal() else None
    if row[ID] and known is None:
        judged.why = ["unknown-id"]
        return judged
    form = form_of(kind)(data=_posted(kind, row, codes), instance=known)
    before = values_of(known) if known is not None else {}
    if not form.is_valid():
        judged.why = [f"{name}: {said}" for name, errors in form.errors.items() for said in errors]
        return judged
    judged.values, judged.row = form.values(), known
    after = {**before, **{name: _plain(value) for name, value in judged.values.items()}}
    judged.changes = [(name, str(before.get(name) or ""), str(said or "")) for name, said in after.items()
                      if before.get(name) != said]  # fmt: skip
    judged.fate = Fate.NEW if known is None else Fate.CHANGED if judged.changes else Fate.SAME
    return judged


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _posted(kind: str, row: Row, codes: _Codes) -> dict[str, object]:
    """A row of a sheet as a browser would post it."""
    fields: dict[str, Any] = form_of(kind)().fields
    data: dict[str, object] = {}
    for name, one in fields.items():
        text = sheets.bare(row[name])
        if isinstance(one, ModelChoiceField):
            data[name] = codes.key(name, text)
        elif isinstance(one, BooleanField):
            data[name] = text.lower() in {"yes", "true", "1"}
        else:
            data[name] = text
    return data


@transaction.atomic
def take_in(actor: Actor, *, kind: str, rows: Sequence[Row], reason: str, now: datetime) -> dict[Fate, int]:
    """Enters and corrects what the sheet says; a row that is refused refuses the whole sheet. Gives the numbers."""
    judged = judge(actor, kind=kind, rows=rows)
    counts = {fate: sum(each.fate == fate for each in judged) for fate in Fate}
    if counts[Fate.REFUSED]:
        raise RsoError("import-changed", "Some rows are refused: nothing was taken in.")
    for each in judged:
        if each.fate == Fate.NEW:
            keeping.enter(actor, model=model_of(kind), values=each.values, reason=reason, now=now)
        elif each.fate == Fate.CHANGED:
            keeping.correct(actor, row=each.row, values=each.values, reason=reason, now=now)
    return counts


@transaction.atomic
def note_export(actor: Actor, *, kind: str, rows: int) -> None:
    """Writes down that somebody took all rows of a kind away, closed and withdrawn ones among them."""
    require(actor, DirectoryPermission.SEE_HISTORY)
    record(actor, DirectoryEvent.EXPORTED, subject=kind, facts={"rows": rows})


def sheet_data(kind: str, given: dict[str, str], row: Any = None) -> dict[str, object]:
    """Given columns, as texts, over what a row has, as a browser would post it; for the interface."""
    stands = dict(zip(sheet_columns(kind), sheet_rows(kind, [row])[0], strict=True)) if row is not None else {}
    texts = {name: "" if stands.get(name) is None else str(stands[name]) for name in columns_of(kind)}
    return _posted(kind, {**texts, **given}, _Codes())
