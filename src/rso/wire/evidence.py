"""Evidence: one file that proves, to somebody who trusts only the root keys, that a message went this way.

It holds the header, the digest of the sealed body, the node's signature, the blind, the relay's receipt, the
inclusion proof, a checkpoint and the signed directory with its history of keys. That is no personal data. A party
may add the opened message with its agency's signature, so that an auditor sees what was said.

:func:`verify` is a second verifier, independent of the one that nodes run: it takes nothing from ``verify``,
``envelope`` or the proofs of ``log``. It computes digests from the bytes, rebuilds the root by the definition
(RFC 9162, 2.1.3) and reads the checkpoint's lines itself; the tests hold both verifiers against each other. Shared
are the strict CBOR reader, the signature primitive and the directory.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from rso.wire import cbor, limits
from rso.wire.directory import Directory, KeyEntry, KeyUse
from rso.wire.errors import WireError
from rso.wire.evidence_file import EVIDENCE, Evidence, Opened, build
from rso.wire.header import Header
from rso.wire.identifiers import AgencyId
from rso.wire.receipt import LogReceipt, log_origin
from rso.wire.trust import SignedDirectory, TrustAnchor, open_directory

__all__ = ["EVIDENCE", "Evidence", "EvidenceError", "EvidenceStep", "Finding", "Opened", "build", "verify"]


class EvidenceStep(IntEnum):
    """What is looked at, in this order. An error names the step at which the file failed."""

    SIZE = 1
    """The file is not larger than its limit."""
    FORM = 2
    """Exactly the canonical bytes, exactly the known fields."""
    ANCHOR = 3
    """The root keys: those that the verifier was given, or, with a warning, those in the file."""
    DIRECTORY = 4
    """Enough root keys have signed the directory of keys; those in the file, where there are any, all have."""
    HEADER = 5
    """The header is one, of an accepted suite."""
    SENDER = 6
    """The sending node's key was good when the message was made, and signed header and digest of the body."""
    RECEIPT = 7
    """The relay's key was good, and it signed the receipt, at a time within the message's times; the sender's key had
    not been revoked by then."""
    CHECKPOINT = 8
    """The log's key, good at that time, signed the tree head that the receipt carries."""
    PLACE = 9
    """The receipt is for a batch of entries to which the message's place belongs."""
    INCLUSION = 10
    """The proof leads from the commitment to this header and body with this blind, at that place, to the root of the
    tree head."""
    CONTENT = 11
    """Where the opened message is in the file: the sending agency signed it, for this recipient and header."""


class EvidenceError(WireError):
    """The file proves nothing; ``step`` says where it failed."""

    def __init__(self, step: EvidenceStep, code: str, message: str) -> None:
        super().__init__(code, message)
        self.step = step

    def __str__(self) -> str:
        return f"step {self.step.value} ({self.step.name.lower()}): {super().__str__()}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the file proves. ``warnings`` are codes; with ``anchor-from-file`` nothing is proven but consistency."""

    header: Header
    accepted: int
    relay: AgencyId
    index: int
    log_size: int
    anchor_fingerprint: str
    message: bytes | None
    warnings: tuple[str, ...] = ()

    @property
    def steps(self) -> tuple[EvidenceStep, ...]:
        """The steps that were taken: the last one only where the file holds the message."""
        last = () if self.message is None else (EvidenceStep.CONTENT,)
        return (*(step for step in EvidenceStep if step is not EvidenceStep.CONTENT), *last)


# ---------------------------------------------------------------- the second verifier


