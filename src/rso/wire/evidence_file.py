"""The evidence file: what it holds of one message, and how it is made. :mod:`rso.wire.evidence` checks it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from rso.wire import cbor, limits
from rso.wire.errors import MalformedError
from rso.wire.keys import KEY_ID, SIGNATURE
from rso.wire.log import MAX_SIZE
from rso.wire.receipt import RECEIPT
from rso.wire.trust import SignedDirectory, TrustAnchor

if TYPE_CHECKING:
    from rso.wire.envelope import Content, Envelope

FORMAT: Final = "rso-evidence-2"
EVIDENCE: Final = 32 * limits.MIB
DIRECTORY_FILE: Final = 9 * limits.MIB
ANCHOR: Final = 64 * limits.KIB
PROOF: Final = 64

_KEYS: Final = (
    "anchor",
    "blind",
    "body_digest",
    "directory",
    "format",
    "header",
    "index",
    "opened",
    "proof",
    "receipt",
    "signature",
    "signer",
)


@dataclass(frozen=True, slots=True)
class Opened:
    """The message as it was inside, its agency's signature and the id of the agency's key. Personal data."""

    message: bytes
    signer: bytes
    signature: bytes

    def plain(self) -> dict[str, object]:
        return {"message": self.message, "signature": self.signature, "signer": self.signer}

    @classmethod
    def parse(cls, value: object) -> Opened:
        read = cbor.Fields(value, "the opened message", ("message", "signature", "signer"))
        return cls(
            message=read.octets("message", limit=limits.BODY),
            signer=read.octets("signer", size=KEY_ID),
            signature=read.octets("signature", size=SIGNATURE),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The file's fields. ``proof`` leads from the message's leaf at ``index`` to the checkpoint of ``receipt``."""

    header: bytes
    body_digest: bytes
    signer: bytes
    signature: bytes
    blind: bytes
    receipt: bytes
    index: int
    proof: tuple[bytes, ...]
    directory: bytes
    opened: Opened | None = None
    anchor: bytes | None = None

    def encode(self) -> bytes:
        """The bytes of the file."""
        return cbor.encode(
            {
                "anchor": self.anchor,
                "blind": self.blind,
                "body_digest": self.body_digest,
                "directory": self.directory,
                "format": FORMAT,
                "header": self.header,
                "index": self.index,
                "opened": None if self.opened is None else self.opened.plain(),
                "proof": list(self.proof),
                "receipt": self.receipt,
                "signature": self.signature,
                "signer": self.signer,
            }
        )

    @classmethod
    def decode(cls, data: bytes) -> Evidence:
        """Reads :meth:`encode`; raises ``MalformedError`` or ``LimitError``, and verifies nothing."""
        read = cbor.Fields(cbor.decode(data, limit=EVIDENCE, items=500), "an evidence file", _KEYS)
        if read.text("format", limits.CODE) != FORMAT:
            raise MalformedError("this format of evidence is not known", "unknown-format")
        return cls(
            header=read.octets("header", limit=limits.HEADER),
            body_digest=read.octets("body_digest", size=32),
            signer=read.octets("signer", size=KEY_ID),
            signature=read.octets("signature", size=SIGNATURE),
            blind=read.octets("blind", size=32),
            receipt=read.octets("receipt", limit=RECEIPT),
            index=read.integer("index", 0, MAX_SIZE - 1),
            proof=tuple(_hash(item) for item in read.items("proof", PROOF)),
            directory=read.octets("directory", limit=DIRECTORY_FILE),
            opened=None if read.absent("opened") else read.parsed("opened", Opened.parse),
            anchor=None if read.absent("anchor") else read.octets("anchor", limit=ANCHOR),
        )

    def without_content(self) -> Evidence:
        """The same evidence without the opened message, to be shown to whom the content is no business of."""
        return replace(self, opened=None)


def build(
    envelope: Envelope,
    *,
    blind: bytes,
    receipt: bytes,
    index: int,
    proof: Iterable[bytes],
    directory: bytes,
    content: Content | None = None,
    anchor: TrustAnchor | None = None,
) -> Evidence:
    """The evidence of one message, from what its sender or its recipient kept of it.

    ``receipt``, ``index`` and ``proof`` are what the relay answered, ``directory`` the signed file that was in use.
    ``content`` adds what the message says: leave it out unless whoever will read the file may know it. ``anchor``
    adds those root keys that signed the directory, for a demonstration; somebody who verifies in earnest has his own.
    """
    roots = None if anchor is None else anchor.of_signers(SignedDirectory.decode(directory))
    return Evidence(
        header=envelope.header.encode(),
        body_digest=envelope.body_digest,
        signer=envelope.signer,
        signature=envelope.signature,
        blind=blind,
        receipt=receipt,
        index=index,
        proof=tuple(proof),
        directory=directory,
        opened=None if content is None else Opened(content.message, content.signer, content.signature),
        anchor=None if roots is None else roots.encode(),
    )


def _hash(value: object) -> bytes:
    if not isinstance(value, bytes) or len(value) != 32:
        raise MalformedError("a hash of the proof has 32 bytes", "bad-hash")
    return value
