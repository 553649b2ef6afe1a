"""The record in which a node publishes its agency's weekly encryption key, signed by the node's signing
key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rso.wire import cbor, limits, suites
from rso.wire.epochs import Epoch
from rso.wire.errors import MalformedError, SignatureError
from rso.wire.identifiers import AgencyId
from rso.wire.keys import KEY_ID, SEALING_KEY, SIGNATURE, SealingKey, SigningKey, VerifyKey

CONTEXT: Final = b"rso/encryption-key/1"


@dataclass(frozen=True, slots=True)
class EncryptionKeyRecord:
    """Says: seal to ``key`` what is for ``agency``, from ``not_before`` until ``not_after`` (Unix seconds).

    ``signer`` is the id of the node's signing key. A record is made with :meth:`issue` and read with
    :meth:`parse`; reading does not verify.
    """

    agency: AgencyId
    key: SealingKey
    not_before: int
    not_after: int
    signer: bytes
    signature: bytes

    def __post_init__(self) -> None:
        if not 0 < self.not_after - self.not_before <= limits.KEY_PUBLICATION:
            raise MalformedError("the times of an encryption key are not in order, or too far apart")
        if self.not_before > self.epoch.starts or self.not_after < self.epoch.ends:
            raise MalformedError("an encryption key must be good for the whole of its week")

    @property
    def epoch(self) -> Epoch:
        """The week of the key."""
        return self.key.epoch

    @classmethod
    def issue(
        cls,
        agency: AgencyId,
        key: SealingKey,
        node_key: SigningKey,
        *,
        not_before: int | None = None,
        not_after: int | None = None,
    ) -> EncryptionKeyRecord:
        """A signed record, by default good from the Monday of the week until a day after its end."""
        starts = key.epoch.starts if not_before is None else not_before
        ends = key.epoch.ends + limits.DAY if not_after is None else not_after
        body = _body(agency, key, starts, ends)
        return cls(agency, key, starts, ends, node_key.key_id, node_key.sign(CONTEXT, body))

    def encode(self) -> bytes:
        """The bytes that :meth:`parse` reads."""
        body = _body(self.agency, self.key, self.not_before, self.not_after)
        return cbor.encode({"body": body, "signature": self.signature, "signer": self.signer})

    @classmethod
    def parse(cls, data: bytes) -> EncryptionKeyRecord:
        """Reads ``data``; raises ``MalformedError``."""
        outer = cbor.Fields(cbor.decode(data, limit=limits.KEY_RECORD), "a key record", ("body", "signature", "signer"))
        body = cbor.Fields(
            cbor.decode(outer.octets("body", limit=limits.KEY_RECORD), limit=limits.KEY_RECORD),
            "the body of a key record",
            ("agency", "epoch", "key", "not_after", "not_before", "suite"),
        )
        suites.suite_of(body.integer("suite"))
        key = SealingKey.from_bytes(body.octets("key", size=SEALING_KEY))
        if body.parsed("epoch", Epoch.parse) != key.epoch:
            raise MalformedError("the epoch of a key record is not that of its key")
        return cls(
            agency=body.parsed("agency", AgencyId.parse),
            key=key,
            not_before=body.integer("not_before"),
            not_after=body.integer("not_after"),
            signer=outer.octets("signer", size=KEY_ID),
            signature=outer.octets("signature", size=SIGNATURE),
        )

    def verify(self, node_key: VerifyKey) -> None:
        """Raises ``SignatureError`` unless the node of ``node_key`` signed the record."""
        if node_key.key_id != self.signer:
            raise SignatureError("the key record was signed by another key", "wrong-signer")
        body = _body(self.agency, self.key, self.not_before, self.not_after)
        node_key.verify(CONTEXT, self.signature, body)

    def good_at(self, now: int) -> bool:
        """Whether a sender may seal to the key at ``now`` (Unix seconds)."""
        return self.not_before <= now < self.not_after


def _body(agency: AgencyId, key: SealingKey, not_before: int, not_after: int) -> bytes:
    return cbor.encode(
        {
            "agency": str(agency),
            "epoch": str(key.epoch),
            "key": key.to_bytes(),
            "not_after": not_after,
            "not_before": not_before,
            "suite": suites.CURRENT.number,
        }
    )
