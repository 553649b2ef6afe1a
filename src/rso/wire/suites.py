"""The registry of suites. There is one; a second will have a higher number, and the first will then be
withdrawn.

A suite fixes every algorithm of an envelope together, so that nothing is ever negotiated and no part can be
weakened alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives import hpke

from rso.wire.errors import MalformedError


@dataclass(frozen=True, slots=True)
class Suite:
    """One set of algorithms. Sizes are bytes; ``overhead`` is what sealing adds to one chunk."""

    number: int
    name: str
    hpke: hpke.Suite
    overhead: int


CURRENT: Final = Suite(
    number=1,
    name="X-Wing, HKDF-SHA-256, AES-256-GCM; Ed25519 with ML-DSA-65; SHA-256",
    hpke=hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM),
    overhead=1120 + 16,
)

ACCEPTED: Final = {CURRENT.number: CURRENT}


def suite_of(number: int) -> Suite:
    """The accepted suite of that number; raises ``MalformedError`` (``bad-suite``) for any other, lower or
    higher."""
    suite = ACCEPTED.get(number)
    if suite is None:
        raise MalformedError("the suite is not one that is accepted", "bad-suite")
    return suite
