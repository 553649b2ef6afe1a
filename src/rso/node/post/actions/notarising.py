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
from rso.wire.directory import Directory
from rso.wire.envelope import Content, Envelope, commitment
from rso.wire.errors import ProofError, WireError
from rso.wire.evidence import Evidence, build
from rso.wire.header import Header
from rso.wire.log import MAX_PROOF, MAX_SIZE, blinded_leaf
from rso.wire.receipt import LogReceipt, open_receipt, read_receipt

PROOF_LIMIT = 8 * 1024


def verify(row: Outbox | Inbox, accepted: Accepted, directory: Directory) -> LogReceipt:
    """The receipt, if it is the relay's, and this message's place in the receipt's batch is proven.

    Raises ``WireError``.
    """
    receipt = read_receipt(accepted.receipt)
    key = directory.node_key(receipt.relay, receipt.accepted)
    if key is None:
        raise ProofError("unknown-key", "the directory knows no key of this relay")
    batch = open_receipt(accepted.receipt, key, directory.log_keys(receipt.accepted))
    header = Header.decode(bytes(row.header))
    entry = blinded_leaf(commitment(header, bytes(row.body_digest)), bytes(row.blind))
    batch.check(entry, accepted.index, accepted.proof)
    return receipt


def note(row: Outbox | Inbox, accepted: Accepted, now: datetime) -> bool:
    """Puts a verified receipt onto ``row`` (not saved here), or the code of why it does not count."""
    try:
        verify(row, accepted, queries.directory())
    except WireError as error:
        row.receipt_error = error.code[:60]
        return False
    row.receipt = accepted.receipt
    row.proof = cbor.encode({"index": accepted.index, "proof": list(accepted.proof)})
    row.notarised_at, row.receipt_error = now, ""
    return True


def accepted_of(row: Outbox | Inbox) -> Accepted | None:
    """The receipt, place and proof that a row keeps."""
    if not row.receipt:
        return None
    kept = cbor.Fields(cbor.decode(bytes(row.proof), limit=PROOF_LIMIT), "a kept proof", ("index", "proof"))
    proof = tuple(item for item in kept.items("proof", MAX_PROOF) if isinstance(item, bytes))
    return Accepted(bytes(row.receipt), kept.integer("index", 0, MAX_SIZE - 1), proof)


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
        index=accepted.index,
        proof=accepted.proof,
        directory=queries.directory_file(),
        content=content,
    )
