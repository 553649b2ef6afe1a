"""Evidence: built by a party, checked by somebody who has nothing but the root keys."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rso.wire import cbor, evidence, log
from rso.wire.checkpoint import Checkpoint, NoteSigner, open_checkpoint
from rso.wire.directory import Agency, Directory, KeyEntry, KeyUse, LogEntry, Member, MemberKind, Validity
from rso.wire.envelope import Envelope, seal
from rso.wire.epochs import Epoch
from rso.wire.errors import WireError
from rso.wire.evidence import Evidence, EvidenceError, EvidenceStep, Opened
from rso.wire.identifiers import AgencyId
from rso.wire.keys import OPENING_KEY, OpeningKey, SigningKey
from rso.wire.letters import WrittenRequest
from rso.wire.log import MemoryLog
from rso.wire.message import Meta
from rso.wire.receipt import LogReceipt, log_origin
from rso.wire.trust import SignedDirectory, TrustAnchor
from rso.wire.verify import open_inner, verify_outer

NOW = 1_795_435_200  # 2026-11-23T12:00:00Z
WEEK = Epoch((NOW + 3 * 86_400) // 604_800)
BORDER = AgencyId("XAV", "GOV", "BORDER")
IMMIGRATION = AgencyId("XBD", "GOV", "IMMIGRATION")
RELAY = AgencyId("RSO", "ORG", "RELAY")


def _key(name: str) -> SigningKey:
    return SigningKey(hashlib.sha512(f"synthetic {name}".encode()).digest())


ROOTS = [_key(f"root {number}") for number in range(3)]
ANCHOR = TrustAnchor.of([root.public for root in ROOTS], threshold=2)
NODE, AGENCY, RELAY_KEY = _key("node"), _key("agency"), _key("relay")
LOG_KEY = NoteSigner(log_origin(RELAY), hashlib.sha256(b"synthetic log").digest())
OPENING = OpeningKey(WEEK.number.to_bytes(2, "big") + bytes(range(OPENING_KEY - 2)))
ALWAYS = Validity(NOW - 86_400)


def _directory(
    *, node: Validity = ALWAYS, agency: Validity = ALWAYS, relay: Validity = ALWAYS, log_key: Validity = ALWAYS
) -> bytes:
    directory = Directory(
        version=1,
        issued=NOW - 3600,
        expires=NOW + 86_400,
        members=(
            Member("RSO", "Regional Support Office", MemberKind.ORGANISATION),
            Member("XAV", "Avaria (synthetic)", MemberKind.ORGANISATION),
            Member("XBD", "Borduna (synthetic)", MemberKind.ORGANISATION),
        ),
        agencies=(Agency(RELAY, "Relay"), Agency(BORDER, "Border"), Agency(IMMIGRATION, "Immigration")),
        services=(),
        keys=(
            KeyEntry(BORDER, KeyUse.NODE, NODE.public, node),
            KeyEntry(BORDER, KeyUse.AGENCY, AGENCY.public, agency),
            KeyEntry(RELAY, KeyUse.NODE, RELAY_KEY.public, relay),
        ),
        logs=(LogEntry(LOG_KEY.verifier, log_key),),
    )
    file = SignedDirectory(directory.encode())
    return file.signed_by(ROOTS[0]).signed_by(ROOTS[1]).encode()


MESSAGE = WrittenRequest(
    Meta(
        IMMIGRATION.service("written-request"),
        BORDER.service("written-request"),
        bytes(16),
        "identity-verification",
        "domestic-law",
    ),
    "Synthetic subject",
    "A synthetic question.",
    NOW + 86_400,
    (),
)
SEALED = seal(
    MESSAGE,
    sender=BORDER,
    recipient=IMMIGRATION,
    arrangement=bytes(32),
    created=NOW,
    expires=NOW + 86_400,
    agency_key=AGENCY,
    node_key=NODE,
    sealing_key=OPENING.public,
)
OUTER = Envelope.decode(SEALED.envelope)


ENTRY = log.blinded_leaf(SEALED.commitment, SEALED.blind)
PLACE, FIRST, SIZE = 4, 3, 8
_OTHERS = [hashlib.sha256(bytes([number])).digest() for number in range(SIZE - 1)]
TREE = MemoryLog([*_OTHERS[:PLACE], ENTRY, *_OTHERS[PLACE:]])
PROOF = tuple(log.inclusion_proof(TREE.read, PLACE, SIZE))
ROOT = TREE.root()


def _receipt(note: str | None = None, *, first: int = FIRST, accepted: int = NOW + 2) -> LogReceipt:
    """The relay's receipt for the entries 3 to 7, of which ours is number 4."""
    note = note or Checkpoint(log_origin(RELAY), SIZE, ROOT).sign(LOG_KEY)
    return LogReceipt.issue(RELAY_KEY, relay=RELAY, first=first, accepted=accepted, checkpoint=note)


