"""Texts out to a translator's own program and back: what a file would do is shown first, then carried out whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.db import transaction

from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.base.errors import RsoError
from rso.content import memory
from rso.content import queries_translation as queries
from rso.content.actions.translating import origin_of
from rso.content.actions.writing import Conflict, locked, may_write, not_held, write
from rso.content.checks import Finding, check, is_grave
from rso.content.exchange import po, xliff
from rso.content.exchange.units import FileUnreadable, Head, Sheet, Unit
from rso.content.markup import clean
from rso.content.models import Arrival, LanguageVersion
from rso.content.rules import ContentEvent, ContentPermission, Origin

KEPT: Final = timedelta(days=1)
_READERS: Final[dict[str, Callable[[bytes], Sheet]]] = {"po": po.read, "xliff": xliff.read}
_WRITERS: Final[dict[str, Callable[[Sheet], bytes]]] = {"po": po.write, "xliff": xliff.write}


class Outcome(StrEnum):
    """What would become of a unit. The words for people are in the presenters."""

    NEW = "new"
    CHANGED = "changed"
    OLDER = "older"  # kept as the translation of what the source said when the file was made
    SAME = "same"
    EMPTY = "empty"
    FUZZY = "fuzzy"  # its translator has not finished it
    CONFLICT = "conflict"  # somebody wrote here after the file was made
    UNKNOWN = "unknown-key"
    OTHER_SOURCE = "other-source"  # its source's words were never published here


STORED: Final = frozenset({Outcome.NEW, Outcome.CHANGED, Outcome.OLDER})


@dataclass(frozen=True)
class Planned:
    """A unit, and what would become of it. ``theirs`` is what stands here now."""

    unit: Unit
    outcome: Outcome
    place: queries.Place | None = None
    of: tuple[int, int] = (0, 0)
    findings: tuple[Finding, ...] = ()

    @property
    def theirs(self) -> str:
        return self.place.text if self.place else ""


@transaction.atomic
def export(actor: Actor, *, version: LanguageVersion, form: str) -> bytes:
    """The file of a translation as it is written now: ``po`` or ``xliff``. Everything but what nobody can change."""
    require(actor, ContentPermission.SEE)
    both = queries.sides(version)
    if both.source is None:
        raise RsoError("source-not-published", "The source is not published yet: there is nothing to translate.")
    places = queries.helped(version, both.places)
    work = version.edition.work
    head = Head(
        work=work.code, edition=version.edition.number, publication=str(both.source.pk),
        source_language=work.source_language, language=version.language, title=work.title,
    )  # fmt: skip
    content = _WRITERS[form](Sheet(head, tuple(map(_unit, places))))
    facts: dict[str, str | int | bool] = {"language": version.language, "format": form, "parts": len(places)}
    record(actor, ContentEvent.EXPORTED, subject=work.code, facts=facts)
    return content


def _unit(place: queries.Place) -> Unit:
    notes = [f"{term.source} = {term.target}" + (f" (not: {term.avoid})" if term.avoid else "") for term in place.terms]
    notes += [row.text for row in place.remarks if row.resolved_at is None]
    return Unit(
        key=place.block.key,
        source=place.block.text,
        target=place.text,
        base=place.base,
        is_older=place.shown in ("older", "withheld"),
        safety=place.block.safety.value,
        before=place.before,
        notes=tuple(notes),
        matches=tuple((match.source, match.target, match.score) for match in place.matches),
        is_machine=place.is_machine,
        engine=place.wording.engine if place.is_machine and place.wording else "",
    )


# ---- back


def parse(content: bytes, form: str) -> Sheet:
    """What a file holds; raises :class:`FileUnreadable`."""
    return _READERS[form](content)


def form_of(name: str, content: bytes) -> str:
    """``po`` or ``xliff``, by the ending of the name and else by the content."""
    ending = name.lower().rpartition(".")[2]
    if ending in ("po", "pot"):
        return "po"
    if ending in ("xlf", "xliff"):
        return "xliff"
    return "xliff" if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else "po"


@transaction.atomic
def receive(actor: Actor, *, version: LanguageVersion, name: str, content: bytes, now: datetime) -> Arrival:
    """Keeps a file that can be read and belongs here, to be looked at before it is carried out.

    Raises :class:`FileUnreadable` for one that is not whole, and for another text's, edition's or language's.
    """
    may_write(actor, version)
    form = form_of(name, content)
    belongs(version, parse(content, form).head)
    return Arrival.objects.create(
        version=version, name=name[-160:], format=form, content=content, by_id=actor.person, at=now
    )


def belongs(version: LanguageVersion, head: Head) -> None:
    """Raises unless the file is of this text, this edition and this language."""
    work = version.edition.work
    if head.work != work.code:
        raise FileUnreadable("other-work", "This file belongs to another text.", head.work)
    if head.edition != version.edition.number:
        raise FileUnreadable("other-edition", "This file belongs to another edition.", str(head.edition))
    if head.language != version.language:
        raise FileUnreadable("other-language", "This file is in another language.", head.language)
    if head.source_language and head.source_language != work.source_language:
        raise FileUnreadable("other-language", "This file is from another language.", head.source_language)


def plan(version: LanguageVersion, sheet: Sheet) -> list[Planned]:
    """What each unit of a file would do, in the file's order. Changes nothing."""
    both = queries.sides(version)
    places = {place.block.key: place for place in both.places}
    meanings = queries.meanings_of(version.edition.work)
    terms = queries.glossary_facts(version.language, version.edition.work.source_language)
    planned = []
    for unit in sheet.units:
        one = _planned(unit, places.get(unit.key), meanings.get(unit.key, {}))
        if one.outcome in STORED:
            findings = tuple(check(unit.source, clean(unit.target), terms))
            one = Planned(one.unit, one.outcome, one.place, one.of, findings)
        planned.append(one)
    return planned


