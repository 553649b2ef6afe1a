"""Changing a default."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.defaults.models import Setting
from rso.defaults.queries import value_of
from rso.defaults.rules import Default, DefaultsEvent, DefaultsPermission


@transaction.atomic
def change(actor: Actor, *, default: Default[Any], text: str, now: datetime) -> int | str:
    """Sets a default to what ``text`` says; raises ``WrongValue``. The audit keeps numbers, and of texts only that
    they changed: a mail address may be a person's."""
    require(actor, DefaultsPermission.CHANGE)
    before: int | str = value_of(default)
    after: int | str = default.read(text)
    if before == after:
        return before
    Setting.objects.update_or_create(
        name=default.name, defaults={"value": str(after), "changed_at": now, "changed_by_id": actor.person}
    )
    facts: dict[str, str | int | bool] = {"from": before, "to": after} if default.counts else {}
    record(actor, DefaultsEvent.CHANGED, subject=default.name, facts=facts)
    return after


@transaction.atomic
def restore(actor: Actor, *, default: Default[Any]) -> int | str:
    """Back to the labelled default; nothing happens where it holds already."""
    require(actor, DefaultsPermission.CHANGE)
    gone, _each = Setting.objects.filter(pk=default.name).delete()
    if gone:
        record(actor, DefaultsEvent.RESTORED, subject=default.name)
    value: int | str = default.value
    return value
