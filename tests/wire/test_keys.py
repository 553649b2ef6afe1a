"""Hybrid keys, epochs and the records in which weekly keys are published."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.wire.simulator import AVARIA, START

from rso.wire import cbor, limits
from rso.wire.epochs import Epoch
from rso.wire.errors import MalformedError, SignatureError
from rso.wire.keyrecords import EncryptionKeyRecord
from rso.wire.keys import (
    KEY_ID,
    SIGNATURE,
    VERIFY_KEY,
    OpeningKey,
    SealingKey,
    SigningKey,
    VerifyKey,
)

KEY = SigningKey.from_bytes(bytes(range(64)))
OTHER = SigningKey.generate()
WEEK = Epoch.of(START)
OPENING = OpeningKey.generate(WEEK)
RECORD = EncryptionKeyRecord.issue(AVARIA, OPENING.public, KEY)


def test_a_signature_verifies_for_its_key_context_and_data_only() -> None:
    signature = KEY.sign(b"one", b"data")
    assert len(signature) == SIGNATURE
    KEY.public.verify(b"one", signature, b"data")
    for key, context, data in ((OTHER, b"one", b"data"), (KEY, b"two", b"data"), (KEY, b"one", b"date")):
        with pytest.raises(SignatureError):
            key.public.verify(context, signature, data)


@pytest.mark.parametrize("part", [slice(0, 64), slice(64, None)], ids=["classical", "lattice"])
def test_a_half_from_elsewhere_is_not_enough(part: slice) -> None:
    signature, other = bytearray(KEY.sign(b"one", b"data")), KEY.sign(b"one", b"other data")
    signature[part] = other[part]
    with pytest.raises(SignatureError):
        KEY.public.verify(b"one", bytes(signature), b"data")


def test_halves_of_two_keys_are_a_third_key() -> None:
    """A key made of one's own half and another's cannot take over the other's signatures."""
    mixed = VerifyKey.from_bytes(KEY.public.to_bytes()[:32] + OTHER.public.to_bytes()[32:])
    mixed_signature = KEY.sign(b"one", b"data")[:64] + OTHER.sign(b"one", b"data")[64:]
    with pytest.raises(SignatureError):
        mixed.verify(b"one", mixed_signature, b"data")


@pytest.mark.parametrize("signature", [b"", bytes(SIGNATURE), bytes(SIGNATURE - 1), None, "text"])
def test_no_signature_at_all(signature: bytes) -> None:
    with pytest.raises(SignatureError):
        KEY.public.verify(b"one", signature, b"data")


def test_keys_come_back_and_their_ids_are_of_their_bytes() -> None:
    assert SigningKey.from_bytes(KEY.to_bytes()).public == KEY.public
    assert VerifyKey.from_bytes(KEY.public.to_bytes()) is VerifyKey.from_bytes(KEY.public.to_bytes())
    assert len(KEY.public.to_bytes()) == VERIFY_KEY
    assert len(KEY.key_id) == len(OPENING.key_id) == KEY_ID
    assert KEY.key_id != OTHER.key_id
    assert OpeningKey.from_bytes(OPENING.to_bytes()).public == OPENING.public


def test_secrets_are_not_shown() -> None:
    for key in (KEY, OPENING):
        assert key.to_bytes().hex() not in repr(key)
        assert repr(key.to_bytes()) not in repr(key)


@pytest.mark.parametrize("point", [bytes(32), b"\x01" + bytes(31)], ids=["zero", "one"])
def test_a_point_of_low_order_is_no_key(point: bytes) -> None:
    with pytest.raises(MalformedError, match="bad-key"):
        SealingKey.from_bytes(OPENING.public.to_bytes()[:-32] + point)


def test_a_lattice_key_out_of_range_is_no_key() -> None:
    encoded = OPENING.public.to_bytes()
    with pytest.raises(MalformedError, match="bad-key"):
        SealingKey.from_bytes(encoded[:2] + b"\xff" * 1184 + encoded[-32:])


def test_the_id_of_a_weekly_key_begins_with_its_epoch() -> None:
    assert Epoch(int.from_bytes(OPENING.key_id[:2], "big")) == OPENING.epoch == WEEK
    later = SealingKey.from_bytes(WEEK.next().number.to_bytes(2, "big") + OPENING.public.to_bytes()[2:])
    assert later.key_id[2:] != OPENING.key_id[2:]


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (datetime(2026, 11, 23, tzinfo=UTC), "2026-W48"),
        (datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC), "2026-W47"),
        (datetime(2027, 1, 3, tzinfo=UTC), "2026-W53"),
        (datetime(2027, 1, 4, tzinfo=UTC), "2027-W01"),
    ],
)
def test_epochs(instant: datetime, text: str) -> None:
    assert str(Epoch.of(instant)) == text
    assert Epoch.of(instant).starts <= instant.timestamp() < Epoch.of(instant).ends


def test_a_record_is_read_and_verified() -> None:
    record = EncryptionKeyRecord.parse(RECORD.encode())
    record.verify(KEY.public)
    assert record == RECORD
    assert (record.good_at(WEEK.starts), record.good_at(WEEK.starts - 1)) == (True, False)
    assert (record.good_at(record.not_after - 1), record.good_at(record.not_after)) == (True, False)


@pytest.mark.parametrize(
    "change",
    [{"not_after": WEEK.ends + 1}, {"agency": replace(AVARIA, agency="PORTS")}, {"signature": bytes(SIGNATURE)}],
)
def test_a_changed_record_does_not_verify(change: dict[str, object]) -> None:
    with pytest.raises(SignatureError):
        replace(RECORD, **change).verify(KEY.public)


def test_a_record_of_another_signer() -> None:
    with pytest.raises(SignatureError, match="wrong-signer"):
        RECORD.verify(OTHER.public)


@pytest.mark.parametrize(
    ("not_before", "not_after"),
    [
        (WEEK.starts + 1, WEEK.ends),
        (WEEK.starts, WEEK.ends - 1),
        (WEEK.starts, WEEK.starts),
        (WEEK.starts, WEEK.starts + limits.KEY_PUBLICATION + 1),
    ],
)
def test_a_weekly_key_is_good_for_its_week_and_not_for_long(not_before: int, not_after: int) -> None:
    with pytest.raises(MalformedError):
        EncryptionKeyRecord.issue(AVARIA, OPENING.public, KEY, not_before=not_before, not_after=not_after)


def test_a_record_whose_epoch_is_not_its_keys() -> None:
    outer = cbor.decode(RECORD.encode(), limit=limits.KEY_RECORD)
    assert isinstance(outer, dict)
    body = cbor.decode(outer["body"], limit=limits.KEY_RECORD)
    assert isinstance(body, dict)
    forged = cbor.encode(outer | {"body": cbor.encode(body | {"epoch": "2026-W47"})})
    with pytest.raises(MalformedError):
        EncryptionKeyRecord.parse(forged)