def _planned(unit: Unit, place: queries.Place | None, meanings: dict[str, tuple[int, int]]) -> Planned:
    if place is None:
        return Planned(unit, Outcome.UNKNOWN)
    if not clean(unit.target):
        return Planned(unit, Outcome.EMPTY, place)
    of = meanings.get(unit.source) or meanings.get(clean(unit.source))
    if of is None:
        return Planned(unit, Outcome.OTHER_SOURCE, place)
    if place.block.text == unit.source:
        of = (place.block.meaning, place.block.number)
    elif of[0] > place.block.meaning or (of[0] == place.block.meaning and place.block.safety):
        # Words of another edition, which counts its own meanings: they are none of this one's.
        return Planned(unit, Outcome.OTHER_SOURCE, place)
    meaning = place.wording.of_meaning if place.wording else 0
    if clean(unit.target) == place.text and meaning >= of[0]:
        return Planned(unit, Outcome.SAME, place)
    is_old = place.block.safety and clean(unit.target) == place.text and is_grave(check(unit.source, place.text))
    if not unit.is_done or is_old:  # a hotline's old number, handed in as it was, is no translation of the new one
        return Planned(unit, Outcome.FUZZY, place)
    # A file that does not say on what it was written may only fill what is empty.
    if place.text and unit.base != place.base:
        return Planned(unit, Outcome.CONFLICT, place, of)
    if of[0] < place.block.meaning:
        # What is newer here already is not put back to an older state by a file.
        return Planned(unit, Outcome.OLDER if meaning <= of[0] else Outcome.CONFLICT, place, of)
    return Planned(unit, Outcome.CHANGED if place.text else Outcome.NEW, place, of)


@transaction.atomic
def carry_out(actor: Actor, *, arrival: Arrival, take: frozenset[str] = frozenset(), now: datetime) -> list[Planned]:
    """Stores what a file brings, all of it or nothing; returns what was done. Conflicts are left as they are, but for
    the keys in ``take``, where the file's words were chosen."""
    version = arrival.version
    may_write(actor, version)
    if now - arrival.at > KEPT:
        raise RsoError("arrival-gone", "This file was sent too long ago: send it again.")
    version = locked(version)
    not_held(actor, version, now)
    sheet = parse(bytes(arrival.content), arrival.format)
    belongs(version, sheet.head)
    done = []
    for one in plan(version, sheet):
        if one.outcome in STORED or (one.outcome == Outcome.CONFLICT and one.unit.key in take):
            _store(actor, version, one, now)
        done.append(one)
    counts = {outcome.value: sum(1 for one in done if one.outcome == outcome) for outcome in Outcome}
    facts: dict[str, Any] = {"language": version.language, "format": arrival.format, **counts}
    record(actor, ContentEvent.IMPORTED, subject=version.edition.work.code, facts=facts)
    arrival.delete()
    return done


def _store(actor: Actor, version: LanguageVersion, one: Planned, now: datetime) -> None:
    place = one.place
    if place is None:
        return
    origin, engine = Origin.IMPORT, ""
    if one.unit.is_machine:
        origin, engine = Origin.MACHINE, one.unit.engine[:100]
    else:
        kept, name = origin_of(version, place.segment, one.unit.target)
        if kept == Origin.MACHINE:  # a mark that the file has lost is not lost here
            origin, engine = kept, name
    try:
        write(
            actor, version=version, segment=place.segment, text=one.unit.target, base=place.base, origin=origin,
            engine=engine, of=one.of, now=now,
        )  # fmt: skip
    except Conflict:
        raise RsoError("moved-on", "Somebody wrote here just now. Look at the file again.") from None


def sweep(now: datetime) -> int:
    """Forgets files that nobody carried out; returns their number."""
    return Arrival.objects.filter(at__lt=now - KEPT).delete()[0]


def matches_of(text: str, version: LanguageVersion) -> list[memory.Match]:
    """The memory's best pairs for one text, for programs."""
    source_language = version.edition.work.source_language
    return memory.matches([text], source_language=source_language, language=version.language).get(text, [])
