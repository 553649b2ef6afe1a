"""Reading the log: tiles, bundles, proofs and the newest checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from rso.relay.models import LogBundle, LogHead, LogTile
from rso.relay.rules import RefusedError
from rso.wire import log
from rso.wire.log import HASH_BYTES, TILE_WIDTH


@dataclass(frozen=True)
class Head:
    """The log as it stands: size, checkpoint, and the entries after the last full bundle."""

    size: int
    tail: bytes
    checkpoint: str


def head() -> Head:
    """The log's head; of size 0 before the first message."""
    row = LogHead.objects.filter(pk=1).first()
    return Head(0, b"", "") if row is None else Head(row.size, bytes(row.tail), row.checkpoint)


class Tree:
    """The stored tree, read lazily and each tile once: good for one request, in which it does not grow."""

    def __init__(self, size: int, tail: bytes) -> None:
        self.size = size
        self._tail = tail
        self._tiles: dict[tuple[int, int], bytes] = {}
        # Kept, since the proofs of neighbours share nearly all of their subtrees.
        self.read = cache(log.subtree_from_tiles(self.tile))

    def entries(self, number: int) -> bytes:
        """The entries of a bundle, one after another; fewer than 256 at the end of the log, and none beyond it."""
        if number == self.size // TILE_WIDTH:
            return self._tail
        row = LogBundle.objects.filter(pk=number).first()
        return b"" if row is None else bytes(row.entries)

    def tile(self, level: int, number: int) -> bytes:
        """The hashes of a tile, as many as there are."""
        if (level, number) not in self._tiles:
            self._tiles[level, number] = self._load(level, number)
        return self._tiles[level, number]

    def _load(self, level: int, number: int) -> bytes:
        if level == 0:
            return b"".join(log.leaf_hash(entry) for entry in _entries(self.entries(number)))
        row = LogTile.objects.filter(level=level, number=number).first()
        return b"" if row is None else bytes(row.hashes)


def _entries(joined: bytes) -> list[bytes]:
    return [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)]


def tree() -> Tree:
    """The tree as it stands now."""
    now = head()
    return Tree(now.size, now.tail)


def tile_at(path: str) -> bytes:
    """What C2SP serves under ``path``: hashes, or a bundle of entries. Raises if the log is not that long."""
    level, number, width = log.parse_tile_path(path)
    found = tree()
    there = log.tile_width(0 if isinstance(level, str) else level, number, found.size)
    if width > there:
        raise RefusedError(404, "no-such-tile", "The log is not long enough for this tile.")
    if isinstance(level, str):
        return log.entry_bundle(_entries(found.entries(number))[:width])
    return found.tile(level, number)[: width * HASH_BYTES]


def inclusion(index: int, size: int | None) -> tuple[int, list[bytes]]:
    """The size meant (the present one where None) and the proof of that entry in it."""
    found = tree()
    meant = found.size if size is None else size
    _check_size(meant, found.size)
    return meant, log.inclusion_proof(found.read, index, meant)


def consistency(old: int, new: int) -> list[bytes]:
    """The proof that the log of ``new`` entries only adds to that of ``old``."""
    found = tree()
    _check_size(new, found.size)
    return log.consistency_proof(found.read, old, new)


def _check_size(meant: int, size: int) -> None:
    if meant > size:
        raise RefusedError(400, "leaf-outside-log", f"The log has {size} entries.")
