"""What else a node's signed request does: weekly keys, arrangements, and being seen."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from rso import sql
from rso.accounts.rules import Actor, system_actor
from rso.audit.actions import record
from rso.relay.models import EncryptionKey, NodeSeen, RegisteredArrangement
from rso.relay.queries import directory as directories
from rso.relay.queries import mailbox
from rso.relay.rules import (
    KEYS_PER_AGENCY,
    REGISTRATION_PAUSE,
    REGISTRATIONS_ALONE,
    RefusedError,
    Registered,
    Registration,
    RelayEvent,
)
from rso.wire.directory import Directory
from rso.wire.httpsig import RequestSignatureError, Signed
from rso.wire.identifiers import AgencyId
from rso.wire.keyrecords import EncryptionKeyRecord

_ENTER_NONCE = "INSERT INTO relay_nonce (value, created) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_SEEN_EVERY = timedelta(seconds=20)
_NOTED: dict[str, datetime] = {}
"""When this process last noted a node, so that not every request writes it down."""


def note_request(signed: Signed, *, now: datetime) -> None:
    """Refuses a request that was carried out before, and notes that its node lives. Within the transaction."""
    if not sql.change(_ENTER_NONCE, f"{signed.by.key_id.hex()}:{signed.nonce}", signed.created):
        raise RequestSignatureError("replayed-request", "This very request was carried out before: sign it anew.")
    name = str(signed.by.agency)
    if now - _NOTED.get(name, now - 2 * _SEEN_EVERY) > _SEEN_EVERY:
        NodeSeen.objects.update_or_create(pk=name, defaults={"last_seen": now})
        transaction.on_commit(lambda: _NOTED.__setitem__(name, now))


def publish_key(caller: AgencyId, *, data: bytes, directory: Directory, now: int) -> EncryptionKeyRecord:
    """Stores a weekly key of the caller's agency, to be handed on. Raises for another's, or one that is over."""
    published = EncryptionKeyRecord.parse(data)
    if published.agency != caller:
        raise RefusedError(403, "wrong-sender", "A node publishes the keys of its own agency only.")
    key = directories.node_key(directory, caller, published.signer, now)
    if key is None:
        raise RefusedError(403, "wrong-signer", "The record is not signed by a key that the node has now.")
    published.verify(key)
    if published.not_after <= now:
        raise RefusedError(400, "key-expired", "This key's time is over.")
    with transaction.atomic(savepoint=False):
        mine = EncryptionKey.objects.filter(agency=str(caller))
        others = mine.filter(not_after__gt=now).exclude(key_id=published.key.key_id.hex())
        if others.count() >= KEYS_PER_AGENCY:
            raise RefusedError(429, "quota-used", "The relay holds as many keys as it may.", 3600)
        _, created = EncryptionKey.objects.update_or_create(
            agency=str(caller),
            key_id=published.key.key_id.hex(),
            defaults={
                "epoch": published.epoch.number,
                "not_after": published.not_after,
                "record": data,
            },
        )
        if created:
            record(_node(caller), RelayEvent.KEY_PUBLISHED, subject=published.key.key_id.hex())
    return published


def register(caller: AgencyId, *, digest: bytes, content: Registration) -> Registered:
    """Registers an arrangement, or repeats what another party registered; raises where the two differ."""
    if caller not in content.parties:
        raise RefusedError(403, "not-a-party", "Only a party's node registers an arrangement.")
    with transaction.atomic(savepoint=False):
        row, created = RegisteredArrangement.objects.select_for_update().get_or_create(
            pk=digest.hex(), defaults={"content": content.encode()}
        )
        if created and mailbox.waits_for_others(caller) >= REGISTRATIONS_ALONE:
            raise RefusedError(429, "quota-used", "Too many wait for their other parties.", REGISTRATION_PAUSE)
        found = mailbox.registered(row)
        if not created and caller not in found.content.parties:
            raise RefusedError(403, "not-a-party", "Only a party's node registers an arrangement.")
        if bytes(row.content) != content.encode():
            raise RefusedError(409, "arrangement-mismatch", "Another party registered other times, parties or numbers.")
        if caller not in found.by:
            row.registered_by = sorted([*row.registered_by, str(caller)])
            row.save(update_fields=["registered_by"])
            record(_node(caller), RelayEvent.ARRANGEMENT_REGISTERED, subject=row.pk)
    return mailbox.registered(row)


def end(caller: AgencyId, *, digest: bytes, now: int) -> Registered:
    """Ends an arrangement at once, for all of its parties and for ever. Again is no error."""
    with transaction.atomic(savepoint=False):
        row = RegisteredArrangement.objects.select_for_update().filter(pk=digest.hex()).first()
        if row is None or caller not in mailbox.registered(row).content.parties:
            raise RefusedError(403, "unknown-arrangement", "The relay knows no such arrangement of this agency.")
        if row.ended is None:
            row.ended, row.ended_by = now, str(caller)
            row.save(update_fields=["ended", "ended_by"])
            record(_node(caller), RelayEvent.ARRANGEMENT_ENDED, subject=row.pk)
    return mailbox.registered(row)


def _node(caller: AgencyId) -> Actor:
    return system_actor(f"node {caller}"[:60])
