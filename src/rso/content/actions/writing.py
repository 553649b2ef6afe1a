"""Beginning works and writing in them: structure by the source's editors, words by whoever writes the version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Max

from rso.accounts.models import Organisation, User
from rso.accounts.rules import Actor, Role, require
from rso.audit.actions import record
from rso.base.errors import RsoError
from rso.content.actions import telling
from rso.content.kinds import kinds
from rso.content.markup import clean, fingerprint
from rso.content.models import Edition, LanguageVersion, Remark, Segment, Wording, Work
from rso.content.queries import heads, newest, readable, source_of
from rso.content.rules import ContentEvent, ContentPermission, Form, Origin, Safety, State
from rso.content.signals import work_changed
from rso.search.entries import PUBLIC

#: For how long a lock holds without a sign of life, and for how long one person's keystrokes are one wording.
LOCK: Final = timedelta(minutes=5)
ONE_SITTING: Final = timedelta(minutes=30)
MOST_CHARACTERS: Final = 20_000


class Conflict(RsoError):
    """Somebody else wrote meanwhile. ``theirs`` is their wording; nothing of the caller's was stored."""

    def __init__(self, theirs: Wording | None) -> None:
        super().__init__("written-meanwhile", "Somebody else changed this while you wrote. Compare both, and decide.")
        self.theirs = theirs


def may_write(actor: Actor, version: LanguageVersion) -> None:
    """Raises unless the actor may write in this version."""
    if version.is_source:
        require(actor, ContentPermission.WRITE)
    else:
        require(actor, ContentPermission.TRANSLATE, version.language)


def locked(version: LanguageVersion) -> LanguageVersion:
    """The version, held until the transaction ends."""
    rows = LanguageVersion.objects.select_for_update(of=("self",)).select_related("edition__work")
    return rows.get(pk=version.pk)


def not_held(actor: Actor, version: LanguageVersion, now: datetime) -> None:
    """Raises while somebody else holds the version."""
    held = version.locked_until is not None and version.locked_until > now
    if held and version.locked_by_id != actor.user_id:
        raise RsoError("held-by-another", "Somebody else is writing here. Wait until they have left, or ask them.")


def touched(version: LanguageVersion, now: datetime) -> None:
    """A change makes the version a text that is being written: what was approved was another one."""
    version.state, version.publish_at, version.changed_at = State.WRITING.value, None, now
    version.revision = F("revision") + 1
    version.save(update_fields=["state", "publish_at", "changed_at", "revision"])
    version.refresh_from_db(fields=["revision"])


# ---- works and editions


@transaction.atomic
def begin_work(
    actor: Actor,
    *,
    kind: str,
    code: str,
    title: str,
    owner: Organisation,
    source_language: str = "en",
    audience: str = PUBLIC,
    forms: Sequence[Form] | None = None,
    now: datetime,
) -> Work:
    """A new work with its first edition, the source's empty version and the segments that its kind begins with."""
    require(actor, ContentPermission.BEGIN)
    if Work.objects.filter(code=code).exists():
        raise RsoError("code-in-use", "There is already a text at this address: choose another.")
    work = Work.objects.create(
        kind=kind, code=code, title=title, owner=owner, source_language=source_language, audience=audience,
        created_by_id=actor.user_id, created_at=now,
    )  # fmt: skip
    edition = Edition.objects.create(work=work, number=1, created_at=now)
    version = LanguageVersion.objects.create(
        edition=edition, language=source_language, is_source=True, assignee_id=actor.user_id, changed_at=now
    )
    wanted = forms if forms is not None else kinds()[kind].begins_with
    for order, form in enumerate(wanted, start=1):
        key = form.value if form in (Form.TITLE, Form.SUMMARY) else f"s{order}"
        segment = Segment.objects.create(edition=edition, key=key, order=order * 10, form=form.value)
        if form == Form.TITLE:
            _worded(version, segment, 1, text=clean(title), actor=actor, now=now)
    record(actor, ContentEvent.BEGUN, subject=code, facts={"kind": kind, "language": source_language})
    return work


