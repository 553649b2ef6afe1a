"""The public list, loaded from a file: what is new is added, and what people have changed stays."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from rso.accounts.models import Organisation
from rso.accounts.rules import Actor, require
from rso.audit.actions import record as audit
from rso.base.errors import RsoError
from rso.office.library.actions import records
from rso.office.library.metadata import PUBLISHER
from rso.office.library.models import Record
from rso.office.library.rules import LibraryEvent, LibraryPermission
from rso.search.entries import PUBLIC

SHIPPED: Final = Path(__file__).parent.parent / "data" / "library.toml"
_OWNER: Final = "RSO"


@transaction.atomic
def load(actor: Actor, *, path: Path = SHIPPED, now: datetime) -> tuple[int, int]:
    """Adds what is missing and brings up to date what nobody has touched since; gives how many of each. Raises
    ``RsoError`` where the file cannot be read or lacks a field.
    """
    require(actor, LibraryPermission.LOAD)
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        owner, _new = Organisation.objects.get_or_create(
            code=_OWNER, defaults={"name": PUBLISHER, "kind": Organisation.Kind.OFFICE}
        )
        added = changed = 0
        for row in told["record"]:
            found = Record.objects.filter(work__code=row["code"]).first()
            if found is None:
                _add(actor, row, told["sources"], owner, now)
                added += 1
            elif _is_untouched(found) and _differs(found, row, told["sources"]):
                _change(actor, found, row, told["sources"], now)
                changed += 1
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise RsoError("unreadable-list", f"The list could not be read: {error}") from error
    except (KeyError, TypeError) as error:
        raise RsoError("incomplete-list", f"The list lacks something: {error}") from error
    audit(actor, LibraryEvent.LOADED, subject="library", facts={"added": added, "changed": changed})
    return added, changed


def _said(row: Mapping[str, Any], sources: Mapping[str, str]) -> dict[str, Any]:
    named = [sources[key] if key == "brochure" else f"{key} {sources[key]}" for key in row["stated_by"]]
    said: dict[str, Any] = {name: row.get(name, "") for name in ("kind", "partners", "published", "link")}
    said |= {name: list(row.get(name, [])) for name in ("themes", "readers", "areas")}
    said["stated_by"] = "; ".join(named)[:300]
    older = row.get("supersedes")
    said["supersedes"] = Record.objects.get(work__code=older) if older else None
    return said


def _add(actor: Actor, row: Mapping[str, Any], sources: Mapping[str, str], owner: Organisation, now: datetime) -> None:
    found = records.add(
        actor, code=row["code"], title=row["title"], about=row["about"], owner=owner, language="en", access=PUBLIC,
        said=_said(row, sources), now=now,
    )  # fmt: skip
    records.publish(actor, record=found, now=now)
    _untouched(found)


def _untouched(found: Record) -> None:
    """Remembers at which revision the list last wrote; a person's change makes the next one."""
    Record.objects.filter(pk=found.pk).update(loaded_revision=Record.objects.get(pk=found.pk).revision)


def _is_untouched(found: Record) -> bool:
    return found.loaded_revision == found.revision and found.withdrawn_at is None


def _differs(found: Record, row: Mapping[str, Any], sources: Mapping[str, str]) -> bool:
    words = [text for text, _number in records.bases(found).values()]
    said = _said(row, sources)
    older = said.pop("supersedes")
    is_same = all(getattr(found, name) == value for name, value in said.items())
    return not (
        is_same and words == [row["title"], row["about"]] and found.supersedes_id == (older.pk if older else None)
    )


def _change(actor: Actor, found: Record, row: Mapping[str, Any], sources: Mapping[str, str], now: datetime) -> None:
    records.change(
        actor, record=found, revision=found.revision, title=row["title"], about=row["about"], owner=found.work.owner,
        said=_said(row, sources), now=now,
    )  # fmt: skip
    _untouched(found)
