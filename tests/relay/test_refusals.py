"""Everything that the relay refuses, with its status and its code."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
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
from rso.relay.actions.upkeep import load_directory, sweep
from rso.relay.adapters.identity import Identity
from rso.relay.models import DirectoryFile, LogHead, MailboxEntry, Nonce, QuotaUse, RegisteredArrangement
from rso.relay.queries import directory as directories
from rso.relay.rules import CLOSING_DAYS, CLOSING_PER_DAY, SUBMISSION
from rso.wire import cbor, limits
from rso.wire.directory import Status, Validity
from rso.wire.epochs import Epoch
from rso.wire.header import ServiceClass
from rso.wire.keyrecords import EncryptionKeyRecord
from rso.wire.trust import DirectoryRefusedError

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- the request itself


@pytest.mark.parametrize("field", ["Signature", "Signature-Input", "Content-Digest"])
def test_an_unsigned_request_is_refused(avaria: Node, field: str) -> None:
    headers = avaria.signed("GET", "/v1/mailbox")
    del headers[field]
    assert refusal(avaria.send("GET", "/v1/mailbox", headers=headers)) == (401, "not-signed")


def test_no_route_but_the_directory_answers_without_a_signature(avaria: Node) -> None:
    client = Client()
    for address in ("/v1/mailbox", "/v1/log/checkpoint", "/v1/log/tile/0/000", "/v1/keys/XAV/GOV/BORDER"):
        assert refusal(client.get(address)) == (401, "not-signed")  # type: ignore[arg-type]
    assert client.get("/v1/directory").status_code == 200


def test_a_forged_request_is_refused(avaria: Node, cestria: Node) -> None:
    forged = avaria.signed("GET", "/v1/mailbox")
    forged["Signature"] = cestria.signed("GET", "/v1/mailbox")["Signature"]
    assert refusal(avaria.send("GET", "/v1/mailbox", headers=forged)) == (401, "bad-request-signature")


def test_a_signature_for_another_place_or_body_is_refused(avaria: Node) -> None:
    headers = avaria.signed("GET", "/v1/mailbox")
    assert refusal(avaria.send("GET", "/v1/mailbox?limit=3", headers=headers)) == (401, "bad-request-signature")
    headers = avaria.signed("PUT", "/v1/keys", b"one")
    assert refusal(avaria.send("PUT", "/v1/keys", b"two", headers=headers)) == (401, "body-digest-mismatch")


def test_a_signature_for_another_host_is_refused(avaria: Node, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    headers = avaria.signed("GET", "/v1/mailbox")
    answer = avaria.client.get("/v1/mailbox", headers=headers | {"host": "other.example"})
    assert refusal(answer) == (401, "bad-request-signature")  # type: ignore[arg-type]


def test_a_replayed_request_is_refused(avaria: Node) -> None:
    headers = avaria.signed("POST", "/v1/contact")
    assert avaria.send("POST", "/v1/contact", headers=headers).status_code == 200
    assert refusal(avaria.send("POST", "/v1/contact", headers=headers)) == (401, "replayed-request")


def test_nonces_are_forgotten_when_their_requests_are_stale(avaria: Node) -> None:
    avaria.post("/v1/contact")
    sweep(now=region.seconds() + 200)
    assert Nonce.objects.count() == 1
    sweep(now=region.seconds() + 300)
    assert not Nonce.objects.exists()


@pytest.mark.parametrize(("days", "code"), [(-1, "clock-behind"), (1, "clock-ahead")])
def test_a_clock_that_is_wrong_by_a_day_is_told_the_time(avaria: Node, days: int, code: str) -> None:
    avaria.shift = timedelta(days=days)
    answer = avaria.post("/v1/contact")
    assert refusal(answer) == (401, code)
    assert abs(body(answer)["now"] - region.seconds()) < 60


def test_an_agency_that_is_suspended_is_refused(relay: Identity, cestria: Node) -> None:
    assert cestria.post("/v1/contact").status_code == 200
    file = region.directory_file(relay.log.verifier, relay.key, version=2, cestria=Status.SUSPENDED)
    load_directory(system_actor("test"), data=file, now=region.now())
    assert refusal(cestria.post("/v1/contact")) == (403, "not-taking-part")


def test_a_revoked_key_signs_nothing_new(relay: Identity, avaria: Node, borduna: Node) -> None:
    """Neither a request, nor a message that is dated back and handed in with another key of the node."""
    _registered(avaria, borduna)
    revoked = Validity(region.seconds() - 30 * DAY, revoked=region.seconds() - 60)
    file = region.directory_file(relay.log.verifier, relay.key, version=2, avaria=revoked)
    load_directory(system_actor("test"), data=file, now=region.now())
    assert refusal(avaria.post("/v1/contact")) == (401, "unknown-key")
    key_id, created = avaria.node_key.key_id, region.seconds() - 3600
    directory = directories.current()
    assert directories.node_key(directory, AVARIA, key_id, created) is not None
    assert directories.sender_key(directory, AVARIA, key_id, created, region.seconds()) is None
    assert directories.sender_key(directory, AVARIA, key_id, created, region.seconds() - 61) is not None


@pytest.mark.parametrize(
    ("method", "address"),
    [("GET", "/v1/contact"), ("DELETE", "/v1/keys"), ("POST", "/v1/mailbox"), ("POST", "/v1/directory")],
)
def test_a_wrong_method_is_refused(avaria: Node, method: str, address: str) -> None:
    assert refusal(avaria.send(method, address)) == (405, "method-not-allowed")


def test_a_body_that_is_too_large_is_refused_before_it_is_read(avaria: Node) -> None:
    class Unreadable:
        def read(self, *_: object) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    answer = avaria.client.generic(
        "PUT",
        "/v1/keys",
        b"x",
        content_type="application/cbor",
        CONTENT_LENGTH=str(64 * limits.KIB + 1),
        **{"wsgi.input": Unreadable()},
    )
    assert refusal(answer) == (413, "too-large")  # type: ignore[arg-type]


def test_an_envelope_above_the_limit_is_refused_by_its_length(avaria: Node) -> None:
    answer = avaria.client.generic(
        "POST",
        "/v1/submissions",
        b"x",
        content_type="application/cbor",
        CONTENT_LENGTH=str(SUBMISSION + 1),
    )
    assert refusal(answer) == (413, "too-large")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"content_type": "application/json"}, (415, "wrong-type")),
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, (411, "no-length")),
        ({"CONTENT_LENGTH": "9", "wsgi.input": BytesIO(b"body")}, (400, "malformed")),
    ],
)
def test_bodies_of_another_kind_or_length_are_refused(
    avaria: Node, fields: dict[str, Any], code: tuple[int, str]
) -> None:
    answer = avaria.client.generic("PUT", "/v1/keys", b"body", **({"content_type": "application/cbor"} | fields))
    assert refusal(answer) == code  # type: ignore[arg-type]


def test_a_get_has_no_body(avaria: Node) -> None:
    assert refusal(avaria.send("GET", "/v1/mailbox", b"x")) == (413, "too-large")


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
        for ids in ([], [bytes(15)], ["text"]):
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