@transaction.atomic
def change_work(actor: Actor, *, work: Work, title: str, audience: str, now: datetime) -> Work:
    """Changes the working title and who may read; of a kind that another app opens, only that app does the latter."""
    require(actor, ContentPermission.BEGIN)
    if audience != work.audience and not actor.system and not kinds()[work.kind].opens_here:
        raise RsoError("opened-elsewhere", "Who may read this is decided by the app that it belongs to.")
    work.title, work.audience = title, audience
    work.save(update_fields=["title", "audience"])
    record(actor, ContentEvent.CHANGED, subject=work.code, facts={"audience": audience})
    work_changed.send(Work, work=work)
    return work


@transaction.atomic
def begin_edition(actor: Actor, *, work: Work, name: str = "", now: datetime) -> Edition:
    """A new edition with everything of the last one; its translations go on where they stood. Numbers of wordings are
    kept, since a translation names the one that it translates."""
    require(actor, ContentPermission.BEGIN)
    last = work.editions.select_for_update().order_by("-number")[0]
    edition = Edition.objects.create(work=work, number=last.number + 1, name=name, created_at=now)
    places = {}
    for old in last.segments.filter(removed_at=None):
        places[old.pk] = Segment.objects.create(
            edition=edition, key=old.key, order=old.order, form=old.form, level=old.level, safety=old.safety,
            image=old.image, facts=old.facts,
        )  # fmt: skip
    for version in last.versions.all():
        copy = LanguageVersion.objects.create(
            edition=edition, language=version.language, is_source=version.is_source, assignee=version.assignee,
            changed_at=now,
        )  # fmt: skip
        said = [row for row in heads(version).values() if row.segment_id in places]
        for row in said:
            row.pk, row.version, row.segment = None, copy, places[row.segment_id]
        Wording.objects.bulk_create(said)
    record(actor, ContentEvent.EDITION_BEGUN, subject=work.code, facts={"edition": edition.number})
    return edition


@transaction.atomic
def begin_version(actor: Actor, *, edition: Edition, language: str, now: datetime) -> LanguageVersion:
    """A translation that begins empty. Whoever writes sources may begin it, and of what they may read
    whoever translates into the language."""
    if language in actor.languages(Role.TRANSLATOR) and readable(actor, edition.work.audience):
        require(actor, ContentPermission.TRANSLATE, language)
    else:
        require(actor, ContentPermission.BEGIN)
    version, is_new = LanguageVersion.objects.get_or_create(
        edition=edition, language=language, defaults={"changed_at": now}
    )
    if is_new:
        facts: dict[str, str | int | bool] = {"edition": edition.number, "language": language}
        record(actor, ContentEvent.VERSION_BEGUN, subject=edition.work.code, facts=facts)
    return version


# ---- structure


@transaction.atomic
def add_segment(
    actor: Actor, *, version: LanguageVersion, form: Form, after: Segment | None = None, now: datetime
) -> Segment:
    """An empty segment after another one, or at the end."""
    version = _structure(actor, version, now)
    edition = version.edition
    place = after.order if after else edition.segments.aggregate(last=Max("order"))["last"] or 0
    edition.segments.filter(order__gt=place).update(order=F("order") + 10)
    key = f"s{edition.segments.count() + 1}-{version.revision}"
    level = 2 if form == Form.HEADING else 0
    segment = Segment.objects.create(edition=edition, key=key, order=place + 10, form=form.value, level=level)
    _restructured(actor, version, "added", segment)
    return segment


@transaction.atomic
def move_segment(actor: Actor, *, version: LanguageVersion, segment: Segment, up: bool, now: datetime) -> None:
    """Changes places with the neighbour above or below; at an end nothing happens."""
    version = _structure(actor, version, now)
    others = version.edition.segments.filter(removed_at=None).exclude(pk=segment.pk)
    near = (
        others.filter(order__lt=segment.order).order_by("-order") if up
        else others.filter(order__gt=segment.order).order_by("order")
    )  # fmt: skip
    other = near.first()
    if other is None:
        return
    segment.order, other.order = other.order, segment.order
    Segment.objects.bulk_update([segment, other], ["order"])
    _restructured(actor, version, "moved", segment)


@transaction.atomic
def change_segment(
    actor: Actor,
    *,
    version: LanguageVersion,
    segment: Segment,
    form: Form,
    level: int = 0,
    safety: Safety = Safety.NONE,
    facts: str = "",
    now: datetime,
) -> Segment:
    """Changes what a segment is. Its words stay."""
    version = _structure(actor, version, now)
    segment.form, segment.level, segment.safety, segment.facts = form.value, level, safety.value, facts
    segment.save(update_fields=["form", "level", "safety", "facts"])
    _restructured(actor, version, "changed", segment)
    return segment


