"""Reading keys. What comes out is unwrapped: keep it no longer than the work at hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

from django.conf import settings
from django.db.models import QuerySet

from rso import sql
from rso.accounts.rules import Actor
from rso.node.vault.adapters.folder import FolderKeyRing
from rso.node.vault.models import WrappedKey
from rso.node.vault.ports import KeyRing
from rso.node.vault.rules import DataKey, Secret, VaultError, check_unlock, unwrap
from rso.wire.keys import OpeningKey, SigningKey, VerifyKey


def keyring() -> KeyRing:
    """The key ring of the settings."""
    return FolderKeyRing(settings.RSO_KEYRING)


@dataclass
class _AtHand:
    """What was unwrapped for the work at hand."""

    data: dict[str, DataKey] = field(default_factory=dict, repr=False)
    signing: dict[tuple[Secret, bytes], SigningKey] = field(default_factory=dict, repr=False)
    opening: dict[bytes, OpeningKey] = field(default_factory=dict, repr=False)
    epochs: dict[str, bytes] = field(default_factory=dict, repr=False)


_at_hand: ContextVar[_AtHand | None] = ContextVar("keys at hand", default=None)


@contextmanager
def keys_at_hand() -> Iterator[None]:
    """Within, every key is looked up and unwrapped once. For one page of messages or one task, never for longer."""
    if _at_hand.get() is not None:
        yield
        return
    token = _at_hand.set(_AtHand())
    try:
        yield
    finally:
        _at_hand.reset(token)


def put_at_hand(found: dict[str, DataKey]) -> None:
    """Keeps data keys by their subjects for the work at hand, where there is one."""
    held = _at_hand.get()
    if held is not None:
        held.data.update(found)


def forget(subjects: Iterable[str]) -> None:
    """Lets go of data keys that are about to be destroyed."""
    held = _at_hand.get()
    if held is not None:
        for subject in subjects:
            held.data.pop(subject, None)


_FIND: Final = "SELECT * FROM vault_wrappedkey WHERE kind = %s AND name = %s"


def _find(kind: Secret, name: str) -> WrappedKey | None:
    return sql.first(WrappedKey, _FIND, kind.value, name)


def _find_live(kind: Secret, key_id: bytes) -> WrappedKey | None:
    row = _find(kind, key_id.hex())
    return None if row is None or row.destroyed_at is not None else row


def _live(kind: Secret) -> QuerySet[WrappedKey]:
    return WrappedKey.objects.filter(kind=kind, destroyed_at=None)


def _secret(row: WrappedKey) -> bytes:
    return unwrap(_epoch_key(row.epoch), bytes(row.wrapped), row=row.pk, kind=row.kind, epoch=row.epoch)


def _epoch_key(epoch: str) -> bytes:
    held = _at_hand.get()
    if held is None:
        return keyring().key(epoch)
    if epoch not in held.epochs:
        held.epochs[epoch] = keyring().key(epoch)
    return held.epochs[epoch]


def data_key(subject: str) -> DataKey:
    """The data key of an opaque subject; raises ``VaultError``: ``key-destroyed``, or ``no-such-key``."""
    held = _at_hand.get()
    if held is not None and subject in held.data:
        return held.data[subject]
    row = _find(Secret.SUBJECT, subject)
    if row is None:
        raise VaultError("no-such-key", "There is no key for this record.")
    if row.destroyed_at is not None:
        raise VaultError("key-destroyed", "This record was destroyed: its key does not exist any more.")
    key = DataKey(row.pk, _secret(row))
    put_at_hand({subject: key})
    return key


def data_keys(subjects: list[str]) -> dict[str, DataKey]:
    """The keys of those among ``subjects`` that still have one, in one query; the others are left out."""
    found: dict[str, DataKey] = {}
    with keys_at_hand():  # the key of a week is read from the ring once for all of them
        for start in range(0, len(subjects), 500):
            for row in _live(Secret.SUBJECT).filter(name__in=subjects[start : start + 500]):
                found[row.name] = DataKey(row.pk, _secret(row))
    return found


def is_destroyed(subject: str) -> bool:
    """Whether the subject had a key that was destroyed."""
    return WrappedKey.objects.filter(kind=Secret.SUBJECT, name=subject, destroyed_at__isnull=False).exists()


def agency_key(actor: Actor, key_id: bytes, *, stepped_up: bool) -> SigningKey:
    """The agency's signing key, for an officer with a fresh second factor or for the system's own actor.

    Raises ``NotAllowed``, or ``VaultError``: ``step-up-needed``, ``no-such-key``.
    """
    check_unlock(actor, stepped_up=stepped_up)
    return _signing_key(Secret.AGENCY, key_id)


def node_key(key_id: bytes) -> SigningKey:
    """The node's signing key; raises ``VaultError`` (``no-such-key``)."""
    return _signing_key(Secret.NODE, key_id)


def _signing_key(kind: Secret, key_id: bytes) -> SigningKey:
    held = _at_hand.get()
    if held is not None and (kind, key_id) in held.signing:
        return held.signing[kind, key_id]
    row = _find_live(kind, key_id)
    if row is None:
        raise VaultError("no-such-key", "The vault does not hold the signing key that the directory names.")
    key = SigningKey.from_bytes(_secret(row))
    if held is not None:
        held.signing[kind, key_id] = key
    return key


def opening_key(key_id: bytes) -> OpeningKey | None:
    """The weekly key of that id, or ``None`` if it never was ours or was destroyed."""
    held = _at_hand.get()
    if held is not None and key_id in held.opening:
        return held.opening[key_id]
    row = _find_live(Secret.OPENING, key_id)
    if row is None:
        return None
    key = OpeningKey.from_bytes(_secret(row))
    if held is not None:
        held.opening[key_id] = key
    return key


def held(kind: Secret) -> tuple[bytes, ...]:
    """The ids of the signing or opening keys of that kind that the vault holds, oldest first."""
    names = _live(kind).order_by("created_at", "pk").values_list("name", flat=True)
    return tuple(bytes.fromhex(name) for name in names)


def public_key(kind: Secret, key_id: bytes) -> VerifyKey:
    """The public half of a signing key that the vault holds."""
    return _signing_key(kind, key_id).public