def verify(data: bytes, anchor: TrustAnchor | None) -> Finding:
    """Takes all steps over the file ``data``. ``anchor`` holds the root keys that the verifier trusts.

    Without ``anchor`` the one inside the file is taken, and the finding warns of it: a forger can put his own root
    keys into a file. Needs no network, no clock and no database. Raises :class:`EvidenceError` and nothing else.
    """
    step = EvidenceStep
    if len(data) > EVIDENCE:
        raise EvidenceError(step.SIZE, "over-limit", f"An evidence file has at most {EVIDENCE} bytes.")
    with _at(step.FORM):
        evidence = Evidence.decode(data)
    with _at(step.ANCHOR):
        own = None if evidence.anchor is None else TrustAnchor.decode(evidence.anchor)
        trusted, warnings = _anchor(own, anchor)
    with _at(step.DIRECTORY):
        directory = open_directory(evidence.directory, trusted)
        _check_own(own, evidence.directory)
    with _at(step.HEADER):
        header = Header.decode(evidence.header)
    with _at(step.SENDER):
        _check_sender(evidence, header, directory)
    with _at(step.RECEIPT):
        receipt = LogReceipt.parse(evidence.receipt)
        _check_receipt(header, receipt, directory)
        _check_not_revoked(directory, evidence.signer, receipt)
    with _at(step.CHECKPOINT):
        size, root = _tree_head(receipt, directory)
    with _at(step.PLACE):
        _need(receipt.first <= evidence.index < size, "not-in-batch", "The receipt is for other places of the log.")
    with _at(step.INCLUSION):
        _check_inclusion(_entry(evidence), evidence, size, root)
    with _at(step.CONTENT):
        _check_content(evidence, header, receipt, directory)
    return Finding(
        header=header,
        accepted=receipt.accepted,
        relay=receipt.relay,
        index=evidence.index,
        log_size=size,
        anchor_fingerprint=trusted.fingerprint(),
        message=None if evidence.opened is None else evidence.opened.message,
        warnings=warnings,
    )


@contextmanager
def _at(step: EvidenceStep) -> Iterator[None]:
    """Names the step in whatever error of ours comes out of it."""
    try:
        yield
    except EvidenceError:
        raise
    except WireError as error:
        raise EvidenceError(step, error.code, error.message) from None


def _need(condition: bool, code: str, message: str) -> None:
    if not condition:
        raise WireError(code, message)


def _anchor(own: TrustAnchor | None, given: TrustAnchor | None) -> tuple[TrustAnchor, tuple[str, ...]]:
    if given is not None:
        return given, ()
    if own is None:
        raise WireError("no-anchor", "Give the root keys that you trust: the file holds none.")
    return own, ("anchor-from-file",)


def _check_own(own: TrustAnchor | None, file: bytes) -> None:
    """A root key in the file that signed nothing could be changed, and the rest would still agree with itself."""
    if own is None:
        return
    signers = [given.key_id for given in SignedDirectory.decode(file).signatures]
    every = own.threshold == len(own.roots) and [root.key_id for root in own.roots] == signers
    _need(every, "unused-root", "The root keys in the file are not those that signed its directory.")
    open_directory(file, own)


def _key(directory: Directory, key_id: bytes, holder: AgencyId, use: KeyUse, at: int) -> KeyEntry:
    """The key of that id, if it was the holder's, for that use, and good at that time."""
    entry = directory.key_by_id(key_id)
    if entry is None or entry.holder != holder or entry.use is not use:
        raise WireError("unknown-key", f"The directory knows no such key of {holder}.")
    _need(entry.validity.holds(at), "key-not-good", f"The key of {holder} was not good at that time.")
    return entry


def _check_sender(evidence: Evidence, header: Header, directory: Directory) -> None:
    entry = _key(directory, evidence.signer, header.sender, KeyUse.NODE, header.created)
    signed = hashlib.sha256(evidence.header).digest() + evidence.body_digest
    entry.key.verify(b"rso/envelope/outer/1", evidence.signature, signed)


def _entry(evidence: Evidence) -> bytes:
    """What the log must hold: the blinded commitment to this header and this body."""
    header_digest = hashlib.sha256(evidence.header).digest()
    commitment = hashlib.sha256(b"rso/commitment/1\x00" + header_digest + evidence.body_digest).digest()
    return hashlib.sha256(commitment + evidence.blind).digest()


