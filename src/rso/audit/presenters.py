"""Rows of the audit as pages and tables show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from rso import sheets
from rso.accounts import queries as accounts
from rso.accounts.rules import ANONYMOUS, Actor
from rso.audit.models import Entry

COLUMNS = ("sequence", "at", "actor", "system", "event", "subject", "facts", "digest")


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the list. ``who`` is a name where the reader may see people, and else an opaque id."""

    sequence: int
    at: datetime
    who: str
    event: str
    subject: str
    facts: list[tuple[str, str]]


def _when(entry: Entry) -> datetime:
    return datetime.fromtimestamp(entry.at_ms / 1000, tz=UTC)


def _pairs(entry: Entry) -> list[tuple[str, str]]:
    return [(key, str(value)) for key, value in sorted(entry.facts.items()) if value != ""]


def _facts(entry: Entry) -> str:
    return ", ".join(f"{key}={value}" for key, value in sorted(entry.facts.items()))


def shown(reader: Actor, entries: Iterable[Entry]) -> list[Shown]:
    """A page of the list; names are looked up for this reader, and never stored in the chain."""
    rows = list(entries)
    subjects = [UUID(row.subject) for row in rows if len(row.subject) == 36 and row.subject.count("-") == 4]
    known = {str(opaque): name for opaque, name in accounts.names(reader, [r.actor for r in rows] + subjects).items()}
    return [
        Shown(
            sequence=row.sequence,
            at=_when(row),
            who=row.system or ("-" if row.actor == ANONYMOUS.opaque else known.get(str(row.actor), str(row.actor))),
            event=row.event,
            subject=known.get(row.subject, row.subject),
            facts=_pairs(row),
        )
        for row in rows
    ]


def csv_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """The rows as CSV, with opaque ids only and with the digests, so that two exports can be compared."""
    rows = (
        (
            entry.sequence,
            _when(entry).isoformat(timespec="milliseconds"),
            entry.actor,
            entry.system,
            entry.event,
            entry.subject,
            _facts(entry),
            bytes(entry.digest).hex(),
        )
        for entry in entries
    )
    return sheets.csv_lines(COLUMNS, rows)
