"""Whose keys count for evidence: those of the right holder, for the right use, in their time, and all in the file."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from tests.wire.test_evidence import (
    ANCHOR,
    BORDER,
    GOOD,
    IMMIGRATION,
    LOG_KEY,
    NOW,
    PLACE,
    RECEIPT,
    RELAY,
    ROOT,
    ROOTS,
    SIZE,
    _directory,
    _receipt,
    _refused,
    _with_note,
)

from rso.wire import evidence
from rso.wire.checkpoint import Checkpoint, NoteSigner, open_checkpoint
from rso.wire.directory import Directory, KeyUse, LogEntry, Validity
from rso.wire.errors import WireError
from rso.wire.evidence import EvidenceStep
from rso.wire.receipt import log_origin
from rso.wire.trust import SignedDirectory, TrustAnchor


def changed(**changes: object) -> bytes:
    """The directory of :mod:`test_evidence` with other fields, signed by the same roots."""
    plain = Directory.decode(SignedDirectory.decode(_directory()).body)
    body = replace(plain, **changes).encode()  # type: ignore[arg-type]
    return SignedDirectory(body).signed_by(ROOTS[0]).signed_by(ROOTS[1]).encode()


@pytest.mark.parametrize("change", [{"holder": IMMIGRATION}, {"use": None}], ids=["holder", "use"])
@pytest.mark.parametrize("use", [KeyUse.NODE, KeyUse.AGENCY])
def test_keys_count_only_for_their_holder_and_use(use: KeyUse, change: dict[str, object]) -> None:
    """The right key, which the directory gives to another agency, or for signing the other layer."""
    if "use" in change:
        change = {"use": KeyUse.AGENCY if use is KeyUse.NODE else KeyUse.NODE}
    plain = Directory.decode(SignedDirectory.decode(_directory()).body)
    keys = tuple(replace(e, **change) if (e.holder, e.use) == (BORDER, use) else e for e in plain.keys)  # type: ignore[arg-type]
    step = EvidenceStep.SENDER if use is KeyUse.NODE else EvidenceStep.CONTENT
    assert _refused(replace(GOOD, directory=changed(keys=keys))) == (step, "unknown-key")


UNUSED = {
    "a root that signed nothing": TrustAnchor.of([root.public for root in ROOTS], threshold=2),
    "one of the two signers": TrustAnchor.of([ROOTS[0].public], threshold=1),
    "any one of them": TrustAnchor.of([root.public for root in ROOTS[:2]], threshold=1),
}


@pytest.mark.parametrize("given", [ANCHOR, None], ids=["anchor given", "none given"])
@pytest.mark.parametrize("anchor", UNUSED.values(), ids=UNUSED.keys())
def test_root_keys_in_the_file_are_exactly_those_that_signed(anchor: TrustAnchor, given: TrustAnchor | None) -> None:
    """Otherwise a key in it could be changed, and nobody would see it."""
    assert _refused(replace(GOOD, anchor=anchor.encode()), given) == (EvidenceStep.DIRECTORY, "unused-root")


def test_a_key_of_another_log_does_not_sign_in_this_one_s_name() -> None:
    other = NoteSigner("XAV/GOV/BORDER/log", bytes(range(32)))
    plain = Directory.decode(SignedDirectory.decode(_directory()).body)
    logs = tuple(sorted((*plain.logs, LogEntry(other.verifier, Validity(NOW - 9))), key=lambda e: e.verifier.name))
    note = Checkpoint(log_origin(RELAY), SIZE, ROOT).sign(NoteSigner(log_origin(RELAY), bytes(range(32))))
    file = replace(GOOD, directory=changed(logs=logs), receipt=_receipt(note).encode())
    assert _refused(file) == (EvidenceStep.CHECKPOINT, "bad-note-signature")
    assert evidence.verify(replace(GOOD, directory=changed(logs=logs)).encode(), ANCHOR).index == PLACE


def test_what_was_accepted_in_the_second_of_the_revocation_is_too_late() -> None:
    revoked = Validity(NOW - 9, revoked=NOW + 2)
    assert _refused(replace(GOOD, directory=_directory(node=revoked))) == (EvidenceStep.RECEIPT, "key-revoked")


def test_a_signature_line_has_its_dash_and_the_hash_of_its_key() -> None:
    """What the checkpoint's own reader ignores, the second verifier ignores too: they take the same notes."""
    note = RECEIPT.checkpoint
    head, _, signed = note.rstrip("\n").rpartition(" ")
    raw = base64.b64decode(signed)
    other_key = base64.b64encode(bytes([raw[0] ^ 1]) + raw[1:]).decode()
    for changed_note in (note.replace("—", "-"), f"{head} {other_key}\n"):
        assert _refused(_with_note(changed_note)) == (EvidenceStep.CHECKPOINT, "bad-note-signature")
        with pytest.raises(WireError):
            open_checkpoint(changed_note, log_origin(RELAY), [LOG_KEY.verifier])