def _check_receipt(header: Header, receipt: LogReceipt, directory: Directory) -> None:
    entry = _key(directory, receipt.signer, receipt.relay, KeyUse.NODE, receipt.accepted)
    receipt.verify(entry.key)
    in_time = header.created - limits.CLOCK_SKEW <= receipt.accepted <= header.expires + limits.CLOCK_SKEW
    _need(in_time, "wrong-time", "The relay accepted the message outside of the message's own times.")


def _check_not_revoked(directory: Directory, key_id: bytes, receipt: LogReceipt) -> None:
    """Whoever has a stolen key can date a message back, but not the log: what it shows to be older still counts."""
    entry = directory.key_by_id(key_id)
    revoked = None if entry is None else entry.validity.revoked
    in_time = revoked is None or receipt.accepted < revoked
    _need(in_time, "key-revoked", "The key had been revoked when the relay accepted the message.")


def _tree_head(receipt: LogReceipt, directory: Directory) -> tuple[int, bytes]:
    """Size and root of the receipt's checkpoint, after its signature by the log's key."""
    text, separator, tail = receipt.checkpoint.rpartition("\n\n")
    lines = text.split("\n")
    _need(bool(separator) and len(lines) == 3, "bad-checkpoint", "The checkpoint is not a signed note of three lines.")
    origin = log_origin(receipt.relay)
    _need(lines[0] == origin, "wrong-origin", "The checkpoint is of another log.")
    keys = [known.public for known in directory.log_keys(receipt.accepted) if known.name == origin]
    signed = (text + "\n").encode()
    _need(_signed_by_any(keys, origin, tail, signed), "bad-note-signature", "The log did not sign this checkpoint.")
    _need(lines[1].isascii() and lines[1].isdigit() and len(lines[1]) < 20, "bad-checkpoint", "The size is no number.")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except ValueError:
        root = b""
    _need(len(root) == 32, "bad-checkpoint", "The root of the checkpoint is no hash.")
    return int(lines[1]), root


def _signed_by_any(keys: list[bytes], name: str, tail: str, signed: bytes) -> bool:
    for line in tail.split("\n"):
        dash, _, rest = line.partition(" ")
        named, _, encoded = rest.partition(" ")
        if dash != "—" or named != name:
            continue
        try:
            raw = base64.b64decode(encoded, validate=True)
        except ValueError:
            continue
        for key in keys:
            tag = hashlib.sha256(name.encode() + b"\n\x01" + key).digest()[:4]
            if raw[:4] == tag and _ed25519_holds(key, raw[4:], signed):
                return True
    return False


def _ed25519_holds(key: bytes, signature: bytes, signed: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def _check_inclusion(entry: bytes, evidence: Evidence, size: int, root: bytes) -> None:
    rest = iter(reversed(evidence.proof))
    found = _rebuild(hashlib.sha256(b"\x00" + entry).digest(), evidence.index, size, lambda: next(rest, b""))
    _need(found == root and next(rest, None) is None, "proof-mismatch", "The proof does not lead to the root.")


def _rebuild(leaf: bytes, index: int, size: int, sibling: Callable[[], bytes]) -> bytes:
    """MTH by its definition, from the top: the proof's last hash is the sibling at the root."""
    if size == 1:
        return leaf
    half = 1 << (size - 1).bit_length() - 1
    other = sibling()
    if index < half:
        return hashlib.sha256(b"\x01" + _rebuild(leaf, index, half, sibling) + other).digest()
    return hashlib.sha256(b"\x01" + other + _rebuild(leaf, index - half, size - half, sibling)).digest()


def _check_content(evidence: Evidence, header: Header, receipt: LogReceipt, directory: Directory) -> None:
    opened = evidence.opened
    if opened is None:
        return
    entry = _key(directory, opened.signer, header.sender, KeyUse.AGENCY, header.created)
    digest = hashlib.sha256(b"rso/message/1\x00" + evidence.blind + opened.message).digest()
    header_digest = hashlib.sha256(evidence.header).digest()
    signed = cbor.encode({"header": header_digest, "message": digest, "to": str(header.recipient)})
    entry.key.verify(b"rso/envelope/inner/1", opened.signature, signed)
    _check_not_revoked(directory, opened.signer, receipt)
