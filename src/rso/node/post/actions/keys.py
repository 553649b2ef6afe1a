"""Keys of this node and its peers: signing keys at set-up, weekly keys published ahead, destroyed in turn."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.base.clock import from_unix_seconds, unix_seconds
from rso.node.post import queries
from rso.node.post.models import EncryptionKey
from rso.node.post.rules import PostError, PostEvent, PostPermission
from rso.node.vault import actions as vault
from rso.node.vault import queries as keys
from rso.node.vault.rules import Secret, VaultPermission
from rso.wire import limits
from rso.wire.directory import KeyUse
from rso.wire.epochs import Epoch
from rso.wire.errors import MalformedError, WireError
from rso.wire.identifiers import AgencyId
from rso.wire.keyrecords import EncryptionKeyRecord
from rso.wire.keys import OpeningKey, SigningKey, VerifyKey

WEEKS_AHEAD: Final = 5
"""A node that is away for the longest lifetime of a message (35 days) can be written to all the time."""
_KEPT_AFTER: Final = timedelta(seconds=limits.LIFETIME + limits.DAY)
"""The longest lifetime of a message, and a day: then nothing that was sealed to the week can still arrive."""


def make_signing_keys(actor: Actor, *, now: datetime) -> dict[KeyUse, VerifyKey]:
    """Makes the agency's and the node's signing keys, once; gives the public halves for the directory."""
    require(actor, VaultPermission.KEEP_KEYS)
    made = {}
    for use, kind in ((KeyUse.AGENCY, Secret.AGENCY), (KeyUse.NODE, Secret.NODE)):
        if not keys.held(kind):
            vault.store_signing_key(actor, kind=kind, key=SigningKey.generate(), now=now)
        made[use] = keys.public_key(kind, keys.held(kind)[-1])
    return made


def make_weekly_keys(actor: Actor, *, now: datetime) -> int:
    """Makes the keys of this week and of the weeks ahead that do not exist yet; returns how many."""
    require(actor, PostPermission.EXCHANGE)
    ours, epoch, made = queries.own_agency(), Epoch.of(now), 0
    signer = queries.directory().node_key(ours, unix_seconds(now))
    if signer is None:
        raise PostError(
            "no-key-in-directory", "The directory has no key of this node that is good now: tell the office."
        )
    for _ in range(WEEKS_AHEAD + 1):
        if not EncryptionKey.objects.filter(is_ours=True, agency=str(ours), epoch=str(epoch)).exists():
            _make(actor, ours, epoch, keys.node_key(signer.key_id), now)
            made += 1
        epoch = epoch.next()
    return made


def _make(actor: Actor, ours: AgencyId, epoch: Epoch, node_key: SigningKey, now: datetime) -> None:
    """The private part is stored first: a published key that nobody can open would lose messages."""
    opening = OpeningKey.generate(epoch)
    issued = EncryptionKeyRecord.issue(ours, opening.public, node_key)
    destroy_after = from_unix_seconds(issued.not_after) + _KEPT_AFTER
    vault.store_opening_key(opening, now=now, destroy_after=destroy_after)
    with transaction.atomic():
        row = _row(issued, is_ours=True, destroy_after=destroy_after)
        row.save(force_insert=True)
        record(actor, PostEvent.KEY_MADE, subject=row.key_id, facts={"epoch": row.epoch})


def _row(issued: EncryptionKeyRecord, *, is_ours: bool, destroy_after: datetime | None) -> EncryptionKey:
    return EncryptionKey(
        agency=str(issued.agency),
        key_id=issued.key.key_id.hex(),
        epoch=str(issued.epoch),
        not_before=from_unix_seconds(issued.not_before),
        not_after=from_unix_seconds(issued.not_after),
        record=issued.encode(),
        is_ours=is_ours,
        destroy_after=destroy_after,
    )


def take_peer_keys(agency: AgencyId, records: list[bytes], *, now: datetime) -> int:
    """Keeps the records of ``agency`` that its node has signed; returns how many are new.

    One that does not verify is left out: the relay hands records on and is not believed.
    """
    new = 0
    for encoded in records[:64]:
        try:
            issued = _verified(agency, encoded, now)
        except WireError:
            continue
        if not EncryptionKey.objects.filter(key_id=issued.key.key_id.hex()).exists():
            _row(issued, is_ours=False, destroy_after=None).save(force_insert=True)
            new += 1
    return new


def _verified(agency: AgencyId, encoded: bytes, now: datetime) -> EncryptionKeyRecord:
    issued = EncryptionKeyRecord.parse(encoded)
    signer = queries.node_key_of(agency, issued.signer, unix_seconds(now))
    if signer is None or issued.agency != agency:
        raise MalformedError("the record is not of this agency's node", "unknown-key")
    issued.verify(signer)
    return issued


def peers_without_key(now: datetime) -> list[AgencyId]:
    """The other agencies of which no key is known that is good a week from now."""
    directory, ours = queries.directory(), queries.own_agency()
    nodes = {entry.holder for entry in directory.keys if entry.use is KeyUse.AGENCY} - {ours}
    soon = now + timedelta(days=7)
    known = EncryptionKey.objects.filter(is_ours=False, not_before__lte=soon, not_after__gt=soon)
    lacking = {str(agency) for agency in nodes} - set(known.values_list("agency", flat=True))
    return sorted(agency for agency in nodes if str(agency) in lacking and directory.takes_part(agency))


def destroy_old_keys(actor: Actor, *, now: datetime) -> int:
    """Destroys private keys whose week is over for good: what was recorded under them is dead for ever."""
    require(actor, PostPermission.EXCHANGE)
    done = vault.destroy_due(actor, now=now)
    EncryptionKey.objects.filter(is_ours=True, destroyed_at=None, destroy_after__lte=now).update(destroyed_at=now)
    EncryptionKey.objects.filter(is_ours=False, not_after__lte=now - _KEPT_AFTER).delete()
    return done


def unpublished(now: datetime) -> list[EncryptionKey]:
    """Our keys that the relay has not been told of, the nearest week first."""
    rows = EncryptionKey.objects.filter(is_ours=True, published_at=None, not_after__gt=now)
    return list(rows.order_by("not_before"))


def published(row: EncryptionKey, *, now: datetime) -> None:
    """The relay has the record."""
    EncryptionKey.objects.filter(pk=row.pk).update(published_at=now)
