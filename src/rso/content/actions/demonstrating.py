"""A demonstration's texts, made by its synthetic people through the same actions as real ones use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rso.accounts.models import Organisation
from rso.accounts.rules import Actor
from rso.content.actions import facts, publishing, writing
from rso.content.demonstration import Examples, Part, examples
from rso.content.models import CountryFact, LanguageVersion, Review, Work
from rso.content.queries import heads


@dataclass(frozen=True)
class Cast:
    """Who acts: translators and national reviewers by language, keepers of facts by member."""

    editor: Actor
    publisher: Actor
    translators: Mapping[str, Actor]
    reviewers: Mapping[str, Actor]
    keepers: Mapping[str, Actor]


def demonstrate(cast: Cast, *, owner: Organisation, now: datetime) -> None:
    """Facts of the invented states; a text in three languages of which one is behind; one published; one in review."""
    told = examples()
    for days, fact in enumerate(told.facts, start=1):
        organisation, kind = Organisation.objects.get(code=fact.organisation), CountryFact.Kind(fact.kind)
        at = now - timedelta(days=9 * days)
        keeper = cast.keepers[fact.organisation]
        facts.add_fact(keeper, organisation=organisation, kind=kind, said=fact.said, now=at)
    talking = _begin(cast, "talking-with-a-victim", told.talking, owner, now - timedelta(days=40))
    _talking(cast, talking, told, now)
    boat = _begin(cast, "when-a-boat-arrives", told.boat, owner, now - timedelta(days=12))
    _publish(cast, _source(boat), now - timedelta(days=10))
    card = _begin(cast, "if-you-need-help", told.card, owner, now - timedelta(days=2))
    note = "Please read the second paragraph: is it true in all three states?"
    publishing.submit(cast.editor, version=_source(card), note=note, now=now - timedelta(days=1))


def _talking(cast: Cast, work: Work, told: Examples, now: datetime) -> None:
    """Published, translated and signed in Arabic, changed, and being translated into Thai."""
    source = _source(work)
    fourth = source.edition.segments.all()[3]
    words = told.talking[3].said("en")
    writing.write(
        cast.editor, version=source, segment=fourth, text=told.before, base=1, now=now - timedelta(days=39, hours=20)
    )
    _publish(cast, source, now - timedelta(days=39))
    arabic = _translate(cast, work, told.talking, "ar", now - timedelta(days=30))
    _publish(cast, arabic, now - timedelta(days=28), by=cast.translators["ar"], over=cast.reviewers["ar"])
    base = heads(source)[fourth.pk].number
    writing.write(cast.editor, version=source, segment=fourth, text=words, base=base, now=now - timedelta(days=8))
    _publish(cast, source, now - timedelta(days=7))
    _translate(cast, work, told.talking, "th", now - timedelta(days=3))


def _source(work: Work) -> LanguageVersion:
    return work.editions.get().versions.get(is_source=True)


def _begin(cast: Cast, code: str, parts: Sequence[Part], owner: Organisation, now: datetime) -> Work:
    work = writing.begin_work(
        cast.editor, kind="page", code=code, title=parts[0].said("en"), owner=owner,
        forms=[part.form for part in parts], now=now,
    )  # fmt: skip
    version = _source(work)
    for segment, part in zip(version.edition.segments.all(), parts, strict=True):
        writing.change_segment(
            cast.editor, version=version, segment=segment, form=part.form, level=2, safety=part.safety,
            facts=part.facts, now=now,
        )  # fmt: skip
        _write(cast.editor, version, segment.pk, part.said("en"), now)
    return work


def _write(actor: Actor, version: LanguageVersion, segment: int, text: str, now: datetime) -> None:
    place = version.edition.segments.get(pk=segment)
    head = version.wordings.filter(segment=place).order_by("-number").first()
    writing.write(actor, version=version, segment=place, text=text, base=head.number if head else 0, now=now)


def _translate(cast: Cast, work: Work, parts: Sequence[Part], language: str, now: datetime) -> LanguageVersion:
    edition = work.editions.get()
    version = writing.begin_version(cast.translators[language], edition=edition, language=language, now=now)
    for segment, part in zip(edition.segments.all(), parts, strict=True):
        if text := part.said(language):
            _write(cast.translators[language], version, segment.pk, text, now)
    return version


def _publish(
    cast: Cast, version: LanguageVersion, now: datetime, *, by: Actor | None = None, over: Actor | None = None
) -> None:
    publishing.submit(by or cast.editor, version=version, now=now)
    later = now + timedelta(hours=2)
    outcome = Review.Outcome.APPROVED
    publishing.decide_review(over or cast.publisher, version=version, outcome=outcome, now=later)
    publishing.publish(cast.publisher, version=version, now=later + timedelta(minutes=5))
