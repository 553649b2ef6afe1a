"""A message through the relay: handed in, logged, fetched, acknowledged, forgotten."""

from __future__ import annotations

import threading
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connection
from pytest_django import Settings
from tests.relay import region
from tests.relay.region import ANCHOR, AVARIA, BORDUNA, DAY, RELAY, Node, body, refusal, sealed

from rso.relay.actions.upkeep import sweep
from rso.relay.adapters import bell
from rso.relay.adapters.identity import Identity
from rso.relay.models import Ciphertext, LogBundle, LogHead, MailboxEntry, QuotaUse
from rso.relay.queries import mailbox as queries
from rso.wire import evidence, log
from rso.wire.checkpoint import open_checkpoint
from rso.wire.envelope import Envelope
from rso.wire.receipt import log_origin, open_receipt
from rso.wire.verify import verify_outer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("agreed")]


def test_a_message_goes_through_and_leaves_a_leaf(avaria: Node, borduna: Node, relay: Identity) -> None:
    message = sealed()
    (accepted,) = avaria.hand_in(message)
    assert (accepted["code"], accepted["id"], accepted["retry_after"]) == ("", message.header.id.bytes, None)
    batch = open_receipt(accepted["receipt"], relay.key.public, (relay.log.verifier,))
    batch.check(log.blinded_leaf(message.commitment, message.blind), accepted["index"], accepted["proof"])

    page = body(borduna.get("/v1/mailbox"))
    (item,) = page["items"]
    assert (item["envelope"], item["id"]) == (message.envelope, message.header.id.bytes)
    assert all(item[name] == accepted[name] for name in ("index", "proof", "receipt"))
    assert page["more"] is False
    verify_outer(
        item["envelope"],
        now=region.seconds(),
        resolve_node_key=lambda *_: avaria.node_key.public,
        expected_recipient=BORDUNA,
    )

    assert avaria.states(message.header.id) == ["held"]
    assert borduna.acknowledge(message.header.id) == []
    assert body(borduna.get("/v1/mailbox"))["items"] == []
    assert not Ciphertext.objects.exists()
    assert avaria.states(message.header.id) == ["acknowledged"]
    assert borduna.acknowledge(message.header.id) == []


def test_what_the_relay_answers_makes_evidence(avaria: Node, directory: bytes) -> None:
    for _ in range(3):
        avaria.hand_in(sealed())
    messages = [sealed(), sealed()]
    for message, accepted in zip(messages, avaria.hand_in(*messages), strict=True):
        file = evidence.build(
            Envelope.decode(message.envelope),
            blind=message.blind,
            receipt=accepted["receipt"],
            index=accepted["index"],
            proof=accepted["proof"],
            directory=directory,
        )
        found = evidence.verify(file.encode(), ANCHOR)
        assert (found.header.id, found.log_size, found.relay) == (message.header.id, 5, RELAY)


def test_a_batch_gets_one_receipt_for_all_of_its_messages(avaria: Node, borduna: Node, relay: Identity) -> None:
    avaria.hand_in(sealed())
    messages = [sealed() for _ in range(5)]
    told = avaria.hand_in(*messages)
    assert [item["index"] for item in told] == [1, 2, 3, 4, 5]
    (data,) = {item["receipt"] for item in told}
    batch = open_receipt(data, relay.key.public, (relay.log.verifier,))
    assert (batch.receipt.first, batch.head.size) == (1, 6)
    for message, item in zip(messages, told, strict=True):
        batch.check(log.blinded_leaf(message.commitment, message.blind), item["index"], item["proof"])
    page = body(borduna.get("/v1/mailbox"))
    assert [item["id"] for item in page["items"]][1:] == [message.header.id.bytes for message in messages]


def test_the_same_bytes_again_give_the_same_receipt(avaria: Node, borduna: Node) -> None:
    message, other = sealed(), sealed()
    first = avaria.hand_in(message)
    assert avaria.hand_in(message) == first
    borduna.acknowledge(message.header.id)
    (again, new) = avaria.hand_in(message, other)
    assert again == first[0]
    assert new["index"] == 1
    assert new["receipt"] != again["receipt"]
    assert [item["id"] for item in body(borduna.get("/v1/mailbox"))["items"]] == [other.header.id.bytes]
    assert LogHead.objects.get().size == 2


def test_a_message_twice_in_one_batch_is_one_message(avaria: Node, borduna: Node) -> None:
    message = sealed()
    first, again = avaria.hand_in(message, message)
    assert first == again
    assert LogHead.objects.get().size == 1
    assert len(body(borduna.get("/v1/mailbox"))["items"]) == 1
    assert QuotaUse.objects.get().used == 1


