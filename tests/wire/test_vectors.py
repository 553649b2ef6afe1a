"""The vectors in the tree: what we write today is what they say, and what was sealed then opens now."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any

import cbor2
import pytest
from tests.wire import parties
from tests.wire.vectors import make

from rso.wire import cbor, evidence, log, messages, sealing
from rso.wire.arrangement import Arrangement
from rso.wire.checkpoint import NoteVerifier, open_checkpoint
from rso.wire.errors import MalformedError, VerificationError
from rso.wire.header import Header
from rso.wire.identifiers import AgencyId
from rso.wire.in_force import SignedArrangement
from rso.wire.keyrecords import EncryptionKeyRecord
from rso.wire.keys import OpeningKey, VerifyKey
from rso.wire.trust import TrustAnchor, open_directory
from rso.wire.verify import Opened, open_inner, verify_outer

AVARIA = AgencyId.parse("XAV/GOV/BORDER")


def vector(name: str) -> Any:
    return json.loads((make.HERE / f"{name}.json").read_text())


def octets(value: str) -> bytes:
    return bytes.fromhex(value)


@pytest.mark.parametrize("name", make.COMPUTED)
def test_the_script_makes_what_is_in_the_tree(name: str) -> None:
    assert make.COMPUTED[name]() == vector(name)


@pytest.mark.parametrize("case", vector("cbor")["valid"], ids=lambda case: case["hex"])
def test_cbor(case: dict[str, Any]) -> None:
    data = octets(case["hex"])
    assert cbor.decode(data, limit=len(data)) == case["value"] == cbor2.loads(data)
    assert cbor.encode(case["value"]) == data


@pytest.mark.parametrize("case", vector("cbor")["refused"], ids=lambda case: case["why"])
def test_cbor_refused(case: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        cbor.decode(octets(case["hex"]), limit=100)


def test_header_is_read() -> None:
    held = vector("header")
    header = Header.decode(octets(held["header"]))
    assert (str(header.id), str(header.sender)) == (held["fields"]["id"], held["fields"]["from"])
    assert header.digest().hex() == held["digest"]


@pytest.mark.parametrize("case", vector("messages")["messages"], ids=lambda case: case["kind"])
def test_messages_are_read(case: dict[str, str]) -> None:
    message = messages.decode(octets(case["hex"]))
    assert message.kind == case["kind"]
    assert message.encode().hex() == case["hex"]


def test_signatures_verify() -> None:
    held = vector("signatures")
    key = VerifyKey.from_bytes(octets(held["public"]))
    key.verify(octets(held["context"]), octets(held["signature"]), octets(held["data"]))
    EncryptionKeyRecord.parse(octets(held["key_record"])).verify(key)


def test_a_sealed_chunk_opens() -> None:
    held = vector("sealing")
    padded = octets(held["padded"])
    key = OpeningKey.from_bytes(octets(held["private"]))
    body, digest = octets(held["body"]), octets(held["header_digest"])
    assert sealing.open_body(body, key, digest, len(padded)) == padded


def test_an_arrangement_is_read_and_signed_over() -> None:
    held = vector("arrangement")
    document = Arrangement.decode(octets(held["document"]))
    assert (
        document.digest()
        == octets(held["digest"])
        == hashlib.sha256(b"rso/arrangement/1\x00" + octets(held["document"])).digest()
    )
    fields = cbor.decode(octets(held["to_sign"]), limit=1000)
    seat, digest = octets(held["seat"]), octets(held["digest"])
    assert fields == {
        "arrangement": digest,
        "agency": held["agency"],
        "seat": seat,
        "at": held["signed"],
        "reason": None,
    }


def test_a_log_is_computed_again_by_its_definition() -> None:
    held = vector("log")
    entry = hashlib.sha256(octets(held["commitment"]) + octets(held["blind"])).digest()
    leaves = [hashlib.sha256(b"\x00" + octets(one)).digest() for one in held["entries"]]
    assert (entry, leaves[4]) == (octets(held["entry"]), octets(held["leaf_hash"]))

    def root(hashes: list[bytes]) -> bytes:
        """MTH of RFC 9162, 2.1.1."""
        if len(hashes) == 1:
            return hashes[0]
        half = 1 << (len(hashes) - 1).bit_length() - 1
        return hashlib.sha256(b"\x01" + root(hashes[:half]) + root(hashes[half:])).digest()

    assert [root(leaves[:size]).hex() for size in range(1, 9)] == held["roots"]
    head = open_checkpoint(held["checkpoint"], make.LOG, [NoteVerifier.parse(held["verifier"])])
    assert (head.size, head.root.hex()) == (8, held["roots"][-1])
    log.verify_inclusion(entry, 4, 8, [octets(one) for one in held["inclusion"]], head.root)
    old, path = octets(held["roots"][2]), [octets(one) for one in held["consistency"]]
    log.verify_consistency(3, 8, old, head.root, path)


def test_what_root_keys_and_persons_signed_then_is_believed_now() -> None:
    held = vector("trust")
    anchor = TrustAnchor.decode(octets(held["anchor"]))
    assert anchor.fingerprint() == held["fingerprint"]
    directory = open_directory(base64.b64decode(held["directory_base64"]), anchor)
    assert directory.encode() == octets(vector("directory")["body"])
    signed = SignedArrangement.decode(base64.b64decode(held["arrangement_base64"]))
    assert signed.check(directory).in_force(parties.NOW)


def test_evidence_of_then_holds_now() -> None:
    held = vector("trust")
    file = base64.b64decode(held["evidence_base64"])
    finding = evidence.verify(file, TrustAnchor.decode(octets(held["evidence_anchor"])))
    assert {"index": finding.index, "steps": len(finding.steps)} == held["evidence"]


@dataclass(frozen=True)
class Agreed:
    """The arrangement of the vector: always in force."""

    def agencies(self) -> frozenset[AgencyId]:
        return frozenset({AVARIA, AgencyId.parse("XBD/GOV/IMMIGRATION")})

    def allows_purpose(self, purpose: str) -> bool:
        return purpose == "identification"

    def in_force(self, at: int) -> bool:
        return True

    def fields_for(self, purpose: str) -> frozenset[str]:
        return frozenset()

    def kept_for(self) -> int:
        return 0


def opened(held: dict[str, Any], now: int, recipient: str) -> Opened:
    node, agency = (VerifyKey.from_bytes(octets(held[name])) for name in ("node_public", "agency_public"))
    key = OpeningKey.from_bytes(octets(held["private"]))
    verified = verify_outer(
        base64.b64decode(held["envelope_base64"]),
        now=now,
        resolve_node_key=lambda _agency, key_id, _at: node if key_id == node.key_id else None,
        expected_recipient=AgencyId.parse(recipient),
    )
    return open_inner(
        verified,
        now=now,
        opening_keys={key.key_id: key}.get,
        resolve_agency_key=lambda _agency, key_id, _at: agency if key_id == agency.key_id else None,
        arrangements={octets(held["arrangement"]): Agreed()}.get,
    )


def test_an_envelope_opens() -> None:
    held = vector("envelope")
    for now in held["accepted_at"]:
        found = opened(held, now, str(AVARIA))
        assert found.message.encode().hex() == held["message"]
        assert found.content.blind.hex() == held["blind"]
        assert found.envelope.commitment.hex() == held["commitment"]


@pytest.mark.parametrize("case", vector("envelope")["refused"], ids=lambda case: case["code"])
def test_an_envelope_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(VerificationError) as caught:
        opened(vector("envelope"), case["now"], case["recipient"])
    assert (caught.value.step, caught.value.code) == (case["step"], case["code"])
