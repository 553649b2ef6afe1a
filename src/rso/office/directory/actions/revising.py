"""Writing a row together with its revision: the one place that changes a fact of the directory."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import models

from rso.accounts.rules import Actor
from rso.audit.actions import record
from rso.office.directory.models import Dated, Revision
from rso.office.directory.rules import DirectoryEvent

#: Fields that say where a row comes from and not what it says.
_OWN = ("id", "key", "is_ours")


def values_of(row: models.Model) -> dict[str, Any]:
    """What a row says, as JSON takes it: days as ISO texts, pointers as keys."""
    said = {}
    for field in row._meta.concrete_fields:
        if field.name not in _OWN:
            value = getattr(row, field.attname)
            said[field.attname] = value.isoformat() if isinstance(value, date) else value
    return said


def kind_of(row: models.Model) -> str:
    """The name of a row's kind, such as ``standing``."""
    return str(row._meta.model_name)


def write(
    actor: Actor,
    *,
    row: models.Model,
    values: dict[str, Any],
    deed: Revision.Deed,
    reason: str,
    now: datetime,
    ours: bool = True,
    event: str = DirectoryEvent.CHANGED,
) -> Revision | None:
    """Sets ``values`` on a row and saves it with a revision and an audit row; ``None`` where nothing would change.

    It stands in the caller's transaction. Apps above use it for rows of their own, with an ``event`` of theirs. The
    audit holds which fields changed and no words; the words are a note.
    """
    is_new = row.pk is None
    before = {} if is_new else values_of(row)
    for name, value in values.items():
        setattr(row, name, value)
    after = values_of(row)
    if before == after:
        return None
    if ours and isinstance(row, Dated):
        row.is_ours = True
    row.save()
    changed = sorted(name for name in after if before.get(name) != after[name])
    revision = Revision.objects.create(
        kind=kind_of(row), ref=row.pk, deed=deed, at=now, by_id=actor.user_id, reason=reason,
        before={name: before[name] for name in changed if name in before},
        after={name: after[name] for name in changed},
    )  # fmt: skip
    facts = {"deed": str(deed.value), "fields": ",".join(changed) if not is_new else "all"}
    record(actor, event, subject=f"{kind_of(row)}:{row.pk}", facts=facts, note=reason)
    return revision