RECEIPT = _receipt()


def _with_note(note: str) -> Evidence:
    """The relay's key signs a receipt over another note than the log's own."""
    return replace(GOOD, receipt=_receipt(note).encode())


class _Terms:
    def agencies(self) -> frozenset[AgencyId]:
        return frozenset({BORDER, IMMIGRATION})

    def allows_purpose(self, purpose: str) -> bool:
        return True

    def in_force(self, at: int) -> bool:
        return True

    def fields_for(self, purpose: str) -> frozenset[str]:
        return frozenset()

    def kept_for(self) -> int:
        return 0


def _content() -> Opened:
    verified = verify_outer(SEALED.envelope, now=NOW, resolve_node_key=lambda *_: NODE.public)
    opened = open_inner(
        verified,
        now=NOW,
        opening_keys=lambda key_id: OPENING if key_id == OPENING.key_id else None,
        resolve_agency_key=lambda *_: AGENCY.public,
        arrangements=lambda _: _Terms(),
    )
    return Opened(opened.content.message, opened.content.signer, opened.content.signature)


GOOD = replace(
    evidence.build(
        OUTER,
        blind=SEALED.blind,
        receipt=RECEIPT.encode(),
        index=PLACE,
        proof=PROOF,
        directory=_directory(),
        anchor=ANCHOR,
    ),
    opened=_content(),
)


def _refused(file: Evidence | bytes, anchor: TrustAnchor | None = ANCHOR) -> tuple[EvidenceStep, str]:
    with pytest.raises(EvidenceError) as raised:
        evidence.verify(file if isinstance(file, bytes) else file.encode(), anchor)
    assert f"step {raised.value.step.value} ({raised.value.step.name.lower()})" in str(raised.value)
    return raised.value.step, raised.value.code


def _flip(value: bytes, at: int = -1) -> bytes:
    changed = bytearray(value)
    changed[at] ^= 1
    return bytes(changed)


# ---------------------------------------------------------------- what holds


def test_evidence_proves_who_when_and_where_in_the_log() -> None:
    found = evidence.verify(GOOD.encode(), ANCHOR)
    assert (found.header.sender, found.header.recipient) == (BORDER, IMMIGRATION)
    assert (found.accepted, found.relay, found.index, found.log_size) == (NOW + 2, RELAY, 4, 8)
    assert found.message == MESSAGE.encode()
    assert found.warnings == ()
    assert found.anchor_fingerprint == ANCHOR.fingerprint()


def test_without_the_message_the_file_says_nothing_of_it() -> None:
    file = GOOD.without_content().encode()
    found = evidence.verify(file, ANCHOR)
    assert found.message is None
    assert found.steps == tuple(EvidenceStep)[:-1]
    assert evidence.verify(GOOD.encode(), ANCHOR).steps == tuple(EvidenceStep)
    assert b"synthetic question" in GOOD.encode()
    assert b"synthetic question" not in file


def test_an_anchor_out_of_the_file_comes_with_a_warning() -> None:
    assert evidence.verify(GOOD.encode(), None).warnings == ("anchor-from-file",)
    assert _refused(replace(GOOD, anchor=None), None) == (EvidenceStep.ANCHOR, "no-anchor")


def test_a_forger_s_own_roots_are_refused_by_whoever_has_the_right_ones() -> None:
    forger = TrustAnchor.of([_key("forger").public], threshold=1)
    file = SignedDirectory(SignedDirectory.decode(_directory()).body).signed_by(_key("forger")).encode()
    forged = replace(GOOD, directory=file, anchor=forger.encode())
    assert evidence.verify(forged.encode(), None).warnings == ("anchor-from-file",)
    assert _refused(forged) == (EvidenceStep.DIRECTORY, "too-few-roots")


def test_old_evidence_holds_after_the_keys_were_replaced() -> None:
    past = Validity(NOW - 86_400, until=NOW + 3600)
    later = replace(GOOD, directory=_directory(node=past, relay=past, log_key=past))
    assert evidence.verify(later.encode(), ANCHOR).index == 4


# ---------------------------------------------------------------- tampering: the right step, by number


