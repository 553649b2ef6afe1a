"""Which directory to believe: root keys pinned at set-up, a threshold of signatures, no way back, no freezing.

The steps of :func:`accept_directory` are numbered; an error names the step. What a member pins is the
:class:`TrustAnchor`; it is also where the verification of old evidence begins (:func:`open_directory`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from rso.wire import cbor, limits
from rso.wire.cbor import Fields
from rso.wire.directory import DIRECTORY, Directory
from rso.wire.errors import MalformedError, SignatureError, WireError
from rso.wire.keys import KEY_ID, SIGNATURE, VERIFY_KEY, SigningKey, VerifyKey

CONTEXT: Final = b"rso/directory/1"
ROOTS: Final = 16
THRESHOLD: Final = 2
"""Of three by default: the two Co-Managers' keys and a sealed reserve."""
_FILE: Final = DIRECTORY + ROOTS * 4 * limits.KIB
_ANCHOR: Final = ROOTS * 4 * limits.KIB


class TrustStep(IntEnum):
    """What is looked at before a directory is believed, in this order."""

    FORM = 1
    """Exactly the canonical bytes of a signed directory, within its limits."""
    THRESHOLD = 2
    """Enough different pinned root keys have signed exactly these bytes."""
    CONTENT = 3
    """The signed bytes are a consistent directory."""
    VERSION = 4
    """Not older than what was believed before (rollback), nor another one of the same version."""
    FRESHNESS = 5
    """Issued, and not expired (freeze)."""


class DirectoryRefusedError(WireError):
    """A directory that is not to be believed; ``step`` says where."""

    def __init__(self, step: TrustStep, code: str, message: str) -> None:
        super().__init__(code, message)
        self.step = step

    def __str__(self) -> str:
        return f"step {self.step.value} ({self.step.name.lower()}): {super().__str__()}"


@dataclass(frozen=True, slots=True)
class TrustAnchor:
    """The root keys, sorted by id, and how many of them must sign. Pinned at set-up, by hand."""

    threshold: int
    roots: tuple[VerifyKey, ...]

    def __post_init__(self) -> None:
        ids = [key.key_id for key in self.roots]
        if not 1 <= self.threshold <= len(ids) <= ROOTS:
            raise MalformedError("the threshold of the trust anchor does not fit its keys")
        if ids != sorted(set(ids)):
            raise MalformedError("the root keys must be sorted by id, and none twice")

    @classmethod
    def of(cls, roots: Iterable[VerifyKey], threshold: int = THRESHOLD) -> TrustAnchor:
        """An anchor of these keys in their right order."""
        return cls(threshold, tuple(sorted(roots, key=lambda key: key.key_id)))

    def root(self, key_id: bytes) -> VerifyKey | None:
        """The root key of that id."""
        return next((key for key in self.roots if key.key_id == key_id), None)

    def of_signers(self, file: SignedDirectory) -> TrustAnchor:
        """Only those keys that signed ``file``, all of which must: what a file of evidence carries of an anchor."""
        ids = {given.key_id for given in file.signatures}
        roots = tuple(key for key in self.roots if key.key_id in ids)
        return TrustAnchor(len(roots), roots)

    def encode(self) -> bytes:
        """The bytes that set-up keeps."""
        return cbor.encode({"threshold": self.threshold, "roots": [key.to_bytes() for key in self.roots]})

    @classmethod
    def decode(cls, data: bytes) -> TrustAnchor:
        """Reads :meth:`encode`; raises ``MalformedError``."""
        read = Fields(cbor.decode(data, limit=_ANCHOR), "a trust anchor", ("threshold", "roots"))
        return cls(read.integer("threshold"), tuple(_root(item) for item in read.items("roots", ROOTS)))

    def fingerprint(self) -> str:
        """Sixty-four hexadecimal digits to compare by telephone when pinning."""
        return hashlib.sha256(b"rso/trust-anchor/1\x00" + self.encode()).hexdigest()


def _root(value: object) -> VerifyKey:
    if not isinstance(value, bytes) or len(value) != VERIFY_KEY:
        raise MalformedError(f"a root key has {VERIFY_KEY} bytes", "bad-key")
    return VerifyKey.from_bytes(value)


