"""Keys. Both pairs are hybrid: breaking one of the two algorithms breaks nothing.

Signing is Ed25519 together with ML-DSA-65 (FIPS 204), in the shape of the IETF's composite signatures: both
halves sign one representative, which names the construction, the context, the whole key and the hash of the
data. Opening is X-Wing (ML-KEM-768 with X25519), of which ``cryptography`` neither makes nor writes a
private key: its parts are kept. Parsing a key costs more than using it, so parsed public keys are cached
and objects are meant to be kept.
"""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from rso.wire.epochs import Epoch
from rso.wire.errors import MalformedError, SignatureError

KEY_ID: Final = 16
EPOCH: Final = 2
ML_DSA_PUBLIC: Final = 1952
ML_DSA_SIGNATURE: Final = 3309
ML_KEM_PUBLIC: Final = 1184
ML_KEM_SEED: Final = 64
SIGNING_KEY: Final = 64
"""Bytes of a signing key: the Ed25519 seed, then the ML-DSA seed."""
VERIFY_KEY: Final = 32 + ML_DSA_PUBLIC
SIGNATURE: Final = 64 + ML_DSA_SIGNATURE
OPENING_KEY: Final = EPOCH + ML_KEM_SEED + 32
SEALING_KEY: Final = EPOCH + ML_KEM_PUBLIC + 32

# A point of low order gives everybody the same secret: the trial refuses it when a key is read, not when it
# is used.
_TRIAL = X25519PrivateKey.from_private_bytes(bytes(31) + b"\x40")
_LABEL = b"rso hybrid signature 1: Ed25519, ML-DSA-65, SHA-512\x00"


def _sized(data: object, size: int, name: str) -> bytes:
    if not isinstance(data, bytes) or len(data) != size:
        raise MalformedError(f"{name} has {size} bytes", "bad-key")
    return data


class VerifyKey:
    """The public half of a :class:`SigningKey`. Equal and hashable by its bytes."""

    __slots__ = ("_classical", "_digest", "_encoded", "_lattice")

    def __init__(self, encoded: bytes) -> None:
        encoded = _sized(encoded, VERIFY_KEY, "a verifying key")
        try:
            self._classical = Ed25519PublicKey.from_public_bytes(encoded[:32])
            self._lattice = MLDSA65PublicKey.from_public_bytes(encoded[32:])
        except ValueError:
            raise MalformedError("a verifying key is not well formed", "bad-key") from None
        self._encoded = encoded
        self._digest = hashlib.sha256(encoded).digest()

    @classmethod
    def from_bytes(cls, encoded: bytes) -> VerifyKey:
        """Reads ``to_bytes``; raises ``MalformedError``. The parsed key is cached."""
        return _verify_key(_sized(encoded, VERIFY_KEY, "a verifying key"))

    def to_bytes(self) -> bytes:
        """1,984 bytes: Ed25519 public key, ML-DSA-65 public key."""
        return self._encoded

    @property
    def key_id(self) -> bytes:
        """The first 16 bytes of the SHA-256 of ``to_bytes``."""
        return self._digest[:KEY_ID]

    def representative(self, context: bytes, data: bytes) -> bytes:
        """What both halves sign: construction, context, key and the SHA-512 of ``data``."""
        if not 1 <= len(context) <= 255:
            raise ValueError("a context has 1 to 255 bytes")
        length = len(context).to_bytes(1, "big")
        return _LABEL + length + context + self._digest + hashlib.sha512(data).digest()

    def verify(self, context: bytes, signature: bytes, data: bytes) -> None:
        """Raises ``SignatureError`` unless both halves of ``signature`` verify."""
        if not isinstance(signature, bytes) or len(signature) != SIGNATURE:
            raise SignatureError(f"a signature has {SIGNATURE} bytes")
        signed = self.representative(context, data)
        try:
            self._classical.verify(signature[:64], signed)
            self._lattice.verify(signature[64:], signed, context)
        except InvalidSignature:
            raise SignatureError("the signature does not verify") from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VerifyKey) and other._encoded == self._encoded

    def __hash__(self) -> int:
        return hash(self._encoded)

    def __repr__(self) -> str:
        return f"VerifyKey({self.key_id.hex()})"


@lru_cache(maxsize=1024)
def _verify_key(encoded: bytes) -> VerifyKey:
    return VerifyKey(encoded)


