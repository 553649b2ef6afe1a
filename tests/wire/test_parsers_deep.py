"""Every structure that is read, valid but for one value inside: our errors, or exactly the bytes that came."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.wire import test_evidence as proven
from tests.wire.parties import AVARIA, FIRST, NOW, arrangement, directory, key, signed
from tests.wire.samples import ALL_MESSAGES
from tests.wire.simulator import BORDUNA, region

from rso.wire import cbor, messages
from rso.wire.arrangement import Arrangement
from rso.wire.directory import Directory
from rso.wire.envelope import Content, Envelope
from rso.wire.errors import WireError
from rso.wire.evidence import Evidence
from rso.wire.header import Header
from rso.wire.in_force import Ending, PartySignature, SignedArrangement
from rso.wire.keyrecords import EncryptionKeyRecord
from rso.wire.receipt import LogReceipt
from rso.wire.trust import SignedDirectory, TrustAnchor

MOST = 1 << 24


@dataclass(frozen=True)
class Structure:
    """Something that is read from CBOR, and written again as exactly the same bytes."""

    name: str
    valid: bytes
    read: Callable[[bytes], Any]


HERE = region()
SEALED = HERE.asker.seal(HERE.asker.probe(BORDUNA), BORDUNA)
ENDING = Ending.make(arrangement(), AVARIA, FIRST, NOW, "by-notice", key(f"{AVARIA} agency"))
STRUCTURES = [
    Structure("header", SEALED.header.encode(), Header.decode),
    Structure("envelope", SEALED.envelope, Envelope.decode),
    Structure("content", HERE.holder.take(SEALED.envelope).content.encode(), Content.decode),
    Structure("key record", HERE.asker.peers[BORDUNA].encode(), EncryptionKeyRecord.parse),
    Structure("arrangement", arrangement().encode(), Arrangement.decode),
    Structure("signature", signed().signatures[0].encode(), PartySignature.decode),
    Structure("ending", ENDING.encode(), Ending.decode),
    Structure("signed arrangement", signed().with_ending(ENDING).encode(), SignedArrangement.decode),
    Structure("directory", directory().encode(), Directory.decode),
    Structure("signed directory", proven._directory(), SignedDirectory.decode),
    Structure("trust anchor", proven.ANCHOR.encode(), TrustAnchor.decode),
    Structure("receipt", proven.RECEIPT.encode(), LogReceipt.parse),
    Structure("evidence", proven.GOOD.encode(), Evidence.decode),
    *(Structure(message.kind, message.encode(), messages.decode) for message in ALL_MESSAGES),
]

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.binary(max_size=40) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside."""
    yield path
    if isinstance(value, dict):
        for name in value:
            yield from places(value[name], (*path, name))
    elif isinstance(value, list):
        for number in range(min(len(value), 4)):
            yield from places(value[number], (*path, number))


def replaced(value: Any, path: tuple[Any, ...], new: object) -> Any:
    if not path:
        return new
    changed = value.copy()
    changed[path[0]] = replaced(value[path[0]], path[1:], new)
    return changed


def harmed(draw: st.DataObject, plain: Any) -> Any:
    """The same with one value inside exchanged, left out, repeated or added to."""
    path = draw.draw(st.sampled_from(list(places(plain))))
    here = plain
    for step in path:
        here = here[step]
    ways = [draw.draw(VALUES)]
    if isinstance(here, dict):
        ways += [{name: here[name] for name in list(here)[1:]}, here | {"unknown": 1}]
    if isinstance(here, list):
        ways += [here[1:], here + here[:1], here[::-1]]
    if isinstance(here, int) and not isinstance(here, bool):
        ways += [here + 1, -here, 2**64 - 1]
    if isinstance(here, bytes):
        ways += [here[1:], here + b"\x00"]
    if isinstance(here, str):
        ways += [here[1:], here + "x"]
    return replaced(plain, path, draw.draw(st.sampled_from(ways)))


@pytest.mark.parametrize("structure", STRUCTURES, ids=lambda structure: structure.name)
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(draw=st.data())
def test_one_wrong_value_anywhere(structure: Structure, draw: st.DataObject) -> None:
    plain = cbor.decode(structure.valid, limit=MOST)
    assert structure.read(structure.valid).encode() == structure.valid
    try:
        data = cbor.encode(harmed(draw, plain))
    except (TypeError, UnicodeEncodeError):
        return  # nothing that can be written
    try:
        value = structure.read(data)
    except WireError:
        return
    assert value.encode() == data
