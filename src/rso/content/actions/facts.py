"""A member's own facts: changed, confirmed and retired by the member, and by nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from rso.accounts.models import Organisation
from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.content.models import CountryFact, FactState
from rso.content.rules import ContentEvent, ContentPermission
from rso.content.signals import fact_changed


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
    fact.confirmed_on, fact.confirmed_by_id = now.date(), actor.user_id
    fact.save(update_fields=["confirmed_on", "confirmed_by"])
    facts: dict[str, str | int | bool] = {"organisation": fact.organisation.code, "kind": fact.kind, "number": number}
    record(actor, ContentEvent.FACT_CHANGED, subject=str(fact.pk), facts=facts)
    fact_changed.send(CountryFact, fact=fact)
    return fact


@transaction.atomic
def confirm_fact(actor: Actor, *, fact: CountryFact, on: date) -> CountryFact:
    """The member says that the fact is right as it stands."""
    require(actor, ContentPermission.CHANGE_FACTS, fact.organisation.code)
    fact.confirmed_on, fact.confirmed_by_id = on, actor.user_id
    fact.save(update_fields=["confirmed_on", "confirmed_by"])
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
