"""The sealed vector, opened by the specifications alone: X-Wing and RFC 9180 written out, beside the library.

It shows that what we send is what the documents say, and not merely what one library reads back.
"""

from __future__ import annotations

import hashlib
import hmac
import json

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from tests.wire.vectors.make import HERE

LABEL = b"\\.//^\\"
SUITE = b"HPKE" + bytes.fromhex("647a00010002")


def expand(secret: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + SUITE + label + info
    block, out = b"", b""
    while len(out) < length:
        block = hmac.digest(secret, block + labelled + bytes([len(out) // 32 + 1]), "sha256")
        out += block
    return out[:length]


def extract(salt: bytes, label: bytes, keying: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + SUITE + label + keying, "sha256")


def shared_secret(private: bytes, encapsulated: bytes) -> bytes:
    """X-Wing's decapsulation, draft-connolly-cfrg-xwing-kem, 5.4."""
    lattice = MLKEM768PrivateKey.from_seed_bytes(private[:64]).decapsulate(encapsulated[:1088])
    classical = X25519PrivateKey.from_private_bytes(private[64:])
    theirs = encapsulated[1088:]
    both = lattice + classical.exchange(X25519PublicKey.from_public_bytes(theirs)) + theirs
    return hashlib.sha3_256(both + classical.public_key().public_bytes_raw() + LABEL).digest()


def test_the_sealed_vector_is_what_the_specifications_say() -> None:
    held = json.loads((HERE / "sealing.json").read_text())
    body = bytes.fromhex(held["body"])
    info = b"rso/body/1\x00" + bytes.fromhex(held["header_digest"]) + bytes.fromhex("00000001")
    shared = shared_secret(bytes.fromhex(held["private"])[2:], body[:1120])
    context = b"\x00" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
    secret = extract(shared, b"secret", b"")
    key, nonce = expand(secret, b"key", context, 32), expand(secret, b"base_nonce", context, 12)
    assert AESGCM(key).decrypt(nonce, body[1120:], b"").hex() == held["padded"]
