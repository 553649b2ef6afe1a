"""A fact of a country as pages show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rso.content.models import CountryFact, FactState
from rso.content.queries import Stated
from rso.content.queries_facts import is_fresh, next_confirmation
from rso.ui import parts
from rso.ui.languages import language_of


@dataclass(frozen=True)
class Row:
    """A fact in a list of its keepers or of the RSO's staff."""

    fact: CountryFact
    state: FactState
    freshness: str
    tone: str

    @property
    def name(self) -> str:
        return self.state.name


def freshness(fact: CountryFact, today: date) -> tuple[str, str]:
    """In words and as a tone: retired, confirmed, or to be confirmed."""
    if fact.retired_at is not None:
        return str(_("out of use")), "neutral"
    if is_fresh(fact, today, months=settings.RSO_FACT_CONFIRM_MONTHS):
        return str(_("confirmed")), "good"
    return str(_("to be confirmed")), "wait"


def rows(found: Sequence[Stated], today: date) -> list[Row]:
    return [Row(one.fact, one.state, *freshness(one.fact, today)) for one in found]


def languages(state: FactState) -> str:
    return ", ".join(language_of(code).own for code in state.languages)


def details(row: Row) -> list[parts.Fact]:
    """Everything that a fact says now."""
    state, fact = row.state, row.fact
    due = next_confirmation(fact, months=settings.RSO_FACT_CONFIRM_MONTHS)
    told = [
        parts.Fact(_("Kind"), fact.get_kind_display(), words=True),
        parts.Fact(_("Member"), fact.organisation.name),
        parts.Fact(_("Telephone"), state.telephone),
        parts.Fact(_("Web address"), state.web),
        parts.Fact(_("Hours"), state.hours),
        parts.Fact(_("Languages spoken"), languages(state)),
        parts.Fact(_("Note"), state.note),
        *(parts.Fact(language_of(code).words, name) for code, name in sorted(state.names.items())),
        parts.Fact(_("Confirmed on"), date_format(fact.confirmed_on) if fact.confirmed_on else ""),
        parts.Fact(_("To be confirmed again from"), date_format(due) if due else ""),
    ]
    return [one for one in told if one.value]


@dataclass(frozen=True)
class Said:
    """A state in a fact's history, with what it changed."""

    number: int
    at: datetime
    who: str
    changes: list[parts.Change]


_FIELDS = ("name", "telephone", "web", "hours", "note")


def changed(state: FactState, before: FactState | None) -> Said:
    """What a state said that the one before did not; of the first one everything."""
    labels: dict[str, Any] = {
        "name": _("Name"), "telephone": _("Telephone"), "web": _("Web address"), "hours": _("Hours"), "note": _("Note"),
    }  # fmt: skip
    pairs = [(labels[field], getattr(before, field, ""), getattr(state, field)) for field in _FIELDS]
    pairs.append((_("Languages spoken"), languages(before) if before else "", languages(state)))
    names = before.names if before else {}
    for code in sorted({*names, *state.names}):
        pairs.append((language_of(code).words, names.get(code, ""), state.names.get(code, "")))
    differs = [parts.Change(label, old, new) for label, old, new in pairs if old != new]
    return Said(state.number, state.at, state.by.name if state.by else "", differs)


@dataclass(frozen=True)
class Public:
    """A fact as anybody reads it."""

    pk: int
    name: str
    original: str  # the English name, where the reader's is another
    telephone: str
    dial: str
    web: str
    hours: str
    note: str
    languages: str
    confirmed_on: date | None


def groups(found: Sequence[Stated], language: str) -> list[tuple[Any, list[Public]]]:
    """The facts of a country by kind, in a language."""
    out: dict[str, list[Public]] = {}
    for one in found:
        state = one.state
        name = one.name(language)
        dial = "".join(c for c in state.telephone if c.isdigit() or c == "+")
        shown = Public(
            one.fact.pk, name, state.name if name != state.name else "", state.telephone, dial, state.web, state.hours,
            state.note, languages(state), one.fact.confirmed_on,
        )  # fmt: skip
        out.setdefault(one.fact.kind, []).append(shown)
    return [(kind.label, out[kind.value]) for kind in CountryFact.Kind if kind.value in out]
