"""From a focal point to what a page, a card or an offline copy says of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rso.accounts.rules import Actor, decide
from rso.base.errors import RsoError
from rso.base.months import months_between
from rso.office.contacts import vcard
from rso.office.contacts.forms import CHANNELS, DAYS, language_name
from rso.office.contacts.models import FocalPoint, Subject
from rso.office.contacts.rules import SUBJECTS, ContactsPermission, Freshness, freshness, there

_REFUSALS: Final[dict[str, str | Promise]] = {
    "rank-taken": _(
        "There is one of this rank for this subject already: end that entry first, or choose another rank."
    ),
    "agency-elsewhere": _("This agency belongs to another organisation: choose one of the same."),
    "changed-meanwhile": _("Somebody has changed this meanwhile: look at it again first."),
    "has-ended": _("This entry has ended: enter a new one."),
    "not-ended": _("This entry has not ended."),
}
#: The subjects that are shipped, in words; a name that the office gave is data.
_SUBJECT_WORDS: Final[dict[str, str | Promise]] = {
    "general": _("General"),
    "trafficking": _("Trafficking in persons"),
    "smuggling": _("People smuggling"),
    "sea": _("Movements by sea and preparedness"),
    "training": _("Training"),
    "exchange": _("Exchange of biometric data (RBDES)"),
}


def words_of(error: RsoError) -> str:
    """An error of this app in the reader's language."""
    return str(_REFUSALS.get(error.code, error.message))


def subject_words(subject: Subject) -> str:
    """A subject's name: translated while it is the shipped one, and the office's own words otherwise."""
    return str(_SUBJECT_WORDS[subject.code]) if SUBJECTS.get(subject.code) == subject.name else subject.name


@dataclass(frozen=True)
class Way:
    """A way to reach somebody. ``words`` is its kind; ``value``, ``note`` and ``href`` are data."""

    words: Any
    value: str
    note: str
    href: str


@dataclass(frozen=True)
class Shown:
    """A focal point as pages show it."""

    row: FocalPoint
    subject: str
    ways: list[Way]
    languages: list[str]
    is_open: bool
    clock: str
    fresh: str
    tone: str
    is_due: bool
    may_keep: bool
    may_confirm: bool


def shown(rows: Iterable[FocalPoint], actor: Actor, now: datetime) -> list[Shown]:
    """Focal points with the clock there, how fresh they are, and what this actor may do."""
    return [_shown(row, actor, now) for row in rows]


def _shown(row: FocalPoint, actor: Actor, now: datetime) -> Shown:
    at = there(row.week, row.time_zone, now)
    state, fresh = freshness_words(row, now.date())
    return Shown(
        row, subject_words(row.subject), ways(row), [language_name(code) for code in row.languages], at.is_open,
        clock_words(row, now), fresh, "good" if state == Freshness.CONFIRMED else "wait",
        state != Freshness.CONFIRMED and row.until is None,
        decide(actor, ContactsPermission.KEEP, row.entry).allowed and row.until is None,
        decide(actor, ContactsPermission.CONFIRM, row.entry).allowed and row.until is None,
    )  # fmt: skip


def ways(row: FocalPoint) -> list[Way]:
    """How to reach somebody, with a link where a browser or a telephone knows what to do."""
    names = dict(CHANNELS)
    found = []
    for one in row.channels:
        kind, value = one["kind"], one["value"]
        number = "".join(sign for sign in value if sign.isdigit() or sign == "+")
        href = f"mailto:{value}" if kind == "mail" else f"tel:{number}" if kind in ("telephone", "mobile") else ""
        found.append(Way(names.get(kind, kind), value, one.get("note", ""), href))
    return found


def clock_words(row: FocalPoint, now: datetime) -> str:
    """“14:20 there, open until 17:00”; on another day with the day's name."""
    at = there(row.week, row.time_zone, now)
    clock = f"{at.now:%H:%M}"
    if at.until is None:
        return (_t("%(clock)s there, open at all hours") if at.is_open else _t("%(clock)s there")) % {"clock": clock}
    said = {"clock": clock, "until": f"{at.until:%H:%M}", "day": str(DAYS[at.until.weekday()])}
    if at.is_open:
        return _t("%(clock)s there, open until %(until)s") % said
    if at.until.date() == at.now.date():
        return _t("%(clock)s there, opens at %(until)s") % said
    return _t("%(clock)s there, opens on %(day)s at %(until)s") % said