TAMPERED = {
    "header": (replace(GOOD, header=GOOD.header[:-1]), EvidenceStep.HEADER),
    "header's recipient": (
        replace(GOOD, header=GOOD.header.replace(b"IMMIGRATION", b"IMMIGRATIOM")),
        EvidenceStep.SENDER,
    ),
    "body digest": (replace(GOOD, body_digest=_flip(GOOD.body_digest)), EvidenceStep.SENDER),
    "signer": (replace(GOOD, signer=_flip(GOOD.signer)), EvidenceStep.SENDER),
    "classical half": (replace(GOOD, signature=_flip(GOOD.signature, 0)), EvidenceStep.SENDER),
    "lattice half": (replace(GOOD, signature=_flip(GOOD.signature)), EvidenceStep.SENDER),
    "blind": (replace(GOOD, blind=_flip(GOOD.blind)), EvidenceStep.INCLUSION),
    "receipt's time": (replace(GOOD, receipt=replace(RECEIPT, accepted=NOW + 3).encode()), EvidenceStep.RECEIPT),
    "receipt's first place": (replace(GOOD, receipt=replace(RECEIPT, first=2).encode()), EvidenceStep.RECEIPT),
    "receipt's tree head": (
        replace(GOOD, receipt=replace(RECEIPT, checkpoint=RECEIPT.checkpoint.replace("\n8\n", "\n9\n")).encode()),
        EvidenceStep.RECEIPT,
    ),
    "receipt's signature": (
        replace(GOOD, receipt=replace(RECEIPT, signature=_flip(RECEIPT.signature)).encode()),
        EvidenceStep.RECEIPT,
    ),
    "size of the tree": (_with_note(RECEIPT.checkpoint.replace("\n8\n", "\n9\n")), EvidenceStep.CHECKPOINT),
    "note's signature": (
        _with_note(Checkpoint(log_origin(RELAY), SIZE, ROOT).sign(NoteSigner(LOG_KEY.name, bytes(32)))),
        EvidenceStep.CHECKPOINT,
    ),
    "no signature": (_with_note(RECEIPT.checkpoint.split("—")[0]), EvidenceStep.CHECKPOINT),
    "another log": (
        _with_note(Checkpoint("XAV/GOV/BORDER/log", SIZE, ROOT).sign(LOG_KEY)),
        EvidenceStep.CHECKPOINT,
    ),
    "another tree": (_with_note(Checkpoint(log_origin(RELAY), SIZE, bytes(32)).sign(LOG_KEY)), EvidenceStep.INCLUSION),
    "a later batch": (replace(GOOD, receipt=_receipt(first=PLACE + 1).encode()), EvidenceStep.PLACE),
    "an earlier batch": (
        _with_note(Checkpoint(log_origin(RELAY), PLACE, TREE.root(PLACE)).sign(LOG_KEY)),
        EvidenceStep.PLACE,
    ),
    "a place before the batch": (replace(GOOD, index=FIRST - 1), EvidenceStep.PLACE),
    "a place after the batch": (replace(GOOD, index=SIZE), EvidenceStep.PLACE),
    "another place of the batch": (replace(GOOD, index=PLACE + 1), EvidenceStep.INCLUSION),
    "another message's proof": (
        replace(GOOD, index=PLACE + 1, proof=tuple(log.inclusion_proof(TREE.read, PLACE + 1, SIZE))),
        EvidenceStep.INCLUSION,
    ),
    "proof": (replace(GOOD, proof=(_flip(GOOD.proof[0]), *GOOD.proof[1:])), EvidenceStep.INCLUSION),
    "short proof": (replace(GOOD, proof=GOOD.proof[:-1]), EvidenceStep.INCLUSION),
    "long proof": (replace(GOOD, proof=(*GOOD.proof, bytes(32))), EvidenceStep.INCLUSION),
    "directory": (replace(GOOD, directory=_flip(GOOD.directory, 400)), EvidenceStep.DIRECTORY),
    "root keys": (
        replace(GOOD, anchor=TrustAnchor.of([ROOTS[0].public, ROOTS[2].public]).encode()),
        EvidenceStep.DIRECTORY,
    ),
    "root keys, cut": (replace(GOOD, anchor=(GOOD.anchor or b"")[:-1]), EvidenceStep.ANCHOR),
    "message": (
        replace(GOOD, opened=replace(_content(), message=_flip(_content().message))),
        EvidenceStep.CONTENT,
    ),
    "message's signer": (
        replace(GOOD, opened=replace(_content(), signer=NODE.key_id)),
        EvidenceStep.CONTENT,
    ),
    "message's signature": (
        replace(GOOD, opened=replace(_content(), signature=_flip(_content().signature))),
        EvidenceStep.CONTENT,
    ),
}


@pytest.mark.parametrize(("file", "step"), TAMPERED.values(), ids=TAMPERED.keys())
def test_a_tampered_field_is_refused_at_its_step(file: Evidence, step: EvidenceStep) -> None:
    assert _refused(file)[0] is step


def test_every_field_of_the_file_is_tampered_with_above() -> None:
    for name in Evidence.__dataclass_fields__:
        assert any(getattr(file, name) != getattr(GOOD, name) for file, _ in TAMPERED.values()), name


