"""Appending to the log: one row is locked, so that appends come one after another in every process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from rso import sql
from rso.relay.models import LogBundle, LogHead, LogTile
from rso.relay.queries.log import Head, Tree
from rso.wire import log
from rso.wire.checkpoint import Checkpoint, NoteSigner
from rso.wire.log import HASH_BYTES, TILE_WIDTH

_HEAD = "SELECT size, tail, checkpoint FROM relay_loghead WHERE id = 1"
_KEEP_HEAD = "UPDATE relay_loghead SET size = %s, tail = %s, checkpoint = %s WHERE id = 1"


@dataclass(frozen=True)
class Appended:
    """Where the first of the entries went, the tree that then was, and its signed checkpoint."""

    first: int
    tree: Tree
    checkpoint: str


def lock() -> Head:
    """The log's head, locked until the transaction ends. Take it before anything that must come in order."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("the log is locked within a transaction")
    statement = _HEAD + sql.lock()
    found = sql.rows(statement)
    if not found:
        LogHead.objects.get_or_create(pk=1)
        found = sql.rows(statement)
    ((size, tail, checkpoint),) = found
    return Head(size, bytes(tail), checkpoint)


def append(head: Head, entries: Sequence[bytes], signer: NoteSigner) -> Appended:
    """Adds ``entries`` (32 bytes each) to the locked log and signs its new head, once for all of them."""
    first, tail = head.size, head.tail
    for size, entry in enumerate(entries, first + 1):
        tail += entry
        if len(tail) == TILE_WIDTH * HASH_BYTES:
            _keep_bundle(size // TILE_WIDTH - 1, tail)
            tail = b""
    tree = Tree(first + len(entries), tail)
    checkpoint = Checkpoint(signer.name, tree.size, log.tree_root(tree.read, tree.size)).sign(signer)
    sql.change(_KEEP_HEAD, tree.size, tail, checkpoint)
    return Appended(first, tree, checkpoint)


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
