"""Reading the facts of countries: how fresh they are, what they said before, and what a reader is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Prefetch, QuerySet

from rso.accounts.models import Organisation
from rso.accounts.rules import Actor, Role, decide, require
from rso.base.months import months_between
from rso.content.models import CountryFact, FactState
from rso.content.queries import Stated
from rso.content.rules import ContentPermission

_KEEPERS = (Role.MEMBER_ADMINISTRATOR, Role.FOCAL_POINT)


def overdue(day: date, *, months: int) -> list[CountryFact]:
    """Facts in use that nobody confirmed for so many months, by member."""
    rows = CountryFact.objects.filter(retired_at=None, confirmed_on__isnull=False)
    found = rows.select_related("organisation").order_by("organisation", "pk")
    return [fact for fact in found if not is_fresh(fact, day, months=months)]


def is_fresh(fact: CountryFact, day: date, *, months: int) -> bool:
    return fact.confirmed_on is not None and months_between(fact.confirmed_on, day) < months


def next_confirmation(fact: CountryFact, *, months: int) -> date | None:
    """The day from which its keepers are asked."""
    if fact.confirmed_on is None:
        return None
    day = fact.confirmed_on + timedelta(days=27 * months)
    while months_between(fact.confirmed_on, day) < months:
        day += timedelta(days=1)
    return day


def kept_by(actor: Actor) -> list[Organisation]:
    """The members whose facts the actor keeps."""
    return list(Organisation.objects.filter(code__in=actor.organisations(*_KEEPERS)).order_by("name"))


def _told(rows: QuerySet[CountryFact]) -> list[Stated]:
    states = Prefetch("states", FactState.objects.order_by("-number"), to_attr="told")
    found = rows.select_related("organisation", "confirmed_by").prefetch_related(states)
    return [Stated(row, told[0]) for row in found if (told := getattr(row, "told", []))]


def of_members(actor: Actor, organisations: Sequence[Organisation]) -> list[Stated]:
    """All facts of members, the retired ones last, for those who keep or oversee them."""
    require(actor, ContentPermission.SEE_FACTS)
    rows = CountryFact.objects.filter(organisation__in=organisations)
    found = _told(rows.order_by("organisation__name", "kind", "order", "pk"))
    return sorted(found, key=lambda one: one.fact.retired_at is not None)


def every(actor: Actor, *, words: str = "", kind: str = "") -> QuerySet[CountryFact]:
    """Facts in use of all members, by member, for the RSO's staff and editors."""
    require(actor, ContentPermission.SEE_FACTS)
    if not decide(actor, ContentPermission.SEE).allowed:
        return CountryFact.objects.none()
    found = CountryFact.objects.filter(retired_at=None)
    if kind:
        found = found.filter(kind=kind)
    for word in words.split():
        found = found.filter(organisation__name__icontains=word)
    return found.order_by("organisation__name", "kind", "order", "pk")


def stated(rows: Iterable[CountryFact]) -> list[Stated]:
    """What facts say now, in their order, in two queries."""
    kept = list(rows)
    by_pk = {one.fact.pk: one for one in _told(CountryFact.objects.filter(pk__in=[row.pk for row in kept]))}
    return [by_pk[row.pk] for row in kept if row.pk in by_pk]


def visible(actor: Actor, pk: int) -> CountryFact:
    """A fact with its history, for its keepers and for those who oversee; raises ``DoesNotExist`` for others."""
    require(actor, ContentPermission.SEE_FACTS)
    row = CountryFact.objects.select_related("organisation", "confirmed_by").get(pk=pk)
    if row.organisation.code in actor.organisations(*_KEEPERS, Role.MEMBER_OFFICIAL):
        return row
    if decide(actor, ContentPermission.SEE).allowed:
        return row
    raise CountryFact.DoesNotExist


def may_keep(actor: Actor, organisation: str) -> bool:
    return decide(actor, ContentPermission.CHANGE_FACTS, organisation).allowed


def countries(*, words: str = "") -> QuerySet[Organisation]:
    """The members that state anything, by name, each with how many facts (``stated``)."""
    found = Organisation.objects.filter(country_facts__retired_at=None, country_facts__states__isnull=False)
    for word in words.split():
        found = found.filter(name__icontains=word)
    return found.annotate(stated=Count("country_facts", distinct=True)).order_by("name", "pk")


def changes(states: Sequence[FactState]) -> Iterator[tuple[FactState, FactState | None]]:
    """Each state with the one before it, the newest first. ``states`` are in that order."""
    for place, state in enumerate(states):
        yield state, states[place + 1] if place + 1 < len(states) else None


def public(*, organisation: str = "", kind: str = "") -> QuerySet[CountryFact]:
    """Facts in use with what they say now, for anybody."""
    states = Prefetch("states", FactState.objects.order_by("-number"), to_attr="told")
    found = CountryFact.objects.filter(retired_at=None).select_related("organisation").prefetch_related(states)
    if organisation:
        found = found.filter(organisation__code=organisation)
    if kind:
        found = found.filter(kind=kind)
    return found.order_by("organisation__name", "kind", "order", "pk")


def plain(fact: CountryFact) -> dict[str, Any]:
    """A fact of :func:`public` for programs."""
    told: list[FactState] = vars(fact)["told"]
    state = told[0]
    return {
        "id": fact.pk, "organisation": fact.organisation.code, "kind": fact.kind, "name": state.name,
        "names": state.names, "telephone": state.telephone, "web": state.web, "hours": state.hours,
        "languages": state.languages, "note": state.note, "confirmed_on": fact.confirmed_on,
    }  # fmt: skip
