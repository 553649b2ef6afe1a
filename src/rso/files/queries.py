"""Reading files. Whoever lists those of a record has asked already whether the actor may see the record."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from rso.accounts.rules import Actor
from rso.files.models import StoredFile
from rso.files.rules import owner_of


def of_subject(scope: str, subject: str) -> QuerySet[StoredFile]:
    """The files of one record, oldest first."""
    return StoredFile.objects.filter(scope=scope, subject=subject)


def readable(actor: Actor, pk: UUID) -> StoredFile | None:
    """The file if its owner lets ``actor`` read it. What one may not read does not exist for one."""
    file = StoredFile.objects.filter(pk=pk).first()
    owner = owner_of(file.scope) if file is not None else None
    return file if file is not None and owner is not None and owner.may_read(actor, file) else None
