"""What the library puts on a person's desk."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rso.accounts.rules import Actor, decide
from rso.notices.desk import SHOWN, Part, Thing, Things, enter
from rso.office.library import queries
from rso.office.library.rules import LibraryPermission


def to_open(actor: Actor, today: date) -> Things | None:
    """Records that a colleague wants more people to read; one does not decide one's own wish."""
    if not decide(actor, LibraryPermission.OPEN).allowed:
        return None
    rows = list(queries.wishes(actor).exclude(asked_by_id=actor.user_id))
    href = reverse("library:wishes")
    things = [Thing(row.record.work.title, href, since=row.asked_at) for row in rows[:SHOWN]]
    return Things(len(rows), things, href)


def drafts(actor: Actor, today: date) -> Things | None:
    """Records that nobody can read yet."""
    if not decide(actor, LibraryPermission.CHANGE).allowed:
        return None
    rows = queries.kept(actor, state="draft")
    things = [
        Thing(row.work.title, reverse("library:desk", args=[row.work.code]), since=row.changed_at)
        for row in rows[:SHOWN]
    ]
    return Things(rows.count(), things, reverse("library:keep") + "?state=draft")


def enter_own() -> None:
    """Enters them; called once."""
    enter("library:to-open", _("Library: to be opened to more people"), to_open)
    enter("library:drafts", _("Library: drafts"), drafts, Part.DRAFTS)
