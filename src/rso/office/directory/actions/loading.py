"""Loading the directory from a file of dated facts. What the office has changed is kept; nothing is deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from rso.accounts.models import Organisation
from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.base.errors import RsoError
from rso.office.directory.actions.revising import write
from rso.office.directory.kinds import KINDS, Pointers, found
from rso.office.directory.models import Group, Revision, Standing
from rso.office.directory.rules import DirectoryEvent, DirectoryPermission
from rso.office.directory.shipped import GROUPS, SHIPPED, Place, Shipped, read


@dataclass
class Loaded:
    """How many rows were new, brought up to date, and kept as the office has them."""

    new: int = 0
    updated: int = 0
    kept: int = 0


@transaction.atomic
def load(actor: Actor, *, path: Path = SHIPPED, now: datetime | None = None) -> Loaded:
    """Loads the facts of ``path``; raises ``RsoError`` where the file is not readable or lacks a field."""
    require(actor, DirectoryPermission.LOAD)
    facts = read(path)
    for order, (code, name) in enumerate(GROUPS.items(), start=1):
        Group.objects.get_or_create(code=code, defaults={"name": name, "order": order})
    _places(facts.places)
    loaded = Loaded()
    pointers = Pointers()
    try:
        for shipped in facts.rows:
            _put(actor, shipped, pointers, loaded, now or timezone.now())
    except (Organisation.DoesNotExist, Group.DoesNotExist, KeyError) as error:
        raise RsoError("incomplete-facts", f"The file of facts lacks something: {error}") from error
    counts = {"members": Standing.objects.count(), "new": loaded.new, "updated": loaded.updated, "kept": loaded.kept}
    record(actor, DirectoryEvent.LOADED, subject="directory", facts=counts)
    return loaded


def _places(places: tuple[Place, ...]) -> None:
    """Organisations that are missing. A name that is there stays: it may be an administrator's own."""
    for place in places:
        defaults = {"name": place.name, "kind": place.kind}
        Organisation.objects.get_or_create(code=place.code, defaults=defaults)


def _put(actor: Actor, shipped: Shipped, pointers: Pointers, loaded: Loaded, now: datetime) -> None:
    values = pointers.resolved(shipped)
    row = found(shipped, values)
    if row is None:
        # A row as it is shipped has no revision: its source and version say where it comes from.
        KINDS[shipped.kind].objects.create(key=shipped.key, **values)
        loaded.new += 1
        return
    if row.is_ours or row.key != shipped.key:
        loaded.kept += 1
        return
    name_before = row.display_name if isinstance(row, Standing) else ""
    reason = "Newer shipped facts"
    if write(actor, row=row, values=values, deed=Revision.Deed.CORRECTED, reason=reason, now=now, ours=False):
        loaded.updated += 1
        if isinstance(row, Standing) and row.display_name != name_before:
            # The name that is shown elsewhere follows, unless somebody has given another one.
            Organisation.objects.filter(pk=row.organisation_id, name=name_before).update(name=row.display_name)
