"""Reading what translators and reviewers work on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import Case, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Value, When

from rso.accounts.rules import Actor, Role, decide, require
from rso.content import memory
from rso.content.checks import Finding, TermFacts, check, terms_in
from rso.content.models import LanguageVersion, Publication, Recording, Remark, Segment, Term, Wording, Work
from rso.content.queries import heads, newest, recordings, seen_by, source_of
from rso.content.rules import Block, ContentPermission, Origin, Standing, State

MOST_ON_A_PAGE: Final = 30
FILTERS: Final = ("all", "open", "older", "missing", "safety", "machine")


def languages_of(actor: Actor) -> list[str]:
    """The languages in which the actor translates or signs, in the order of their codes."""
    return sorted(actor.languages(Role.TRANSLATOR, Role.NATIONAL_REVIEWER))


def version(actor: Actor, pk: int) -> LanguageVersion:
    """A translation, for those who write; raises ``DoesNotExist`` for a source."""
    rows = LanguageVersion.objects.select_related("edition__work", "assignee", "locked_by")
    return rows.get(pk=pk, is_source=False, edition__work__in=seen_by(actor))


# ---- lists


def newest_versions() -> QuerySet[LanguageVersion]:
    """The translations of the edition that is read: of each work the newest one whose source is published."""
    live = Publication.objects.filter(version__is_source=True, withdrawn_at=None)
    here = live.filter(version__edition=OuterRef("edition"))
    later = live.filter(
        version__edition__work=OuterRef("edition__work"), version__edition__number__gt=OuterRef("edition__number")
    )
    return LanguageVersion.objects.filter(Exists(here), ~Exists(later), is_source=False)


def to_translate(actor: Actor, language: str, *, show: str = "", words: str = "") -> QuerySet[LanguageVersion]:
    """The translations into a language; those who see works see them. The due come first."""
    found = newest_versions().filter(language=language, edition__work__in=seen_by(actor))
    found = found.select_related("edition__work", "assignee")
    if show == "mine":
        found = found.filter(assignee_id=actor.user_id)
    elif show == "review":
        found = found.filter(state=State.REVIEW.value)
    elif show == "stale":
        found = found.filter(published_at__isnull=False, current__lt=F("total"))
    for word in words.split():
        found = found.filter(Q(edition__work__title__icontains=word) | Q(edition__work__code__icontains=word))
    urgent = Case(When(withheld__gt=0, then=Value(0)), default=Value(1), output_field=IntegerField())
    return found.order_by(urgent, "due_on", "edition__work__title", "pk")


def not_begun(actor: Actor, language: str) -> QuerySet[Work]:
    """Works with a published source and no translation into the language yet."""
    live = Publication.objects.filter(version__is_source=True, withdrawn_at=None)
    found = seen_by(actor).filter(pk__in=live.values("version__edition__work")).exclude(source_language=language)
    begun = newest_versions().filter(language=language)
    return found.exclude(pk__in=begun.values("edition__work")).order_by("title", "pk")


@dataclass(frozen=True)
class Row:
    """A translation in a list, and how its working copy stands to the published source (``None`` without one)."""

    version: LanguageVersion
    stands: Standing | None
    is_late: bool

    @property
    def work(self) -> Work:
        return self.version.edition.work


def rows(versions: Sequence[LanguageVersion], today: date) -> list[Row]:
    """The working copies of a page of versions, in three queries whatever their number."""
    stands = working_copies(versions)
    return [
        Row(one, stands.get(one.pk), one.due_on is not None and one.due_on < today and one.state == State.WRITING.value)
        for one in versions
    ]


def working_copies(versions: Sequence[LanguageVersion]) -> dict[int, Standing]:
    """How each working copy stands to the published source of its edition."""
    sources = _sources({one.edition_id for one in versions})
    last = Wording.objects.filter(version__in=[one.pk for one in versions])
    last_of = last.values("version", "segment").annotate(newest=Max("pk")).values("newest")
    said: dict[int, dict[str, tuple[int, bool]]] = {}
    values = Wording.objects.filter(pk__in=last_of).values_list("version_id", "segment__key", "of_meaning", "text")
    for pk, key, meaning, text in values:
        said.setdefault(pk, {})[key] = (meaning, bool(text))
    return {
        one.pk: _stands(sources[one.edition_id], said.get(one.pk, {})) for one in versions if one.edition_id in sources
    }


def _sources(editions: Iterable[int]) -> dict[int, list[Block]]:
    live = Publication.objects.filter(version__edition__in=editions, version__is_source=True, withdrawn_at=None)
    newest_pk = live.values("version").annotate(newest=Max("number")).values_list("version", "newest")
    wanted = Q(pk__in=[])
    for pk, number in newest_pk:
        wanted |= Q(version=pk, number=number)
    return {row.version.edition_id: row.snapshot for row in live.filter(wanted).select_related("version")}


def _stands(source: Sequence[Block], said: dict[str, tuple[int, bool]]) -> Standing:
    counts = {"current": 0, "older": 0, "missing": 0, "withheld": 0}
    for block in source:
        if not block.text:
            continue
        counts[_shown(block, *said.get(block.key, (0, False)))] += 1
    return Standing(total=sum(counts.values()), **counts)


def _shown(block: Block, meaning: int, has_text: bool) -> str:
    if not has_text:
        return "missing"
    if meaning == block.meaning:
        return "current"
    return "withheld" if block.safety else "older"


@dataclass(frozen=True)
class MatrixRow:
    """A work, and its translation in each of the languages asked for (``None`` where there is none)."""

    work: Work
    cells: list[LanguageVersion | None]


def matrix(actor: Actor, *, words: str = "") -> QuerySet[Work]:
    """Works with a published source, for those who see works."""
    live = Publication.objects.filter(version__is_source=True, withdrawn_at=None)
    found = seen_by(actor).filter(pk__in=live.values("version__edition__work"))
    for word in words.split():
        found = found.filter(Q(title__icontains=word) | Q(code__icontains=word))
    return found.order_by("title", "pk")


def matrix_of(works: Sequence[Work]) -> tuple[list[str], list[MatrixRow]]:
    """The languages in which anything of these works was begun, and a row for each of them."""
    found: dict[tuple[int, str], LanguageVersion] = {}
    versions = newest_versions().filter(edition__work__in=[one.pk for one in works]).select_related("edition")
    for one in versions:
        found[(one.edition.work_id, one.language)] = one
    languages = sorted({language for _work, language in found})
    return languages, [MatrixRow(work, [found.get((work.pk, code)) for code in languages]) for work in works]


# ---- one translation, side by side


@dataclass(frozen=True)
class Place:
    """A segment on the translator's screen."""

    block: Block  # of the published source
    segment: Segment
    wording: Wording | None
    shown: str  # current, older, missing or withheld
    before: str = ""  # the source's words that the translation translates, if they were others
    matches: Sequence[memory.Match] = ()
    terms: Sequence[TermFacts] = ()
    findings: Sequence[Finding] = ()
    remarks: Sequence[Remark] = ()
    recording: Recording | None = None
    is_recording_silent: bool = False

    @property
    def text(self) -> str:
        return self.wording.text if self.wording else ""

    @property
    def base(self) -> int:
        return self.wording.number if self.wording else 0

    @property
    def is_machine(self) -> bool:
        return self.wording is not None and self.wording.origin == Origin.MACHINE.value

    @property
    def is_unread(self) -> bool:
        return self.is_machine and self.wording is not None and self.wording.checked_by_id is None

    @property
    def is_open(self) -> bool:
        return self.shown != "current" or self.is_unread


