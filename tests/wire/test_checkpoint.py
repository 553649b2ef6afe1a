"""Checkpoints as Go's ``sumdb/note`` makes and reads them."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rso.wire.checkpoint import Checkpoint, NoteSigner, NoteVerifier, open_checkpoint, open_note, sign_note
from rso.wire.errors import ProofError

# The example of the documentation of Go's package, with its two keys.
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER = NoteVerifier.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
PETER_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
PETER_LINE = "— PeterNeumann " + (
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ENOCH = NoteVerifier.parse("EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop")
ENOCH_LINE = "— EnochRoot " + (
    "rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)

LOG = NoteSigner("relay.example/log", bytes(range(32)))
WITNESS = NoteSigner("witness.example/xav", bytes(range(1, 33)))
HEAD = Checkpoint("relay.example/log", 20852163, bytes(range(32)))


def _refused(note: str, *verifiers: NoteVerifier) -> str:
    with pytest.raises(ProofError) as raised:
        open_checkpoint(note, "relay.example/log", verifiers or (LOG.verifier,))
    return raised.value.code


def test_go_s_example_signs_and_opens_byte_for_byte() -> None:
    signer = NoteSigner("PeterNeumann", PETER_SEED)
    assert signer.verifier == PETER
    assert sign_note(TEXT, [signer]) == f"{TEXT}\n{PETER_LINE}"
    note = f"{TEXT}\n{PETER_LINE}{ENOCH_LINE}"
    assert open_note(note, [PETER, ENOCH]) == (TEXT, (PETER, ENOCH))
    assert open_note(note, [ENOCH]) == (TEXT, (ENOCH,))


def test_a_checkpoint_reads_back_with_and_without_a_witness() -> None:
    assert open_checkpoint(HEAD.sign(LOG), "relay.example/log", [LOG.verifier]) == HEAD
    note = HEAD.sign(LOG, WITNESS)
    assert open_checkpoint(note, "relay.example/log", [LOG.verifier]) == HEAD
    assert len(open_note(note, [LOG.verifier, WITNESS.verifier])[1]) == 2


def test_a_key_reads_back() -> None:
    assert NoteVerifier.parse(LOG.verifier.encoded()) == LOG.verifier


@pytest.mark.parametrize(
    ("note", "code"),
    [
        (HEAD.sign(LOG).replace("20852163", "20852164"), "bad-note-signature"),
        (HEAD.sign(WITNESS), "no-known-signature"),
        (HEAD.text(), "bad-note"),
        (HEAD.sign(LOG)[:-1], "bad-note"),
        (HEAD.sign(LOG) + "extra\n", "bad-note"),
        (Checkpoint("other.example/log", 1, bytes(32)).sign(LOG), "wrong-origin"),
        (sign_note(HEAD.text() + "extension\n", [LOG]), "bad-checkpoint"),
        (sign_note(HEAD.text().replace("20852163", "020852163"), [LOG]), "bad-checkpoint"),
        (sign_note("relay.example/log\n1\nAAAA\n", [LOG]), "bad-checkpoint"),
        (HEAD.sign(*[LOG] * 33), "bad-note"),
        ("x" * 70_000, "bad-note"),
    ],
)
def test_a_note_that_is_not_right_is_refused_with_its_code(note: str, code: str) -> None:
    assert _refused(note) == code


def test_a_wrong_signature_of_a_known_witness_refuses_the_whole_note() -> None:
    forged = HEAD.sign(LOG) + WITNESS.signature_line("another text\n")
    assert _refused(forged, LOG.verifier, WITNESS.verifier) == "bad-note-signature"
    assert open_checkpoint(forged, "relay.example/log", [LOG.verifier]) == HEAD


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "name",
        "name+00000000+AAAA",
        PETER.encoded().replace("c74f20a3", "c74f20a4"),
        PETER.encoded() + "=",
    ],
)
def test_a_key_that_is_not_right_is_refused(encoded: str) -> None:
    with pytest.raises(ProofError):
        NoteVerifier.parse(encoded)


@given(st.text(max_size=300) | st.text("—\n abc=+/", max_size=80))
def test_hostile_notes_raise_our_error_alone(note: str) -> None:
    with pytest.raises(ProofError):
        open_checkpoint(note, "relay.example/log", [LOG.verifier])


HALF = "\ud800"


@pytest.mark.parametrize("spoilt", ["text", "name"])
def test_half_a_surrogate_pair_is_no_text(spoilt: str) -> None:
    """JSON can carry one; it has no UTF-8, so it must be refused before anything is hashed or verified."""
    note = HEAD.sign(LOG)
    spoilt_note = HALF + note if spoilt == "text" else note.replace("— relay", f"— {HALF}relay")
    assert _refused(spoilt_note) == "bad-note"
    with pytest.raises(ProofError):
        NoteVerifier.parse(HALF + PETER.encoded())


@given(st.text(max_size=80))
def test_hostile_keys_and_checkpoints_raise_our_error_alone(text: str) -> None:
    for parse in (NoteVerifier.parse, Checkpoint.parse):
        with pytest.raises(ProofError):
            parse(text)
