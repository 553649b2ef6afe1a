"""What an administrator does to a fact: enter, correct, close, follow with a newer one, withdraw, restore, undo.

Each leaves a revision with the values before and after and the reason. ``seen`` is the latest revision that the person
had before them: where somebody else was faster, nothing is written.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import models, transaction

from rso.accounts.actions import rename_organisation
from rso.accounts.rules import Actor, require
from rso.base.errors import RsoError
from rso.office.directory import rules
from rso.office.directory.actions.revising import kind_of, write
from rso.office.directory.models import Dated, Group, Passage, Revision, Standing, Term
from rso.office.directory.rules import DirectoryPermission

Deed = Revision.Deed


def latest(row: models.Model) -> int:
    """The key of the latest revision of a row, 0 where there is none."""
    newest = Revision.objects.filter(kind=kind_of(row), ref=row.pk).order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0


def _begin(actor: Actor, reason: str) -> None:
    require(actor, DirectoryPermission.CHANGE)
    if not reason.strip():
        raise RsoError("reason-missing", "Say why: those who come later will ask.")


def _hold(row: Any, seen: int | None) -> Any:
    """The row as it stands now, ours until the transaction ends; refuses where ``seen`` is no longer the latest."""
    row = type(row)._default_manager.select_for_update().get(pk=row.pk)
    if seen is not None and seen != latest(row):
        raise RsoError("changed-meanwhile", "Somebody has changed this meanwhile: look at it again first.")
    return row


def _check(row: models.Model, values: dict[str, Any]) -> None:
    """Refuses a term that ends before it begins, and one that is held twice at a time."""
    if not isinstance(row, Dated):
        return
    said = {name: values.get(name, getattr(row, name)) for name in ("since", "until", "is_over")}
    span = (said["since"], said["until"])
    if not rules.runs_forward(span):
        raise RsoError("term-runs-backward", "A term cannot end before it begins.")
    alike = _ALIKE.get(type(row))
    if said["is_over"] or alike is None:
        return
    same = {name: values.get(name, getattr(row, name)) for name in alike}
    others = type(row)._default_manager.filter(is_withdrawn=False, is_over=False, **same).exclude(pk=row.pk)
    if any(rules.meet(span, (other.since, other.until)) for other in others):
        raise RsoError("term-held", "The same is recorded for some of these days already.")


#: What may be recorded for each day only once.
_ALIKE: dict[type[models.Model], tuple[str, ...]] = {
    Term: ("post_id", "organisation_id", "person"),
    Standing: ("organisation_id", "status"),
    Passage: ("kind", "code"),
}


def _next_version(row: models.Model, values: dict[str, Any], at_least: int) -> dict[str, Any]:
    """The version of a new row: after all of the same statement, which are counted; 2 for what the brochure lacks."""
    if not isinstance(row, Dated):
        return {}
    if isinstance(row, Passage):
        same = {name: values.get(name, getattr(row, name)) for name in ("kind", "code")}
        latest = Passage.objects.filter(**same).aggregate(latest=models.Max("version"))["latest"] or 0
        at_least = max(at_least, latest + 1)
    return {"version": at_least}


def _rename(actor: Actor, row: Any, before: str, on: date) -> None:
    """The name that is shown elsewhere follows a member's display name, unless it was given one of its own."""
    holds = isinstance(row, Standing) and rules.holds((row.since, row.until), on)
    if holds and row.display_name != before and row.organisation.name == before:
        rename_organisation(actor, organisation=row.organisation, name=row.display_name)


@transaction.atomic
def enter(actor: Actor, *, model: type[Any], values: dict[str, Any], reason: str, now: datetime) -> Any:
    """Enters a new row; ``values`` by column (``organisation_id``)."""
    _begin(actor, reason)
    row = model()
    values = values | _next_version(row, values, 2)
    _check(row, values)
    write(actor, row=row, values=values, deed=Deed.ENTERED, reason=reason, now=now)
    return row


@transaction.atomic
def correct(
    actor: Actor, *, row: Any, values: dict[str, Any], reason: str, now: datetime, seen: int | None = None
) -> Any:
    """Puts right what was wrong from the beginning; the old values stay in the revision."""
    _begin(actor, reason)
    row = _hold(row, seen)
    _check(row, values)
    before = row.display_name if isinstance(row, Standing) else ""
    write(actor, row=row, values=values, deed=Deed.CORRECTED, reason=reason, now=now)
    _rename(actor, row, before, now.date())
    return row


