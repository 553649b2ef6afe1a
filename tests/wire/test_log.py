"""The Merkle tree against the vectors of Certificate Transparency's own code, and against itself."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from rso.wire import log
from rso.wire.errors import ProofError
from rso.wire.log import MemoryLog

# The eight entries and the roots over the first n of them, as the reference implementation's tests have them.
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 8): INCLUSION[(0, 8)],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def _numbered(count: int) -> MemoryLog:
    return MemoryLog(hashlib.sha256(str(number).encode()).digest() for number in range(count))


BIG = _numbered(700)


def _tile(level: int, index: int) -> bytes:
    """A tile of ``BIG`` straight from the definition: MTH(D[(n*256+i)*256**l : (n*256+i+1)*256**l])."""
    span = 256**level
    width = log.tile_width(level, index, len(BIG))
    starts = [(index * 256 + i) * span for i in range(width)]
    return b"".join(MemoryLog(BIG.entries[start : start + span]).root() for start in starts)


# ---------------------------------------------------------------- known answers


@pytest.mark.parametrize("size", range(9))
def test_the_reference_roots(size: int) -> None:
    assert MemoryLog(ENTRIES[:size]).root().hex() == ROOTS[size]
    assert MemoryLog(ENTRIES).root(size).hex() == ROOTS[size]


@pytest.mark.parametrize(("where", "path"), INCLUSION.items())
def test_the_reference_inclusion_proofs(where: tuple[int, int], path: list[str]) -> None:
    index, size = where
    made = log.inclusion_proof(MemoryLog(ENTRIES).read, index, size)
    assert [item.hex() for item in made] == path
    log.verify_inclusion(ENTRIES[index], index, size, made, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("sizes", "path"), CONSISTENCY.items())
def test_the_reference_consistency_proofs(sizes: tuple[int, int], path: list[str]) -> None:
    old, new = sizes
    made = log.consistency_proof(MemoryLog(ENTRIES).read, old, new)
    assert [item.hex() for item in made] == path
    log.verify_consistency(old, new, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new]), made)


# ---------------------------------------------------------------- properties


@given(st.data())
def test_every_leaf_is_proven_and_nothing_else_is(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 300), "size")
    index = data.draw(st.integers(0, size - 1), "index")
    other = data.draw(st.integers(0, size - 1), "other index")
    path = log.inclusion_proof(BIG.read, index, size)
    root = BIG.root(size)
    log.verify_inclusion(BIG.entries[index], index, size, path, root)
    for broken in (path[:-1], [*path, root], [*path[:-1], bytes(32)]):
        if broken != path:
            with pytest.raises(ProofError):
                log.verify_inclusion(BIG.entries[index], index, size, broken, root)
    if other != index:
        with pytest.raises(ProofError):
            log.verify_inclusion(BIG.entries[other], index, size, path, root)


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_longer_log_is_proven_to_hold_the_shorter(old: int, new: int) -> None:
    assume(old <= new)
    path = log.consistency_proof(BIG.read, old, new)
    log.verify_consistency(old, new, BIG.root(old), BIG.root(new), path)


@given(st.integers(1, 200), st.integers(1, 200), st.data())
def test_a_rewritten_log_is_caught(old: int, added: int, data: st.DataObject) -> None:
    new = old + added
    changed = data.draw(st.integers(0, old - 1), "changed leaf")
    entries = BIG.entries[:new]
    entries[changed] = hashlib.sha256(b"rewritten").digest()
    forked = MemoryLog(entries)
    with pytest.raises(ProofError) as raised:
        log.verify_consistency(old, new, BIG.root(old), forked.root(), log.consistency_proof(forked.read, old, new))
    assert raised.value.code == "log-forked"


@given(st.integers(1, 700), st.data())
def test_tiles_give_the_same_proofs_as_the_list(size: int, data: st.DataObject) -> None:
    read = log.subtree_from_tiles(_tile)
    index = data.draw(st.integers(0, size - 1))
    assert log.tree_root(read, size) == BIG.root(size)
    assert log.inclusion_proof(read, index, size) == log.inclusion_proof(BIG.read, index, size)


@given(st.integers(0, 10**18), st.sampled_from([0, 1, 7, 63, "entries"]), st.integers(1, 256))
def test_a_tile_path_has_one_spelling(index: int, level: int | str, width: int) -> None:
    path = log.tile_path(level, index, width)
    assert log.parse_tile_path(path) == (level, index, width)


@given(st.text(max_size=60) | st.from_regex(r"tile/[0-9e]{1,3}/[x0-9/]{1,12}(\.p/[0-9]{1,3})?", fullmatch=True))
def test_any_other_path_is_refused_with_our_error(path: str) -> None:
    try:
        level, index, width = log.parse_tile_path(path)
    except ProofError:
        return
    assert log.tile_path(level, index, width) == path


@given(st.lists(st.binary(max_size=40), max_size=12))
def test_a_bundle_of_entries_reads_back(entries: list[bytes]) -> None:
    bundle = log.entry_bundle(entries)
    assert log.parse_entry_bundle(bundle) == entries
    if bundle:
        with pytest.raises(ProofError):
            log.parse_entry_bundle(bundle[:-1])


@given(
    st.binary(max_size=40),
    st.integers(-5, 2**70),
    st.integers(-5, 2**70),
    st.lists(st.binary(max_size=33), max_size=70),
    st.binary(max_size=33),
)
def test_hostile_proofs_raise_our_error_alone(
    entry: bytes, index: int, size: int, path: list[bytes], root: bytes
) -> None:
    with pytest.raises(ProofError):
        log.verify_inclusion(entry, index, size, path, root)


# ---------------------------------------------------------------- examples of C2SP tlog-tiles


def test_the_specification_s_tile_examples() -> None:
    assert log.tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert log.tile_path("entries", 1234067, 8) == "tile/entries/x001/x234/067.p/8"
    widths = [log.tile_width(0, 272, 70_000), log.tile_width(0, 273, 70_000), log.tile_width(1, 0, 70_000)]
    assert widths == [256, 112, 256]
    assert [log.tile_width(1, 1, 70_000), log.tile_width(2, 0, 70_000)] == [17, 1]
    assert [log.tile_width(0, 0, 256), log.tile_width(1, 0, 256), log.tile_width(0, 1, 256)] == [256, 1, 0]


@pytest.mark.parametrize(
    "path",
    [
        "tile/64/000",
        "tile/00/000",
        "tile/0/00",
        "tile/0/x000/001",
        "tile/0/000.p/256",
        "tile/0/000.p/0",
        "tile/0/x000",
    ],
)
def test_paths_that_are_nearly_right_are_refused(path: str) -> None:
    with pytest.raises(ProofError):
        log.parse_tile_path(path)


# ---------------------------------------------------------------- the blind


def test_a_leaf_needs_its_blind() -> None:
    commitment, blind = bytes(range(32)), bytes(range(32, 64))
    leaf = log.blinded_leaf(commitment, blind)
    assert leaf == hashlib.sha256(commitment + blind).digest()
    assert log.blinded_leaf(commitment, bytes(32)) != leaf
    with pytest.raises(ProofError):
        log.blinded_leaf(commitment, blind[:-1])


@given(st.binary(max_size=200))
@example(b"\x00")
@example(b"\x00\x00" * (log.TILE_WIDTH + 1))
def test_any_bytes_are_a_bundle_that_is_written_alike_or_our_error(data: bytes) -> None:
    try:
        entries = log.parse_entry_bundle(data)
    except ProofError:
        return
    assert log.entry_bundle(entries) == data
