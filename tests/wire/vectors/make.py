"""Writes the test vectors of the wire format: ``python -m tests.wire.vectors.make`` from the checkout.

What can be computed again (encodings, digests, keys from seeds) is written every time and compared by the
test. What draws randomness (ML-DSA, HPKE) cannot be made twice alike: those files hold keys and sealed
bytes, to be opened and verified by anybody's implementation, and are only made anew with ``--random``,
after a change of the format. All names, keys and images in them are synthetic.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path

from tests.wire import parties
from tests.wire.samples import ALL_MESSAGES, BACK, DIGEST, HIT, NOW
from tests.wire.simulator import AVARIA, BORDUNA
from tests.wire.test_evidence import ANCHOR, GOOD

from rso.wire import cbor, in_force, log, sealing
from rso.wire.checkpoint import Checkpoint, NoteSigner
from rso.wire.envelope import Content, commitment, inner_signed, seal
from rso.wire.epochs import Epoch
from rso.wire.header import BUCKETS, Header, ServiceClass, message_id
from rso.wire.keyrecords import EncryptionKeyRecord
from rso.wire.keys import EPOCH, ML_KEM_SEED, OpeningKey, SigningKey
from rso.wire.messages import Answer, Outcome
from rso.wire.trust import SignedDirectory, TrustAnchor

HERE = Path(__file__).parent
DAY = 86_400
ARRANGEMENT = b"\xa0" * 32
LOG = "RSO/ORG/RELAY/log"
Vector = dict[str, object]


def seed(name: str, size: int) -> bytes:
    """Bytes that anybody can compute again: SHAKE-256 of the name."""
    return hashlib.shake_256(f"rso wire vectors: {name}".encode()).digest(size)


AGENCY_KEY = SigningKey.from_bytes(seed("agency", 64))
NODE_KEY = SigningKey.from_bytes(seed("node", 64))
WEEK = Epoch.parse("2026-W48")
OPENING_KEY = OpeningKey.from_bytes(WEEK.number.to_bytes(EPOCH, "big") + seed("opening", ML_KEM_SEED + 32))
HEADER = Header(
    id=message_id(NOW, lambda size: seed("message id", size)),
    sender=BORDUNA,
    recipient=AVARIA,
    service_class=ServiceClass.EXCHANGE,
    arrangement=ARRANGEMENT,
    created=NOW,
    expires=NOW + DAY,
    bucket=BUCKETS[0],
    recipient_key=OPENING_KEY.key_id,
)


def cbor_vectors() -> Vector:
    valid: list[object] = [
        0, 23, 24, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**64 - 1, -1, -24, -25, -(2**64), "", "é", True, False,
        None, [], [1, [2]], {}, {"b": 1, "aa": 2, "a": 3},
    ]  # fmt: skip
    refused = {
        "key-twice": "a2616101616101",
        "keys-unsorted": "a2616201616101",
        "key-not-text": "a10101",
        "not-shortest": "1801",
        "length-not-shortest": "580161",
        "length-not-given": "9f01ff",
        "tag": "c001",
        "big-number": "c249010000000000000000",
        "undefined": "f7",
        "float": "f90000",
        "simple-value": "f814",
        "not-utf-8": "61ff",
        "cut": "6261",
        "left-over": "0000",
        "more-elements-than-bytes": "9b7fffffffffffffff",
        "too-deep": "81" * 9 + "00",
        "empty": "",
    }
    return {
        "valid": [{"value": value, "hex": cbor.encode(value).hex()} for value in valid],
        "refused": [{"why": why, "hex": data} for why, data in refused.items()],
    }


def key_vectors() -> Vector:
    pairs = {"agency": AGENCY_KEY, "node": NODE_KEY}
    signing = [
        {
            "name": name,
            "private": key.to_bytes().hex(),
            "public": key.public.to_bytes().hex(),
            "key_id": key.key_id.hex(),
            "representative": key.public.representative(b"a context", b"data").hex(),
        }
        for name, key in pairs.items()
    ]
    opening = {
        "private": OPENING_KEY.to_bytes().hex(),
        "public": OPENING_KEY.public.to_bytes().hex(),
        "key_id": OPENING_KEY.key_id.hex(),
        "epoch": str(WEEK),
        "starts": WEEK.starts,
        "ends": WEEK.ends,
    }
    return {"context": b"a context".hex(), "data": b"data".hex(), "signing": signing, "opening": opening}


def header_vectors() -> Vector:
    return {
        "header": HEADER.encode().hex(),
        "fields": {
            "id": str(HEADER.id),
            "from": str(HEADER.sender),
            "to": str(HEADER.recipient),
            "class": HEADER.service_class.value,
            "arrangement": ARRANGEMENT.hex(),
            "created": HEADER.created,
            "expires": HEADER.expires,
            "bucket": HEADER.bucket,
            "recipient_key": HEADER.recipient_key.hex(),
            "suite": HEADER.suite,
        },
        "digest": HEADER.digest().hex(),
        "body_digest": DIGEST.hex(),
        "commitment": commitment(HEADER, DIGEST).hex(),
    }


def message_vectors() -> Vector:
    kinds = [{"kind": message.kind, "hex": message.encode().hex()} for message in ALL_MESSAGES]
    content = Content(bytes(32), ALL_MESSAGES[0].encode(), AGENCY_KEY.key_id, b"")
    digest = content.message_digest()
    return {
        "messages": kinds,
        "signed": {
            "blind": content.blind.hex(),
            "message": content.message.hex(),
            "message_digest": digest.hex(),
            "header_digest": HEADER.digest().hex(),
            "to": str(AVARIA),
            "inner_signed": inner_signed(HEADER.digest(), AVARIA, digest).hex(),
        },
    }


def arrangement_vectors() -> Vector:
    document = parties.arrangement()
    signature = parties.signature(document, AVARIA, parties.FIRST)
    return {
        "document": document.encode().hex(),
        "digest": document.digest().hex(),
        "agency": str(AVARIA),
        "seat": signature.seat.hex(),
        "signed": signature.signed,
        "to_sign": in_force._signed_bytes(document.digest(), AVARIA, signature.seat, signature.signed).hex(),
    }


def directory_vectors() -> Vector:
    body = parties.directory().encode()
    return {"body": body.hex(), "digest": SignedDirectory(body).digest().hex()}


def log_vectors() -> Vector:
    """A log of eight entries, of which number 4 is the header's of these vectors; its key is Ed25519, so computed."""
    entries = [hashlib.sha256(f"synthetic entry {number}".encode()).digest() for number in range(8)]
    blind = seed("blind", 32)
    entries[4] = log.blinded_leaf(commitment(HEADER, DIGEST), blind)
    tree = log.MemoryLog(entries)
    signer = NoteSigner(LOG, seed("log", 32))
    return {
        "commitment": commitment(HEADER, DIGEST).hex(),
        "blind": blind.hex(),
        "entry": entries[4].hex(),
        "leaf_hash": log.leaf_hash(entries[4]).hex(),
        "entries": [entry.hex() for entry in entries],
        "roots": [tree.root(size).hex() for size in range(1, 9)],
        "inclusion": [hashed.hex() for hashed in log.inclusion_proof(tree.read, 4, 8)],
        "consistency": [hashed.hex() for hashed in log.consistency_proof(tree.read, 3, 8)],
        "verifier": signer.verifier.encoded(),
        "checkpoint": Checkpoint(LOG, 8, tree.root()).sign(signer),
    }