@dataclass(frozen=True)
class Sides:
    """A translation beside its published source (``None``: there is nothing to translate)."""

    version: LanguageVersion
    source: Publication | None
    places: list[Place] = field(default_factory=list)

    @property
    def stands(self) -> Standing:
        counts = {name: sum(1 for one in self.places if one.shown == name)
                  for name in ("current", "older", "missing", "withheld")}  # fmt: skip
        return Standing(total=len(self.places), **counts)


def sides(one: LanguageVersion) -> Sides:
    """The published source beside the newest wordings, without what costs more (see :func:`helped`)."""
    source = source_of(one.edition)
    if source is None:
        return Sides(one, None)
    said, spoken = heads(one), recordings(one)
    known = {row.key: row for row in Segment.objects.filter(edition=one.edition)}
    newest_spoken: dict[int, Recording] = {}
    for (place, _number), row in spoken.items():
        if place not in newest_spoken or row.at >= newest_spoken[place].at:
            newest_spoken[place] = row
    places = []
    for block in source.snapshot:
        segment = known.get(block.key)
        if segment is None or not block.text:
            continue
        wording = said.get(segment.pk)
        meaning, has_text = (wording.of_meaning, bool(wording.text)) if wording else (0, False)
        recording = newest_spoken.get(segment.pk)
        is_silent = recording is not None and (wording is None or recording.number != wording.number)
        places.append(Place(block, segment, wording, _shown(block, meaning, has_text),
                            recording=recording, is_recording_silent=is_silent))  # fmt: skip
    return Sides(one, source, places)


