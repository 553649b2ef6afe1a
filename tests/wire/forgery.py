"""What a dishonest node can make with its own keys, and how a test says that it was refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from tests.wire.simulator import Node

from rso.wire.envelope import OUTER, Envelope
from rso.wire.errors import VerificationError
from rso.wire.header import Header
from rso.wire.steps import Step


def refused(step: Step, code: str, act: Callable[[], object]) -> VerificationError:
    with pytest.raises(VerificationError) as caught:
        act()
    assert (caught.value.step, caught.value.code) == (step, code)
    return caught.value


def forge(node: Node, header: Header, body: bytes) -> bytes:
    """An envelope of ``node`` around any header and body."""
    digest = hashlib.sha256(body).digest()
    signature = node.node_key.sign(OUTER, header.digest() + digest)
    return Envelope(header, digest, node.node_key.key_id, signature, body).encode()
