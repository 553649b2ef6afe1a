"""From the facts of the directory to what a page says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import ForeignKey, Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from rso.accounts.rules import Actor, decide
from rso.base.errors import RsoError
from rso.office.directory.forms import model_of
from rso.office.directory.models import Dated, Group, Revision, Term
from rso.office.directory.queries import Difference
from rso.office.directory.rules import DirectoryPermission
from rso.office.directory.shipped import GROUPS
from rso.sheets import SheetError
from rso.ui import parts
from rso.ui.sheets import words_of as sheet_words

Words = str | Promise

_GROUP_WORDS: Final[dict[str, Words]] = {
    "asia": _("Asia"),
    "asean": _("ASEAN"),
    "oceania": _("Oceania"),
    "north-america": _("North America"),
    "organisations": _("International organisations"),
    "observers": _("Observers"),
}

KIND_WORDS: Final[dict[str, Words]] = {
    "standing": _("Members and observers"),
    "group": _("Groups"),
    "body": _("Bodies"),
    "post": _("Posts"),
    "term": _("Terms"),
    "passage": _("Statements"),
    "resource": _("Resources"),
}
#: What one of them is called where one is entered.
ENTER_WORDS: Final[dict[str, Words]] = {
    "standing": _("Enter a member or observer"),
    "group": _("Enter a group"),
    "body": _("Enter a body"),
    "post": _("Enter a post"),
    "term": _("Enter a term"),
    "passage": _("Enter a statement"),
    "resource": _("Enter a resource"),
}
STATE_WORDS: Final[dict[str, tuple[Words, str]]] = {
    "open": (_("In force"), "good"),
    "closed": (_("Closed"), "neutral"),
    "over": (_("Over, day not known"), "neutral"),
    "withdrawn": (_("Withdrawn"), "bad"),
}

_REFUSALS: Final[dict[str, Words]] = {
    "reason-missing": _("Say why: those who come later will ask."),
    "changed-meanwhile": _("Somebody has changed this meanwhile: look at it again first."),
    "term-runs-backward": _("A term cannot end before it begins: give a later day."),
    "term-held": _("The same is recorded for some of these days already: close or correct that row first."),
    "since-missing": _("Say from which day on it is so."),
    "followed-too-late": _("The earlier one ended before that day: enter the newer one by itself."),
    "nothing-to-undo": _("Nothing was changed here."),
    "same-group": _("Choose another group."),
    "import-changed": _(
        "The rows were refused: something has changed since they were looked at. Upload the sheet again."
    ),
}


def words_of(error: RsoError) -> str:
    """An error of this app in the reader's language."""
    if isinstance(error, SheetError):
        return sheet_words(error)
    return str(_REFUSALS.get(error.code, error.message))


def group_words(group: Group) -> str:
    """A group's name: translated while it is the brochure's, and the office's own words otherwise."""
    return str(_GROUP_WORDS[group.code]) if GROUPS.get(group.code) == group.name else group.name


def person_of(actor: Actor, term: Term) -> str:
    """The name of whoever holds a post, for those who may read it; an empty text for others."""
    if term.person_is_public or decide(actor, DirectoryPermission.SEE_PERSONS).allowed:
        return term.person
    return ""


def title_of(row: Model) -> str:
    """What a row is called in a list: data."""
    return str(getattr(row, "text", None) or row)[:120]


# ---------------------------------------------------------------- history
@dataclass(frozen=True)
class Step:
    """A revision as the page of a row shows it. ``who`` and ``reason`` are data."""

    deed: str
    when: Any
    who: str
    reason: str
    changes: list[parts.Change]


def steps(model: type[Model], revisions: Iterable[Revision]) -> list[Step]:
    """What was done to a row, with each field before and after."""
    rows = list(revisions)
    names = _Names(model, [said for row in rows for said in (row.before, row.after)])
    return [
        Step(
            row.get_deed_display(), row.at, row.by.name if row.by else "", row.reason,
            [
                parts.Change(field_words(model, name), names.of(name, row.before.get(name)), names.of(name, value))
                for name, value in row.after.items()
                if name != "version" or row.before
            ],
        )
        for row in rows
    ]  # fmt: skip


