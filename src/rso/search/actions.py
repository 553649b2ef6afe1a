"""What can be found is put in, and taken out, by the app that owns it, in its own transaction.

Besides: words that mean the same, and what people keep of their searches. Of the latter no audit tells, for what
somebody looks for is nobody else's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import override

from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.search.adapters.engine import engine
from rso.search.entries import PUBLIC, Entry
from rso.search.models import Alike, Audience, Document, Habit, Saved, Vocable
from rso.search.ports import Terms
from rso.search.rules import MOST_SAVED, SearchEvent, SearchPermission, SearchRefused, lines_of
from rso.search.sources import Source, sources
from rso.search.terms import terms_of, vocabulary


@transaction.atomic
def put(entries: Sequence[Entry], *, now: datetime) -> list[Document]:
    """Makes texts findable, in place of what was known under their kind, ref and language."""
    audiences = {key: Audience.objects.get_or_create(key=key)[0] for key in {one.audience for one in entries}}
    rows = [
        Document.objects.update_or_create(
            kind=one.kind,
            ref=one.ref,
            language=one.language,
            defaults={
                "title": one.title,
                "body": one.body,
                "path": one.path,
                "audience": audiences[one.audience],
                "changed_at": now,
            },
        )[0]
        for one in entries
    ]
    _keep(rows)
    return rows


@transaction.atomic
def put_new(entries: Sequence[Entry], *, now: datetime) -> int:
    """Makes many texts findable, none of which was known before (else ``IntegrityError``); returns how many."""
    audiences = {key: Audience.objects.get_or_create(key=key)[0] for key in {one.audience for one in entries}}
    rows = [
        Document(
            kind=one.kind, ref=one.ref, language=one.language, title=one.title, body=one.body, path=one.path,
            audience=audiences[one.audience], changed_at=now,
        )
        for one in entries
    ]  # fmt: skip
    Document.objects.bulk_create(rows, batch_size=500)
    _keep(rows)
    return len(rows)


def _keep(rows: Sequence[Document]) -> None:
    """The terms of texts, and the words that are new."""
    engine().keep([_terms(row) for row in rows])
    known = {(row.audience_id, word) for row in rows for word in vocabulary(f"{row.title} {row.body}")}
    found = [Vocable(audience_id=at, word=word, head=word[0], inner=word[1:3]) for at, word in sorted(known)]
    Vocable.objects.bulk_create(found, batch_size=500, ignore_conflicts=True)


def _terms(row: Document) -> Terms:
    letter = row.audience.letter
    return Terms(row.pk, *([letter + term for term in terms_of(text)] for text in (row.title, row.body)))


@transaction.atomic
def drop(kind: str, refs: Iterable[str]) -> int:
    """Takes texts out, in all their languages; returns how many there were."""
    rows = Document.objects.filter(kind=kind, ref__in=list(refs))
    return drop_rows(list(rows.values_list("pk", flat=True)))


@transaction.atomic
def drop_rows(pks: Sequence[int]) -> int:
    """Takes single texts out, as one language of several; returns how many there were."""
    engine().drop(pks)
    Document.objects.filter(pk__in=pks).delete()
    return len(pks)


@transaction.atomic
def rebuild(*, batch: int = 500) -> int:
    """Makes terms and vocabulary of everything anew, after the rules changed; returns how many texts there are."""
    done = 0
    Vocable.objects.all().delete()
    pks = list(Document.objects.values_list("pk", flat=True))
    for start in range(0, len(pks), batch):
        rows = Document.objects.select_related("audience").filter(pk__in=pks[start : start + batch])
        _keep(list(rows))
        done += len(rows)
    return done


@transaction.atomic
def prune_words() -> int:
    """Forgets words that no text of a closed audience has any more: what was erased must not stay as a correction.

    The words of the public are left: they tell nobody anything, and there are many.
    """
    gone = 0
    for audience in Audience.objects.exclude(key=PUBLIC):
        texts = Document.objects.filter(audience=audience).values_list("title", "body")
        known = set().union(*(vocabulary(f"{title} {body}") for title, body in texts.iterator()))
        lost = [pk for pk, word in Vocable.objects.filter(audience=audience).values_list("pk", "word")
                if word not in known]  # fmt: skip
        for start in range(0, len(lost), 500):
            gone += Vocable.objects.filter(pk__in=lost[start : start + 500]).delete()[0]
    return gone


def refresh(*, now: datetime, kinds: Iterable[str] | None = None) -> int:
    """Brings the index to what the sources show, a transaction for each kind; returns how many texts changed."""
    with override(settings.LANGUAGE_CODE):  # an entry names its language: words in it must not be the caller's
        return sum(_refresh(source.kind, source.entries(), now) for source in _chosen(kinds))


def _chosen(kinds: Iterable[str] | None) -> list[Source]:
    known = sources()
    return list(known.values()) if kinds is None else [known[kind] for kind in kinds]


@transaction.atomic
def _refresh(kind: str, entries: Iterable[Entry], now: datetime) -> int:
    shown = {(one.ref, one.language): one for one in entries}
    known = {(row.ref, row.language): row for row in Document.objects.select_related("audience").filter(kind=kind)}
    changed = [entry for key, entry in shown.items() if key not in known or entry != _entry(known[key])]
    gone = [row for key, row in known.items() if key not in shown]
    if changed:
        put(changed, now=now)
    if gone:
        engine().drop([row.pk for row in gone])
        Document.objects.filter(pk__in=[row.pk for row in gone]).delete()
    return len(changed) + len(gone)


def _entry(row: Document) -> Entry:
    return Entry(row.kind, row.ref, row.language, row.title, row.body, row.path, row.audience.key)


# ---------------------------------------------------------------- words that mean the same


@transaction.atomic
def keep_words(actor: Actor, *, words: str, language: str = "", alike: Alike | None = None) -> Alike:
    """Enters a group of words that mean the same, one a line, or changes one; raises :class:`SearchRefused`."""
    require(actor, SearchPermission.CHANGE_WORDS)
    lines = lines_of(words)
    if len(lines) < 2:
        raise SearchRefused("one-word-alone", "A group has two words or phrases at least, each on a line of its own.")
    row = alike or Alike()
    row.words, row.language = "\n".join(lines), language
    row.save()
    record(actor, SearchEvent.WORDS_CHANGED, subject=str(row.pk), facts={"language": language, "words": len(lines)})
    return row


@transaction.atomic
def remove_words(actor: Actor, *, alike: Alike) -> None:
    """Takes a group of words out."""
    require(actor, SearchPermission.CHANGE_WORDS)
    record(actor, SearchEvent.WORDS_REMOVED, subject=str(alike.pk), facts={"language": alike.language})
    alike.delete()


# ---------------------------------------------------------------- what people keep


@transaction.atomic
def save_search(
    actor: Actor, *, name: str, query: str, kind: str = "", language: str = "", tells: bool = False, now: datetime
) -> Saved:
    """Keeps a search for the actor; raises :class:`SearchRefused` where there are too many, or one of this name."""
    mine = Saved.objects.filter(user_id=actor.person)
    if mine.count() >= MOST_SAVED:
        raise SearchRefused("too-many-saved", f"There are {MOST_SAVED} saved searches: remove one first.")
    if mine.filter(name=name).exists():
        raise SearchRefused("name-in-use", "You have a saved search of this name.")
    return Saved.objects.create(
        user_id=actor.person, name=name, query=query, kind=kind, language=language, tells=tells,
        through=last_document(), created_at=now,
    )  # fmt: skip


def last_document() -> int:
    """The number of the last document there is."""
    return Document.objects.aggregate(last=Max("pk"))["last"] or 0


@transaction.atomic
def set_telling(actor: Actor, *, saved: Saved, tells: bool) -> None:
    """Whether the actor is told of new results: of those that come from now on."""
    Saved.objects.filter(pk=saved.pk, user_id=actor.person).update(tells=tells, through=last_document())


def forget_search(actor: Actor, *, saved: Saved) -> None:
    """Forgets one of the actor's saved searches."""
    Saved.objects.filter(pk=saved.pk, user_id=actor.person).delete()


def told_of(*, saved: Saved, through: int) -> None:
    """Its keeper was told of everything up to a document."""
    Saved.objects.filter(pk=saved.pk).update(through=through)


def set_habit(actor: Actor, *, remembers: bool) -> None:
    """Whether the actor's searches are remembered until they sign out."""
    Habit.objects.update_or_create(user_id=actor.person, defaults={"remembers": remembers})
