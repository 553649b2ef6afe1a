"""Reading a file's words and drawing its first page, in a process of its own; what comes of it is kept here."""

from __future__ import annotations

import io
from datetime import datetime

from django.db import transaction

from rso.accounts.rules import system_actor
from rso.files.actions import store
from rso.files.adapters import folder
from rso.files.errors import FileRefused
from rso.files.models import StoredFile
from rso.office.library.actions.settling import settle
from rso.office.library.adapters.reader import WORDS_IN, Read, read_apart
from rso.office.library.models import Copy
from rso.office.library.rules import PREVIEWS, Reading


def read(copy: Copy, *, now: datetime) -> Copy:
    """Reads a copy that waits. The reader's process may die of a hostile file; then the file is one without words.

    Raises ``OSError`` where this machine is at fault (a full disk, no process to be had): the task tries again.
    """
    if copy.file is None or copy.reading != Reading.WAITING:
        return copy
    if copy.file.media_type not in WORDS_IN:
        return _keep(copy, Read(Reading.NOT_READ), now)
    return _keep(copy, read_apart(folder.path_of(copy.file.pk), copy.file.media_type), now)


@transaction.atomic
def _keep(copy: Copy, found: Read, now: datetime) -> Copy:
    copy = Copy.objects.select_for_update(of=("self",)).select_related("document__record__work", "file").get(pk=copy.pk)
    if copy.file is None or copy.reading != Reading.WAITING:  # removed, or read by another worker meanwhile
        return copy
    copy.reading, copy.pages, copy.text = found.reading.value, found.pages, found.text
    if found.picture:
        copy.preview = _picture(copy, found.picture)
    copy.save(update_fields=["reading", "pages", "text", "preview"])
    if copy.document.record.is_shown:
        settle(copy.document.record, now=now)
    return copy


def _picture(copy: Copy, picture: bytes) -> StoredFile | None:
    try:
        return store(
            system_actor("library"), content=io.BytesIO(picture), name="first-page.png", scope=PREVIEWS,
            subject=copy.document.record.work.code, most=10_000,
        )  # fmt: skip
    except FileRefused:
        return None