@pytest.mark.parametrize(
    ("directory", "step"),
    [
        (_directory(node=Validity(NOW + 1)), EvidenceStep.SENDER),
        (_directory(node=Validity(NOW - 9, revoked=NOW)), EvidenceStep.SENDER),
        (_directory(relay=Validity(NOW - 9, until=NOW + 1)), EvidenceStep.RECEIPT),
        (_directory(log_key=Validity(NOW + 9)), EvidenceStep.CHECKPOINT),
    ],
)
def test_keys_count_only_in_their_time(directory: bytes, step: EvidenceStep) -> None:
    assert _refused(replace(GOOD, directory=directory))[0] is step


def test_a_message_dated_back_with_a_stolen_key_is_refused() -> None:
    """The key was revoked between the date that the message bears and its acceptance into the log."""
    revoked = Validity(NOW - 9, revoked=NOW + 1)
    assert _refused(replace(GOOD, directory=_directory(node=revoked))) == (EvidenceStep.RECEIPT, "key-revoked")
    assert _refused(replace(GOOD, directory=_directory(agency=revoked))) == (EvidenceStep.CONTENT, "key-revoked")
    later = Validity(NOW - 9, revoked=NOW + 3)
    assert evidence.verify(replace(GOOD, directory=_directory(node=later)).encode(), ANCHOR).index == 4


def test_a_receipt_by_another_agency_is_none() -> None:
    forged = LogReceipt.issue(NODE, relay=BORDER, first=FIRST, accepted=NOW + 2, checkpoint=RECEIPT.checkpoint)
    assert _refused(replace(GOOD, receipt=forged.encode())) == (EvidenceStep.CHECKPOINT, "wrong-origin")


@pytest.mark.parametrize("accepted", [NOW - 301, NOW + 86_400 + 301])
def test_a_receipt_from_outside_of_the_message_s_times_is_refused(accepted: int) -> None:
    file = replace(GOOD, receipt=_receipt(accepted=accepted).encode())
    assert _refused(file) == (EvidenceStep.RECEIPT, "wrong-time")


# ---------------------------------------------------------------- form, size, hostility


def test_unknown_fields_formats_and_sizes_are_refused() -> None:
    plain = cbor.decode(GOOD.encode(), limit=10**7)
    assert isinstance(plain, dict)
    assert _refused(cbor.encode(plain | {"more": 1})) == (EvidenceStep.FORM, "unknown-field")
    assert _refused(cbor.encode(plain | {"format": "rso-evidence-1"})) == (EvidenceStep.FORM, "unknown-format")
    assert _refused(cbor.encode(plain | {"proof": [bytes(31)]})) == (EvidenceStep.FORM, "bad-hash")
    assert _refused(bytes(evidence.EVIDENCE + 1))[0] is EvidenceStep.SIZE


@given(st.binary(max_size=200))
def test_hostile_files_raise_our_error_alone(data: bytes) -> None:
    with pytest.raises(EvidenceError):
        evidence.verify(data, ANCHOR)


@given(st.data())
def test_any_changed_byte_is_refused(data: st.DataObject) -> None:
    file = GOOD.encode()
    at = data.draw(st.integers(0, len(file) - 1))
    changed = bytearray(file)
    changed[at] ^= data.draw(st.integers(1, 255))
    for anchor in (ANCHOR, None):
        with pytest.raises(EvidenceError):
            evidence.verify(bytes(changed), anchor)


@given(st.binary(max_size=90))
def test_hostile_receipts_raise_our_errors_alone(data: bytes) -> None:
    with pytest.raises(WireError):
        LogReceipt.parse(data)


# ---------------------------------------------------------------- two verifiers, one verdict


@given(st.integers(1, 60), st.data())
def test_both_verifiers_agree_on_proofs(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    tree = MemoryLog(hashlib.sha256(bytes([number])).digest() for number in range(size))
    path = log.inclusion_proof(tree.read, index, size)
    change = data.draw(st.sampled_from(["nothing", "drop", "add", "flip", "index"]))
    if change == "drop":
        path = path[:-1]
    elif change == "add":
        path = [*path, bytes(32)]
    elif change == "flip" and path:
        path[0] = _flip(path[0])
    claimed = (index + 1) % size if change == "index" else index
    entry = tree.entries[index]
    try:
        log.verify_inclusion(entry, claimed, size, path, tree.root())
    except WireError:
        first = False
    else:
        first = True
    held = replace(GOOD, index=claimed, proof=tuple(path))
    try:
        evidence._check_inclusion(entry, held, size, tree.root())
    except WireError:
        second = False
    else:
        second = True
    assert first is second


def test_both_verifiers_read_the_same_checkpoint() -> None:
    opened = open_checkpoint(RECEIPT.checkpoint, log_origin(RELAY), [LOG_KEY.verifier])
    directory = Directory.decode(SignedDirectory.decode(GOOD.directory).body)
    assert (opened.size, opened.root) == evidence._tree_head(RECEIPT, directory)