def test_other_bytes_under_the_same_id_are_refused(avaria: Node) -> None:
    message, other = sealed(), sealed()
    changed = replace(message, blind=bytes(32))
    assert [item["code"] for item in avaria.hand_in(message, changed)] == ["", "different-bytes"]
    assert [item["code"] for item in avaria.hand_in(changed, other)] == ["different-bytes", ""]
    assert LogHead.objects.get().size == 2


def test_the_blind_is_nowhere(avaria: Node) -> None:
    message = sealed()
    avaria.hand_in(message)
    columns = [
        (table, column.name)
        for table in connection.introspection.table_names()
        for column in connection.introspection.get_table_description(connection.cursor(), table)
    ]
    with connection.cursor() as cursor:
        for table, column in columns:
            cursor.execute(f'SELECT "{column}" FROM "{table}"')
            for (value,) in cursor.fetchall():
                data = bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
                assert message.blind not in data
                assert message.blind.hex().encode() not in data


def test_mail_comes_oldest_first_and_in_pages(avaria: Node, borduna: Node) -> None:
    sent = [sealed() for _ in range(4)]
    for message in sent:
        avaria.hand_in(message)
    page = body(borduna.get("/v1/mailbox?limit=3"))
    assert [item["id"] for item in page["items"]] == [message.header.id.bytes for message in sent[:3]]
    assert page["more"] is True
    assert borduna.acknowledge(*(UUID(bytes=item["id"]) for item in page["items"])) == []
    rest = body(borduna.get("/v1/mailbox?limit=3"))
    assert [item["id"] for item in rest["items"]] == [sent[3].header.id.bytes]
    assert rest["more"] is False


def test_nobody_else_sees_or_deletes_a_message(avaria: Node, borduna: Node, cestria: Node) -> None:
    message = sealed()
    avaria.hand_in(message)
    assert body(cestria.get("/v1/mailbox"))["items"] == []
    for node in (cestria, avaria):
        assert node.acknowledge(message.header.id) == [message.header.id]
    for node in (cestria, borduna):
        assert node.states(message.header.id) == ["unknown"]
    assert len(body(borduna.get("/v1/mailbox"))["items"]) == 1


def test_acknowledging_many_tells_which_are_not_known(avaria: Node, borduna: Node) -> None:
    first, second, nobody = sealed(), sealed(), UUID(int=7)
    avaria.hand_in(first, second)
    assert borduna.acknowledge(first.header.id, nobody, first.header.id) == [nobody]
    assert borduna.acknowledge(first.header.id, second.header.id) == []
    assert avaria.states(second.header.id, nobody, first.header.id) == ["acknowledged", "unknown", "acknowledged"]
    assert not Ciphertext.objects.exists()


def test_what_expired_is_deleted_and_later_forgotten(avaria: Node, borduna: Node) -> None:
    message = sealed(lifetime=600)
    avaria.hand_in(message)
    before = LogHead.objects.get().size
    sweep(now=message.header.expires - 1)
    assert Ciphertext.objects.count() == 1
    assert queries.states(AVARIA, [message.header.id], message.header.expires)[0][1] == "expired"
    assert sweep(now=message.header.expires)["expired"] == 1
    assert not Ciphertext.objects.exists()
    assert MailboxEntry.objects.count() == 1
    assert sweep(now=message.header.expires + DAY)["forgotten"] == 1
    assert not MailboxEntry.objects.exists()
    assert LogHead.objects.get().size == before
    assert avaria.states(message.header.id) == ["unknown"]
    assert body(borduna.get("/v1/mailbox"))["items"] == []


def test_a_waiting_node_without_a_place_is_told_to_come_back(avaria: Node, borduna: Node, settings: Settings) -> None:
    settings.RSO_RELAY_WAITERS = 0
    bell.places.cache_clear()
    page = body(borduna.get("/v1/mailbox?wait=25"))
    assert (page["items"], page["retry_after"]) == ([], 2)
    assert body(borduna.get("/v1/bell?wait=25")) == {"retry_after": 2, "waiting": 0}
    assert body(borduna.get("/v1/bell")) == {"retry_after": 0, "waiting": 0}  # who does not wait needs none
    avaria.hand_in(sealed())
    assert body(borduna.get("/v1/bell?wait=25")) == {"retry_after": 0, "waiting": 1}
    bell.places.cache_clear()