def trust_vectors() -> Vector:
    """Signed by ML-DSA too, which draws randomness: a directory, an arrangement, and a whole file of evidence."""
    roots = [SigningKey.from_bytes(seed(f"root {number}", 64)) for number in range(3)]
    anchor = TrustAnchor.of([root.public for root in roots])
    file = SignedDirectory(parties.directory().encode()).signed_by(roots[0]).signed_by(roots[1])
    return {
        "anchor": anchor.encode().hex(),
        "fingerprint": anchor.fingerprint(),
        "directory_base64": base64.b64encode(file.encode()).decode(),
        "arrangement_base64": base64.b64encode(parties.signed().encode()).decode(),
        "evidence_base64": base64.b64encode(GOOD.encode()).decode(),
        "evidence_anchor": ANCHOR.encode().hex(),
        "evidence": {"index": GOOD.index, "steps": 11},
    }


def signature_vectors() -> Vector:
    record = EncryptionKeyRecord.issue(AVARIA, OPENING_KEY.public, NODE_KEY)
    return {
        "public": NODE_KEY.public.to_bytes().hex(),
        "context": b"a context".hex(),
        "data": b"data".hex(),
        "signature": NODE_KEY.sign(b"a context", b"data").hex(),
        "key_record": record.encode().hex(),
    }


def sealing_vectors() -> Vector:
    padded = sealing.pad(b"content", 64)
    return {
        "private": OPENING_KEY.to_bytes().hex(),
        "header_digest": HEADER.digest().hex(),
        "padded": padded.hex(),
        "body": sealing.seal_body(padded, OPENING_KEY.public, HEADER.digest()).hex(),
    }


def envelope_vectors() -> Vector:
    sealed = seal(
        Answer(BACK, Outcome.HIT, hit_reference=HIT),
        sender=BORDUNA,
        recipient=AVARIA,
        arrangement=ARRANGEMENT,
        created=NOW,
        expires=NOW + DAY,
        agency_key=AGENCY_KEY,
        node_key=NODE_KEY,
        sealing_key=OPENING_KEY.public,
    )
    return {
        "envelope_base64": base64.b64encode(sealed.envelope).decode(),
        "message": Answer(BACK, Outcome.HIT, hit_reference=HIT).encode().hex(),
        "blind": sealed.blind.hex(),
        "commitment": sealed.commitment.hex(),
        "agency_public": AGENCY_KEY.public.to_bytes().hex(),
        "node_public": NODE_KEY.public.to_bytes().hex(),
        "private": OPENING_KEY.to_bytes().hex(),
        "arrangement": ARRANGEMENT.hex(),
        "accepted_at": [NOW - 300, NOW, NOW + DAY - 1],
        "refused": [
            {"now": NOW - 301, "recipient": str(AVARIA), "step": 4, "code": "from-the-future"},
            {"now": NOW + DAY, "recipient": str(AVARIA), "step": 4, "code": "expired"},
            {"now": NOW, "recipient": str(BORDUNA), "step": 5, "code": "wrong-recipient"},
        ],
    }


COMPUTED: dict[str, Callable[[], Vector]] = {
    "cbor": cbor_vectors,
    "keys": key_vectors,
    "header": header_vectors,
    "messages": message_vectors,
    "arrangement": arrangement_vectors,
    "directory": directory_vectors,
    "log": log_vectors,
}
RANDOM: dict[str, Callable[[], Vector]] = {
    "signatures": signature_vectors,
    "sealing": sealing_vectors,
    "envelope": envelope_vectors,
    "trust": trust_vectors,
}


def write(name: str, make: Callable[[], Vector]) -> None:
    (HERE / f"{name}.json").write_text(json.dumps(make(), indent=1, ensure_ascii=False) + "\n")


def main(arguments: list[str]) -> None:
    for name, make in COMPUTED.items():
        write(name, make)
    for name, make in RANDOM.items():
        if "--random" in arguments or not (HERE / f"{name}.json").exists():
            write(name, make)


if __name__ == "__main__":
    main(sys.argv[1:])
