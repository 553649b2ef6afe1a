"""What texts and facts of countries put on a person's desk."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rso.accounts.rules import Actor, decide
from rso.content.presenters.waiting import waits
from rso.content.queries_facts import is_fresh, kept_by, of_members
from rso.content.rules import ContentPermission
from rso.notices.desk import SHOWN, Thing, Things, enter


def texts(actor: Actor, today: date) -> Things | None:
    """Texts with which I can go on: to be written, translated, read over or published."""
    if not decide(actor, ContentPermission.SEE).allowed:
        return None
    found = waits(actor, today)
    things = [Thing(one.title, one.path, kind=one.kind, due=one.due) for one in found[:SHOWN]]
    return Things(len(found), things, reverse("content:works"), sum(one.late for one in found))


def facts(actor: Actor, today: date) -> Things | None:
    """Facts of my country that are to be confirmed again."""
    if not decide(actor, ContentPermission.CHANGE_FACTS).allowed:
        return None
    stated = of_members(actor, kept_by(actor))
    months = settings.RSO_FACT_CONFIRM_MONTHS
    stale = [one for one in stated if one.fact.retired_at is None and not is_fresh(one.fact, today, months=months)]
    things = [
        Thing(one.state.name, reverse("facts:one", args=[one.fact.pk]), kind=one.fact.get_kind_display())
        for one in stale[:SHOWN]
    ]
    return Things(len(stale), things, reverse("facts:keep"))


def enter_own() -> None:
    """Enters them; called once."""
    enter("content:texts", _("Texts"), texts)
    enter("content:facts", _("Facts of the country to confirm"), facts)
