"""A root key in two files: the secret one under its holder's passphrase, and the public one to hand on.

Both are deterministic CBOR. The secret file names everything that opening it needs, so that it can be opened
by other software in many years: scrypt (RFC 7914) makes a key of the passphrase, AES-256-GCM seals the 64
bytes of the signing key, and all other fields of the file are the associated data.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from rso.ceremony.errors import CeremonyError
from rso.wire import cbor
from rso.wire.cbor import Fields
from rso.wire.errors import MalformedError, WireError
from rso.wire.keys import SIGNING_KEY, VERIFY_KEY, SigningKey, VerifyKey

SEALED_FORMAT: Final = "rso/root-secret/1"
PUBLIC_FORMAT: Final = "rso/root-public/1"
FILE: Final = 8 * 1024
"""Bytes of either file, at most."""
PASSPHRASE: Final = 16
"""Characters of a passphrase, at least: six words of a dice list have more."""
MEMORY: Final = 1 << 30
"""Bytes that opening a file may ask for; scrypt takes 128 * n * r."""
_N, _R, _P = 1 << 17, 8, 1
_SALT, _NONCE, _TAG = 16, 12, 16
_HEAD = ("format", "public", "kdf", "n", "r", "p", "salt", "cipher", "nonce")


def check_passphrase(passphrase: str) -> None:
    """Raises ``CeremonyError`` (``weak-passphrase``) for one that is too short to protect a root key."""
    if len(_normal(passphrase)) < PASSPHRASE:
        raise CeremonyError(
            "weak-passphrase", f"the passphrase has fewer than {PASSPHRASE} characters: take six words at random"
        )


def seal_root(root: SigningKey, passphrase: str) -> bytes:
    """The secret file of ``root``; raises ``CeremonyError`` (``weak-passphrase``)."""
    check_passphrase(passphrase)
    head: dict[str, object] = {
        "format": SEALED_FORMAT,
        "public": root.public.to_bytes(),
        "kdf": "scrypt",
        "n": _N,
        "r": _R,
        "p": _P,
        "salt": secrets.token_bytes(_SALT),
        "cipher": "aes-256-gcm",
        "nonce": secrets.token_bytes(_NONCE),
    }
    read = Fields(head, "a root key file", _HEAD)
    sealed = _cipher(read, passphrase).encrypt(read.octets("nonce", size=_NONCE), root.to_bytes(), cbor.encode(head))
    return cbor.encode({**head, "sealed": sealed})


def open_root(data: bytes, passphrase: str) -> SigningKey:
    """The key of a secret file.

    Raises ``CeremonyError`` (``not-a-root-key``, or ``wrong-passphrase``, which cannot be told from damage).
    """
    head, sealed = _head(data)
    read = Fields(head, "a root key file", _HEAD)
    try:
        secret = _cipher(read, passphrase).decrypt(read.octets("nonce", size=_NONCE), sealed, cbor.encode(head))
    except InvalidTag:
        raise CeremonyError(
            "wrong-passphrase", "the passphrase is wrong, or the file of the root key is damaged"
        ) from None
    return SigningKey.from_bytes(secret)


def public_of(data: bytes) -> VerifyKey:
    """The public part that a secret file shows without its passphrase; raises as :func:`open_root`."""
    head, _sealed = _head(data)
    return _key(Fields(head, "a root key file", _HEAD), "public")


def _head(data: bytes) -> tuple[dict[str, object], bytes]:
    """All fields but the sealed one, looked at before any memory is spent on them; and the sealed one."""
    try:
        plain = cbor.decode(data, limit=FILE)
        read = Fields(plain, "a root key file", (*_HEAD, "sealed"))
        known = (read.raw("format"), read.raw("kdf"), read.raw("cipher"))
        if known != (SEALED_FORMAT, "scrypt", "aes-256-gcm"):
            raise MalformedError("this kind of root key file is not known", "unknown-format")
        n, r, _p = read.integer("n", 2), read.integer("r", 8, 64), read.integer("p", 1, 16)
        if n & (n - 1) or 128 * n * r > MEMORY:
            raise MalformedError("the costs of the passphrase are out of bounds")
        read.octets("salt", size=_SALT)
        read.octets("nonce", size=_NONCE)
        _key(read, "public")
        sealed = read.octets("sealed", size=SIGNING_KEY + _TAG)
    except WireError as error:
        raise CeremonyError("not-a-root-key", f"this is not the secret file of a root key: {error.message}") from None
    return {name: read.raw(name) for name in _HEAD}, sealed


def _cipher(read: Fields, passphrase: str) -> AESGCM:
    salt, n, r, p = read.octets("salt", size=_SALT), read.integer("n"), read.integer("r"), read.integer("p")
    try:
        key = Scrypt(salt=salt, length=32, n=n, r=r, p=p).derive(_normal(passphrase).encode())
    except MemoryError:
        raise CeremonyError(
            "no-memory", f"this machine has too little memory: the passphrase asks for {128 * n * r >> 20} MiB"
        ) from None
    return AESGCM(key)


def _normal(passphrase: str) -> str:
    """Keyboards write one letter in several ways; a passphrase must open on another machine too."""
    return unicodedata.normalize("NFC", passphrase)


def write_public(key: VerifyKey) -> bytes:
    """The public file of a root key."""
    return cbor.encode({"format": PUBLIC_FORMAT, "key": key.to_bytes()})


def read_public(data: bytes) -> VerifyKey:
    """Reads :func:`write_public`; raises ``CeremonyError`` (``not-a-root-key``)."""
    try:
        read = Fields(cbor.decode(data, limit=FILE), "a public root key", ("format", "key"))
        if read.raw("format") != PUBLIC_FORMAT:
            raise MalformedError("this kind of public root key is not known", "unknown-format")
        return _key(read, "key")
    except WireError as error:
        raise CeremonyError("not-a-root-key", f"this is not the public file of a root key: {error.message}") from None


def _key(read: Fields, name: str) -> VerifyKey:
    return VerifyKey.from_bytes(read.octets(name, size=VERIFY_KEY))


def fingerprint(key: VerifyKey) -> str:
    """Sixty-four hexadecimal digits to read aloud; the first half is the key's id."""
    return hashlib.sha256(key.to_bytes()).hexdigest()
