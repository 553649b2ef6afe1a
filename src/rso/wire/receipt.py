"""The relay's receipt: at this time it took these entries into its log.

One receipt is for a batch: the entries from ``first`` up to the size of its checkpoint. It names no message. A
message is shown to be of the batch by its place in the log, the inclusion proof for that place and its blinded leaf,
which is a commitment to the header with the message's id. The lower bound keeps the time the true one: without it a
later receipt would do for every older entry.

It is signed by both halves of the relay's key, and so is the checkpoint within it, although the note format has only
Ed25519 for the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from rso.wire import cbor, limits
from rso.wire.checkpoint import Checkpoint, NoteVerifier, open_checkpoint
from rso.wire.errors import ProofError, SignatureError
from rso.wire.identifiers import AgencyId
from rso.wire.keys import KEY_ID, SIGNATURE, SigningKey, VerifyKey
from rso.wire.log import MAX_SIZE, verify_inclusion

CONTEXT: Final = b"rso/log-receipt/2"
CHECKPOINT: Final = 16 * limits.KIB
RECEIPT: Final = CHECKPOINT + 8 * limits.KIB
LOG_SERVICE: Final = "log"
_KEPT: Final = 64
"""Receipts whose check is remembered: those of a few pages."""

_KEYS: Final = ("accepted", "checkpoint", "first", "relay")


def log_origin(relay: AgencyId) -> str:
    """The origin of a relay's log, and the name of its key: ``RSO/ORG/RELAY/log``."""
    return str(relay.service(LOG_SERVICE))


@dataclass(frozen=True, slots=True)
class LogReceipt:
    """At ``accepted`` (Unix seconds) ``relay`` took the entries from ``first`` on, all that ``checkpoint`` has.

    ``checkpoint`` is a signed note. A receipt is made with :meth:`issue` and read with :meth:`parse`; reading does
    not verify.
    """

    relay: AgencyId
    first: int
    accepted: int
    checkpoint: str
    signer: bytes
    signature: bytes

    @classmethod
    def issue(cls, key: SigningKey, *, relay: AgencyId, first: int, accepted: int, checkpoint: str) -> LogReceipt:
        """A receipt signed by the relay's ``key``."""
        unsigned = cls(relay, first, accepted, checkpoint, key.key_id, b"")
        return replace(unsigned, signature=key.sign(CONTEXT, unsigned.body()))

    def body(self) -> bytes:
        """The bytes that are signed."""
        return cbor.encode(
            {
                "accepted": self.accepted,
                "checkpoint": self.checkpoint,
                "first": self.first,
                "relay": str(self.relay),
            }
        )

    def encode(self) -> bytes:
        """The bytes that :meth:`parse` reads."""
        return cbor.encode({"body": self.body(), "signature": self.signature, "signer": self.signer})

    @classmethod
    def parse(cls, data: bytes) -> LogReceipt:
        """Reads :meth:`encode`; raises ``MalformedError`` or ``LimitError``."""
        outer = cbor.Fields(cbor.decode(data, limit=RECEIPT), "a receipt", ("body", "signature", "signer"))
        body = outer.octets("body", limit=RECEIPT)
        fields = cbor.Fields(cbor.decode(body, limit=RECEIPT), "the body of a receipt", _KEYS)
        return cls(
            relay=fields.parsed("relay", AgencyId.parse),
            first=fields.integer("first", 0, MAX_SIZE - 1),
            accepted=fields.integer("accepted"),
            checkpoint=fields.text("checkpoint", CHECKPOINT, lines=True),
            signer=outer.octets("signer", size=KEY_ID),
            signature=outer.octets("signature", size=SIGNATURE),
        )

    def verify(self, key: VerifyKey) -> None:
        """Raises ``SignatureError`` unless ``key`` signed the receipt."""
        if key.key_id != self.signer:
            raise SignatureError("the receipt was signed by another key", "wrong-signer")
        key.verify(CONTEXT, self.signature, self.body())


@dataclass(frozen=True, slots=True)
class Batch:
    """What a verified receipt vouches for: the entries from ``receipt.first`` up to the size of ``head``.

    Only :func:`open_receipt` makes one.
    """

    receipt: LogReceipt
    head: Checkpoint

    def check(self, entry: bytes, index: int, proof: Sequence[bytes]) -> None:
        """Raises ``ProofError`` unless ``entry`` (32 bytes) is at ``index``, and the batch has that place."""
        if not self.receipt.first <= index < self.head.size:
            raise ProofError("not-in-batch", "The receipt is for other places of the log.")
        verify_inclusion(entry, index, self.head.size, proof, self.head.root)


@lru_cache(maxsize=_KEPT)
def read_receipt(data: bytes) -> LogReceipt:
    """:meth:`LogReceipt.parse`, kept: the messages of one page have one receipt."""
    return LogReceipt.parse(data)


@lru_cache(maxsize=_KEPT)
def open_receipt(data: bytes, key: VerifyKey, logs: tuple[NoteVerifier, ...]) -> Batch:
    """The batch of a receipt that ``key`` signed, with a checkpoint that one of ``logs`` signed.

    Which keys those are at the receipt's time the caller looks up each time; the signatures of the same bytes under
    the same keys are checked once and kept. Raises ``WireError``; a failure is not kept.
    """
    receipt = read_receipt(data)
    receipt.verify(key)
    head = open_checkpoint(receipt.checkpoint, log_origin(receipt.relay), logs)
    if head.size <= receipt.first:
        raise ProofError("not-in-batch", "The receipt is for no place of the log.")
    return Batch(receipt, head)
