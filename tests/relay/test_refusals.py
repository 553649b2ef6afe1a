"""Everything that the relay refuses of known nodes, with its status and its code."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from tests.relay import region
from tests.relay.region import (
    ARRANGEMENT,
    AVARIA,
    BORDUNA,
    CESTRIA,
    DAY,
    Node,
    body,
    ending,
    item_code,
    key,
    refusal,
    registration,
    sealed,
    submission,
)

from rso.accounts.rules import system_actor
from rso.relay.actions import nodes
from rso.relay.actions.upkeep import load_directory
from rso.relay.adapters.identity import Identity
from rso.relay.models import DirectoryFile, EncryptionKey, LogHead, MailboxEntry, QuotaUse, RegisteredArrangement
from rso.relay.rules import CLOSING_DAYS, CLOSING_PER_DAY
from rso.wire import cbor, limits
from rso.wire.epochs import Epoch
from rso.wire.header import ServiceClass
from rso.wire.keyrecords import EncryptionKeyRecord
from rso.wire.trust import DirectoryRefusedError

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- envelopes


@pytest.mark.usefixtures("agreed")
class TestEnvelopes:
    def test_a_body_that_is_no_submission(self, avaria: Node) -> None:
        assert refusal(avaria.send("POST", "/v1/submissions", b"\xff")) == (400, "malformed")
        assert refusal(avaria.post("/v1/submissions", {"messages": []})) == (400, "missing-field")
        assert refusal(avaria.submit([])) == (400, "malformed")
        assert refusal(avaria.submit([{}] * 51)) == (400, "over-limit")

    def test_one_bad_item_keeps_no_other_back(self, avaria: Node, borduna: Node) -> None:
        good, tampered = sealed(), sealed()
        tampered = replace(tampered, envelope=tampered.envelope.replace(b"IMMIGRATION", b"IMMIGRATIOX"))
        bad = [
            {"envelope": b""},
            {"blind": bytes(31), "envelope": good.envelope},
            {"blind": bytes(32), "envelope": b"\x00"},
            submission(tampered),
            7,
        ]
        told = body(avaria.submit([bad[0], submission(good), *bad[1:]]))["items"]
        codes = ["missing-field", "", "malformed", "malformed", "bad-signature", "malformed"]
        assert [item["code"] for item in told] == codes
        ids = [None, good.header.id.bytes, None, None, tampered.header.id.bytes, None]
        assert [item["id"] for item in told] == ids
        assert [item["id"] for item in body(borduna.get("/v1/mailbox"))["items"]] == [good.header.id.bytes]

    def test_ids_that_are_none(self, avaria: Node) -> None:
        for ids in ([], [bytes(15)], ["text"], ["x" * 16], [list(range(16))], [None]):
            assert refusal(avaria.post("/v1/acknowledgements", {"ids": ids})) == (400, "malformed")
        assert refusal(avaria.post("/v1/acknowledgements", {"ids": [bytes(16)] * 201})) == (400, "over-limit")
        for ids in ("", "x", "00" * 15, "0" * 31 + "G", ",".join(["00" * 16] * 51)):
            assert refusal(avaria.get(f"/v1/states?ids={ids}")) == (400, "bad-query")
        assert refusal(avaria.get("/v1/states")) == (400, "bad-query")

    def test_a_tampered_envelope(self, avaria: Node) -> None:
        message = sealed()
        tampered = replace(message, envelope=message.envelope.replace(b"IMMIGRATION", b"IMMIGRATIOX"))
        assert item_code(avaria.hand_in(tampered)) == "bad-signature"

    def test_somebody_else_s_envelope(self, borduna: Node) -> None:
        assert item_code(borduna.hand_in(sealed())) == "wrong-sender"

    def test_an_envelope_signed_by_another_node(self, avaria: Node, borduna: Node) -> None:
        assert item_code(avaria.hand_in(sealed(node_key=borduna.node_key))) == "unknown-key"

    def test_an_expired_and_a_future_message(self, avaria: Node) -> None:
        old = sealed(created=region.seconds() - 600, lifetime=300)
        assert item_code(avaria.hand_in(old)) == "expired"
        future = sealed(created=region.seconds() + DAY)
        assert item_code(avaria.hand_in(future)) == "from-the-future"
        assert item_code(avaria.hand_in(sealed(lifetime=40 * DAY))) == "too-long-lived"

    def test_a_recipient_that_is_not_in_the_directory(self, avaria: Node) -> None:
        nobody = replace(CESTRIA, agency="NOBODY")
        assert item_code(avaria.hand_in(sealed(recipient=nobody))) == "unknown-recipient"

    def test_an_arrangement_of_others(self, avaria: Node) -> None:
        assert item_code(avaria.hand_in(sealed(recipient=CESTRIA))) == "not-a-party"

    def test_an_arrangement_that_is_not_registered(self, avaria: Node) -> None:
        assert item_code(avaria.hand_in(sealed(arrangement=bytes(32)))) == "unknown-arrangement"

    def test_a_refusal_leaves_nothing_behind(self, avaria: Node) -> None:
        before = QuotaUse.objects.count()
        avaria.hand_in(sealed(recipient=CESTRIA))
        assert not MailboxEntry.objects.exists()
        assert QuotaUse.objects.count() == before
        assert not LogHead.objects.filter(size__gt=0).exists()

    def test_more_than_is_held_for_one_recipient(self, avaria: Node, borduna: Node, settings: Settings) -> None:
        settings.RSO_RELAY_HOLD_MESSAGES = 2
        first = sealed()
        avaria.hand_in(first)
        avaria.hand_in(sealed())
        told = avaria.hand_in(sealed())
        assert (item_code(told), told[0]["retry_after"]) == ("credit-used", 300)
        borduna.acknowledge(first.header.id)
        assert item_code(avaria.hand_in(sealed())) == ""

    def test_what_has_expired_is_not_held(self, avaria: Node, settings: Settings) -> None:
        settings.RSO_RELAY_HOLD_MESSAGES = 1
        avaria.hand_in(sealed())
        assert item_code(avaria.hand_in(sealed())) == "credit-used"
        MailboxEntry.objects.update(expires=region.seconds())
        assert item_code(avaria.hand_in(sealed())) == ""

    def test_more_bytes_than_are_held_for_one_recipient(self, avaria: Node, settings: Settings) -> None:
        settings.RSO_RELAY_HOLD_MIB = 1
        avaria.hand_in(sealed())
        MailboxEntry.objects.update(size=limits.MIB - len(sealed().envelope) + 1)
        assert item_code(avaria.hand_in(sealed())) == "credit-used"
        MailboxEntry.objects.update(size=limits.MIB - len(sealed().envelope))
        assert item_code(avaria.hand_in(sealed())) == ""
        assert item_code(avaria.hand_in(sealed())) == "credit-used"


def _registered(avaria: Node, borduna: Node, **changes: Any) -> None:
    content = registration(**changes)
    avaria.register(content)
    borduna.register(content)


def test_the_quota_of_a_party_is_its_own(avaria: Node, borduna: Node) -> None:
    _registered(avaria, borduna, per_day={AVARIA: 2, BORDUNA: 0})
    for _ in range(2):
        assert item_code(avaria.hand_in(sealed())) == ""
    told = avaria.hand_in(sealed())
    assert item_code(told) == "quota-used"
    assert 0 < told[0]["retry_after"] <= DAY
    assert item_code(borduna.hand_in(sealed(BORDUNA, AVARIA))) == "quota-used"


def test_quota_and_credit_count_within_a_batch(avaria: Node, borduna: Node, settings: Settings) -> None:
    _registered(avaria, borduna, per_day={AVARIA: 4, BORDUNA: 4})
    settings.RSO_RELAY_HOLD_MESSAGES = 2
    about = sealed(message=ending(AVARIA, BORDUNA), arrangement=None, service_class=ServiceClass.ARRANGEMENT)
    told = avaria.hand_in(sealed(), about, sealed(), about)
    assert [item["code"] for item in told] == ["", "", "credit-used", ""]
    assert sorted(QuotaUse.objects.values_list("used", flat=True)) == [1, 1]  # what was refused does not count
    settings.RSO_RELAY_HOLD_MESSAGES = 100
    told = avaria.hand_in(*(sealed() for _ in range(5)))
    assert [item["code"] for item in told] == ["", "", "", "quota-used", "quota-used"]
    assert MailboxEntry.objects.count() == LogHead.objects.get().size == 5


def test_messages_for_several_recipients_are_counted_apart(avaria: Node, borduna: Node, cestria: Node) -> None:
    three = registration(parties=(AVARIA, BORDUNA, CESTRIA), per_day={AVARIA: 1, BORDUNA: 1, CESTRIA: 1})
    for node in (avaria, borduna, cestria):
        node.register(three)
    told = avaria.hand_in(sealed(), sealed(recipient=CESTRIA), sealed(), sealed(recipient=CESTRIA))
    assert [item["code"] for item in told] == ["", "", "quota-used", "quota-used"]
    for node in (borduna, cestria):
        assert len(body(node.get("/v1/mailbox"))["items"]) == 1


def test_a_new_day_has_a_new_quota(avaria: Node, borduna: Node) -> None:
    _registered(avaria, borduna, per_day={AVARIA: 1, BORDUNA: 1})
    avaria.hand_in(sealed())
    assert item_code(avaria.hand_in(sealed())) == "quota-used"
    QuotaUse.objects.update(day=region.seconds() // DAY - 1)
    assert item_code(avaria.hand_in(sealed())) == ""


def test_an_arrangement_that_not_all_have_registered(avaria: Node) -> None:
    avaria.register(registration())
    assert item_code(avaria.hand_in(sealed())) == "arrangement-waiting"


def test_an_arrangement_before_and_long_after_its_time(avaria: Node, borduna: Node) -> None:
    now = region.seconds()
    _registered(avaria, borduna, starts=now + 600, ends=now + DAY)
    assert item_code(avaria.hand_in(sealed())) == "arrangement-not-begun"
    RegisteredArrangement.objects.all().delete()
    _registered(avaria, borduna, starts=now - 300 * DAY, ends=now - CLOSING_DAYS * DAY)
    assert item_code(avaria.hand_in(sealed())) == "arrangement-over"


def test_an_ended_arrangement_lets_only_what_closes_pass(avaria: Node, borduna: Node) -> None:
    _registered(avaria, borduna)
    ended = body(borduna.post(f"/v1/arrangements/{ARRANGEMENT.hex()}/end"))
    assert ended["state"] == "ended"
    again = body(avaria.post(f"/v1/arrangements/{ARRANGEMENT.hex()}/end"))
    assert again == ended
    for _ in range(CLOSING_PER_DAY):
        assert item_code(avaria.hand_in(sealed())) == ""
    assert item_code(avaria.hand_in(sealed())) == "quota-used"
    RegisteredArrangement.objects.update(ended=region.seconds() - CLOSING_DAYS * DAY)
    assert item_code(avaria.hand_in(sealed())) == "arrangement-ended"


def test_a_message_about_arrangements_needs_none(avaria: Node, borduna: Node) -> None:
    about = sealed(message=ending(AVARIA, BORDUNA), arrangement=None, service_class=ServiceClass.ARRANGEMENT)
    assert item_code(avaria.hand_in(about)) == ""
    assert len(body(borduna.get("/v1/mailbox"))["items"]) == 1


# ---------------------------------------------------------------- arrangements


def test_registration_tells_who_is_missing(avaria: Node, borduna: Node) -> None:
    first = body(avaria.register(registration()))
    assert (first["state"], first["missing"], first["ended"]) == ("waiting", [str(BORDUNA)], None)
    assert body(borduna.get(f"/v1/arrangements/{ARRANGEMENT.hex()}")) == first
    content = bytes(RegisteredArrangement.objects.get().content)
    second = body(borduna.put(f"/v1/arrangements/{ARRANGEMENT.hex()}", content))
    assert (second["state"], second["missing"]) == ("registered", [])


def test_parties_must_register_the_same(avaria: Node, borduna: Node) -> None:
    avaria.register(registration())
    assert refusal(borduna.register(registration(per_day={AVARIA: 50, BORDUNA: 5000}))) == (
        409,
        "arrangement-mismatch",
    )


def test_others_neither_register_nor_see_nor_end(avaria: Node, cestria: Node) -> None:
    place = f"/v1/arrangements/{ARRANGEMENT.hex()}"
    assert refusal(cestria.register(registration())) == (403, "not-a-party")
    avaria.register(registration())
    own = registration(parties=(BORDUNA, CESTRIA), per_day={BORDUNA: 9, CESTRIA: 9})
    assert refusal(cestria.register(own)) == (403, "not-a-party")
    assert refusal(cestria.get(place)) == (403, "unknown-arrangement")
    assert refusal(cestria.post(place + "/end")) == (403, "unknown-arrangement")
    assert RegisteredArrangement.objects.get().ended is None


def test_one_node_cannot_fill_the_table(avaria: Node, borduna: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodes, "REGISTRATIONS_ALONE", 2)
    content, digests = registration(), [bytes([number]) * 32 for number in range(4)]
    assert [avaria.register(content, digest).status_code for digest in digests[:2]] == [200, 200]
    told = avaria.register(content, digests[2])
    assert (refusal(told), body(told)["retry_after"]) == ((429, "quota-used"), 3600)
    assert RegisteredArrangement.objects.count() == 2
    assert avaria.register(content, digests[0]).status_code == 200  # again is no new one
    assert borduna.register(content, digests[3]).status_code == 200  # and everybody has their own
    assert borduna.register(content, digests[1]).status_code == 200
    assert avaria.register(content, digests[2]).status_code == 200
    avaria.post(f"/v1/arrangements/{digests[0].hex()}/end")
    assert avaria.register(content, bytes([9]) * 32).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"parties": [str(AVARIA)]},
        {"parties": [str(BORDUNA), str(AVARIA)]},
        {"per_day": {str(AVARIA): 1}},
        {"ends": 0},
        {"more": 1},
        {"starts": -1},
        {"per_day": {str(AVARIA): 1, str(BORDUNA): 10**9}},
    ],
)
def test_a_malformed_registration_is_refused(avaria: Node, change: dict[str, Any]) -> None:
    content = cbor.decode(registration().encode(), limit=10_000)
    assert isinstance(content, dict)
    assert avaria.put(f"/v1/arrangements/{ARRANGEMENT.hex()}", content | change).status_code == 400
    assert not RegisteredArrangement.objects.exists()


# ---------------------------------------------------------------- weekly keys


def test_weekly_keys_are_handed_on(avaria: Node, borduna: Node) -> None:
    week = Epoch.of(region.now())
    for epoch in (week.next(), week, week):
        answer = body(borduna.publish(epoch))
    assert answer == {"epoch": str(week), "keys": 2}
    records = body(avaria.get(f"/v1/keys/{BORDUNA}"))["records"]
    parsed = [EncryptionKeyRecord.parse(record) for record in records]
    assert [record.epoch for record in parsed] == [week, week.next()]
    for record in parsed:
        record.verify(borduna.node_key.public)


def test_as_many_keys_as_may_be_held_and_no_more(borduna: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodes, "KEYS_PER_AGENCY", 2)
    week = Epoch.of(region.now())
    for epoch in (week, week.next(), week, week.next()):  # again is no error
        assert borduna.publish(epoch).status_code == 200
    told = borduna.publish(week.next().next())
    assert (refusal(told), body(told)["retry_after"]) == ((429, "quota-used"), 3600)
    EncryptionKey.objects.filter(epoch=week.number).update(not_after=region.seconds())
    assert borduna.publish(week.next().next()).status_code == 200


def test_keys_of_others_and_old_keys_are_refused(avaria: Node, borduna: Node) -> None:
    week = Epoch.of(region.now())
    public = region.opening_key(BORDUNA, week).public
    other = EncryptionKeyRecord.issue(BORDUNA, public, borduna.node_key).encode()
    assert refusal(avaria.put("/v1/keys", other)) == (403, "wrong-sender")
    foreign = EncryptionKeyRecord.issue(BORDUNA, public, avaria.node_key).encode()
    assert refusal(borduna.put("/v1/keys", foreign)) == (403, "wrong-signer")
    signed = EncryptionKeyRecord.issue(BORDUNA, public, borduna.node_key)
    forged = replace(signed, not_after=signed.not_after + 1).encode()
    assert refusal(borduna.put("/v1/keys", forged)) == (400, "bad-signature")
    past = Epoch(week.number - 3)
    old = EncryptionKeyRecord.issue(BORDUNA, region.opening_key(BORDUNA, past).public, borduna.node_key)
    assert refusal(borduna.put("/v1/keys", old.encode())) == (400, "key-expired")
    assert refusal(borduna.put("/v1/keys", b"\x00")) == (400, "malformed")
    assert refusal(avaria.get("/v1/keys/XXX/GOV/NOBODY")) == (404, "unknown-agency")
    assert refusal(avaria.get("/v1/keys/xav/gov/border")) == (400, "bad-identifier")


# ---------------------------------------------------------------- the directory


def test_the_directory_is_served_with_a_tag(avaria: Node, directory: bytes) -> None:
    answer = avaria.client.get("/v1/directory")
    assert (answer.content, answer["ETag"]) == (directory, '"1"')
    assert avaria.client.get("/v1/directory", headers={"if-none-match": '"1"'}).status_code == 304
    with CaptureQueriesContext(connection) as asked:  # anybody may ask, so it must cost little
        assert avaria.client.get("/v1/directory").status_code == 200
    assert len(asked) == 1
    assert "file" not in asked[0]["sql"].replace("relay_directoryfile", "")


def test_a_new_directory_is_served_at_once(relay: Identity, avaria: Node) -> None:
    avaria.client.get("/v1/directory")
    file = region.directory_file(relay.log.verifier, relay.key, version=2)
    load_directory(system_actor("test"), data=file, now=region.now())
    answer = avaria.client.get("/v1/directory", headers={"if-none-match": '"1"'})
    assert (answer.status_code, answer.content, answer["ETag"]) == (200, file, '"2"')


def test_an_older_a_forged_and_an_expired_directory_are_refused(relay: Identity, avaria: Node) -> None:
    def load(**changes: Any) -> None:
        file = region.directory_file(relay.log.verifier, relay.key, **changes)
        load_directory(system_actor("test"), data=file, now=region.now())

    load(version=5)
    for changes, code in (
        ({"version": 4}, "rollback"),
        ({"version": 6, "expires_in": -1}, "expired"),
        ({"version": 6, "roots": (key("root 0"),)}, "too-few-roots"),
        ({"version": 6, "roots": (key("root 0"), key("forger"))}, "too-few-roots"),
    ):
        with pytest.raises(DirectoryRefusedError) as raised:
            load(**changes)
        assert raised.value.code == code
    assert DirectoryFile.objects.order_by("-version").first().version == 5  # type: ignore[union-attr]


def test_a_relay_whose_directory_expired_takes_no_messages_and_gives_what_it_has(
    relay: Identity, avaria: Node, borduna: Node
) -> None:
    _registered(avaria, borduna)
    message = sealed()
    avaria.hand_in(message)
    stale = region.directory_file(relay.log.verifier, relay.key, version=2, expires_in=-60)
    DirectoryFile.objects.create(version=2, digest=bytes(32), file=stale, loaded_at=region.now())
    answer = avaria.submit([submission(sealed())])
    assert refusal(answer) == (503, "not-ready")
    assert body(answer)["retry_after"] == 600
    assert len(body(borduna.get("/v1/mailbox"))["items"]) == 1
    assert borduna.acknowledge(message.header.id) == []


def test_a_relay_without_keys_or_directory_is_not_ready(
    avaria: Node, borduna: Node, settings: Settings, tmp_path: Any
) -> None:
    _registered(avaria, borduna)
    settings.RSO_RELAY_KEY = tmp_path / "absent"
    assert refusal(avaria.submit([submission(sealed())])) == (503, "not-ready")
    DirectoryFile.objects.all().delete()
    assert refusal(avaria.post("/v1/contact")) == (503, "not-ready")
    assert refusal(avaria.client.get("/v1/directory")) == (404, "no-directory")  # type: ignore[arg-type]
