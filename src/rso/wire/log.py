"""The append-only log: an RFC 9162 Merkle tree over blinded leaves, addressed as C2SP tiles.

What is logged is ``SHA-256(commitment || blind)``: 32 bytes that say nothing once the blind is destroyed.
So the log can stay for ever and erasure is real all the same (exchange.md, "Relay").

Nothing here stores anything. A tree is read through :data:`Subtree`, a function that gives the hash of one
complete subtree, so that the same code runs over a list in a test and over tiles in the relay's database.

Sources: RFC 9162, 2.1 (hashes, proofs and their verification); C2SP tlog-tiles (paths, height 8).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence

from rso.wire.errors import ProofError

HASH_BYTES = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
MAX_SIZE = 1 << 62
MAX_PROOF = 64

Subtree = Callable[[int, int], bytes]
"""``(level, index)`` to the hash of the complete subtree over leaves ``index * 2**level`` and following."""

EMPTY_ROOT = hashlib.sha256(b"").digest()


# ---------------------------------------------------------------- hashes


def blinded_leaf(commitment: bytes, blind: bytes) -> bytes:
    """What is logged of a message: 32 bytes, meaningless without its 32-byte ``blind``."""
    if len(commitment) != HASH_BYTES or len(blind) != HASH_BYTES:
        raise ProofError("bad-leaf", "A commitment and a blind are 32 bytes each.")
    return hashlib.sha256(commitment + blind).digest()


def leaf_hash(entry: bytes) -> bytes:
    """RFC 9162's hash of a log entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 9162's hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of neighbouring hashes."""
    level = list(hashes)
    if not level or len(level) & (len(level) - 1):
        raise ValueError("only a power of two of hashes folds into one complete subtree")
    while len(level) > 1:
        level = [node_hash(level[i], level[i + 1]) for i in range(0, len(level), 2)]
    return level[0]


# ---------------------------------------------------------------- reading a tree


def _split(count: int) -> int:
    """The largest power of two smaller than ``count``."""
    return 1 << (count - 1).bit_length() - 1


def _range_hash(read: Subtree, low: int, high: int) -> bytes:
    """MTH(D[low:high]); ``low`` is aligned as the recursion of RFC 9162 leaves it."""
    count = high - low
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return read(level, low >> level)
    middle = low + _split(count)
    return node_hash(_range_hash(read, low, middle), _range_hash(read, middle, high))


def tree_root(read: Subtree, size: int) -> bytes:
    """The Merkle tree hash over the first ``size`` leaves."""
    _check_size(size)
    return EMPTY_ROOT if size == 0 else _range_hash(read, 0, size)


def inclusion_proof(read: Subtree, index: int, size: int) -> list[bytes]:
    """The audit path of leaf ``index`` in the tree of ``size`` leaves (RFC 9162, 2.1.3.1)."""
    _check_size(size)
    if not 0 <= index < size:
        raise ProofError("leaf-outside-log", f"The log of {size} leaves has no leaf {index}.")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_range_hash(read, middle, high))
            high = middle
        else:
            path.append(_range_hash(read, low, middle))
            low = middle
    return path[::-1]


def consistency_proof(read: Subtree, old: int, new: int) -> list[bytes]:
    """The proof that the first ``old`` of ``new`` leaves are unchanged (RFC 9162, 2.1.4.1)."""
    _check_size(new)
    if not 0 <= old <= new:
        raise ProofError("leaf-outside-log", f"A log of {new} leaves never had {old}.")
    if old in (0, new):
        return []
    path: list[bytes] = []
    low, high = 0, new
    while high != old:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(_range_hash(read, middle, high))
            high = middle
        else:
            path.append(_range_hash(read, low, middle))
            low = middle
    if low:
        path.append(_range_hash(read, low, high))
    return path[::-1]


# ---------------------------------------------------------------- verification


def verify_inclusion(entry: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Raises :class:`ProofError` unless ``path`` leads from ``entry`` at ``index`` to ``root`` (2.1.3.2)."""
    _check_size(size)
    _check_hashes(path, root)
    if not 0 <= index < size:
        raise ProofError("leaf-outside-log", f"The log of {size} leaves has no leaf {index}.")
    position, last = index, size - 1
    reached = leaf_hash(entry)
    for sibling in path:
        if last == 0:
            raise ProofError("proof-length", "The inclusion proof is longer than the tree is high.")
        if position & 1 or position == last:
            reached = node_hash(sibling, reached)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            reached = node_hash(reached, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise ProofError("proof-length", "The inclusion proof is shorter than the tree is high.")
    if reached != root:
        raise ProofError("proof-mismatch", "The inclusion proof does not lead to the root that was signed.")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> None:
    """Raises :class:`ProofError` unless the tree of ``new`` leaves only adds to that of ``old`` (2.1.4.2)."""
    _check_size(new)
    _check_hashes(path, old_root, new_root)
    if not 0 <= old <= new:
        raise ProofError("log-shrank", f"The log had {old} leaves and now claims {new}.")
    if old in (0, new):
        _check_trivial(old, new, old_root, new_root, path)
        return
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        raise ProofError("proof-length", "The consistency proof is empty.")
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    as_old = as_new = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            raise ProofError("proof-length", "The consistency proof is longer than the tree is high.")
        if position & 1 or position == last:
            as_old, as_new = node_hash(sibling, as_old), node_hash(sibling, as_new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            as_new = node_hash(as_new, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise ProofError("proof-length", "The consistency proof is shorter than the tree is high.")
    if (as_old, as_new) != (old_root, new_root):
        raise ProofError("log-forked", "The new log does not contain the old one unchanged.")


def _check_trivial(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> None:
    if path:
        raise ProofError("proof-length", "These two logs need no proof, and one was given.")
    if old == 0 and old_root != EMPTY_ROOT:
        raise ProofError("log-forked", "The root of the empty log is wrong.")
    if old == new and old_root != new_root:
        raise ProofError("log-forked", "Two roots were signed for one size of the log.")


def _check_size(size: int) -> None:
    if not 0 <= size <= MAX_SIZE:
        raise ProofError("bad-log-size", "The size of the log is out of bounds.")


def _check_hashes(path: Sequence[bytes], *roots: bytes) -> None:
    if len(path) > MAX_PROOF:
        raise ProofError("proof-length", f"A proof has at most {MAX_PROOF} hashes.")
    if any(len(item) != HASH_BYTES for item in (*path, *roots)):
        raise ProofError("bad-hash", "A hash of the log is 32 bytes long.")


# ---------------------------------------------------------------- tiles (C2SP tlog-tiles)


def tile_width(level: int, index: int, size: int) -> int:
    """How many hashes tile ``index`` of ``level`` holds in a log of ``size``: 0 (none) to 256 (full)."""
    here = (size >> (TILE_HEIGHT * level)) - index * TILE_WIDTH
    return max(0, min(TILE_WIDTH, here))


def tile_path(level: int | str, index: int, width: int = TILE_WIDTH) -> str:
    """``tile/<L>/<N>[.p/<W>]``; the level ``"entries"`` addresses a bundle of entries."""
    groups: list[str] = []
    rest = index
    while True:
        groups.append(f"{rest % 1000:03d}")
        rest //= 1000
        if not rest:
            break
    name = "/".join("x" + group for group in groups[:0:-1]) + ("/" if len(groups) > 1 else "") + groups[0]
    return f"tile/{level}/{name}" + ("" if width == TILE_WIDTH else f".p/{width}")


_TILE = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6})([0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


def parse_tile_path(path: str) -> tuple[int | str, int, int]:
    """Level (or ``"entries"``), index and width of a tile's path; raises :class:`ProofError`.

    The path must be the one spelling that :func:`tile_path` gives, so that a cache holds nothing twice.
    """
    match = _TILE.fullmatch(path)
    if match is None:
        raise ProofError("bad-tile-path", "That is not the path of a tile.")
    level = match[1] if match[1] == "entries" else int(match[1])
    index = int(match[2].replace("x", "").replace("/", "") + match[3])
    width = int(match[4]) if match[4] else TILE_WIDTH
    if (isinstance(level, int) and level > 63) or (match[4] and width >= TILE_WIDTH):
        raise ProofError("bad-tile-path", "That is not the path of a tile.")
    if tile_path(level, index, width) != path:
        raise ProofError("bad-tile-path", "A tile's path is written without needless zeros.")
    return level, index, width


def subtree_from_tiles(tile: Callable[[int, int], bytes]) -> Subtree:
    """A reader of subtrees over ``tile(level, index)``, which gives a tile's hashes one after another."""

    def read(level: int, index: int) -> bytes:
        tile_level, within = divmod(level, TILE_HEIGHT)
        first = index << within
        hashes = tile(tile_level, first // TILE_WIDTH)
        start = first % TILE_WIDTH
        wanted = hashes[start * HASH_BYTES : (start + (1 << within)) * HASH_BYTES]
        if len(wanted) != HASH_BYTES << within:
            raise ProofError("leaf-outside-log", "The log is not long enough for that proof.")
        return fold([wanted[i : i + HASH_BYTES] for i in range(0, len(wanted), HASH_BYTES)])

    return read


def entry_bundle(entries: Iterable[bytes]) -> bytes:
    """Entries as C2SP serves them: each after its length in two bytes, big-endian."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_entry_bundle(data: bytes) -> list[bytes]:
    """The inverse of :func:`entry_bundle`; raises :class:`ProofError` on a cut bundle or too many entries."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        entry = data[at + 2 : at + 2 + length]
        if at + 2 > len(data) or len(entry) != length or len(entries) == TILE_WIDTH:
            raise ProofError("bad-bundle", "The bundle of log entries is malformed.")
        entries.append(entry)
        at += 2 + length
    return entries


class MemoryLog:
    """A log in a list: for simulators and tests, and for a witness that rebuilds what it downloaded."""

    def __init__(self, entries: Iterable[bytes] = ()) -> None:
        self.entries = list(entries)
        self._hashes = [leaf_hash(entry) for entry in self.entries]

    def append(self, entry: bytes) -> int:
        """Adds an entry and returns its index."""
        self.entries.append(entry)
        self._hashes.append(leaf_hash(entry))
        return len(self.entries) - 1

    def __len__(self) -> int:
        return len(self.entries)

    def read(self, level: int, index: int) -> bytes:
        """The reader of subtrees (:data:`Subtree`)."""
        wanted = self._hashes[index << level : (index + 1) << level]
        if len(wanted) != 1 << level:
            raise ProofError("leaf-outside-log", "The log is not long enough for that proof.")
        return fold(wanted)

    def root(self, size: int | None = None) -> bytes:
        return tree_root(self.read, len(self) if size is None else size)
