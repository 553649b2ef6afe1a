"""Invented texts, records of the library, focal points and facts, as many as wished: rows as the actions leave them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from rso.accounts.rules import Role
from rso.bench.inventing import Filling, put

#: Languages of translations; the first is that of the translator and the national reviewer who are signed in.
TRANSLATED: Final = ("th", "id", "vi", "ar", "bn", "ne", "km")
_SINCE: Final = date(2024, 1, 1)
_HOURS: Final = ["09:00-17:00"] * 5 + ["", ""]


def _states(f: Filling) -> list[Any]:
    return [one for one in f.organisations if one.kind == "state"]


def terms(f: Filling) -> None:
    """Who held which post: a term each, one after another, so that most are history."""
    from rso.office.directory.models import Post, Term

    posts, states = list(Post.objects.order_by("pk")), _states(f)
    put(
        Term(
            post=posts[n % len(posts)], organisation=states[n % len(states)], person=f"{f.words(2)} (synthetic)",
            source="Invented", version=2, since=_SINCE - timedelta(days=n % 6000 + 1),
            until=None if n % 100 == 0 else _SINCE - timedelta(days=n % 6000),
        )
        for n in range(f.records)
    )  # fmt: skip


def focal_points(f: Filling) -> None:
    """Some of them confirmed, some not for long, some ended."""
    from rso.office.contacts.models import FocalPoint, Subject

    subjects, states = list(Subject.objects.order_by("pk")), _states(f)
    put(
        FocalPoint(
            organisation=states[n % len(states)], subject=subjects[n % len(subjects)], rank=n % 3,
            name=f"{f.words(2)} {n} (synthetic)", position=f.words(3), time_zone="Asia/Bangkok", hours=_HOURS,
            channels=[{"kind": "mail", "value": f"f{n}@bench.invalid", "note": ""}],
            languages=["en", TRANSLATED[n % 7]],
            since=_SINCE, until=_SINCE + timedelta(days=30) if n % 10 == 9 else None, changed_at=f.before(n),
            confirmed_at=f.before(n * 3) if n % 4 else None, is_synthetic=True,
        )
        for n in range(f.records)
    )  # fmt: skip


def country_facts(f: Filling) -> None:
    """As many as a fifth of the records, two states each."""
    from rso.content.models import CountryFact, FactState

    kinds, states = CountryFact.Kind.values, _states(f)
    put(
        CountryFact(
            organisation=states[n % min(len(states), 50)], kind=kinds[n % len(kinds)], order=n,
            confirmed_on=_SINCE + timedelta(days=n % 600) if n % 5 else None,
        )
        for n in range(f.records // 5)
    )  # fmt: skip
    put(
        FactState(
            fact=fact, number=number, name=f"{f.words(3)} {fact.order}", telephone=f"+999 {fact.order}",
            at=f.before(-1), names={"th": f.words(3)} if fact.order % 2 else {},
        )
        for fact in CountryFact.objects.order_by("pk")
        for number in (1, 2)
    )  # fmt: skip


def glossary(f: Filling) -> None:
    from rso.content.models import Term

    put(
        Term(language=TRANSLATED[n % 7], source=f"{f.words(2)} {n}", target=f.words(2), changed_at=f.before(n))
        for n in range(f.records)
    )


def pages(f: Filling) -> None:
    """A fifth of the records; each in its own language and in one of the others."""
    _texts(f, kind="page", prefix="bench-page", count=f.records // 5)


def records(f: Filling) -> None:
    """A work, a card, published words and a file each. The bytes of the files are not there: lists name them only."""
    from rso.content.models import LanguageVersion, Work
    from rso.office.library import models, rules

    _texts(f, kind=rules.WORK, prefix="bench-record", count=f.records)
    works = list(Work.objects.filter(code__startswith="bench-record-").select_related("owner").order_by("pk"))
    kinds, themes, areas = models.Kind.values, models.Theme.values, models.Area.values
    put(
        models.Record(
            work=work, kind=kinds[n % len(kinds)], themes=[themes[n % len(themes)]], areas=[areas[n % len(areas)]],
            readers=[], published=str(2008 + n % 18), partners=f.words(2), is_shown=True, changed_at=f.before(n),
            open_since=f.before(n) if work.audience == "public" else None,
            open_changed_at=f.before(n) if work.audience == "public" else None,
        )
        for n, work in enumerate(works)
    )  # fmt: skip
    rows = {row.work_id: row for row in models.Record.objects.filter(work__in=works).select_related("work__owner")}
    versions = list(
        LanguageVersion.objects.filter(edition__work__code__startswith="bench-record-", published_at__isnull=False)
        .select_related("edition").order_by("pk")
    )  # fmt: skip
    put(
        models.Described(
            record=rows[one.edition.work_id], language=one.language, is_source=one.is_source, about=f.words(20),
            title=rows[one.edition.work_id].work.title,
        )
        for one in versions
    )  # fmt: skip
    put(label for row in rows.values() for label in _labels(row))
    put(models.Label(record=rows[one.edition.work_id], facet="language", value=one.language) for one in versions)
    _files(f, [(rows[one.edition.work_id], one) for one in versions if one.is_source])


def _labels(row: Any) -> Iterator[Any]:
    from rso.office.library.models import Label

    said = {"kind": row.kind, "owner": row.work.owner.name, "access": row.work.audience, "theme": row.themes[0],
            "area": row.areas[0], "year": row.year}  # fmt: skip
    return (Label(record=row, facet=facet, value=value) for facet, value in said.items())


def _files(f: Filling, places: list[tuple[Any, Any]]) -> None:
    from rso.files.models import StoredFile
    from rso.office.library import rules
    from rso.office.library.models import Copy, Document

    documents = [Document(record=row, version=version) for row, version in places]
    files = [
        StoredFile(
            scope=rules.SCOPE, subject=one.record.work.code, name="text.pdf", media_type="application/pdf",
            size=100_000, sha256=hashlib.sha256(one.record.work.code.encode()).hexdigest(), at=f.now,
        )
        for one in documents
    ]  # fmt: skip
    put(iter(documents))
    put(iter(files))
    put(
        Copy(document=document, number=1, file=file, reading=rules.Reading.READ.value, pages=9, text=f.words(60),
             at=f.now)
        for document, file in zip(documents, files, strict=True)
    )  # fmt: skip


def _texts(f: Filling, *, kind: str, prefix: str, count: int) -> None:
    """Works with an edition, its source and, of every third, a translation; nine of ten published, the rest in work."""
    from rso.content.models import Edition, LanguageVersion, Segment, Work
    from rso.content.rules import Form, State

    office = next(one for one in f.organisations if one.kind == "office")
    writer, states = f.people[Role.EDITOR], [State.WRITING, State.REVIEW, State.APPROVED]
    audiences = ("public", "public", "public", "members", "staff")
    put(
        Work(code=f"{prefix}-{n}", kind=kind, title=f"{f.words(5)} {n}", owner=office, created_by=writer,
             audience=audiences[n % 5], created_at=f.before(n))
        for n in range(count)
    )  # fmt: skip
    works = list(Work.objects.filter(code__startswith=f"{prefix}-").order_by("pk"))
    editions = [Edition(work=work, number=1, created_at=work.created_at) for work in works]
    put(iter(editions))
    forms = (Form.TITLE, Form.SUMMARY) if kind != "page" else (Form.TITLE, Form.SUMMARY, Form.PARAGRAPH)
    segments = [
        [Segment(edition=edition, key=form.value, order=at, form=form.value) for at, form in enumerate(forms)]
        for edition in editions
    ]
    put(one for several in segments for one in several)
    versions = [
        LanguageVersion(
            edition=edition, language=language, is_source=language == "en", changed_at=f.before(n), total=len(forms),
            state=(State.PUBLISHED if n % 10 else states[n // 10 % 3]).value, current=len(forms),
            published_at=f.before(n) if n % 10 or language == "en" else None, assignee=writer if n % 30 == 0 else None,
            due_on=f.now.date() if n % 30 == 0 else None,
        )
        for n, edition in enumerate(editions)
        for language in ("en", *((TRANSLATED[n // 3 % 7],) if n % 3 == 0 else ()))
    ]  # fmt: skip
    put(iter(versions))
    _words(f, dict(zip((one.pk for one in editions), segments, strict=True)), versions)


def _words(f: Filling, segments: dict[int, list[Any]], versions: list[Any]) -> None:
    """A wording of each segment, and of what is published its snapshot."""
    from rso.content.models import Publication, Wording
    from rso.content.rules import Block, Form, digest

    writer = f.people[Role.EDITOR]
    publications: list[Any] = []

    def wordings() -> Iterator[Any]:
        for version in versions:
            of, blocks = int(not version.is_source), []
            for segment in segments[version.edition_id]:
                title = segment.form == Form.TITLE.value
                text = version.edition.work.title if title else f.words(20)
                yield Wording(version=version, segment=segment, number=1, text=text, of_meaning=of, of_number=of,
                              by=writer, at=version.changed_at)  # fmt: skip
                blocks.append(Block(segment.key, Form(segment.form), text, 1, meaning=1 - of, of=of))
            if version.published_at is not None:
                publications.append(
                    Publication(version=version, number=1, blocks=[one.plain() for one in blocks],
                                digest=digest(blocks), by=writer, at=version.published_at)
                )  # fmt: skip

    put(wordings())
    put(iter(publications))
