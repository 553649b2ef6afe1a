"""A spreadsheet of people as rows to invite: what each cell means, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email, validate_slug
from django.utils.translation import gettext as _

from rso import sheets
from rso.accounts.actions.bringing import Row
from rso.accounts.models import Organisation
from rso.accounts.roles import roles_here
from rso.accounts.rules import Role
from rso.ui.languages import LANGUAGES

COLUMNS = ("name", "email", "organisation", "agency", "role", "language", "subject", "from", "to")
NEEDED = ("name", "email")
MOST_ROWS = 500
#: Columns of an export that say nothing to an import.
IGNORED = ("account",)


@dataclass
class Fate:
    """A row of the table and what becomes of it. The texts are the table's own; ``errors`` are words for the page."""

    number: int
    cells: dict[str, str]
    errors: list[Any] = field(default_factory=list)
    row: Row | None = None
    done: bool = False

    @property
    def name(self) -> str:
        return self.cells.get("name", "")

    @property
    def email(self) -> str:
        return self.cells.get("email", "")

    @property
    def organisation(self) -> str:
        return self.cells.get("organisation", "")

    @property
    def role(self) -> str:
        return self.cells.get("role", "")


def head_errors(head: list[str]) -> list[str]:
    """What is wrong with the names of the columns."""
    names = [name.lower() for name in head if name]
    wrong = []
    if lacking := [name for name in NEEDED if name not in names]:
        wrong.append(_("The first row lacks: %(names)s") % {"names": ", ".join(lacking)})
    if unknown := [name for name in names if name not in COLUMNS + IGNORED]:
        wrong.append(_("These columns are not known: %(names)s") % {"names": ", ".join(unknown)[:200]})
    if len(set(names)) != len(names):
        wrong.append(_("A column stands in the first row twice."))
    return wrong


def fates(table: list[list[str]], known: dict[str, Organisation], today: date) -> list[Fate]:
    """Each row below the head, read and checked as far as that needs no look at other people.

    ``known`` are the organisations that the reader keeps; with just one, an empty cell means that one.
    """
    head = [name.lower() for name in table[0]]
    found = []
    seen: set[str] = set()
    for number, cells in enumerate(table[1:], start=2):
        fate = Fate(number, dict(zip(head, cells, strict=False)))
        _read(fate, known, today)
        if fate.email.lower() in seen:
            fate.errors.append(_("This address stands in an earlier row."))
        seen.add(fate.email.lower())
        found.append(fate)
    return found


def _read(fate: Fate, known: dict[str, Organisation], today: date) -> None:
    cells = fate.cells
    if formulas := [name for name, text in cells.items() if sheets.is_formula(text)]:
        fate.errors.append(_("A formula is not taken: %(names)s") % {"names": ", ".join(formulas)})
        return
    if not cells.get("name") or len(cells["name"]) > 200:
        fate.errors.append(_("A name is needed, of at most 200 letters."))
    try:
        validate_email(cells.get("email", ""))
    except ValidationError as error:
        fate.errors += error.messages
    organisation = _organisation(fate, known)
    agency = None
    if code := cells.get("agency"):
        agency = organisation.agencies.filter(code=code).first() if organisation else None
        if agency is None:
            fate.errors.append(_("This organisation has no agency with this code."))
    role = _role(fate, organisation)
    starts_on = _day(fate, "from") or today
    ends_on = _day(fate, "to")
    language, subject = cells.get("language", ""), cells.get("subject", "")
    if language and language not in LANGUAGES:
        fate.errors.append(_("This language's code is not known."))
    if subject:
        try:
            validate_slug(subject)
        except ValidationError as error:
            fate.errors += error.messages
    if not fate.errors:
        fate.row = Row(
            cells["name"], cells["email"], organisation, agency, role, language, subject[:60], starts_on, ends_on
        )


def _organisation(fate: Fate, known: dict[str, Organisation]) -> Organisation | None:
    code = fate.cells.get("organisation", "")
    if not code:
        return next(iter(known.values())) if len(known) == 1 else None
    if code not in known:
        fate.errors.append(_("No organisation of yours has this code."))
    return known.get(code)


def _role(fate: Fate, organisation: Organisation | None) -> Role | None:
    code = fate.cells.get("role", "")
    if not code:
        return None
    if code not in {role.value for role in roles_here()}:
        fate.errors.append(_("This role is not known here."))
        return None
    if organisation is None and not fate.errors:
        fate.errors.append(_("A role needs the organisation at which it is held."))
    return Role(code)


def _day(fate: Fate, name: str) -> date | None:
    text = fate.cells.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        fate.errors.append(_("A day is written as 2027-02-01: %(text)s") % {"text": text[:40]})
        return None
