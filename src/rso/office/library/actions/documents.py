"""Files of a record: added, replaced, removed and put back. Their bytes are judged by ``rso.files`` first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import IO, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from rso.accounts.rules import Actor, require, system_actor
from rso.audit.actions import record as audit
from rso.base.errors import RsoError
from rso.content.actions.writing import begin_version
from rso.content.models import Edition
from rso.files.actions import arriving, keep, remove
from rso.files.models import StoredFile
from rso.office.library.actions.records import locked
from rso.office.library.actions.settling import settle
from rso.office.library.models import Copy, Document, Record
from rso.office.library.rules import SCOPE, LibraryEvent, LibraryPermission, is_access, is_within

#: Files of one record, earlier copies among them.
MOST: Final = 300


def undo_time() -> timedelta:
    """For how long a removed file can be put back (the setting ``RSO_LIBRARY_UNDO_DAYS``)."""
    return timedelta(days=settings.RSO_LIBRARY_UNDO_DAYS)


def attach(
    actor: Actor,
    *,
    record: Record,
    content: IO[bytes],
    name: str,
    language: str,
    role: Document.Role = Document.Role.MAIN,
    access: str = "",
    accessibility: str = "",
    edition: Edition | None = None,
    now: datetime,
) -> Document:
    """A file in a language of the newest edition (or of ``edition``); the language begins with it if it is new."""
    require(actor, LibraryPermission.CHANGE)
    if access and not (is_access(access) and is_within(access, record.work.audience)):
        raise RsoError("wider-than-record", "A file cannot be for more people than its record.")
    with arriving(content=content, name=name) as arrived, transaction.atomic():
        record = locked(record)
        chosen = edition or record.work.editions.order_by("-number")[0]
        version = begin_version(actor, edition=chosen, language=language, now=now)
        file = keep(actor, arrived=arrived, scope=SCOPE, subject=record.work.code, most=MOST)
        last = record.documents.aggregate(last=Max("order"))["last"] or 0
        document = Document.objects.create(
            record=record, version=version, role=role.value, access=access, accessibility=accessibility, order=last + 10
        )
        _copied(actor, document, file, 1, now)
        _told(actor, LibraryEvent.FILE_ADDED, document, now)
    return document


def replace(actor: Actor, *, document: Document, content: IO[bytes], name: str, now: datetime) -> Copy:
    """A newer file in the same place; the earlier one is kept, for those who keep the library."""
    require(actor, LibraryPermission.CHANGE)
    with arriving(content=content, name=name) as arrived, transaction.atomic():
        record = locked(document.record)
        document = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
        if document.removed_at is not None:
            raise RsoError("moved-on", "This file was removed meanwhile. Put it back first.")
        file = keep(actor, arrived=arrived, scope=SCOPE, subject=record.work.code, most=MOST)
        number = (document.copies.aggregate(last=Max("number"))["last"] or 0) + 1
        copy = _copied(actor, document, file, number, now)
        _told(actor, LibraryEvent.FILE_REPLACED, document, now)
    return copy


def _copied(actor: Actor, document: Document, file: StoredFile, number: int, now: datetime) -> Copy:
    from rso.office.library.tasks import read_copy  # the task calls an action of ours

    copy = Copy.objects.create(document=document, number=number, file=file, by_id=actor.user_id, at=now)
    read_copy.enqueue(copy.pk)
    return copy


def _told(actor: Actor, event: LibraryEvent, document: Document, now: datetime) -> None:
    record = document.record
    record.changed_at = now
    record.save(update_fields=["changed_at"])
    facts: dict[str, str | int | bool] = {"document": str(document.pk), "language": document.version.language}
    audit(actor, event, subject=record.work.code, facts=facts)
    if record.is_shown:
        settle(record, now=now)


@transaction.atomic
def change_document(
    actor: Actor, *, document: Document, role: Document.Role, accessibility: str, now: datetime
) -> Document:
    """What a file is in its record, and what those should know who cannot see or hear well."""
    require(actor, LibraryPermission.CHANGE)
    document.role, document.accessibility = role.value, accessibility
    document.save(update_fields=["role", "accessibility"])
    _told(actor, LibraryEvent.FILE_CHANGED, document, now)
    return document


@transaction.atomic
def move_up(actor: Actor, *, document: Document, now: datetime) -> None:
    """Changes places with the file above; at the top nothing happens."""
    require(actor, LibraryPermission.CHANGE)
    others = document.record.documents.filter(removed_at=None, order__lt=document.order)
    other = others.order_by("-order").first()
    if other is None:
        return
    document.order, other.order = other.order, document.order
    Document.objects.bulk_update([document, other], ["order"])
    _told(actor, LibraryEvent.FILE_CHANGED, document, now)


@transaction.atomic
def set_removed(actor: Actor, *, document: Document, removed: bool, now: datetime) -> Document:
    """Takes a file from its readers; within ``RSO_LIBRARY_UNDO_DAYS`` it can be put back, then it is forgotten."""
    require(actor, LibraryPermission.CHANGE)
    locked(document.record)
    document = Document.objects.select_for_update(of=("self",)).select_related("record__work", "version").get(
        pk=document.pk
    )  # fmt: skip
    if removed == (document.removed_at is not None):
        raise RsoError("moved-on", "This file is not in that state any more. Load the page again.")
    if not removed and document.removed_at is not None and now - document.removed_at > undo_time():
        raise RsoError("too-late", "This file was removed too long ago to be put back.")
    document.removed_at = now if removed else None
    document.save(update_fields=["removed_at"])
    _told(actor, LibraryEvent.FILE_REMOVED if removed else LibraryEvent.FILE_PUT_BACK, document, now)
    return document


def forget_removed(*, now: datetime) -> int:
    """Forgets the bytes of files that can no longer be put back; that they were there stays."""
    gone = 0
    for copy in Copy.objects.filter(document__removed_at__lt=now - undo_time(), file__isnull=False):
        gone += _forget(copy)
    return gone


@transaction.atomic
def _forget(copy: Copy) -> int:
    files = [file for file in (copy.file, copy.preview) if file is not None]
    copy.file, copy.preview, copy.text = None, None, ""
    copy.save(update_fields=["file", "preview", "text"])
    for file in files:
        remove(system_actor("library"), file=file)
    return len(files)
