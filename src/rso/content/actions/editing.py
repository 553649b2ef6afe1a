"""What an editor's screen does beside writing: pictures, going back to what was, and taking over from somebody."""

from __future__ import annotations

from datetime import datetime
from typing import IO

from django.db import transaction

from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.base.errors import RsoError
from rso.content.actions import telling
from rso.content.actions.writing import Conflict, change_segment, hold, let_go, locked, may_write, set_removed, write
from rso.content.models import LanguageVersion, Publication, Segment, Wording
from rso.content.owners import SCOPE
from rso.content.queries import heads
from rso.content.rules import ContentEvent, ContentPermission, Form, Origin
from rso.files.actions import arriving, keep
from rso.files.errors import FileRefused
from rso.files.rules import JPEG, PNG

#: Pictures and recordings of one work.
MOST_FILES = 300


def set_image(
    actor: Actor, *, version: LanguageVersion, segment: Segment, content: IO[bytes], name: str, now: datetime
) -> Segment:
    """Puts a picture into its place. The one before stays stored: publications may show it."""
    require(actor, ContentPermission.WRITE)
    if segment.form != Form.IMAGE or not version.is_source:
        raise RsoError("not-a-picture", "Only a picture's place in the source takes a picture.")
    with arriving(content=content, name=name) as arrived, transaction.atomic():
        if arrived.media_type not in (PNG.media_type, JPEG.media_type):
            raise FileRefused("file-wrong-type", "A picture is a PNG or a JPEG.")
        code = version.edition.work.code
        segment.image = keep(actor, arrived=arrived, scope=SCOPE, subject=code, most=MOST_FILES)
        segment.save(update_fields=["image"])
        _mark_changed(actor, version, segment, now)
    return segment


def _mark_changed(actor: Actor, version: LanguageVersion, segment: Segment, now: datetime) -> None:
    """What the segment is stays; that it changed is noted as any change of structure."""
    change_segment(
        actor, version=version, segment=segment, form=Form(segment.form), level=segment.level,
        safety=segment.safety_kind, facts=segment.facts, now=now,
    )  # fmt: skip


@transaction.atomic
def take_over(actor: Actor, *, version: LanguageVersion, now: datetime) -> LanguageVersion:
    """Goes on in the place of whoever holds the version. They are told; what they wrote is kept."""
    may_write(actor, version)
    held = locked(version)
    before = held.locked_by
    let_go(actor, version=held, now=now, by_force=True)
    if before is not None and before.pk != actor.user_id:
        telling.taken_over(actor, held, before)
    return hold(actor, version=held, now=now)


def _of(wording: Wording | None) -> tuple[int, int] | None:
    """What words that are brought back translate: what they did then, and never what the source says now."""
    return (wording.of_meaning, wording.of_number) if wording is not None and wording.of_meaning else None


@transaction.atomic
def restore(actor: Actor, *, version: LanguageVersion, wording: Wording, base: int, now: datetime) -> Wording:
    """Says again what a segment said before, as its newest wording; ``base`` as for writing."""
    row = write(
        actor, version=version, segment=wording.segment, text=wording.text, base=base,
        keeps_meaning=wording.keeps_meaning, origin=Origin(wording.origin), engine=wording.engine, of=_of(wording),
        now=now,
    )  # fmt: skip
    facts: dict[str, str | int | bool] = {
        "language": version.language, "segment": wording.segment.key, "number": wording.number,
    }  # fmt: skip
    record(actor, ContentEvent.RESTORED, subject=version.edition.work.code, facts=facts)
    return row


@transaction.atomic
def restore_publication(actor: Actor, *, version: LanguageVersion, publication: Publication, now: datetime) -> int:
    """Brings the working copy back to what was published; gives the number of parts that changed.

    Parts that came later are taken out, and can be put back. What was written since stays among the revisions.
    """
    may_write(actor, version)
    said = {block.key: block for block in publication.snapshot}
    newest = heads(version)
    changed = 0
    for segment in Segment.objects.filter(edition=version.edition_id):
        block = said.get(segment.key)
        if version.is_source and (segment.removed_at is None) != (block is not None):
            set_removed(actor, version=version, segment=segment, removed=block is None, now=now)
            changed += 1
        head = newest.get(segment.pk)
        if block is None or block.text == (head.text if head else ""):
            continue
        number = head.number if head else 0
        then = version.wordings.filter(segment=segment, number=block.number).first()
        write(
            actor, version=version, segment=segment, text=block.text, base=number, origin=block.origin,
            engine=then.engine if then else "", of=(block.of, then.of_number if then else 0) if block.of else None,
            now=now,
        )  # fmt: skip
        changed += 1
    facts: dict[str, str | int | bool] = {
        "language": version.language, "publication": publication.number, "changed": changed,
    }  # fmt: skip
    record(actor, ContentEvent.RESTORED, subject=version.edition.work.code, facts=facts)
    return changed


def write_all(
    actor: Actor, *, version: LanguageVersion, texts: dict[Segment, tuple[str, int, str, bool]], now: datetime
) -> dict[Segment, Conflict]:
    """Writes many segments; gives those that somebody else changed meanwhile, of which nothing was stored.

    ``texts`` holds for each segment its words, the number and the fingerprint that the writer saw, and whether the
    change keeps the meaning. Each is its own transaction: one conflict keeps no other segment from being stored.
    """
    met = {}
    for segment, (text, base, seen, keeps) in texts.items():
        try:
            write(
                actor, version=version, segment=segment, text=text, base=base, seen=seen, keeps_meaning=keeps, now=now
            )
        except Conflict as conflict:
            met[segment] = conflict
    return met