def chosen(places: Sequence[Place], show: str) -> list[Place]:
    """The places that a filter leaves."""
    keeps: dict[str, Any] = {
        "open": lambda one: one.is_open,
        "older": lambda one: one.shown in ("older", "withheld"),
        "missing": lambda one: one.shown == "missing",
        "safety": lambda one: bool(one.block.safety),
        "machine": lambda one: one.is_machine,
    }
    keep = keeps.get(show)
    return [one for one in places if keep(one)] if keep else list(places)


def helped(one: LanguageVersion, places: Sequence[Place]) -> list[Place]:
    """The places with what helps to translate them: the former source, the memory, the glossary, checks, comments."""
    work = one.edition.work
    wanted = {(place.block.key, place.wording.of_meaning) for place in places
              if place.wording is not None and place.shown in ("older", "withheld")}  # fmt: skip
    before = former_sources(work, wanted)
    open_texts = [place.block.text for place in places if place.shown != "current"]
    found = memory.matches(open_texts, source_language=work.source_language, language=one.language)
    terms = glossary_facts(one.language, work.source_language)
    said: dict[int, list[Remark]] = {}
    segments = [place.segment.pk for place in places]
    for row in Remark.objects.filter(version=one, segment__in=segments).select_related("by", "resolved_by"):
        said.setdefault(row.segment_id or 0, []).append(row)
    return [_helped(place, before, found, terms, said) for place in places]


def _helped(
    place: Place,
    before: dict[tuple[str, int], str],
    found: dict[str, list[memory.Match]],
    terms: Sequence[TermFacts],
    said: dict[int, list[Remark]],
) -> Place:
    meaning = place.wording.of_meaning if place.wording else 0
    return Place(
        block=place.block,
        segment=place.segment,
        wording=place.wording,
        shown=place.shown,
        before=before.get((place.block.key, meaning), ""),
        matches=[match for match in found.get(place.block.text, []) if match.target != place.text],
        terms=terms_in(place.block.text, terms),
        findings=check(place.block.text, place.text, terms),
        remarks=said.get(place.segment.pk, []),
        recording=place.recording,
        is_recording_silent=place.is_recording_silent,
    )


def former_sources(work: Work, wanted: set[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """What the source said when it had a meaning, by the segment's key and the meaning's number."""
    found: dict[tuple[str, int], str] = {}
    if not wanted:
        return found
    earlier = Publication.objects.filter(version__edition__work=work, version__is_source=True)
    for row in earlier.order_by("-at").iterator(chunk_size=20):
        for block in row.snapshot:
            if (block.key, block.meaning) in wanted:
                found.setdefault((block.key, block.meaning), block.text)
        if len(found) == len(wanted):
            break
    return found


def meanings_of(work: Work) -> dict[str, dict[str, tuple[int, int]]]:
    """For each segment's key the texts that its source ever published, with the meaning and the wording of each."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for row in Publication.objects.filter(version__edition__work=work, version__is_source=True).order_by("-at"):
        for block in row.snapshot:
            found.setdefault(block.key, {}).setdefault(block.text, (block.meaning, block.number))
    return found


def since_publication(one: LanguageVersion, places: Sequence[Place]) -> dict[str, str]:
    """What the readers of a translation have now, by key, for a reviewer to compare with."""
    last = newest(one)
    return {block.key: block.text for block in last.snapshot} if last is not None else {}


# ---- glossary


def glossary(actor: Actor, language: str, *, words: str = "") -> QuerySet[Term]:
    """The glossary of a language, by its terms."""
    require(actor, ContentPermission.SEE_GLOSSARY)
    found = Term.objects.filter(language=language).select_related("changed_by")
    for word in words.split():
        found = found.filter(Q(source__icontains=word) | Q(target__icontains=word) | Q(avoid__icontains=word))
    return found.order_by("source", "pk")


def glossary_facts(language: str, source_language: str) -> list[TermFacts]:
    rows = Term.objects.filter(language=language, source_language=source_language)
    return [TermFacts(row.source, row.target, row.avoid, row.note) for row in rows]


def may_translate(actor: Actor, one: LanguageVersion) -> bool:
    return decide(actor, ContentPermission.TRANSLATE, one.language).allowed


def may_sign(actor: Actor, one: LanguageVersion) -> bool:
    return decide(actor, ContentPermission.SIGN, one.language).allowed