@transaction.atomic
def set_removed(actor: Actor, *, version: LanguageVersion, segment: Segment, removed: bool, now: datetime) -> Segment:
    """Takes a segment out of the text, or puts it back with all its words."""
    version = _structure(actor, version, now)
    segment.removed_at = now if removed else None
    segment.save(update_fields=["removed_at"])
    _restructured(actor, version, "removed" if removed else "put-back", segment)
    return segment


def _structure(actor: Actor, version: LanguageVersion, now: datetime) -> LanguageVersion:
    """The source's version, held and being written from now on."""
    require(actor, ContentPermission.WRITE)
    if not version.is_source:
        raise RsoError("structure-is-the-sources", "Only the source's structure can be changed.")
    version = locked(version)
    not_held(actor, version, now)
    touched(version, now)
    return version


def _restructured(actor: Actor, version: LanguageVersion, what: str, segment: Segment) -> None:
    facts: dict[str, str | int | bool] = {"what": what, "segment": segment.key, "form": segment.form}
    record(actor, ContentEvent.STRUCTURE_CHANGED, subject=version.edition.work.code, facts=facts)


# ---- words


@transaction.atomic
def write(
    actor: Actor,
    *,
    version: LanguageVersion,
    segment: Segment,
    text: str,
    base: int,
    seen: str = "",
    keeps_meaning: bool = False,
    origin: Origin = Origin.PERSON,
    engine: str = "",
    of: tuple[int, int] | None = None,
    read_over: bool = False,
    now: datetime,
) -> Wording:
    """Stores what a segment says. ``base`` is the number of the wording that the writer saw (0 for none): if there is
    a newer one, :class:`Conflict` is raised and nothing changes. ``seen`` is the fingerprint of its words: one sitting
    is one number, and its words go on changing. The same words again change nothing;
    of a translation not even what they translate, unless ``of`` says so.

    A translation notes the meaning of the published source that it translates; ``of`` says that it translates an
    earlier one (meaning and wording), as a file does that was made before the source changed. ``read_over``: the
    writer has read over what a machine made.
    """
    may_write(actor, version)
    version = locked(version)
    not_held(actor, version, now)
    if len(text) > MOST_CHARACTERS:
        raise RsoError("too-long", "This is too long for one part of a text: divide it.")
    text = clean(text)
    head = version.wordings.filter(segment=segment).order_by("-number").first()
    is_same = head is not None and head.text == text
    if not is_same and (
        (head.number if head else 0) != base or (seen and fingerprint(head.text if head else "") != seen)
    ):
        raise Conflict(head)
    if head is not None and is_same and not version.is_source and of is None:
        return head  # a form sends back what it showed: that is no word that it is still right
    meaning, number = _translated(version, segment)
    if of is not None and not version.is_source:
        if of[0] > meaning:
            raise RsoError("not-in-source", "This part is not in the published source.")
        meaning, number = of
    if head is not None and (head.text, head.of_meaning, head.keeps_meaning) == (text, meaning, keeps_meaning):
        return head
    touched(version, now)
    if head is not None and _is_one_sitting(head, actor, version, origin, meaning, now):
        head.text, head.keeps_meaning, head.at = text, keeps_meaning, now
        head.save(update_fields=["text", "keeps_meaning", "at"])
        return head
    row = _worded(
        version, segment, (head.number if head else 0) + 1, text=text, actor=actor, now=now, of_meaning=meaning,
        of_number=number,
        keeps_meaning=keeps_meaning, origin=origin.value, engine=engine,
        checked_by_id=actor.user_id if read_over else None,
    )  # fmt: skip
    facts: dict[str, str | int | bool] = {
        "language": version.language, "segment": segment.key, "number": row.number, "origin": origin.value,
    }  # fmt: skip
    record(actor, ContentEvent.WRITTEN, subject=version.edition.work.code, facts=facts)
    return row


def _worded(
    version: LanguageVersion, segment: Segment, number: int, *, text: str, actor: Actor, now: datetime, **more: object
) -> Wording:
    fields = {"text": text, "by_id": actor.user_id, "at": now, **more}
    return Wording.objects.create(version=version, segment=segment, number=number, **fields)