def is_stale(row: FocalPoint, today: date) -> bool:
    """Is the member to say again that the entry is right?"""
    confirmed = row.confirmed_at.date() if row.confirmed_at else None
    return freshness(confirmed, today, settings.RSO_CONFIRM_MONTHS) != Freshness.CONFIRMED


def freshness_words(row: FocalPoint, today: date) -> tuple[Freshness, str]:
    """How fresh an entry is, and in words."""
    confirmed = row.confirmed_at.date() if row.confirmed_at else None
    state = freshness(confirmed, today, settings.RSO_CONFIRM_MONTHS)
    if confirmed is None:
        return state, _t("entered by the office, not confirmed by the member yet") if row.is_by_office else _t(
            "not confirmed yet"
        )
    months = months_between(confirmed, today)
    if state == Freshness.DUE:
        said = {"day": confirmed.isoformat()}
        return state, _t("not confirmed since %(day)s") % said
    if months < 1:
        return state, _t("confirmed this month")
    words = ngettext("confirmed %(months)s month ago", "confirmed %(months)s months ago", months)
    return state, words % {"months": months}


def hours_words(row: FocalPoint) -> list[tuple[Any, str]]:
    """The days on which somebody is there, with the hours."""
    return [(DAYS[day], text) for day, text in enumerate(row.hours) if text]


# ---------------------------------------------------------------- cards and copies
def card_of(row: FocalPoint) -> vcard.Card:
    """A focal point as a card of an address book."""
    hours = "; ".join(f"{day} {text}" for day, text in hours_words(row))
    return vcard.Card(
        uid=f"urn:rso:focal-point:{row.pk}", name=row.name, organisation=row.organisation.name,
        agency=row.agency.name if row.agency else "", position=row.position, subject=subject_words(row.subject),
        rank=str(row.get_rank_display()),
        ways=[vcard.Way(one["kind"], one["value"], one.get("note", "")) for one in row.channels],
        languages=row.languages, time_zone=row.time_zone, hours=hours, note=row.note, revised=row.changed_at,
        synthetic=row.is_synthetic,
    )  # fmt: skip


def copy_of(rows: Iterable[FocalPoint], taken: date, expires: date) -> dict[str, Any]:
    """What an offline copy holds, by member; texts only, in the language of whoever takes it."""
    members: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        agency = f", {row.agency.name}" if row.agency else ""
        lines = [f"{way.words}: {way.value}" + (f" ({way.note})" if way.note else "") for way in ways(row)]
        lines.append(row.time_zone + ": " + "; ".join(f"{day} {text}" for day, text in hours_words(row)))
        lines += [", ".join(language_name(code) for code in row.languages)] if row.languages else []
        lines += [row.note] if row.note else []
        name = f"{row.name}, {row.position}" if row.position else row.name
        title = f"{subject_words(row.subject)}{agency}: {row.get_rank_display()}"
        one = {"title": title, "name": name, "lines": lines, "fresh": freshness_words(row, taken)[1]}
        members.setdefault(row.organisation.name, []).append(one)
    return {
        "taken": taken.isoformat(),
        "expires": expires.isoformat(),
        "members": [{"name": name, "entries": entries} for name, entries in members.items()],
    }


def copy_words() -> dict[str, str]:
    """What the page of an offline copy says before and after it is opened."""
    return {
        "title": _t("Focal points: offline copy"),
        "about": _t("This file is sealed. It opens with the passphrase that was shown when it was taken; it asks no "
                    "network for anything."),
        "ask": _t("Passphrase"),
        "open": _t("Open"),
        "noscript": _t("This file needs a browser that runs its script: switch scripts on for it."),
        "working": _t("Opening: this takes a second or two."),
        "wrong": _t("It does not open: the passphrase is wrong, or the file was changed."),
        "taken": _t("Taken on %"),
        "expires": _t("Good until %. Take a new copy then, and delete this one."),
        "expired": _t("This copy was good until % and is out of date: numbers may be wrong. Take a new one."),
    }  # fmt: skip