@dataclass(frozen=True, slots=True)
class RootSignature:
    """One root key's signature over a directory's bytes."""

    key_id: bytes
    signature: bytes

    @classmethod
    def parse(cls, value: object) -> RootSignature:
        """Reads one signature of a file; raises ``MalformedError``."""
        read = Fields(value, "root signature", ("key", "signature"))
        return cls(read.octets("key", size=KEY_ID), read.octets("signature", size=SIGNATURE))


@dataclass(frozen=True, slots=True)
class SignedDirectory:
    """The file: the directory's bytes as they were signed, and the signatures."""

    body: bytes
    signatures: tuple[RootSignature, ...] = ()

    def signed_by(self, root: SigningKey) -> SignedDirectory:
        """The same file with the signature of ``root`` added (or made anew)."""
        others = [given for given in self.signatures if given.key_id != root.key_id]
        given = RootSignature(root.key_id, root.sign(CONTEXT, self.body))
        return SignedDirectory(self.body, tuple(sorted([*others, given], key=lambda item: item.key_id)))

    def encode(self) -> bytes:
        """The bytes of the file."""
        signatures = [{"key": given.key_id, "signature": given.signature} for given in self.signatures]
        return cbor.encode({"body": self.body, "signatures": signatures})

    @classmethod
    def decode(cls, data: bytes) -> SignedDirectory:
        """Reads :meth:`encode`; raises ``MalformedError``."""
        read = Fields(cbor.decode(data, limit=_FILE), "a signed directory", ("body", "signatures"))
        signatures = tuple(RootSignature.parse(item) for item in read.items("signatures", ROOTS))
        ids = [given.key_id for given in signatures]
        if ids != sorted(set(ids)):
            raise MalformedError("the root signatures must be sorted by key, and none twice")
        return cls(read.octets("body", limit=DIRECTORY), signatures)

    def digest(self) -> bytes:
        """SHA-256 of the signed bytes: what a node keeps beside the version that it believed last."""
        return hashlib.sha256(self.body).digest()


@dataclass(frozen=True, slots=True)
class Believed:
    """What a node believed last: it goes on from there, and never back."""

    version: int
    digest: bytes


def open_directory(data: bytes, anchor: TrustAnchor) -> Directory:
    """Steps 1 to 3: the directory, signed by enough root keys, whatever its age. For old evidence.

    Raises ``DirectoryRefusedError`` and nothing else.
    """
    try:
        file = SignedDirectory.decode(data)
    except MalformedError as error:
        raise DirectoryRefusedError(TrustStep.FORM, error.code, error.message) from None
    _check_threshold(file, anchor)
    try:
        return Directory.decode(file.body)
    except WireError as error:
        raise DirectoryRefusedError(TrustStep.CONTENT, error.code, error.message) from None


def _check_threshold(file: SignedDirectory, anchor: TrustAnchor) -> None:
    """Signatures of keys that are not pinned are ignored: there may be more roots than we know."""
    count = 0
    for given in file.signatures:
        root = anchor.root(given.key_id)
        if root is None:
            continue
        try:
            root.verify(CONTEXT, given.signature, file.body)
        except SignatureError as error:
            raise DirectoryRefusedError(TrustStep.THRESHOLD, error.code, error.message) from None
        count += 1
    if count < anchor.threshold:
        raise DirectoryRefusedError(
            TrustStep.THRESHOLD,
            "too-few-roots",
            f"{count} of {anchor.threshold} root keys have signed: ask for a file with all signatures",
        )


def accept_directory(data: bytes, anchor: TrustAnchor, now: int, believed: Believed | None) -> Directory:
    """Steps 1 to 5: the directory to use from now on.

    ``believed`` is what was accepted last, None at set-up. Raises ``DirectoryRefusedError`` and nothing else.
    """
    directory = open_directory(data, anchor)
    if believed is not None:
        if directory.version < believed.version:
            raise DirectoryRefusedError(TrustStep.VERSION, "rollback", "this directory is older than the one in use")
        same = SignedDirectory.decode(data).digest() == believed.digest
        if directory.version == believed.version and not same:
            raise DirectoryRefusedError(
                TrustStep.VERSION, "two-of-one-version", "two directories have this version: tell the office"
            )
    if directory.issued > now + limits.CLOCK_SKEW:
        raise DirectoryRefusedError(
            TrustStep.FRESHNESS, "not-yet-issued", "this directory is of the future: check the clock"
        )
    if directory.expires <= now:
        raise DirectoryRefusedError(
            TrustStep.FRESHNESS, "expired", "this directory has expired: fetch a newer one, or check the clock"
        )
    return directory
