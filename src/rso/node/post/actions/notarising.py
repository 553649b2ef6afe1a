"""Receipts of the relay: verified before they count, kept as evidence.

A message without a verified receipt is "not yet notarised"; work goes on all the same (exchange.md, "Relay").
"""

from __future__ import annotations

from datetime import datetime

from rso.node.post import queries
from rso.node.post.models import Inbox, Outbox
from rso.node.post.ports import Accepted
from rso.node.post.rules import PostError
from rso.wire import cbor
from rso.wire.checkpoint import open_checkpoint
from rso.wire.directory import Directory
from rso.wire.envelope import Content, Envelope, commitment
from rso.wire.errors import ProofError, WireError
from rso.wire.evidence import Evidence, build
from rso.wire.header import Header
from rso.wire.log import blinded_leaf, verify_inclusion
from rso.wire.receipt import LogReceipt, log_origin

PROOF_LIMIT = 8 * 1024


def verify(row: Outbox | Inbox, accepted: Accepted, directory: Directory) -> LogReceipt:
    """The receipt, if it is the relay's, for this message, and its place in the log is proven.

    Raises ``WireError``.
    """
    receipt = LogReceipt.parse(accepted.receipt)
    key = directory.node_key(receipt.relay, receipt.accepted)
    if key is None:
        raise ProofError("unknown-key", "the directory knows no key of this relay")
    receipt.verify(key)
    header = Header.decode(bytes(row.header))
    entry = blinded_leaf(commitment(header, bytes(row.body_digest)), bytes(row.blind))
    if receipt.message_id != header.id or receipt.entry != entry:
        raise ProofError("leaf-mismatch", "the receipt is for another message")
    head = open_checkpoint(receipt.checkpoint, log_origin(receipt.relay), directory.log_keys(receipt.accepted))
    verify_inclusion(receipt.entry, receipt.index, head.size, accepted.proof, head.root)
    return receipt


def note(row: Outbox | Inbox, accepted: Accepted, now: datetime) -> bool:
    """Puts a verified receipt onto ``row`` (not saved here), or the code of why it does not count."""
    try:
        verify(row, accepted, queries.directory())
    except WireError as error:
        row.receipt_error = error.code[:60]
        return False
    row.receipt = accepted.receipt
    row.proof = cbor.encode(list(accepted.proof))
    row.notarised_at, row.receipt_error = now, ""
    return True


def accepted_of(row: Outbox | Inbox) -> Accepted | None:
    """The receipt and proof that a row keeps."""
    if not row.receipt:
        return None
    proof = cbor.decode(bytes(row.proof), limit=PROOF_LIMIT)
    return Accepted(bytes(row.receipt), tuple(proof) if isinstance(proof, list) else ())


def evidence(row: Outbox | Inbox, *, with_content: bool = False) -> Evidence:
    """The evidence of one message (``wire.evidence``), to be written to a file.

    ``with_content`` adds what was said, where this node received it and still keeps it. Who may have it is decided
    by the app that the question is of. Raises ``PostError``: ``not-notarised``, ``blind-destroyed``.
    """
    accepted = accepted_of(row)
    if accepted is None or row.notarised_at is None:
        raise PostError("not-notarised", "There is no receipt of the relay for this message yet.")
    if not row.blind:
        raise PostError("blind-destroyed", "The evidence of this message was destroyed.")
    header = Header.decode(bytes(row.header))
    envelope = Envelope(header, bytes(row.body_digest), bytes(row.signer), bytes(row.signature), b"")
    content: Content | None = queries.content_of(row) if with_content and isinstance(row, Inbox) else None
    return build(
        envelope,
        blind=bytes(row.blind),
        receipt=accepted.receipt,
        proof=accepted.proof,
        directory=queries.directory_file(),
        content=content,
    )
