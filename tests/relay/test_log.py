"""The stored log: across bundles and tiles, under concurrent appends, and against the tree in memory."""

from __future__ import annotations

import hashlib
import threading

import pytest
from django.db import connection, transaction
from tests.relay.region import RELAY

from rso.relay.actions import log as actions
from rso.relay.adapters.identity import Identity
from rso.relay.models import LogBundle, LogTile
from rso.relay.queries import log as queries
from rso.wire import log
from rso.wire.checkpoint import open_checkpoint
from rso.wire.log import MemoryLog
from rso.wire.receipt import log_origin


def _entry(number: int) -> bytes:
    return hashlib.sha256(number.to_bytes(8, "big")).digest()


def _append(entry: bytes, relay: Identity) -> actions.Appended:
    with transaction.atomic():
        return actions.append(actions.lock(), [entry], relay.log)


@pytest.mark.django_db
def test_the_stored_log_is_the_tree_over_bundles_and_tiles(relay: Identity) -> None:
    whole = MemoryLog()
    with transaction.atomic():
        for number in range(600):
            appended = actions.append(actions.lock(), [_entry(number)], relay.log)
            whole.append(_entry(number))
            if number in (0, 1, 254, 255, 256, 257, 511, 512, 599):
                head = open_checkpoint(appended.checkpoint, log_origin(RELAY), [relay.log.verifier])
                assert (head.size, head.root) == (number + 1, whole.root())
                path = log.inclusion_proof(appended.tree.read, number, head.size)
                log.verify_inclusion(_entry(number), number, head.size, path, head.root)
    assert LogBundle.objects.count() == 2
    assert bytes(LogTile.objects.get(level=1, number=0).hashes) == whole.read(8, 0) + whole.read(8, 1)
    tree = queries.tree()
    for index, size in ((0, 600), (255, 256), (255, 600), (256, 257), (300, 512), (599, 600), (5, 300)):
        path = log.inclusion_proof(tree.read, index, size)
        assert path == log.inclusion_proof(whole.read, index, size)
    for old, new in ((1, 600), (256, 600), (255, 257), (300, 512)):
        assert queries.consistency(old, new) == log.consistency_proof(whole.read, old, new)
    for place in ("tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2", "tile/1/000.p/1", "tile/0/000.p/7"):
        level, number, width = log.parse_tile_path(place)
        assert isinstance(level, int)
        start = number * 256
        hashes = [whole.read(8 * level, start + i) for i in range(width)]
        assert queries.tile_at(place) == b"".join(hashes)
    assert log.parse_entry_bundle(queries.tile_at("tile/entries/001")) == whole.entries[256:512]


@pytest.mark.django_db
@pytest.mark.parametrize("before", [0, 250, 255, 256])
def test_a_batch_is_appended_as_one_entry_after_another(relay: Identity, before: int) -> None:
    """Within a bundle, across the end of one, and up to it."""
    entries = [_entry(number) for number in range(before + 6)]
    with transaction.atomic():
        if before:
            actions.append(actions.lock(), entries[:before], relay.log)
        appended = actions.append(actions.lock(), entries[before:], relay.log)
    whole = MemoryLog(entries)
    head = open_checkpoint(appended.checkpoint, log_origin(RELAY), [relay.log.verifier])
    assert (appended.first, head.size, head.root) == (before, before + 6, whole.root())
    for index in range(before, before + 6):
        path = log.inclusion_proof(appended.tree.read, index, head.size)
        log.verify_inclusion(entries[index], index, head.size, path, head.root)
    assert LogBundle.objects.count() == (before + 6) // 256


@pytest.mark.django_db
def test_tiles_carry_into_the_level_above(relay: Identity) -> None:
    """The 256th full bundle fills a tile of level 1, whose root starts one of level 2."""
    roots = [_entry(number) for number in range(256)]
    for position, root in enumerate(roots):
        actions._carry(1, position, root)
    assert bytes(LogTile.objects.get(level=2, number=0).hashes) == log.fold(roots)


@pytest.mark.django_db
def test_an_append_is_undone_with_its_transaction(relay: Identity) -> None:
    first = _append(_entry(0), relay)
    with transaction.atomic():
        actions.append(actions.lock(), [_entry(1)], relay.log)
        transaction.set_rollback(True)
    assert queries.head().checkpoint == first.checkpoint
    assert _append(_entry(2), relay).first == 1


@pytest.mark.django_db(transaction=True)
def test_the_log_is_locked_within_a_transaction_only(relay: Identity) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        actions.lock()


@pytest.mark.django_db(transaction=True)
def test_concurrent_appends_on_postgresql(relay: Identity) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite the same is shown through a served relay (test_served.py)")
    places: list[int] = []
    failures: list[BaseException] = []

    def work(worker: int) -> None:
        try:
            for number in range(20):
                places.append(_append(_entry(worker * 100 + number), relay).first)
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert sorted(places) == list(range(120))
    head = queries.head()
    signed = open_checkpoint(head.checkpoint, log_origin(RELAY), [relay.log.verifier])
    entries = log.parse_entry_bundle(queries.tile_at("tile/entries/000.p/120"))
    assert (signed.size, signed.root) == (120, MemoryLog(entries).root())
    assert len(set(entries)) == 120
