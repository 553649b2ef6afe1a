"""The glossary of a language: kept by those who translate into it; every change leaves its words in the audit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Final

from django.db import transaction

from rso import sheets
from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.base.errors import RsoError
from rso.content.models import Term
from rso.content.rules import ContentEvent, ContentPermission

FIELDS = ("source", "target", "avoid", "note")
MOST_ROWS: Final = 5_000


@dataclass(frozen=True)
class Loaded:
    """What became of the rows of a table."""

    added: int
    changed: int
    same: int


def rows_of(content: IO[bytes]) -> list[dict[str, str]]:
    """The lines of a table; raises ``SheetError``. A formula is refused: nobody here knows what it would say."""
    table = sheets.read(content, most_rows=MOST_ROWS, refuse_formulas=True)
    rows = sheets.by_column(table, FIELDS, needed=("source", "target"))
    return [{name: sheets.bare(row.get(name, "")) for name in FIELDS} for row in rows]


@transaction.atomic
def add_term(
    actor: Actor, *, language: str, said: Mapping[str, str], source_language: str = "en", now: datetime
) -> Term:
    """A new line; raises where the term has one already."""
    require(actor, ContentPermission.CHANGE_GLOSSARY, language)
    fields = _fields(said)
    if Term.objects.filter(source_language=source_language, language=language, source=fields["source"]).exists():
        raise RsoError("term-in-use", "This term has a line already: change that one.")
    row = Term.objects.create(
        source_language=source_language, language=language, changed_by_id=actor.user_id, changed_at=now, **fields
    )
    _told(actor, row, "added")
    return row


@transaction.atomic
def change_term(actor: Actor, *, term: Term, said: Mapping[str, str], now: datetime) -> Term:
    """Changes a line."""
    require(actor, ContentPermission.CHANGE_GLOSSARY, term.language)
    fields = _fields(said)
    others = Term.objects.filter(
        source_language=term.source_language, language=term.language, source=fields["source"]
    ).exclude(pk=term.pk)
    if others.exists():
        raise RsoError("term-in-use", "This term has a line already: change that one.")
    for name, value in fields.items():
        setattr(term, name, value)
    term.changed_by_id, term.changed_at = actor.user_id, now
    term.save()
    _told(actor, term, "changed")
    return term


@transaction.atomic
def remove_term(actor: Actor, *, term: Term) -> None:
    """Takes a line out; what it said stays in the audit."""
    require(actor, ContentPermission.CHANGE_GLOSSARY, term.language)
    _told(actor, term, "removed")
    term.delete()


@transaction.atomic
def load_terms(
    actor: Actor, *, language: str, rows: Iterable[Mapping[str, str]], source_language: str = "en", now: datetime
) -> Loaded:
    """Adds and changes the lines of a table, all of them or none. What is not in it stays."""
    require(actor, ContentPermission.CHANGE_GLOSSARY, language)
    known = {row.source: row for row in Term.objects.filter(language=language, source_language=source_language)}
    added = changed = same = 0
    for said in rows:
        fields = _fields(said)
        row = known.get(fields["source"])
        if row is None:
            known[fields["source"]] = add_term(
                actor, language=language, said=fields, source_language=source_language, now=now
            )
            added += 1
        elif any(getattr(row, name) != value for name, value in fields.items()):
            change_term(actor, term=row, said=fields, now=now)
            changed += 1
        else:
            same += 1
    return Loaded(added, changed, same)


def _fields(said: Mapping[str, str]) -> dict[str, str]:
    fields = {name: " ".join(str(said.get(name) or "").split()) for name in FIELDS}
    if not fields["source"] or not (fields["target"] or fields["avoid"]):
        raise RsoError("term-incomplete", "A line needs its term, and its translation or what is not to be said.")
    for name, value in fields.items():
        if len(value) > (500 if name == "note" else 200):
            raise RsoError("term-too-long", "A term has at most 200 characters, a note 500.")
    return fields


def _told(actor: Actor, row: Term, what: str) -> None:
    facts: dict[str, str | int | bool] = {"language": row.language, "what": what}
    words = " | ".join((row.source, row.target, row.avoid, row.note))
    record(actor, ContentEvent.TERM_CHANGED, subject=str(row.pk), facts=facts, note=words)
