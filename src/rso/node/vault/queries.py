"""Reading keys. What comes out is unwrapped: keep it no longer than the work at hand."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet

from rso.accounts.rules import Actor
from rso.node.vault.adapters.folder import FolderKeyRing
from rso.node.vault.models import WrappedKey
from rso.node.vault.ports import KeyRing
from rso.node.vault.rules import DataKey, Secret, VaultError, check_unlock, unwrap
from rso.wire.keys import OpeningKey, SigningKey, VerifyKey


def keyring() -> KeyRing:
    """The key ring of the settings."""
    return FolderKeyRing(settings.RSO_KEYRING)


def _live(kind: Secret) -> QuerySet[WrappedKey]:
    return WrappedKey.objects.filter(kind=kind, destroyed_at=None)


def _secret(row: WrappedKey) -> bytes:
    ring = keyring()
    key = ring.key(row.epoch)
    return unwrap(key, bytes(row.wrapped), row=row.pk, kind=row.kind, epoch=row.epoch)


def data_key(subject: str) -> DataKey:
    """The data key of an opaque subject; raises ``VaultError``: ``key-destroyed``, or ``no-such-key``."""
    row = WrappedKey.objects.filter(kind=Secret.SUBJECT, name=subject).first()
    if row is None:
        raise VaultError("no-such-key", "There is no key for this record.")
    if row.destroyed_at is not None:
        raise VaultError("key-destroyed", "This record was destroyed: its key does not exist any more.")
    return DataKey(row.pk, _secret(row))


def data_keys(subjects: list[str]) -> dict[str, DataKey]:
    """The keys of those among ``subjects`` that still have one, in one query; the others are left out."""
    ring = keyring()
    epochs: dict[str, bytes] = {}
    found: dict[str, DataKey] = {}
    for start in range(0, len(subjects), 500):
        for row in _live(Secret.SUBJECT).filter(name__in=subjects[start : start + 500]):
            if row.epoch not in epochs:
                epochs[row.epoch] = ring.key(row.epoch)
            secret = unwrap(epochs[row.epoch], bytes(row.wrapped), row=row.pk, kind=row.kind, epoch=row.epoch)
            found[row.name] = DataKey(row.pk, secret)
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
    row = _live(kind).filter(name=key_id.hex()).first()
    if row is None:
        raise VaultError("no-such-key", "The vault does not hold the signing key that the directory names.")
    return SigningKey.from_bytes(_secret(row))


def opening_key(key_id: bytes) -> OpeningKey | None:
    """The weekly key of that id, or ``None`` if it never was ours or was destroyed."""
    row = _live(Secret.OPENING).filter(name=key_id.hex()).first()
    return None if row is None else OpeningKey.from_bytes(_secret(row))


def held(kind: Secret) -> tuple[bytes, ...]:
    """The ids of the signing or opening keys of that kind that the vault holds, oldest first."""
    names = _live(kind).order_by("created_at", "pk").values_list("name", flat=True)
    return tuple(bytes.fromhex(name) for name in names)


def public_key(kind: Secret, key_id: bytes) -> VerifyKey:
    """The public half of a signing key that the vault holds."""
    return _signing_key(kind, key_id).public
