"""Making, turning and destroying keys. The vault's database has transactions of its own.

Since no transaction spans both databases, a key is made before the rows that it seals (a key without rows harms
nobody) and destroyed before they are deleted (rows without a key say nothing).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, connections, transaction

from rso import sql
from rso.accounts.rules import Actor, require
from rso.audit.actions import record
from rso.base.clock import unix_seconds
from rso.node.vault.models import WrappedKey
from rso.node.vault.queries import data_key, data_keys, forget, keyring, put_at_hand
from rso.node.vault.router import VAULT
from rso.node.vault.rules import (
    KEY,
    DataKey,
    Secret,
    VaultError,
    VaultEvent,
    VaultPermission,
    unwrap,
    wrap,
)
from rso.wire.epochs import Epoch
from rso.wire.keys import OpeningKey, SigningKey
from rso.wire.limits import HOUR

_BATCH = 500
_SCRUB_PATIENCE_MS = 500


def subject_key(subject: str, *, now: datetime, is_new: bool = False) -> DataKey:
    """The data key of an opaque subject, made if there is none yet; where it ``is_new``, none is looked for first.

    Raises ``VaultError`` (``key-destroyed``) for a subject that was destroyed: it does not come back.
    """
    try:
        if not is_new:
            return data_key(subject)
    except VaultError as error:
        if error.code != "no-such-key":
            raise
    try:
        return _new_keys([subject], now)[subject]
    except IntegrityError:  # another process was first
        return data_key(subject)


def subject_keys_at_hand(subjects: Iterable[str], *, now: datetime) -> None:
    """Looks the keys of many subjects up at once, for the work at hand, and makes those that there are not.

    A subject whose key was destroyed stays without.
    """
    names = list(dict.fromkeys(subjects))
    put_at_hand(data_keys(names))
    rows = WrappedKey.objects.filter(kind=Secret.SUBJECT, name__in=names)
    there = set(rows.values_list("name", flat=True))
    try:
        _new_keys([name for name in names if name not in there], now)
    except IntegrityError:
        return  # another process made one of them: each is then looked up by itself


def _new_keys(subjects: Sequence[str], now: datetime) -> dict[str, DataKey]:
    """Makes keys for subjects that have none, and keeps them at hand; raises ``IntegrityError`` where one has."""
    if not subjects:
        return {}
    epoch, kek = _current(now)
    made = {subject: DataKey(uuid4(), secrets.token_bytes(KEY)) for subject in subjects}
    rows = [
        WrappedKey(
            pk=key.id,
            kind=Secret.SUBJECT,
            name=subject,
            epoch=epoch,
            created_at=now,
            wrapped=wrap(kek, key.secret, row=key.id, kind=Secret.SUBJECT, epoch=epoch),
        )
        for subject, key in made.items()
    ]
    # One statement is a transaction by itself.
    with transaction.atomic(using=VAULT) if len(rows) > 1 else nullcontext():
        sql.add(*rows)
    put_at_hand(made)
    return made


def subject_keys(subjects: Iterable[str], *, now: datetime) -> None:
    """Makes new keys for many subjects at once, for an import; one that exists already is an error."""
    _new_keys(list(subjects), now)


def _current(now: datetime) -> tuple[str, bytes]:
    epoch = str(Epoch.of(now))
    return epoch, keyring().make(epoch)


def _store(kind: Secret, name: str, secret: bytes, *, now: datetime, destroy_after: datetime | None = None) -> UUID:
    epoch, kek = _current(now)
    row = WrappedKey(pk=uuid4(), kind=kind, name=name, epoch=epoch, created_at=now, destroy_after=destroy_after)
    row.wrapped = wrap(kek, secret, row=row.pk, kind=row.kind, epoch=epoch)
    row.save(force_insert=True)
    return row.pk


def store_signing_key(actor: Actor, *, kind: Secret, key: SigningKey, now: datetime) -> bytes:
    """Keeps a signing key of the agency or of the node, wrapped; returns its id. Again is the same as once."""
    require(actor, VaultPermission.KEEP_KEYS)
    if kind not in (Secret.AGENCY, Secret.NODE):
        raise ValueError("a signing key is the agency's or the node's")
    if WrappedKey.objects.filter(kind=kind, name=key.key_id.hex()).exists():
        return key.key_id
    with transaction.atomic():
        row = _store(kind, key.key_id.hex(), key.to_bytes(), now=now)
        record(actor, VaultEvent.KEY_STORED, subject=row, facts={"kind": kind.value, "key": key.key_id.hex()})
    return key.key_id


def store_opening_key(key: OpeningKey, *, now: datetime, destroy_after: datetime) -> None:
    """Keeps the private part of a week, until :func:`destroy_due` finds it out of date."""
    _store(Secret.OPENING, key.key_id.hex(), key.to_bytes(), now=now, destroy_after=destroy_after)


def destroy_subjects(actor: Actor, *, subjects: Iterable[str], reason: str, now: datetime) -> int:
    """Destroys the data keys of opaque subjects: what they sealed is gone, here and in every backup.

    ``reason`` is a code. The caller's own action has decided; this one leaves a row of the audit. Returns how
    many keys there were.
    """
    names = list(subjects)
    forget(names)
    done = 0
    for start in range(0, len(names), _BATCH):
        chosen = WrappedKey.objects.filter(kind=Secret.SUBJECT, name__in=names[start : start + _BATCH])
        done += _destroy(actor, list(chosen.filter(destroyed_at=None)), VaultEvent.SUBJECT_KEY_DESTROYED, reason, now)
    return done


def destroy_due(actor: Actor, *, now: datetime) -> int:
    """Destroys the opening keys whose time is over; returns their number."""
    due = WrappedKey.objects.filter(destroyed_at=None, destroy_after__lte=now)
    return _destroy(actor, list(due), VaultEvent.KEY_DESTROYED, "retention", now)


def _destroy(actor: Actor, rows: list[WrappedKey], event: VaultEvent, reason: str, now: datetime) -> int:
    if not rows:
        return 0
    chosen = WrappedKey.objects.filter(pk__in=[row.pk for row in rows])
    with transaction.atomic(using=VAULT):
        chosen.update(wrapped=b"", destroyed_at=now)
    _scrub()
    with transaction.atomic():
        facts: dict[str, str | int | bool] = {"reason": reason, "keys": len(rows)}
        record(actor, event, subject=rows[0].pk if len(rows) == 1 else "several", facts=facts)
    return len(rows)


def _scrub() -> None:
    """Empties SQLite's write-ahead log, which still holds the pages as they were before.

    A reader that is at work may keep it from being emptied; whoever destroys does not wait long for that, since the
    next destruction, or the hourly look at the key ring, does it then.
    """
    connection = connections[VAULT]
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout")
            (patience,) = cursor.fetchone()
            cursor.execute(f"PRAGMA busy_timeout = {_SCRUB_PATIENCE_MS}")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute(f"PRAGMA busy_timeout = {patience}")


def turn(actor: Actor, *, now: datetime) -> int:
    """Wraps every live key anew under this week's key-encryption key, and destroys those of earlier weeks.

    From then on no older copy of the vault's database opens. Returns the number of keys wrapped anew; after a
    crash, calling it again goes on where it stopped.
    """
    require(actor, VaultPermission.KEEP_KEYS)
    ring = keyring()
    epoch, kek = _current(now)
    done = 0
    while rows := list(WrappedKey.objects.filter(destroyed_at=None).exclude(epoch=epoch)[:_BATCH]):
        with transaction.atomic(using=VAULT):
            for row in rows:
                secret = unwrap(ring.key(row.epoch), bytes(row.wrapped), row=row.pk, kind=row.kind, epoch=row.epoch)
                row.epoch, row.wrapped = epoch, wrap(kek, secret, row=row.pk, kind=row.kind, epoch=epoch)
            # Only rows that nobody has destroyed meanwhile: a destroyed key must not come back.
            for row in rows:
                WrappedKey.objects.filter(pk=row.pk, destroyed_at=None).update(epoch=epoch, wrapped=row.wrapped)
        done += len(rows)
    _scrub()
    earlier = _over(ring.epochs(), now)
    for known in earlier:
        ring.destroy(known)
    if earlier or done:
        with transaction.atomic():
            record(actor, VaultEvent.KEYRING_TURNED, subject=epoch, facts={"keys": done, "destroyed": len(earlier)})
    return done


def _over(epochs: Iterable[str], now: datetime) -> list[str]:
    """Weeks that ended an hour ago or more and of which no key is left.

    The hour is for another process that began to wrap a key just before the week's end.
    """
    ended = [epoch for epoch in epochs if Epoch.parse(epoch).ends + HOUR <= unix_seconds(now)]
    used = set(WrappedKey.objects.filter(destroyed_at=None, epoch__in=ended).values_list("epoch", flat=True))
    return [epoch for epoch in ended if epoch not in used]
