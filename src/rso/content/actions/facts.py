"""A member's own facts: changed, confirmed and retired by the member, and by nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rso.accounts.models import Organisation
from rso.accounts.queries import holders
from rso.accounts.rules import Actor, Role, require, system_actor
from rso.audit.actions import record
from rso.content.models import CountryFact, FactState
from rso.content.queries_facts import overdue
from rso.content.rules import ContentEvent, ContentPermission
from rso.content.signals import fact_changed
from rso.notices.actions import notify

#: How many reminders without an answer go by before the RSO's staff learn of it.
_REMINDERS_ALONE = 2


@transaction.atomic
def add_fact(
    actor: Actor, *, organisation: Organisation, kind: CountryFact.Kind, said: Mapping[str, Any], now: datetime
) -> CountryFact:
    """A new fact of a member. ``said`` holds the fields of :class:`FactState`; writing it confirms it."""
    require(actor, ContentPermission.CHANGE_FACTS, organisation.code)
    order = CountryFact.objects.filter(organisation=organisation, kind=kind).count()
    fact = CountryFact.objects.create(organisation=organisation, kind=kind, order=order)
    return _say(actor, fact, said, now)


@transaction.atomic
def change_fact(actor: Actor, *, fact: CountryFact, said: Mapping[str, Any], now: datetime) -> CountryFact:
    """What the fact says from now on. Every text, in every language, shows it at once."""
    require(actor, ContentPermission.CHANGE_FACTS, fact.organisation.code)
    return _say(actor, CountryFact.objects.select_for_update(of=("self",)).get(pk=fact.pk), said, now)


def _say(actor: Actor, fact: CountryFact, said: Mapping[str, Any], now: datetime) -> CountryFact:
    number = fact.states.count() + 1
    FactState.objects.create(fact=fact, number=number, by_id=actor.user_id, at=now, **said)
    _confirmed(actor, fact, now.date())
    facts: dict[str, str | int | bool] = {"organisation": fact.organisation.code, "kind": fact.kind, "number": number}
    record(actor, ContentEvent.FACT_CHANGED, subject=str(fact.pk), facts=facts)
    fact_changed.send(CountryFact, fact=fact)
    return fact


def _confirmed(actor: Actor, fact: CountryFact, on: date) -> None:
    fact.confirmed_on, fact.confirmed_by_id = on, actor.user_id
    fact.reminded_on, fact.staff_told_on, fact.asked = None, None, 0
    fact.save(update_fields=["confirmed_on", "confirmed_by", "reminded_on", "staff_told_on", "asked"])


@transaction.atomic
def confirm_fact(actor: Actor, *, fact: CountryFact, on: date) -> CountryFact:
    """The member says that the fact is right as it stands."""
    require(actor, ContentPermission.CHANGE_FACTS, fact.organisation.code)
    _confirmed(actor, fact, on)
    facts: dict[str, str | int | bool] = {"organisation": fact.organisation.code, "kind": fact.kind}
    record(actor, ContentEvent.FACT_CONFIRMED, subject=str(fact.pk), facts=facts)
    fact_changed.send(CountryFact, fact=fact)
    return fact


@transaction.atomic
def set_retired(actor: Actor, *, fact: CountryFact, retired: bool, now: datetime) -> CountryFact:
    """Takes a fact out of all texts, or puts it back."""
    require(actor, ContentPermission.CHANGE_FACTS, fact.organisation.code)
    fact.retired_at = now if retired else None
    fact.save(update_fields=["retired_at"])
    facts: dict[str, str | int | bool] = {"organisation": fact.organisation.code, "back": not retired}
    record(actor, ContentEvent.FACT_RETIRED, subject=str(fact.pk), facts=facts)
    fact_changed.send(CountryFact, fact=fact)
    return fact


def remind(*, on: date) -> int:
    """Asks the keepers of facts that were not confirmed for too long, again and again until they are; the RSO's staff
    learn of what stays unanswered. One notice a member; returns how many facts were asked about."""
    again = on - timedelta(days=settings.RSO_FACT_REMIND_DAYS)
    waiting: dict[int, list[CountryFact]] = {}
    for fact in overdue(on, months=settings.RSO_FACT_CONFIRM_MONTHS):
        if fact.reminded_on is None or fact.reminded_on <= again:
            waiting.setdefault(fact.organisation_id, []).append(fact)
    return sum(_remind(facts, on) for facts in waiting.values())


@transaction.atomic
def _remind(found: list[CountryFact], on: date) -> int:
    actor, organisation = system_actor("reminders"), found[0].organisation
    keepers = [
        *holders(Role.MEMBER_ADMINISTRATOR, on, organisation.code), *holders(Role.FOCAL_POINT, on, organisation.code),
    ]  # fmt: skip
    notify(
        actor, recipients=keepers, kind="facts:confirm", title=_("Please confirm %(count)s facts of your country."),
        path=reverse("facts:keep"), context={"count": len(found)},
    )  # fmt: skip
    for fact in found:
        fact.asked = fact.asked + 1 if fact.reminded_on else 1
        fact.reminded_on = on
    staff = [fact for fact in found if fact.staff_told_on is None and (not keepers or fact.asked > _REMINDERS_ALONE)]
    if staff:
        notify(
            actor, recipients=holders(Role.RSO_STAFF, on), kind="facts:unconfirmed",
            title=_("%(member)s has not confirmed %(count)s facts."), path=reverse("facts:all"),
            context={"member": organisation.name, "count": len(staff)},
        )  # fmt: skip
        for fact in staff:
            fact.staff_told_on = on
    CountryFact.objects.bulk_update(found, ["reminded_on", "staff_told_on", "asked"])
    return len(found)