def _translated(version: LanguageVersion, segment: Segment) -> tuple[int, int]:
    """Meaning and wording of the published source that a translation written now translates; zeros in a source."""
    if version.is_source:
        return 0, 0
    source = source_of(version.edition)
    if source is None:
        raise RsoError("source-not-published", "The source is not published yet: there is nothing to translate.")
    block = next((block for block in source.snapshot if block.key == segment.key), None)
    if block is None:
        raise RsoError("not-in-source", "This part is not in the published source.")
    return block.meaning, block.number


def _is_one_sitting(
    head: Wording, actor: Actor, version: LanguageVersion, origin: Origin, meaning: int, now: datetime
) -> bool:
    """The same person goes on typing: one wording, unless a publication, a review or a recording refers to it."""
    same = head.by_id == actor.user_id and head.origin == origin.value and head.of_meaning == meaning
    # What a machine or a file said first is kept: how far a person went from it is measured against it.
    if head.origin in (Origin.MACHINE.value, Origin.IMPORT.value):
        return False
    if (
        not same
        or now - head.at > ONE_SITTING
        or version.recordings.filter(segment=head.segment_id, number=head.number)
    ):
        return False
    last = newest(version)
    asked = version.reviews.order_by("-asked_at").values_list("asked_at", flat=True).first()
    return (last is None or last.at < head.at) and (asked is None or asked < head.at)


@transaction.atomic
def assign(actor: Actor, *, version: LanguageVersion, to: User | None, due_on: date | None, now: datetime) -> None:
    """Says who writes, and until when."""
    require(actor, ContentPermission.BEGIN)
    version.assignee, version.due_on = to, due_on
    version.save(update_fields=["assignee", "due_on"])
    facts: dict[str, str | int | bool] = {"language": version.language, "to": str(to.opaque) if to else ""}
    record(actor, ContentEvent.ASSIGNED, subject=version.edition.work.code, facts=facts)
    telling.assigned(actor, version)


@transaction.atomic
def hold(actor: Actor, *, version: LanguageVersion, now: datetime) -> LanguageVersion:
    """Takes or keeps the lock; raises while somebody else has it."""
    may_write(actor, version)
    version = locked(version)
    not_held(actor, version, now)
    if version.locked_by_id != actor.user_id or version.locked_until is None or version.locked_until <= now:
        version.locked_since = now
    version.locked_by_id, version.locked_until = actor.user_id, now + LOCK
    version.save(update_fields=["locked_by", "locked_since", "locked_until"])
    return version


@transaction.atomic
def let_go(actor: Actor, *, version: LanguageVersion, now: datetime, by_force: bool = False) -> LanguageVersion:
    """Gives the lock back; ``by_force`` takes somebody else's away, which is noted."""
    may_write(actor, version)
    version = locked(version)
    if version.locked_by_id is not None and version.locked_by_id != actor.user_id:
        if not by_force:
            return version
        record(actor, ContentEvent.LOCK_BROKEN, subject=version.edition.work.code, facts={"language": version.language})
    version.locked_by = version.locked_since = version.locked_until = None
    version.save(update_fields=["locked_by", "locked_since", "locked_until"])
    return version


@transaction.atomic
def remark(
    actor: Actor, *, version: LanguageVersion, text: str, segment: Segment | None = None, now: datetime
) -> Remark:
    """Leaves a comment on the version or on one of its segments."""
    require(actor, ContentPermission.COMMENT)
    row = Remark.objects.create(version=version, segment=segment, text=text, by_id=actor.person, at=now)
    facts: dict[str, str | int | bool] = {"language": version.language, "segment": segment.key if segment else ""}
    record(actor, ContentEvent.COMMENTED, subject=version.edition.work.code, facts=facts)
    telling.commented(actor, version)
    return row


@transaction.atomic
def resolve(actor: Actor, *, remark: Remark, now: datetime) -> Remark:
    """Closes a comment; it stays readable."""
    require(actor, ContentPermission.COMMENT)
    remark.resolved_by_id, remark.resolved_at = actor.person, now
    remark.save(update_fields=["resolved_by", "resolved_at"])
    record(actor, ContentEvent.RESOLVED, subject=remark.version.edition.work.code)
    return remark
