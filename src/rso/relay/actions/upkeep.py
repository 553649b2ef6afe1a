"""The relay's own housekeeping: a new directory, and forgetting what is over."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from rso.accounts.rules import Actor, require, system_actor
from rso.audit.actions import record
from rso.base.clock import unix_seconds
from rso.relay.models import Ciphertext, DirectoryFile, EncryptionKey, MailboxEntry, Nonce, QuotaUse
from rso.relay.queries import directory as directories
from rso.relay.rules import REMEMBERED_AFTER_EXPIRY, RelayEvent, RelayPermission
from rso.wire import limits
from rso.wire.directory import Directory
from rso.wire.httpsig import FRESH_SECONDS
from rso.wire.trust import Believed, SignedDirectory, accept_directory


@transaction.atomic
def load_directory(actor: Actor, *, data: bytes, now: datetime) -> Directory:
    """Takes a signed directory into use; raises ``DirectoryRefusedError`` for an older, forged or expired one."""
    require(actor, RelayPermission.LOAD_DIRECTORY)
    newest = DirectoryFile.objects.select_for_update().order_by("-version").first()
    believed = None if newest is None else Believed(newest.version, bytes(newest.digest))
    directory = accept_directory(data, directories.anchor(), unix_seconds(now), believed)
    digest = SignedDirectory.decode(data).digest()
    _, created = DirectoryFile.objects.get_or_create(
        version=directory.version, defaults={"digest": digest, "file": data, "loaded_at": now}
    )
    if created:
        record(actor, RelayEvent.DIRECTORY_LOADED, subject=digest.hex(), facts={"version": directory.version})
    return directory


@transaction.atomic
def sweep(*, now: int) -> dict[str, str | int | bool]:
    """Deletes ciphertext that expired, and what the relay remembers of messages a day later. Gives the counts.

    The leaf in the log stays; without its blind, which the relay never stored, it says nothing.
    """
    ciphertexts, _ = Ciphertext.objects.filter(entry__expires__lte=now).delete()
    entries, _ = MailboxEntry.objects.filter(expires__lte=now - REMEMBERED_AFTER_EXPIRY).delete()
    keys, _ = EncryptionKey.objects.filter(not_after__lte=now - limits.WEEK).delete()
    Nonce.objects.filter(created__lt=now - 2 * FRESH_SECONDS).delete()
    QuotaUse.objects.filter(day__lt=now // limits.DAY - 1).delete()
    facts: dict[str, str | int | bool] = {"expired": ciphertexts, "forgotten": entries, "keys": keys}
    if any(facts.values()):
        record(system_actor("relay sweep"), RelayEvent.SWEPT, subject=str(now), facts=facts)
    return facts
