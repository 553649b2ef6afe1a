"""Keeping and removing files. Whether the actor may add to a record is decided by the action that calls these."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from rso.accounts.rules import Actor
from rso.audit.actions import record
from rso.files.adapters import folder
from rso.files.adapters.clamd import scanner
from rso.files.errors import FileRefused
from rso.files.models import StoredFile
from rso.files.ports import Scanner
from rso.files.rules import KINDS, FilesEvent, Kind, clean_name, kind_of, owner_of

MOST_OF_A_SUBJECT = 20


@dataclass(frozen=True)
class Arrived:
    """A file that was looked into and is not kept yet. ``size`` is in bytes, ``sha256`` hexadecimal."""

    name: str
    media_type: str
    is_clean: bool
    size: int
    sha256: str
    bytes: folder.Incoming


@contextmanager
def arriving(
    *,
    content: IO[bytes],
    name: str,
    limit: int | None = None,
    scan_with: Scanner | None = None,
    kinds: tuple[Kind, ...] = KINDS,
) -> Iterator[Arrived]:
    """Writes an upload to the disk and looks into it; raises :class:`FileRefused`. Not kept, it vanishes at the end.

    ``limit`` is in bytes (the setting ``RSO_FILE_LIMIT`` if absent). No transaction is needed here: a virus
    scanner may take a minute, and would hold every lock for as long.
    """
    cleaned = clean_name(name)
    with folder.incoming(content, limit=limit or settings.RSO_FILE_LIMIT) as incoming:
        with incoming.path.open("rb") as written:
            kind = kind_of(written, cleaned, kinds)
        checker = scan_with or scanner()
        if checker is not None and checker.scan(incoming.path) is not None:
            raise FileRefused("file-infected", "The virus scanner found something in this file.")
        yield Arrived(cleaned, kind.media_type, checker is not None, incoming.size, incoming.sha256, incoming)


@transaction.atomic
def keep(actor: Actor, *, arrived: Arrived, scope: str, subject: str, most: int = MOST_OF_A_SUBJECT) -> StoredFile:
    """Keeps an arrived file of the record ``subject``, at most ``most`` of one record; raises :class:`FileRefused`.

    The row belongs to the caller's transaction; if that fails, the bytes are an orphan that the sweep removes.
    """
    if owner_of(scope) is None:
        raise ValueError(f"nobody answers for the scope {scope!r}")
    if StoredFile.objects.filter(scope=scope, subject=subject).count() >= most:
        raise FileRefused("file-too-many", f"There are {most} files here already.")
    pk = uuid4()
    arrived.bytes.keep(pk)
    stored = StoredFile.objects.create(
        id=pk,
        scope=scope,
        subject=subject,
        name=arrived.name,
        media_type=arrived.media_type,
        size=arrived.size,
        sha256=arrived.sha256,
        scan=StoredFile.Scan.CLEAN if arrived.is_clean else StoredFile.Scan.NOT_SCANNED,
        uploaded_by_id=actor.user_id,
        at=timezone.now(),
    )
    facts: dict[str, str | int | bool] = {"scope": scope, "of": subject, "size": stored.size}
    record(actor, FilesEvent.STORED, subject=pk, facts={**facts, "sha256": stored.sha256})
    return stored


def store(
    actor: Actor,
    *,
    content: IO[bytes],
    name: str,
    scope: str,
    subject: str,
    limit: int | None = None,
    most: int = MOST_OF_A_SUBJECT,
    scan_with: Scanner | None = None,
) -> StoredFile:
    """:func:`arriving` and :func:`keep` in one, for a caller who holds no lock meanwhile."""
    with arriving(content=content, name=name, limit=limit, scan_with=scan_with) as arrived:
        return keep(actor, arrived=arrived, scope=scope, subject=subject, most=most)


@transaction.atomic
def remove(actor: Actor, *, file: StoredFile) -> None:
    """Forgets a file; its bytes go once the transaction is through. The audit keeps that it was there."""
    pk = file.pk
    record(actor, FilesEvent.REMOVED, subject=pk, facts={"scope": file.scope, "of": file.subject})
    file.delete()
    transaction.on_commit(lambda: folder.remove(pk))


def sweep(*, older_than_s: float = 24 * 3600) -> int:
    """Deletes bytes that no row knows, left by a crash or by a transaction that failed; returns their number."""
    gone = 0
    for path in folder.stale(older_than_s=older_than_s):
        if path.parent.name == "incoming" or not _is_known(path.name):
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _is_known(hexadecimal: str) -> bool:
    try:
        return StoredFile.objects.filter(pk=hexadecimal).exists()
    except ValidationError:  # not the name of a file of ours
        return False