class SigningKey:
    """The private key of an agency or of a node."""

    __slots__ = ("_classical", "_encoded", "_lattice", "public")

    public: VerifyKey

    def __init__(self, encoded: bytes) -> None:
        self._encoded = _sized(encoded, SIGNING_KEY, "a signing key")
        self._classical = Ed25519PrivateKey.from_private_bytes(encoded[:32])
        self._lattice = MLDSA65PrivateKey.from_seed_bytes(encoded[32:])
        classical = self._classical.public_key().public_bytes_raw()
        self.public = VerifyKey(classical + self._lattice.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> SigningKey:
        """A new key from the operating system's randomness."""
        return cls(secrets.token_bytes(SIGNING_KEY))

    @classmethod
    def from_bytes(cls, encoded: bytes) -> SigningKey:
        """Reads ``to_bytes``; raises ``MalformedError``."""
        return cls(encoded)

    def to_bytes(self) -> bytes:
        """64 bytes that are the secret: both seeds. Only a key ring may store them, and wrapped."""
        return self._encoded

    @property
    def key_id(self) -> bytes:
        """The id of ``public``."""
        return self.public.key_id

    def sign(self, context: bytes, data: bytes) -> bytes:
        """3,373 bytes: Ed25519 signature, ML-DSA-65 signature, both bound to ``context``."""
        signed = self.public.representative(context, data)
        return self._classical.sign(signed) + self._lattice.sign(signed, context)

    def __repr__(self) -> str:
        return f"SigningKey({self.key_id.hex()})"


class SealingKey:
    """The public key of an agency for one week, to which bodies are sealed."""

    __slots__ = ("_encoded", "epoch", "hpke_key", "key_id")

    epoch: Epoch
    key_id: bytes
    """Two bytes of the epoch, and the first 14 of the SHA-256 of ``to_bytes``."""

    def __init__(self, encoded: bytes) -> None:
        self._encoded = _sized(encoded, SEALING_KEY, "a sealing key")
        self.epoch = Epoch(int.from_bytes(encoded[:EPOCH], "big"))
        try:
            lattice = MLKEM768PublicKey.from_public_bytes(encoded[EPOCH : EPOCH + ML_KEM_PUBLIC])
            classical = X25519PublicKey.from_public_bytes(encoded[EPOCH + ML_KEM_PUBLIC :])
            _TRIAL.exchange(classical)
        except ValueError:
            raise MalformedError("a sealing key is not well formed", "bad-key") from None
        self.hpke_key = hpke.MLKEM768X25519PublicKey(lattice, classical)
        self.key_id = encoded[:EPOCH] + hashlib.sha256(encoded).digest()[: KEY_ID - EPOCH]

    @classmethod
    def from_bytes(cls, encoded: bytes) -> SealingKey:
        """Reads ``to_bytes``; raises ``MalformedError``. The parsed key is cached."""
        return _sealing_key(_sized(encoded, SEALING_KEY, "a sealing key"))

    def to_bytes(self) -> bytes:
        """1,218 bytes: epoch, ML-KEM-768 public key, X25519 public key."""
        return self._encoded

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SealingKey) and other._encoded == self._encoded

    def __hash__(self) -> int:
        return hash(self._encoded)

    def __repr__(self) -> str:
        return f"SealingKey({self.epoch}, {self.key_id.hex()})"


@lru_cache(maxsize=1024)
def _sealing_key(encoded: bytes) -> SealingKey:
    return SealingKey(encoded)


class OpeningKey:
    """The private key of one week; destroying its bytes makes the traffic of the week unreadable for ever."""

    __slots__ = ("_encoded", "hpke_key", "public")

    public: SealingKey

    def __init__(self, encoded: bytes) -> None:
        self._encoded = _sized(encoded, OPENING_KEY, "an opening key")
        epoch = Epoch(int.from_bytes(encoded[:EPOCH], "big"))
        lattice = MLKEM768PrivateKey.from_seed_bytes(encoded[EPOCH : EPOCH + ML_KEM_SEED])
        classical = X25519PrivateKey.from_private_bytes(encoded[EPOCH + ML_KEM_SEED :])
        self.hpke_key = hpke.MLKEM768X25519PrivateKey(lattice, classical)
        public = lattice.public_key().public_bytes_raw() + classical.public_key().public_bytes_raw()
        self.public = SealingKey(epoch.number.to_bytes(EPOCH, "big") + public)

    @classmethod
    def generate(cls, epoch: Epoch) -> OpeningKey:
        """A new key for the week ``epoch``, from the operating system's randomness."""
        return cls(epoch.number.to_bytes(EPOCH, "big") + secrets.token_bytes(ML_KEM_SEED + 32))

    @classmethod
    def from_bytes(cls, encoded: bytes) -> OpeningKey:
        """Reads ``to_bytes``; raises ``MalformedError``."""
        return cls(encoded)

    def to_bytes(self) -> bytes:
        """98 bytes, secret but for the epoch: epoch, ML-KEM seed, X25519 private key."""
        return self._encoded

    @property
    def epoch(self) -> Epoch:
        """The week for which the key was made."""
        return self.public.epoch

    @property
    def key_id(self) -> bytes:
        """The id of ``public``."""
        return self.public.key_id

    def __repr__(self) -> str:
        return f"OpeningKey({self.epoch}, {self.key_id.hex()})"
