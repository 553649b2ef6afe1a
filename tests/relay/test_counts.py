"""What is counted, for whom, and until when: quota, credit, what waits, who was seen, and what is forgotten."""

from __future__ import annotations

import base64
import secrets
from datetime import timedelta
from uuid import UUID

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings
from tests.relay import region
from tests.relay.region import AVARIA, BORDUNA, CESTRIA, DAY, Node, body, item_code, key, refusal, registration, sealed

from rso.relay.actions import envelopes as actions
from rso.relay.actions import nodes
from rso.relay.actions.upkeep import sweep
from rso.relay.adapters.bell import BELL
from rso.relay.models import Ciphertext, EncryptionKey, MailboxEntry, NodeSeen, QuotaUse
from rso.relay.queries import directory as directories
from rso.relay.queries import mailbox as queries
from rso.relay.rules import RefusedError
from rso.wire import httpsig, limits
from rso.wire.epochs import Epoch
from rso.wire.httpsig import KeyName, Signed

pytestmark = pytest.mark.django_db
OTHER = bytes([1]) * 32


@pytest.fixture
def three(avaria: Node, borduna: Node, cestria: Node) -> None:
    """An arrangement of all three, under which everybody may send ten messages to everybody."""
    parties = (AVARIA, BORDUNA, CESTRIA)
    content = registration(parties=parties, per_day=dict.fromkeys(parties, 10))
    for node in (avaria, borduna, cestria):
        assert node.register(content).status_code == 200


# ---------------------------------------------------------------- credit


@pytest.mark.usefixtures("three")
class TestCredit:
    def test_it_is_for_one_sender_and_one_recipient(
        self, avaria: Node, borduna: Node, cestria: Node, settings: Settings
    ) -> None:
        settings.RSO_RELAY_HOLD_MESSAGES = 1
        assert item_code(avaria.hand_in(sealed())) == ""
        assert item_code(avaria.hand_in(sealed())) == "credit-used"
        assert item_code(avaria.hand_in(sealed(recipient=CESTRIA))) == ""
        assert item_code(cestria.hand_in(sealed(CESTRIA, BORDUNA))) == ""
        assert item_code(borduna.hand_in(sealed(BORDUNA, AVARIA))) == ""

    def test_bytes_count_within_a_batch(self, avaria: Node, settings: Settings) -> None:
        size = len(sealed().envelope)
        settings.RSO_RELAY_HOLD_MIB = 1
        fit = limits.MIB // size
        told = avaria.hand_in(*(sealed() for _ in range(fit + 1)))
        assert [item["code"] for item in told] == [*[""] * fit, "credit-used"]


# ---------------------------------------------------------------- quota


def test_each_arrangement_has_a_quota_of_its_own(avaria: Node, borduna: Node) -> None:
    content = registration(per_day={AVARIA: 3, BORDUNA: 3})
    for digest in (region.ARRANGEMENT, OTHER):
        for node in (avaria, borduna):
            node.register(content, digest)
    for count in (1, 2):
        avaria.hand_in(sealed())
        assert QuotaUse.objects.get(arrangement=region.ARRANGEMENT.hex()).used == count
    avaria.hand_in(sealed(arrangement=OTHER))
    avaria.hand_in(sealed())
    used = dict(QuotaUse.objects.values_list("arrangement", "used"))
    assert used == {region.ARRANGEMENT.hex(): 3, OTHER.hex(): 1}
    told = avaria.hand_in(sealed(), sealed(arrangement=OTHER))
    assert [item["code"] for item in told] == ["quota-used", ""]


def test_counting_today_leaves_other_days_and_senders_alone(avaria: Node, borduna: Node, agreed: None) -> None:
    avaria.hand_in(sealed())
    today = region.seconds() // DAY
    QuotaUse.objects.update(day=today - 1, used=7)
    avaria.hand_in(sealed())
    borduna.hand_in(sealed(BORDUNA, AVARIA))
    avaria.hand_in(sealed())
    rows = set(QuotaUse.objects.values_list("sender", "day", "used"))
    assert rows == {(str(AVARIA), today - 1, 7), (str(AVARIA), today, 2), (str(BORDUNA), today, 1)}


def test_who_may_send_nothing_is_not_even_counted(avaria: Node, borduna: Node) -> None:
    for node in (avaria, borduna):
        node.register(registration(per_day={AVARIA: 0, BORDUNA: 1}))
    assert item_code(avaria.hand_in(sealed())) == "quota-used"
    assert not QuotaUse.objects.exists()


# ---------------------------------------------------------------- what waits