class _Names:
    """The names behind the keys that revisions hold, in one query for each kind of pointer."""

    def __init__(self, model: type[Model], said: Iterable[Mapping[str, Any]]) -> None:
        self._pointers: dict[str, dict[int, str]] = {}
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey):
                keys = {each[field.attname] for each in said if each.get(field.attname)}
                rows = field.related_model._default_manager.filter(pk__in=keys)
                self._pointers[field.attname] = {row.pk: str(row) for row in rows}

    def of(self, name: str, value: Any) -> str:
        return value_words(self._pointers[name].get(value, "") if name in self._pointers else value)


def value_words(value: Any) -> str:
    """A value as it is shown: yes and no in words, nothing as nothing."""
    if isinstance(value, bool):
        return _t("yes") if value else _t("no")
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


def field_words(model: type[Model], name: str) -> str:
    """What a column is called."""
    field: Any = model._meta.get_field(name.removesuffix("_id"))
    words = str(field.verbose_name)
    return words[:1].upper() + words[1:]


@dataclass(frozen=True)
class Kept:
    """A difference from the shipped facts, as the page shows it. ``what``, ``shipped`` and ``ours`` are data."""

    kind: str
    pk: int
    what: str
    field: str
    shipped: str
    ours: str


def kept(rows: Iterable[Difference]) -> list[Kept]:
    """The office's own changes beside the shipped facts."""
    found = []
    for row in rows:
        names = _Names(type(row.row), [{row.field: row.shipped}, {row.field: row.ours}])
        shown = (names.of(row.field, row.shipped), names.of(row.field, row.ours))
        found.append(Kept(row.kind, row.row.pk, title_of(row.row), field_words(type(row.row), row.field), *shown))
    return found


def state_of(row: Dated) -> tuple[str, str]:
    """The state of a row in words, and its tone."""
    words, tone = STATE_WORDS[row.state]
    return str(words), tone


# ---------------------------------------------------------------- sheets
FATE_WORDS: Final[dict[str, tuple[Words, str]]] = {
    "new": (_("New"), "info"),
    "changed": (_("Changes"), "wait"),
    "same": (_("As it is"), "neutral"),
    "refused": (_("Refused"), "bad"),
}


@dataclass(frozen=True)
class RowFate:
    """What would become of a row of a sheet. ``title`` is data; ``why`` are words."""

    number: int
    title: str
    words: Words
    tone: str
    why: list[str]
    changes: list[parts.Change]


def fates(kind: str, judged: Iterable[Any]) -> list[RowFate]:
    """Each row of a sheet with its fate in words."""
    rows, model = list(judged), model_of(kind)
    pairs = [{name: _key(old), f"{name}": _key(new)} for row in rows for name, old, new in row.changes]
    olds = [{name: _key(old)} for row in rows for name, old, _new in row.changes]
    names = _Names(model, [*pairs, *olds])
    found = []
    for row in rows:
        words, tone = FATE_WORDS[row.fate]
        changes = [
            parts.Change(field_words(model, name), names.of(name, _key(old)), names.of(name, _key(new)))
            for name, old, new in row.changes
        ] if row.fate == "changed" else []  # fmt: skip
        found.append(RowFate(row.number, row.title, words, tone, [_why(said) for said in row.why], changes))
    return found


def _key(value: str) -> Any:
    return int(value) if value.isdecimal() else value


def _why(said: str) -> str:
    if said.startswith("formula:"):
        return _t("The column %(name)s holds a formula: give its value instead.") % {"name": said.partition(":")[2]}
    if said == "unknown-id":
        return _t("There is no row with this id: leave the id empty for a new row.")
    return said
