"""What the queue puts on a person's desk."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rso.accounts.rules import Actor, decide
from rso.notices.desk import SHOWN, Part, Thing, Things, enter
from rso.office.intake import queries
from rso.office.intake.models import Enquiry
from rso.office.intake.rules import OPEN, IntakePermission


def _thing(row: Enquiry) -> Thing:
    return Thing(
        row.organisation_name, reverse("intake:enquiry", args=[row.pk]), kind=row.get_way_display(),
        due=row.due_on if row.is_open else None, since=row.confirmed_at, state=row.get_state_display(),
    )  # fmt: skip


def _things(rows: QuerySet[Enquiry], today: date, href: str) -> Things:
    """One query finds them all where they are few, which is the rule."""
    first = list(rows[: SHOWN + 1])
    count = len(first) if len(first) <= SHOWN else rows.count()
    late = sum(row.due_on is not None and row.due_on < today for row in first)
    return Things(count, [_thing(row) for row in first[:SHOWN]], href, late)


def in_my_hands(actor: Actor, today: date) -> Things | None:
    """What I have taken and not answered."""
    if not decide(actor, IntakePermission.HANDLE).allowed:
        return None
    return _things(queries.queue(actor, mine=True), today, reverse("intake:queue") + "?mine=1")


def of_nobody(actor: Actor, today: date) -> Things | None:
    """What nobody has taken."""
    if not decide(actor, IntakePermission.HANDLE).allowed:
        return None
    return _things(queries.queue(actor, unassigned=True), today, reverse("intake:queue") + "?nobody=1")


def written(actor: Actor, today: date) -> Things | None:
    """What I wrote to the RSO, and what became of it."""
    if not decide(actor, IntakePermission.OWN).allowed:
        return None
    rows = list(queries.mine(actor)[:SHOWN])
    things = [
        Thing(
            row.get_way_display(), reverse("intake:mine-one", args=[row.pk]), kind=row.reference,
            due=row.due_on if row.state in OPEN else None, since=row.created_at, state=row.get_state_display(),
            data=False,
        )
        for row in rows
    ]  # fmt: skip
    return Things(len(things), things, reverse("intake:mine"))


def touched(actor: Actor, today: date) -> Things | None:
    """The enquiries that I worked on last."""
    if not decide(actor, IntakePermission.HANDLE).allowed:
        return None
    rows = [_thing(row) for row in queries.touched(actor)[:SHOWN]]
    return Things(len(rows), rows, reverse("intake:queue") + "?state=all")


def enter_own() -> None:
    """Enters them; called once."""
    enter("intake:in-my-hands", _("Enquiries in my hands"), in_my_hands)
    enter("intake:of-nobody", _("Enquiries that nobody has taken"), of_nobody)
    enter("intake:written", _("My enquiries"), written, Part.RECENT)
    enter("intake:touched", _("Enquiries I worked on"), touched, Part.RECENT)
