"""Wrapping keys and sealing fields: AES-256-GCM, everything that places a value bound as associated data.

A sealed value is one byte of format, twelve of nonce, the ciphertext and its tag. Opening gives the plaintext
or raises :class:`VaultError`; it never gives anything else.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rso.accounts.rules import Actor, Role, enter, require
from rso.base.errors import RsoError

FORMAT: Final = b"\x01"
NONCE: Final = 12
TAG: Final = 16
KEY: Final = 32
_WRAPPING: Final = "wrapped-key"


class VaultError(RsoError):
    """A key that is not there any more, or a value that does not open where it stands."""


class VaultPermission(StrEnum):
    USE_AGENCY_KEY = "node:agency-key:use"
    KEEP_KEYS = "node:key:keep"


class VaultEvent(StrEnum):
    SUBJECT_KEY_DESTROYED = "node:subject-key:destroyed"
    KEYRING_TURNED = "node:keyring:turned"
    KEY_STORED = "node:key:stored"
    KEY_DESTROYED = "node:key:destroyed"


class Secret(StrEnum):
    """What kind of key a row of the vault holds."""

    SUBJECT = "subject"
    """Opens the fields of one subject: a person of the gallery, or a conversation."""
    AGENCY = "agency"
    """Signs the inside of messages; a person's step-up unlocks it."""
    NODE = "node"
    """Signs the outside of messages and the node's requests to the relay."""
    OPENING = "opening"
    """Opens what was sealed to one week."""


def enter_own() -> None:
    people = {Role.OFFICER, Role.PROTECTION_OFFICER, Role.EXAMINER, Role.APPROVER, Role.NODE_ADMINISTRATOR}
    enter(VaultPermission.USE_AGENCY_KEY, people, system=True)
    enter(VaultPermission.KEEP_KEYS, {Role.NODE_ADMINISTRATOR}, system=True)


def check_unlock(actor: Actor, *, stepped_up: bool) -> None:
    """May ``actor`` use the agency's key now? Raises ``NotAllowed``, or ``step-up-needed``.

    A person needs a fresh second factor. The system's own actor is let through: what it may send without a
    person is decided where it sends (``post.rules``).
    """
    require(actor, VaultPermission.USE_AGENCY_KEY)
    if not actor.system and not stepped_up:
        raise VaultError("step-up-needed", "Show your second factor again; then repeat what you were doing.")


@dataclass(frozen=True, slots=True)
class DataKey:
    """The data key of one subject, unwrapped. ``id`` may be shown; ``secret`` (32 bytes) never."""

    id: UUID
    secret: bytes = field(repr=False)


def associated(*parts: str | bytes) -> bytes:
    """The parts one after another, each after its length, so that no two lists of parts look alike."""
    encoded = [part.encode() if isinstance(part, str) else part for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


def seal(secret: bytes, plaintext: bytes, bound: bytes) -> bytes:
    """``plaintext`` under ``secret`` (32 bytes), bound to ``bound``; the nonce is random."""
    nonce = secrets.token_bytes(NONCE)
    return FORMAT + nonce + AESGCM(secret).encrypt(nonce, plaintext, bound)


def unseal(secret: bytes, sealed: bytes, bound: bytes) -> bytes:
    """What :func:`seal` was given; raises :class:`VaultError` (``not-opened``) for anything else."""
    if len(sealed) < 1 + NONCE + TAG or sealed[:1] != FORMAT:
        raise VaultError("not-opened", "A stored value is not a sealed one.")
    try:
        return AESGCM(secret).decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE :], bound)
    except InvalidTag:
        raise VaultError("not-opened", "A stored value does not open with its key at its place.") from None


def wrap(key_encryption_key: bytes, secret: bytes, *, row: UUID, kind: str, epoch: str) -> bytes:
    """``secret`` under the key-encryption key of ``epoch``, bound to its row of the vault."""
    return seal(key_encryption_key, secret, associated(_WRAPPING, row.bytes, kind, epoch))


def unwrap(key_encryption_key: bytes, wrapped: bytes, *, row: UUID, kind: str, epoch: str) -> bytes:
    """What :func:`wrap` was given; raises :class:`VaultError`."""
    return unseal(key_encryption_key, wrapped, associated(_WRAPPING, row.bytes, kind, epoch))


def seal_field(key: DataKey, table: str, column: str, row: str | UUID, plaintext: bytes) -> bytes:
    """A value for one column of one row of one table: moved anywhere else, it does not open."""
    return seal(key.secret, plaintext, associated("field", table, column, str(row), key.id.bytes))


def open_field(key: DataKey, table: str, column: str, row: str | UUID, sealed: bytes) -> bytes:
    """What :func:`seal_field` was given; raises :class:`VaultError` (``not-opened``), never returns ciphertext."""
    return unseal(key.secret, bytes(sealed), associated("field", table, column, str(row), key.id.bytes))
