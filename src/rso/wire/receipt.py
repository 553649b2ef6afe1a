"""The relay's receipt: it accepted this message at this time, and its log holds the blinded leaf at this place.

The receipt carries the checkpoint that was signed when the leaf was added, so that it proves a place and not only a
promise. It is signed by both halves of the relay's key, and so is the checkpoint within it, although the note
format has only Ed25519 for the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from rso.wire import cbor, limits
from rso.wire.errors import SignatureError
from rso.wire.identifiers import AgencyId
from rso.wire.keys import KEY_ID, SIGNATURE, SigningKey, VerifyKey
from rso.wire.log import HASH_BYTES, MAX_SIZE

CONTEXT: Final = b"rso/log-receipt/1"
CHECKPOINT: Final = 16 * limits.KIB
RECEIPT: Final = CHECKPOINT + 8 * limits.KIB
LOG_SERVICE: Final = "log"

_KEYS: Final = ("accepted", "checkpoint", "entry", "id", "index", "relay")


def log_origin(relay: AgencyId) -> str:
    """The origin of a relay's log, and the name of its key: ``RSO/ORG/RELAY/log``."""
    return str(relay.service(LOG_SERVICE))


@dataclass(frozen=True, slots=True)
class LogReceipt:
    """``entry`` is the blinded leaf (32 bytes), ``index`` its place, ``accepted`` Unix seconds.

    ``checkpoint`` is the signed note whose size is at least ``index + 1``. A receipt is made with :meth:`issue` and
    read with :meth:`parse`; reading does not verify.
    """

    message_id: UUID
    relay: AgencyId
    index: int
    entry: bytes
    accepted: int
    checkpoint: str
    signer: bytes
    signature: bytes

    @classmethod
    def issue(
        cls,
        key: SigningKey,
        *,
        message_id: UUID,
        relay: AgencyId,
        index: int,
        entry: bytes,
        accepted: int,
        checkpoint: str,
    ) -> LogReceipt:
        """A receipt signed by the relay's ``key``."""
        unsigned = cls(message_id, relay, index, entry, accepted, checkpoint, key.key_id, b"")
        return cls(
            message_id, relay, index, entry, accepted, checkpoint, key.key_id, key.sign(CONTEXT, unsigned.body())
        )

    def body(self) -> bytes:
        """The bytes that are signed."""
        return cbor.encode(
            {
                "accepted": self.accepted,
                "checkpoint": self.checkpoint,
                "entry": self.entry,
                "id": self.message_id.bytes,
                "index": self.index,
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
            message_id=UUID(bytes=fields.octets("id", size=16)),
            relay=fields.parsed("relay", AgencyId.parse),
            index=fields.integer("index", 0, MAX_SIZE - 1),
            entry=fields.octets("entry", size=HASH_BYTES),
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
