"""A text as its readers see it: parts in their languages, what is to be said of them, and the facts of a country."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby, pairwise
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from rso.base.months import months_between
from rso.content.markup import clean, plain
from rso.content.models import CountryFact, Publication
from rso.content.queries import Read, Stated, changed_at, facts
from rso.content.rules import Block, Form, Reading, Shown, read
from rso.ui.languages import Language, language_of

_GROUPED = {Form.ITEM: "items", Form.STEP: "steps"}


@dataclass(frozen=True, slots=True)
class Mark:
    """What a reader has to know of a part: in words, beside it. ``when`` is when the original changed."""

    tone: str
    words: Any
    when: datetime | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A country's fact as a page shows it. All but ``stale`` is data."""

    name: str
    telephone: str
    web: str
    hours: str
    languages: str
    note: str
    confirmed_on: date | None
    stale: bool

    @property
    def dial(self) -> str:
        """The number as a telephone takes it."""
        return "".join(sign for sign in self.telephone if sign.isdigit() or sign == "+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text. ``html`` is cleaned markup; ``own`` says that it is in the page's own language."""

    key: str
    form: str
    html: SafeString
    level: int
    lang: str
    direction: str
    own: bool
    safety: str
    marks: tuple[Mark, ...] = ()
    image: str = ""
    audio: str = ""
    facts_kind: str = ""
    facts: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Pieces that follow each other in one list, or one piece alone (``kind`` is then its form)."""

    kind: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A whole text. ``title`` is that of ``head`` as plain text."""

    title: str
    language: Language
    head: Piece | None
    groups: tuple[Group, ...]
    facts_kinds: frozenset[str] = frozenset()
    older: int = 0
    withheld: int = 0
    untranslated: int = 0
    machine: int = 0

    @property
    def summary(self) -> str:
        """What stands under the title, as plain text."""
        return next((plain(one.pieces[0].html) for one in self.groups if one.kind == Form.SUMMARY), "")


@dataclass(frozen=True, slots=True)
class Country:
    """Whose facts are shown, and today, by which their freshness is told."""

    code: str = ""
    day: date | None = None
    told: tuple[Stated, ...] = field(default=())


def country(code: str, day: date) -> Country:
    """The facts of a country, once for a page."""
    return Country(code, day, tuple(facts(code)) if code else ())


def countries(kinds: Iterable[str]) -> list[tuple[str, str]]:
    """Codes and names of those members that have said facts of these kinds."""
    rows = CountryFact.objects.filter(kind__in=list(kinds), retired_at=None)
    return list(rows.order_by("organisation__name").values_list("organisation__code", "organisation__name").distinct())


def page(told: Read, shown: Country) -> Page:
    """What a reader of a published work sees."""
    behind = [one.block.key for one in told.readings if one.shown in (Shown.OLDER, Shown.WITHHELD)]
    since = changed_at(told.source, behind) if behind else {}
    source = told.source.version.language
    return make(told.readings, told.language, source, shown, since)


def make(
    readings: Sequence[Reading], language: str, source: str, shown: Country, since: dict[str, datetime] | None = None
) -> Page:
    """A page of readings in ``language``, whose source is in ``source``; for published texts and for drafts alike."""
    pieces = [_piece(one, language, source, shown, since or {}) for one in readings if _is_there(one.block)]
    title = next((plain(one.block.text) for one in readings if one.block.form == Form.TITLE), "")
    counts = [one.shown for one in readings if one.block.text]
    return Page(
        title=title,
        language=language_of(language),
        head=next((one for one in pieces if one.form == Form.TITLE), None),
        groups=tuple(_groups([one for one in pieces if one.form != Form.TITLE])),
        facts_kinds=frozenset(one.facts_kind for one in pieces if one.facts_kind),
        older=counts.count(Shown.OLDER),
        withheld=counts.count(Shown.WITHHELD),
        untranslated=counts.count(Shown.SOURCE) if language != source else 0,
        machine=sum(1 for one in readings if one.is_machine_made and one.block.text),
    )


def _is_there(block: Block) -> bool:
    return bool(block.text or block.image or block.facts)


def _piece(one: Reading, language: str, source: str, shown: Country, since: dict[str, datetime]) -> Piece:
    block = one.block
    spoken = language_of(language if one.is_translated or language == source else source)
    kind = block.facts if block.form == Form.FACTS else ""
    return Piece(
        key=block.key,
        form=block.form.value,
        html=SafeString(clean(block.text)),  # cleaned when it was kept, and once more here
        level=min(max(block.level, 2), 4),
        lang=spoken.code,
        direction=spoken.direction,
        own=spoken.code == language,
        safety=block.safety.value,
        marks=tuple(_marks(one, since.get(block.key), language_of(source))),
        image=reverse("content:file", args=[block.image]) if block.image else "",
        audio=reverse("content:file", args=[block.audio]) if block.audio else "",
        facts_kind=kind,
        facts=tuple(_said(one, language, shown.day) for one in shown.told if kind and one.fact.kind == kind),
    )


def _marks(one: Reading, when: datetime | None, source: Language) -> Iterable[Mark]:
    if one.shown == Shown.OLDER:
        yield Mark("wait", _("Older translation: the original has changed since."), when)
    elif one.shown == Shown.WITHHELD:
        words = _("The translation of this part is withheld, because the original changed and safety hangs on it. "
                  "You read the original.")  # fmt: skip
        yield Mark("bad", words, when)
    elif one.shown == Shown.SOURCE:
        yield Mark("info", _Not(source))
    if one.is_machine_made:
        if one.block.checked:
            yield Mark("neutral", _("Made by a machine, read over by a person."))
        else:
            yield Mark("wait", _("Translated by a machine, not read over by a person."))


class _Not:
    """Says, when it is shown, that a part is not translated."""

    def __init__(self, source: Language) -> None:
        self._source = source

    def __str__(self) -> str:
        said: str | Promise = _("Not translated yet: this part is in %(language)s.")
        return str(said) % {"language": self._source.words}


def _groups(pieces: list[Piece]) -> Iterable[Group]:
    for kind, run in groupby(pieces, key=lambda one: _GROUPED.get(Form(one.form), "")):
        if kind:
            yield Group(kind, tuple(run))
        else:
            yield from (Group(one.form, (one,)) for one in run)


def _said(one: Stated, language: str, day: date | None) -> Said:
    state = one.state
    return Said(
        name=one.name(language),
        telephone=state.telephone,
        web=state.web,
        hours=state.hours,
        languages=", ".join(language_of(str(code)).own for code in state.languages),
        note=state.note,
        confirmed_on=one.fact.confirmed_on,
        stale=day is not None and is_stale(one.fact.confirmed_on, day),
    )


def is_stale(confirmed_on: date | None, day: date) -> bool:
    """Has nobody said for too long that a fact is right? The months are a setting's labelled default."""
    if confirmed_on is None:
        return True
    return months_between(confirmed_on, day) >= settings.RSO_FACT_CONFIRM_MONTHS


def of_source(source: Publication) -> Page:
    """A published source alone, for a list: its title, and what stands under it."""
    language = source.version.language
    return make(read(source.snapshot, None), language, language, Country())


# ---- versions


@dataclass(frozen=True, slots=True)
class Dated:
    """A publication in a list. ``who`` is a role, never a name; ``before`` the one that it can be compared with."""

    pk: str
    edition: int
    number: int
    at: datetime
    who: Any
    digest: str
    withdrawn_at: datetime | None
    before: str = ""


def history(rows: Iterable[Publication]) -> list[Dated]:
    """Publications, the newest first, each with the one that stood before it."""
    found = list(rows)
    standing = [row for row in found if row.withdrawn_at is None]
    older = {row.pk: str(before.pk) for row, before in pairwise(standing)}
    return [
        Dated(
            pk=str(row.pk),
            edition=row.version.edition.number,
            number=row.number,
            at=row.at,
            who=_("A publisher of the office") if row.by_id else _("Published at its appointed time"),
            digest=row.digest[:8],
            withdrawn_at=row.withdrawn_at,
            before=older.get(row.pk, ""),
        )
        for row in found
    ]


@dataclass(frozen=True, slots=True)
class Compared:
    """A part in two publications, as plain text. ``moved`` says that nothing but its place or kind changed."""

    old: str
    new: str
    safety: str
    changed: bool


def compared(old: Sequence[Block], new: Sequence[Block]) -> list[Compared]:
    """Each part as it was and as it is, in the newer one's order, with what is gone at its end."""
    was, is_ = ({block.key: block for block in blocks} for blocks in (old, new))
    order = [*is_, *(key for key in was if key not in is_)]
    found = []
    for key in order:
        before, after = was.get(key), is_.get(key)
        texts = (plain(before.text) if before else "", plain(after.text) if after else "")
        safety = (after or before or old[0]).safety.value
        raw = (before.text if before else "", after.text if after else "")
        found.append(Compared(*texts, safety=safety, changed=raw[0] != raw[1]))
    return found
