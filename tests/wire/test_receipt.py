"""A receipt for a batch: what it vouches for, and everything that it does not."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rso.wire import log
from rso.wire.checkpoint import Checkpoint, NoteSigner
from rso.wire.errors import ProofError, SignatureError, WireError
from rso.wire.identifiers import AgencyId
from rso.wire.keys import SigningKey, VerifyKey
from rso.wire.log import MemoryLog
from rso.wire.receipt import Batch, LogReceipt, log_origin, open_receipt

NOW = 1_795_435_200  # 2026-11-23T12:00:00Z
RELAY = AgencyId("RSO", "ORG", "RELAY")
KEY = SigningKey(hashlib.sha512(b"synthetic relay").digest())
OTHER = SigningKey(hashlib.sha512(b"synthetic other").digest())
LOG = NoteSigner(log_origin(RELAY), hashlib.sha256(b"synthetic log").digest())
ENTRIES = [hashlib.sha256(bytes([number])).digest() for number in range(12)]
TREE = MemoryLog(ENTRIES)


def _receipt(first: int, size: int, accepted: int = NOW) -> LogReceipt:
    """For the entries ``first`` to ``size - 1``."""
    note = Checkpoint(LOG.name, size, TREE.root(size)).sign(LOG)
    return LogReceipt.issue(KEY, relay=RELAY, first=first, accepted=accepted, checkpoint=note)


def _open(receipt: LogReceipt, key: VerifyKey = KEY.public) -> Batch:
    return open_receipt(receipt.encode(), key, (LOG.verifier,))


def _proof(index: int, size: int) -> list[bytes]:
    return log.inclusion_proof(TREE.read, index, size)


def test_a_receipt_reads_back_and_verifies() -> None:
    receipt = _receipt(3, 8)
    assert LogReceipt.parse(receipt.encode()) == receipt
    receipt.verify(KEY.public)
    with pytest.raises(SignatureError, match="wrong-signer"):
        receipt.verify(OTHER.public)


def test_one_receipt_is_for_every_entry_of_its_batch_and_no_other() -> None:
    batch = _open(_receipt(3, 8))
    for index in range(3, 8):
        batch.check(ENTRIES[index], index, _proof(index, 8))
    for index in (0, 2):  # older entries of the same log, whose proof holds too
        with pytest.raises(ProofError, match="not-in-batch"):
            batch.check(ENTRIES[index], index, _proof(index, 8))
    for index in (8, 9, -1):
        with pytest.raises(ProofError, match="not-in-batch"):
            batch.check(ENTRIES[index], index, _proof(7, 8))


def test_a_receipt_of_another_batch_does_not_do() -> None:
    for receipt in (_receipt(0, 3), _receipt(8, 12)):
        with pytest.raises(ProofError, match="not-in-batch"):
            _open(receipt).check(ENTRIES[5], 5, _proof(5, 8))


def test_a_proof_that_was_moved_to_another_message_does_not_do() -> None:
    batch = _open(_receipt(3, 8))
    for entry, index, proof in (
        (ENTRIES[5], 4, _proof(4, 8)),
        (ENTRIES[5], 5, _proof(4, 8)),
        (ENTRIES[5], 4, _proof(5, 8)),
        (bytes(32), 5, _proof(5, 8)),
    ):
        with pytest.raises(ProofError, match="proof-mismatch"):
            batch.check(entry, index, proof)


@pytest.mark.parametrize("change", [{"accepted": NOW + 1}, {"first": 2}, {"relay": AgencyId("XAV", "GOV", "BORDER")}])
def test_a_changed_receipt_is_not_signed(change: dict[str, object]) -> None:
    _open(_receipt(3, 8))  # the true one is kept by now, and does not stand in for the changed one
    with pytest.raises(SignatureError):
        _open(replace(_receipt(3, 8), **change))  # type: ignore[arg-type]


def test_a_receipt_with_the_checkpoint_of_another_is_not_signed() -> None:
    with pytest.raises(SignatureError):
        _open(replace(_receipt(3, 8), checkpoint=_receipt(3, 9).checkpoint))


def test_what_is_kept_is_kept_for_its_keys_only() -> None:
    receipt = _receipt(3, 8)
    _open(receipt)
    with pytest.raises(SignatureError, match="wrong-signer"):
        _open(receipt, OTHER.public)
    stranger = NoteSigner(LOG.name, bytes(32)).verifier
    with pytest.raises(ProofError, match="no-known-signature"):
        open_receipt(receipt.encode(), KEY.public, (stranger,))


def test_the_signatures_of_one_receipt_are_checked_once() -> None:
    receipt = _receipt(2, 7)
    assert _open(receipt) is _open(receipt)


def test_a_receipt_for_nothing_is_refused() -> None:
    with pytest.raises(ProofError, match="not-in-batch"):
        _open(_receipt(8, 8))


@given(st.binary(max_size=90))
def test_hostile_receipts_raise_our_errors_alone(data: bytes) -> None:
    with pytest.raises(WireError):
        LogReceipt.parse(data)
