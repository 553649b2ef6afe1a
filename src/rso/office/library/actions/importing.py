"""Many records from a table: judged first and shown, then written as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from rso.accounts.models import Organisation
from rso.accounts.rules import Actor, require
from rso.audit.actions import record as audit
from rso.base.errors import RsoError
from rso.office.library.actions import records
from rso.office.library.models import Area, Import, Kind, Readers, Record, Theme
from rso.office.library.rules import (
    LICENCES,
    LibraryEvent,
    LibraryPermission,
    checked_date,
    checked_doi,
    checked_isbn,
    is_access,
)
from rso.search.entries import PUBLIC
from rso.ui.languages import LANGUAGES

#: Who owns what a table says nothing of.
OWNER: Final = "RSO"


@dataclass(frozen=True)
class Judged:
    """A row of a table: its number, the record at its address (empty for a new one), what it says, and its faults as
    pairs of a column and a code."""

    number: int
    code: str
    title: str
    is_new: bool
    changes: list[str]
    faults: list[tuple[str, str]]
    said: dict[str, str]


def judge(rows: list[dict[str, str]]) -> list[Judged]:
    """What each row would do. Nothing is written."""
    wanted = [row["address"] for row in rows if row.get("address")]
    known = {one.work.code: one for one in Record.objects.select_related("work__owner", "supersedes__work").filter(
        work__code__in=wanted
    )}  # fmt: skip
    owners = set(Organisation.objects.values_list("code", flat=True))
    older = {row.get("replaces", "") for row in rows}
    replaced = set(Record.objects.filter(work__code__in=older).values_list("work__code", flat=True))
    seen: set[str] = set()
    told = []
    for number, row in enumerate(rows, start=2):
        code = row.get("address", "")
        found = known.get(code)
        faults = [*_faults(row, owners, replaced, is_new=found is None)]
        if code and code in seen:
            faults.append(("address", "twice"))
        if found is not None and (row.get("access") or found.work.audience) != found.work.audience:
            faults.append(("access", "access-elsewhere"))
        seen.add(code)
        changes = _changes(found, row) if found is not None else []
        told.append(Judged(number, code if found else "", row.get("title", ""), found is None, changes, faults, row))
    return told


def _faults(row: dict[str, str], owners: set[str], replaced: set[str], *, is_new: bool) -> list[tuple[str, str]]:
    """The columns of a row that cannot be taken, each with a code."""
    found = []
    if not row.get("title") or len(row["title"]) > 300:
        found.append(("title", "title-missing"))
    if is_new and row.get("address"):
        found.append(("address", "unknown-address"))
    if row.get("kind") not in Kind.values:
        found.append(("kind", "not-on-the-list"))
    for column, values in (("themes", Theme.values), ("written_for", Readers.values), ("areas", Area.values)):
        if not set(_many(row.get(column, ""))) <= set(values):
            found.append((column, "not-on-the-list"))
    for column, allowed in (
        ("owner", owners),
        ("licence", set(LICENCES)),
        ("replaces", replaced),
        ("language", set(LANGUAGES)),
    ):
        if row.get(column) and row[column] not in allowed:
            found.append((column, "not-on-the-list"))
    if row.get("access") and not is_access(row["access"]):
        found.append(("access", "not-on-the-list"))
    if row.get("link") and not row["link"].startswith(("https://", "http://")):
        found.append(("link", "no-address"))
    checks: dict[str, Callable[[str], str]] = {"published": checked_date, "doi": checked_doi, "isbn": checked_isbn}
    for column, check in checks.items():
        try:
            check(row.get(column, ""))
        except RsoError as error:
            found.append((column, error.code))
    return found


def _many(cell: str) -> list[str]:
    return [one for part in cell.split(";") if (one := part.strip())]


def _changes(found: Record, row: dict[str, str]) -> list[str]:
    """The columns that would change; one that is absent changes nothing."""
    words = records.bases(found)
    title, about = (text for text, _number in words.values())
    now = {
        "title": title, "about": about, "kind": found.kind, "owner": found.work.owner.code,
        "partners": found.partners, "published": found.published, "licence": found.licence, "rights": found.rights,
        "link": found.link, "doi": found.doi, "isbn": found.isbn,
        "replaces": found.supersedes.work.code if found.supersedes else "",
    }  # fmt: skip
    changed = [column for column, value in now.items() if column in row and row[column] != value]
    lists = {"themes": found.themes, "written_for": found.readers, "areas": found.areas}
    return changed + [column for column, value in lists.items() if column in row and _many(row[column]) != value]


@transaction.atomic
def keep(actor: Actor, *, name: str, rows: list[dict[str, str]], now: datetime) -> Import:
    """Keeps a table with its judgement until its reader says that it may be written."""
    require(actor, LibraryPermission.CHANGE)
    judged = [asdict(one) for one in judge(rows)]
    return Import.objects.create(name=name, rows=judged, by_id=actor.person, at=now)


@transaction.atomic
def write(actor: Actor, *, table: Import, show: bool, now: datetime) -> tuple[int, int]:
    """Writes a table that was judged; gives how many records were added and changed. It is judged again: what was right
    an hour ago may be wrong. With ``show`` the new ones are shown at once."""
    require(actor, LibraryPermission.CHANGE)
    table = Import.objects.select_for_update().get(pk=table.pk)
    if table.done_at is not None:
        raise RsoError("moved-on", "This table was taken in already.")
    judged = judge([row["said"] for row in table.rows])
    if any(one.faults for one in judged):
        raise RsoError("table-faults", "Rows with faults are not taken in.")
    added = changed = 0
    for one in judged:
        if one.is_new:
            found = _add(actor, one, now)
            added += 1
            if show:
                records.publish(actor, record=found, now=now)
        elif one.changes:
            _change(actor, one, now)
            changed += 1
    table.done_at = now
    table.save(update_fields=["done_at"])
    audit(actor, LibraryEvent.IMPORTED, subject=str(table.pk), facts={"added": added, "changed": changed})
    return added, changed


def _said(row: dict[str, str]) -> dict[str, Any]:
    same = ("kind", "partners", "published", "licence", "rights", "link", "doi", "isbn")
    said: dict[str, Any] = {name: row[name] for name in same if name in row}
    for column, field in (("themes", "themes"), ("written_for", "readers"), ("areas", "areas")):
        if column in row:
            said[field] = _many(row[column])
    if "replaces" in row:
        said["supersedes"] = Record.objects.filter(work__code=row["replaces"]).first() if row["replaces"] else None
    return said


def _owner(code: str) -> Organisation:
    found = Organisation.objects.filter(code=code or OWNER).first()
    if found is None:
        raise RsoError("table-faults", "There is no such owner.")
    return found


def _add(actor: Actor, one: Judged, now: datetime) -> Record:
    row = one.said
    return records.add(
        actor, title=row["title"], about=row.get("about", ""), owner=_owner(row.get("owner", "")),
        language=row.get("language") or "en", access=row.get("access") or PUBLIC, said=_said(row), now=now,
    )  # fmt: skip


def _change(actor: Actor, one: Judged, now: datetime) -> None:
    found = Record.objects.select_related("work__owner").get(work__code=one.code)
    words = [text for text, _number in records.bases(found).values()]
    owner = _owner(one.said["owner"]) if one.said.get("owner") else found.work.owner
    records.change(
        actor, record=found, revision=found.revision, title=one.said["title"], about=one.said.get("about", words[1]),
        owner=owner, said=_said(one.said), now=now,
    )  # fmt: skip