@pytest.mark.usefixtures("agreed")
class TestWaiting:
    def test_neither_what_was_acknowledged_nor_what_expired_waits(self, avaria: Node, borduna: Node) -> None:
        first, second = sealed(), sealed()
        avaria.hand_in(first, second)
        borduna.acknowledge(first.header.id)
        assert body(borduna.get("/v1/bell"))["waiting"] == 1
        assert len(body(borduna.get("/v1/mailbox"))["items"]) == 1
        for moment, count in ((second.header.expires - 1, 1), (second.header.expires, 0)):
            assert queries.count_waiting(BORDUNA, moment) == count
            assert queries.some_wait(BORDUNA, moment) == bool(count)
            assert len(queries.waiting(BORDUNA, 10, moment).items) == count

    def test_a_page_holds_so_many_bytes_and_at_least_one_message(
        self, avaria: Node, borduna: Node, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sent = [sealed() for _ in range(3)]
        avaria.hand_in(*sent)
        size = len(sent[0].envelope)
        for room, count in ((0, 1), (2 * size - 1, 1), (2 * size, 2), (3 * size, 3)):
            monkeypatch.setattr(queries, "PAGE_BYTES", room)
            page = body(borduna.get("/v1/mailbox"))
            assert [item["id"] for item in page["items"]] == [one.header.id.bytes for one in sent[:count]]
            assert page["more"] is (count < 3)

    def test_an_acknowledgement_keeps_its_first_time(self, avaria: Node) -> None:
        message = sealed()
        avaria.hand_in(message)
        for now in (100, 200):
            assert actions.acknowledge(BORDUNA, ids=[message.header.id], now=now) == []
        assert MailboxEntry.objects.get().acknowledged == 100

    def test_the_bell_rings_for_each_recipient_once_it_is_stored(
        self, avaria: Node, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        heard, others = BELL.heard(str(BORDUNA)), BELL.heard(str(AVARIA))
        with django_capture_on_commit_callbacks() as later:
            avaria.hand_in(sealed(), sealed())
        assert BELL.heard(str(BORDUNA)) == heard
        for ring in later:
            ring()
        assert (BELL.heard(str(BORDUNA)), BELL.heard(str(AVARIA))) == (heard + 1, others)


# ---------------------------------------------------------------- requests and nodes


def test_one_nonce_of_two_nodes_is_two_requests(directory: bytes) -> None:
    nonce = base64.urlsafe_b64encode(secrets.token_bytes(16)).rstrip(b"=").decode()
    for agency in (AVARIA, BORDUNA):
        signed = Signed(KeyName(agency, key(f"{agency} node").key_id), region.seconds(), nonce)
        nodes.note_request(signed, now=region.now())
    with pytest.raises(httpsig.RequestSignatureError) as raised:
        nodes.note_request(signed, now=region.now())
    assert raised.value.code == "replayed-request"


def test_being_seen_is_written_down_every_twenty_seconds(
    directory: bytes, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    began, seen = region.now(), []
    for number, later in enumerate((0, 20, 21)):
        signed = Signed(KeyName(AVARIA, bytes(16)), region.seconds(), str(number))
        with django_capture_on_commit_callbacks(execute=True):
            nodes.note_request(signed, now=began + timedelta(seconds=later))
        seen.append(NodeSeen.objects.get().last_seen - began)
    assert seen == [timedelta(), timedelta(), timedelta(seconds=21)]


@pytest.mark.django_db(transaction=True)
def test_a_request_that_is_refused_changes_nothing_and_may_be_sent_again(directory: bytes, avaria: Node) -> None:
    body_ = registration(parties=(BORDUNA, CESTRIA), per_day={BORDUNA: 1, CESTRIA: 1}).encode()
    place = f"/v1/arrangements/{OTHER.hex()}"
    headers = avaria.signed("PUT", place, body_)
    for _ in range(2):
        assert refusal(avaria.send("PUT", place, body_, headers)) == (403, "not-a-party")
    assert not NodeSeen.objects.exists()
    avaria.post("/v1/contact")
    assert NodeSeen.objects.get().pk == str(AVARIA)


def test_only_a_node_s_own_key_signs_requests(directory: bytes) -> None:
    """Neither its agency's key, nor one under another's name."""
    found, now = directories.current(), region.seconds()
    node, agency = (key(f"{AVARIA} {use}").public.key_id for use in ("node", "agency"))
    assert directories.node_key(found, AVARIA, node, now) is not None
    assert directories.node_key(found, AVARIA, agency, now) is None
    assert directories.node_key(found, BORDUNA, node, now) is None
    assert directories.node_key(found, AVARIA, node, now - 40 * DAY) is None
    assert directories.node_key(found, AVARIA, bytes(16), now) is None


def test_the_directory_is_good_until_the_second_in_which_it_expires(directory: bytes) -> None:
    found = directories.current()
    directories.check_fresh(found, found.expires - 1)
    with pytest.raises(RefusedError) as raised:
        directories.check_fresh(found, found.expires)
    assert (raised.value.code, raised.value.retry_after) == ("not-ready", 600)


# ---------------------------------------------------------------- what is forgotten


def test_keys_are_an_agency_s_own_and_end(avaria: Node, borduna: Node, cestria: Node) -> None:
    week = Epoch.of(region.now())
    borduna.publish(week)
    cestria.publish(week)
    assert len(body(avaria.get(f"/v1/keys/{BORDUNA}"))["records"]) == 1
    over = EncryptionKey.objects.get(agency=str(BORDUNA)).not_after
    assert [len(queries.encryption_keys(BORDUNA, moment)) for moment in (over - 1, over)] == [1, 0]
    sweep(now=over + limits.WEEK - 1)
    assert EncryptionKey.objects.count() == 2
    assert sweep(now=over + limits.WEEK)["keys"] == 2


def test_counts_of_days_that_are_over_are_forgotten(avaria: Node, agreed: None) -> None:
    avaria.hand_in(sealed())
    now = region.seconds()
    for days, count in ((0, 1), (1, 1), (2, 0)):
        sweep(now=now + days * DAY)
        assert QuotaUse.objects.count() == count


def test_what_a_node_may_ask_after_is_what_it_sent(avaria: Node, borduna: Node, cestria: Node, three: None) -> None:
    """Of others' messages it learns nothing by their ids: neither that they are, nor what became of them."""
    message = sealed()
    avaria.hand_in(message)
    absent = UUID(int=1)
    for node in (borduna, cestria):
        assert node.states(message.header.id, absent) == ["unknown", "unknown"]
    for node in (avaria, cestria):
        assert node.acknowledge(message.header.id, absent) == [message.header.id, absent]
    assert Ciphertext.objects.count() == 1