def test_the_bell_tells_what_waits_for_the_caller(avaria: Node, borduna: Node) -> None:
    avaria.hand_in(sealed(), sealed())
    assert body(borduna.get("/v1/bell?wait=25")) == {"retry_after": 0, "waiting": 2}
    assert body(avaria.get("/v1/bell")) == {"retry_after": 0, "waiting": 0}


def test_one_agency_has_one_place() -> None:
    places = bell.Places(2)
    with places.take("a") as first, places.take("a") as second, places.take("b") as other, places.take("c") as none:
        assert (first, second, other, none) == (True, False, True, False)
    with places.take("a") as again:
        assert again
        with places.take("a") as second:
            assert not second
        with places.take("a") as third:  # who had no place has freed none
            assert not third


def test_a_ring_ends_the_wait_and_an_early_ring_is_not_missed() -> None:
    rung = bell.Bell()
    heard = rung.heard("a")
    rung.ring("a")
    rung.wait("a", heard, 600)  # returns at once: the ring came between the look and the wait
    heard = rung.heard("a")
    waiting = threading.Thread(target=rung.wait, args=("a", heard, 600))
    waiting.start()
    rung.ring("b")
    assert waiting.is_alive()
    rung.ring("a")
    waiting.join(60)
    assert not waiting.is_alive()


def test_the_log_is_served_as_tiles_that_rebuild_it(avaria: Node, relay: Identity) -> None:
    messages = [sealed() for _ in range(3)]
    for message in messages:
        avaria.hand_in(message)
    note = avaria.get("/v1/log/checkpoint")
    assert note["Content-Type"] == "text/plain; charset=utf-8"
    head = open_checkpoint(note.content.decode(), log_origin(RELAY), [relay.log.verifier])
    bundle = avaria.get("/v1/log/tile/entries/000.p/3")
    entries = log.parse_entry_bundle(bundle.content)
    assert entries == [log.blinded_leaf(message.commitment, message.blind) for message in messages]
    assert avaria.get("/v1/log/tile/0/000.p/3").content == b"".join(map(log.leaf_hash, entries))
    assert avaria.get("/v1/log/tile/0/000.p/2").content == b"".join(map(log.leaf_hash, entries[:2]))
    assert log.MemoryLog(entries).root() == head.root
    proof = body(avaria.get("/v1/log/proof/1?size=3"))
    log.verify_inclusion(entries[1], 1, 3, proof["proof"], head.root)
    steps = body(avaria.get("/v1/log/consistency?old=2&new=3"))["proof"]
    log.verify_consistency(2, 3, log.MemoryLog(entries[:2]).root(), head.root, steps)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("/v1/log/tile/0/000.p/4", (404, "no-such-tile")),
        ("/v1/log/tile/0/000", (404, "no-such-tile")),
        ("/v1/log/tile/1/000.p/1", (404, "no-such-tile")),
        ("/v1/log/tile/0/0", (400, "bad-tile-path")),
        ("/v1/log/proof/3", (400, "leaf-outside-log")),
        ("/v1/log/proof/0?size=4", (400, "leaf-outside-log")),
        ("/v1/log/proof/0?size=x", (400, "bad-query")),
        ("/v1/log/proof/0?size=%C2%B2", (400, "bad-query")),
        (f"/v1/log/proof/0?size={10**18}", (400, "bad-query")),
        (f"/v1/log/proof/{10**18}", (400, "leaf-outside-log")),
        ("/v1/log/proof/0?size=-1", (400, "bad-query")),
        ("/v1/log/consistency?old=3&new=2", (400, "leaf-outside-log")),
    ],
)
def test_what_the_log_does_not_have(avaria: Node, address: str, code: tuple[int, str]) -> None:
    for _ in range(3):
        avaria.hand_in(sealed())
    assert refusal(avaria.get(address)) == code


def test_the_empty_log_has_no_checkpoint(avaria: Node) -> None:
    assert refusal(avaria.get("/v1/log/checkpoint")) == (404, "no-such-tile")
    assert not LogBundle.objects.exists()


def test_contact_tells_the_time_and_what_waits(avaria: Node, borduna: Node) -> None:
    avaria.hand_in(sealed())
    told = body(borduna.post("/v1/contact"))
    assert (told["waiting"], told["log_size"], told["directory"]) == (1, 1, 1)
    assert abs(told["now"] - region.seconds()) < 60
    assert body(avaria.post("/v1/contact"))["waiting"] == 0
    assert str(AVARIA) == "XAV/GOV/BORDER"
