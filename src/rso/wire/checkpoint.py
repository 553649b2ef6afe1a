"""The log's signed tree head: a C2SP checkpoint inside a C2SP signed note, as Go's ``sumdb/note`` reads it.

The text is three lines (origin, size, root in base64); extension lines are refused, since no monitor audits
them. Signatures of keys that are not known (another key of the log, witnesses) are ignored, as the note format
demands; a known key's signature that does not verify refuses the whole note.

Sources: C2SP signed-note and tlog-checkpoint.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from rso.wire.errors import ProofError
from rso.wire.log import HASH_BYTES, MAX_SIZE

ED25519_ALGORITHM = b"\x01"
MAX_NOTE = 64 * 1024
MAX_SIGNATURES = 32
MAX_NAME = 200

_NAME = re.compile(r"[^\s+\x00-\x1f\ud800-\udfff]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_SIGNATURE = re.compile(r"— (\S+) (\S+)")


# ---------------------------------------------------------------- keys


def _key_hash(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519_ALGORITHM + public).digest()[:4]


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > MAX_NAME:
        raise ProofError("bad-note-key", "A note key's name is short and has neither spaces nor a plus sign.")


@dataclass(frozen=True, slots=True)
class NoteVerifier:
    """The public side of a note key: its ``name`` and the 32 bytes of its Ed25519 key."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.public) != 32:
            raise ProofError("bad-note-key", "A note key has 32 bytes.")

    @property
    def key_hash(self) -> bytes:
        """Four bytes that tell keys of one name apart; not a cryptographic binding."""
        return _key_hash(self.name, self.public)

    def encoded(self) -> str:
        """The key as Go's ``note.NewVerifier`` takes it: ``name+hash+base64``."""
        key = base64.b64encode(ED25519_ALGORITHM + self.public).decode()
        return f"{self.name}+{self.key_hash.hex()}+{key}"

    @classmethod
    def parse(cls, encoded: str) -> NoteVerifier:
        """The inverse of :meth:`encoded`; raises :class:`ProofError`."""
        name, _, rest = encoded.partition("+")
        claimed, _, key = rest.partition("+")
        raw = _unbase64(key)
        if len(encoded) > MAX_NAME + 64 or len(raw) != 33 or raw[:1] != ED25519_ALGORITHM:
            raise ProofError("bad-note-key", "That is not an Ed25519 note key.")
        made = cls(name, raw[1:])
        if made.encoded() != encoded or made.key_hash.hex() != claimed:
            raise ProofError("bad-note-key", "The note key does not match its own hash.")
        return made

    def verify(self, text: str, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


class NoteSigner:
    """The private side of a note key: 32 secret bytes under a ``name``."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = NoteVerifier(name, self._key.public_key().public_bytes_raw())

    @property
    def name(self) -> str:
        return self.verifier.name

    def signature_line(self, text: str) -> str:
        """``— name base64(key hash || signature)`` with its newline."""
        raw = self.verifier.key_hash + self._key.sign(text.encode())
        return f"— {self.name} {base64.b64encode(raw).decode()}\n"


# ---------------------------------------------------------------- notes


def sign_note(text: str, signers: Iterable[NoteSigner]) -> str:
    """``text``, which ends with a newline, an empty line, and one signature line for each signer."""
    if not text.endswith("\n") or _has_control(text):
        raise ProofError("bad-note", "A note is text without control characters that ends with a newline.")
    return text + "\n" + "".join(signer.signature_line(text) for signer in signers)


def open_note(note: str, verifiers: Iterable[NoteVerifier]) -> tuple[str, tuple[NoteVerifier, ...]]:
    """The text of a signed note and the known keys that signed it, at least one.

    Raises :class:`ProofError` where the note is malformed, no known key signed, or a known key's signature is
    wrong.
    """
    text, lines = _split_note(note)
    known = {(verifier.name, verifier.key_hash): verifier for verifier in verifiers}
    signed: list[NoteVerifier] = []
    for line in lines:
        name, signature = _parse_signature(line)
        verifier = known.get((name, signature[:4]))
        if verifier is None or verifier in signed:
            continue
        if not verifier.verify(text, signature[4:]):
            raise ProofError("bad-note-signature", "A known key's signature under the checkpoint does not verify.")
        signed.append(verifier)
    if not signed:
        raise ProofError("no-known-signature", "No key that is trusted signed the checkpoint.")
    return text, tuple(signed)


_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")
"""Half of a pair of surrogates, which JSON can smuggle in, is no text either: it has no UTF-8."""


def _has_control(text: str) -> bool:
    return _CONTROL.search(text) is not None


def _split_note(note: str) -> tuple[str, list[str]]:
    if len(note) > MAX_NOTE or _has_control(note):
        raise ProofError("bad-note", "The note is too long or holds control characters.")
    head, separator, tail = note.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise ProofError("bad-note", "The note has no signatures.")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise ProofError("bad-note", f"The note has more than {MAX_SIGNATURES} signatures.")
    return head + "\n", lines


def _parse_signature(line: str) -> tuple[str, bytes]:
    match = _SIGNATURE.fullmatch(line)
    if match is None:
        raise ProofError("bad-note", "A signature line of the note is malformed.")
    signature = _unbase64(match[2])
    if len(signature) < 5:
        raise ProofError("bad-note", "A signature line of the note is malformed.")
    return match[1], signature


def _unbase64(value: str) -> bytes:
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise ProofError("bad-note", "The note holds bad base64.") from None
    if base64.b64encode(raw).decode() != value:
        raise ProofError("bad-note", "The note holds base64 that is not canonical.")
    return raw


# ---------------------------------------------------------------- checkpoints


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: whose log (``origin``), how many leaves (``size``), and their ``root`` hash (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def sign(self, *signers: NoteSigner) -> str:
        """The signed note."""
        return sign_note(self.text(), signers)

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Reads the text of an opened note; raises :class:`ProofError`."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0] or not _SIZE.fullmatch(lines[1]):
            raise ProofError("bad-checkpoint", "A checkpoint is three lines: origin, size and root.")
        size, root = int(lines[1]), _unbase64(lines[2])
        if len(root) != HASH_BYTES or size > MAX_SIZE:
            raise ProofError("bad-checkpoint", "The size or the root of the checkpoint is out of bounds.")
        return cls(lines[0], size, root)


def open_checkpoint(note: str, origin: str, verifiers: Iterable[NoteVerifier]) -> Checkpoint:
    """The checkpoint of the log ``origin``, signed by a known key; raises :class:`ProofError`."""
    text, _ = open_note(note, verifiers)
    checkpoint = Checkpoint.parse(text)
    if checkpoint.origin != origin:
        raise ProofError("wrong-origin", "The checkpoint is of another log.")
    return checkpoint
