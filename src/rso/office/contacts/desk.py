"""What focal points put on a person's desk."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rso.accounts.rules import Actor, decide
from rso.notices.desk import SHOWN, Thing, Things, enter
from rso.office.contacts import presenters, queries
from rso.office.contacts.rules import ContactsPermission, Entry


def to_confirm(actor: Actor, today: date) -> Things | None:
    """Focal points that I keep and that are to be confirmed again."""
    if not decide(actor, ContactsPermission.CONFIRM).allowed:
        return None
    rows = queries.on_day(today).filter(organisation__code__in=actor.organisations())
    kept = [
        row for row in rows
        if decide(actor, ContactsPermission.CONFIRM, Entry(row.organisation.code, row.subject.code)).allowed
        and presenters.is_stale(row, today)
    ]  # fmt: skip
    things = [
        Thing(row.name, reverse("contacts:focal-point", args=[row.pk]), kind=row.subject.name) for row in kept[:SHOWN]
    ]
    return Things(len(kept), things, reverse("contacts:member"))


def enter_own() -> None:
    """Enters it; called once."""
    enter("contacts:to-confirm", _("Focal points to confirm"), to_confirm)