@transaction.atomic
def close(actor: Actor, *, row: Any, until: date | None, reason: str, now: datetime, seen: int | None = None) -> Any:
    """Ends a row: ``until`` is the first day on which it no longer holds, ``None`` where that day is not known."""
    _begin(actor, reason)
    row = _hold(row, seen)
    values = {"until": until, "is_over": until is None}
    _check(row, values)
    write(actor, row=row, values=values, deed=Deed.CLOSED, reason=reason, now=now)
    return row


@transaction.atomic
def reopen(actor: Actor, *, row: Any, reason: str, now: datetime, seen: int | None = None) -> Any:
    """Takes the end back: it still holds."""
    _begin(actor, reason)
    row = _hold(row, seen)
    values = {"until": None, "is_over": False}
    _check(row, values)
    write(actor, row=row, values=values, deed=Deed.REOPENED, reason=reason, now=now)
    return row


@transaction.atomic
def follow(
    actor: Actor, *, row: Any, values: dict[str, Any], reason: str, now: datetime, seen: int | None = None
) -> Any:
    """A newer fact: the row ends on the day (``values["since"]``) on which a new one with the next version begins."""
    _begin(actor, reason)
    row = _hold(row, seen)
    since = values.get("since")
    if since is None:
        raise RsoError("since-missing", "Say from which day on it is so.")
    if row.until is not None and row.until < since:
        raise RsoError("followed-too-late", "The earlier one ended before that day: enter the newer one by itself.")
    close(actor, row=row, until=since, reason=reason, now=now)
    newer = type(row)()
    kept = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name not in _NOT_KEPT}
    values = kept | values
    values |= _next_version(newer, values, row.version + 1)
    _check(newer, values)
    write(actor, row=newer, values=values, deed=Deed.ENTERED, reason=reason, now=now)
    _rename(actor, newer, row.display_name if isinstance(row, Standing) else "", now.date())
    return newer


_NOT_KEPT = ("id", "key", "is_ours", "until", "is_over", "is_withdrawn")


@transaction.atomic
def withdraw(actor: Actor, *, row: Any, reason: str, now: datetime, seen: int | None = None) -> Any:
    """Takes back what should never have been entered; the row stays and can be restored."""
    _begin(actor, reason)
    row = _hold(row, seen)
    write(actor, row=row, values={"is_withdrawn": True}, deed=Deed.WITHDRAWN, reason=reason, now=now)
    return row


@transaction.atomic
def restore(actor: Actor, *, row: Any, reason: str, now: datetime, seen: int | None = None) -> Any:
    """Brings a withdrawn row back."""
    _begin(actor, reason)
    row = _hold(row, seen)
    _check(row, {})
    write(actor, row=row, values={"is_withdrawn": False}, deed=Deed.RESTORED, reason=reason, now=now)
    return row


@transaction.atomic
def undo(actor: Actor, *, row: Any, reason: str, now: datetime, seen: int | None = None) -> Any:
    """Gives a row the values that it had before its latest revision; a row just entered is withdrawn."""
    _begin(actor, reason)
    row = _hold(row, seen)
    revision = Revision.objects.filter(kind=kind_of(row), ref=row.pk).first()
    if revision is None:
        raise RsoError("nothing-to-undo", "Nothing was changed here.")
    if revision.deed == Deed.ENTERED:
        return withdraw(actor, row=row, reason=reason, now=now) if isinstance(row, Dated) else row
    values = {name: _read(row, name, value) for name, value in revision.before.items()}
    if not values.get("is_withdrawn", row.is_withdrawn if isinstance(row, Dated) else False):
        _check(row, values)
    before = row.display_name if isinstance(row, Standing) else ""
    write(actor, row=row, values=values, deed=Deed.UNDONE, reason=reason, now=now)
    _rename(actor, row, before, now.date())
    return row


def _read(row: models.Model, name: str, value: Any) -> Any:
    """A value of a revision as its column takes it."""
    field = row._meta.get_field(name.removesuffix("_id"))
    return date.fromisoformat(value) if isinstance(field, models.DateField) and value else value


@transaction.atomic
def merge_groups(actor: Actor, *, group: Group, into: Group, reason: str, now: datetime) -> int:
    """Lists all members of one group under another; gives their number. The empty group stays, and is not shown."""
    _begin(actor, reason)
    if group.pk == into.pk:
        raise RsoError("same-group", "Choose another group.")
    rows = list(Standing.objects.select_for_update().filter(group=group))
    for row in rows:
        write(actor, row=row, values={"group_id": into.pk}, deed=Deed.CORRECTED, reason=reason, now=now)
    return len(rows)
