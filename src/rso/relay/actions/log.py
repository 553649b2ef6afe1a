"""Appending to the log: one row is locked, so that appends come one after another in every process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from rso.relay.models import LogBundle, LogHead, LogTile
from rso.relay.queries.log import Tree
from rso.wire import log
from rso.wire.checkpoint import Checkpoint, NoteSigner
from rso.wire.log import HASH_BYTES, TILE_WIDTH


@dataclass(frozen=True)
class Appended:
    """Where the first of the entries went, the tree that then was, and its signed checkpoint."""

    first: int
    tree: Tree
    checkpoint: str


def lock() -> LogHead:
    """The log's head, locked until the transaction ends. Take it before anything that must come in order.

    PostgreSQL locks the row; SQLite's transactions are IMMEDIATE and hold the write lock from their beginning.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("the log is locked within a transaction")
    head = LogHead.objects.select_for_update().filter(pk=1).first()
    if head is None:
        LogHead.objects.get_or_create(pk=1)
        head = LogHead.objects.select_for_update().get(pk=1)
    return head


def append(head: LogHead, entries: Sequence[bytes], signer: NoteSigner) -> Appended:
    """Adds ``entries`` (32 bytes each) to the locked log and signs its new head, once for all of them."""
    first, tail = head.size, bytes(head.tail)
    for size, entry in enumerate(entries, first + 1):
        tail += entry
        if len(tail) == TILE_WIDTH * HASH_BYTES:
            _keep_bundle(size // TILE_WIDTH - 1, tail)
            tail = b""
    tree = Tree(first + len(entries), tail)
    head.size, head.tail = tree.size, tail
    head.checkpoint = Checkpoint(signer.name, tree.size, log.tree_root(tree.read, tree.size)).sign(signer)
    head.save(update_fields=["size", "tail", "checkpoint"])
    return Appended(first, tree, head.checkpoint)


def _keep_bundle(number: int, entries: bytes) -> None:
    """Stores a full bundle, and carries its root into the tiles above."""
    LogBundle.objects.create(number=number, entries=entries)
    hashes = [log.leaf_hash(entries[at : at + HASH_BYTES]) for at in range(0, len(entries), HASH_BYTES)]
    _carry(1, number, log.fold(hashes))


def _carry(level: int, position: int, root: bytes) -> None:
    """Adds the root of the full tile ``position`` of the level below to its tile of ``level``."""
    number = position // TILE_WIDTH
    tile, _ = LogTile.objects.get_or_create(level=level, number=number, defaults={"hashes": b""})
    hashes = bytes(tile.hashes) + root
    tile.hashes = hashes
    tile.save(update_fields=["hashes"])
    if len(hashes) == TILE_WIDTH * HASH_BYTES:
        parts = [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]
        _carry(level + 1, number, log.fold(parts))
