"""Envelopes: a message signed by its agency, sealed for one recipient, signed by its node.

What a sender makes is a :class:`Sealed`; what travels and is verified is its ``envelope``. The layers, from
inside:

* *content*: blind, encoded message and the agency's signature, which covers the header's digest, the
recipient and the digest of blind and message. With the blind destroyed, that digest says nothing.
* *body*: the content, padded to a bucket and sealed with the header's digest in the HPKE ``info``.
* *envelope*: the header, the SHA-256 of the body, the node's signature over both, and the body.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from rso.base.ids import RandomBytes
from rso.wire import cbor, limits, messages, sealing
from rso.wire.errors import MalformedError
from rso.wire.header import Header, ServiceClass, bucket_for, message_id
from rso.wire.identifiers import AgencyId
from rso.wire.keys import KEY_ID, SIGNATURE, SealingKey, SigningKey
from rso.wire.message import Message

OUTER: Final = b"rso/envelope/outer/1"
"""Context of the node's signature."""
INNER: Final = b"rso/envelope/inner/1"
"""Context of the agency's signature."""
DIGEST: Final = 32
BLIND: Final = 32

_COMMITMENT: Final = b"rso/commitment/1\x00"
_MESSAGE: Final = b"rso/message/1\x00"
_CONTENT_OVERHEAD: Final = BLIND + KEY_ID + SIGNATURE + 64
"""More than keys and lengths of the content add to an encoded message."""
_ENVELOPE_KEYS: Final = ("body", "digest", "header", "signature", "signer")
_CONTENT_KEYS: Final = ("blind", "message", "signature", "signer")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What travels. ``signer`` is the id of the node's key; nothing here is verified by reading it."""

    header: Header
    body_digest: bytes
    signer: bytes
    signature: bytes
    body: bytes

    def encode(self) -> bytes:
        """The canonical bytes, at most ``limits.ENVELOPE``."""
        return cbor.encode(
            {
                "body": self.body,
                "digest": self.body_digest,
                "header": self.header.encode(),
                "signature": self.signature,
                "signer": self.signer,
            }
        )

    @classmethod
    def decode(cls, data: bytes) -> Envelope:
        """Reads the canonical bytes; raises ``MalformedError`` or ``LimitError``."""
        value = cbor.decode(data, limit=limits.ENVELOPE, items=16)
        fields = cbor.Fields(value, "an envelope", _ENVELOPE_KEYS)
        return cls(
            header=Header.decode(fields.octets("header", limit=limits.HEADER)),
            body_digest=fields.octets("digest", size=DIGEST),
            signer=fields.octets("signer", size=KEY_ID),
            signature=fields.octets("signature", size=SIGNATURE),
            body=fields.octets("body", limit=limits.ENVELOPE),
        )

    def signed(self) -> bytes:
        """What the node's signature covers: the digest of the header, and that of the body."""
        return self.header.digest() + self.body_digest

    @property
    def commitment(self) -> bytes:
        """The commitment of this envelope, which the log's leaf is made of."""
        return commitment(self.header, self.body_digest)


@dataclass(frozen=True, slots=True)
class Content:
    """What is sealed: the encoded message, the agency's signature with the id of its key, and the blind."""

    blind: bytes
    message: bytes
    signer: bytes
    signature: bytes

    def encode(self) -> bytes:
        """The canonical bytes."""
        return cbor.encode(
            {
                "blind": self.blind,
                "message": self.message,
                "signature": self.signature,
                "signer": self.signer,
            }
        )

    @classmethod
    def decode(cls, data: bytes) -> Content:
        """Reads the canonical bytes; raises ``MalformedError`` or ``LimitError``."""
        fields = cbor.Fields(cbor.decode(data, limit=limits.BODY, items=16), "the content", _CONTENT_KEYS)
        return cls(
            blind=fields.octets("blind", size=BLIND),
            message=fields.octets("message", limit=limits.BODY),
            signer=fields.octets("signer", size=KEY_ID),
            signature=fields.octets("signature", size=SIGNATURE),
        )

    def message_digest(self) -> bytes:
        """SHA-256 of blind and message: the agency's signature can be shown with it and without the
        message."""
        return hashlib.sha256(_MESSAGE + self.blind + self.message).digest()


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed message. The blind goes to the relay beside the envelope, and is kept with one's own
    evidence."""

    header: Header
    body_digest: bytes
    envelope: bytes
    blind: bytes

    @property
    def commitment(self) -> bytes:
        """What the log's leaf is made of, together with the blind."""
        return commitment(self.header, self.body_digest)


def seal(
    message: Message,
    *,
    sender: AgencyId,
    recipient: AgencyId,
    arrangement: bytes | None,
    created: int,
    expires: int,
    agency_key: SigningKey,
    node_key: SigningKey,
    sealing_key: SealingKey,
    service_class: ServiceClass = ServiceClass.EXCHANGE,
    random: RandomBytes = secrets.token_bytes,
) -> Sealed:
    """Signs, pads, seals and signs again. ``created`` and ``expires`` are Unix seconds.

    ``random`` makes the id and the blind; sealing and ML-DSA draw from the operating system in any case.
    Raises ``MalformedError`` if the message does not fit the class, the parties or the largest bucket.
    """
    messages.check_class(message, service_class)
    check_parties(message, sender, recipient)
    encoded = message.encode()
    header = Header(
        id=message_id(created, random),
        sender=sender,
        recipient=recipient,
        service_class=service_class,
        arrangement=arrangement,
        created=created,
        expires=expires,
        bucket=bucket_for(sealing.padded_size(len(encoded) + _CONTENT_OVERHEAD)),
        recipient_key=sealing_key.key_id,
    )
    header_digest = header.digest()
    content = _signed_content(encoded, random(BLIND), agency_key, header_digest, recipient)
    body = sealing.seal_body(sealing.pad(content.encode(), header.bucket), sealing_key, header_digest)
    digest = hashlib.sha256(body).digest()
    signature = node_key.sign(OUTER, header_digest + digest)
    envelope = Envelope(header, digest, node_key.key_id, signature, body)
    return Sealed(header, digest, envelope.encode(), content.blind)


def check_parties(message: Message, sender: AgencyId, recipient: AgencyId) -> None:
    """Raises ``MalformedError`` unless the service is the recipient's, and replies go back to the sender."""
    if message.meta.service.agency != recipient:
        raise MalformedError("the service addressed is not one of the recipient", "wrong-service")
    if message.meta.reply_to.agency != sender:
        raise MalformedError("replies go to the sender and to nobody else", "wrong-service")


def commitment(header: Header, body_digest: bytes) -> bytes:
    """SHA-256 over the digests of header and body. The log's leaf hashes it together with the blind."""
    return hashlib.sha256(_COMMITMENT + header.digest() + body_digest).digest()


def inner_signed(header_digest: bytes, recipient: AgencyId, message_digest: bytes) -> bytes:
    """What the agency's signature covers: header, recipient, and the digest of blind and message."""
    return cbor.encode({"header": header_digest, "message": message_digest, "to": str(recipient)})


def _signed_content(
    message: bytes, blind: bytes, key: SigningKey, header_digest: bytes, recipient: AgencyId
) -> Content:
    unsigned = Content(blind, message, key.key_id, b"")
    signature = key.sign(INNER, inner_signed(header_digest, recipient, unsigned.message_digest()))
    return Content(blind, message, key.key_id, signature)
