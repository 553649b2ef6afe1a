"""One attack a test: what an enemy on the wire, a relay or a dishonest member might try, and the step that
stops it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.wire.forgery import forge, refused
from tests.wire.simulator import AVARIA, BORDUNA, CESTRIA, Node, Region, region

from rso.wire import cbor, limits, sealing
from rso.wire.conversation import State
from rso.wire.envelope import OUTER, Envelope
from rso.wire.errors import ConversationError, MalformedError
from rso.wire.header import ServiceClass
from rso.wire.keys import SigningKey
from rso.wire.messages import (
    Answer,
    ArrangementEnd,
    Deferred,
    DestructionReceipt,
    Meta,
    Outcome,
)
from rso.wire.steps import Step

HIT = bytes(range(16))


@pytest.fixture
def here() -> Region:
    return region()


def resigned(node: Node, envelope: Envelope) -> bytes:
    """The envelope as its own, dishonest node would sign it again."""
    signature = node.node_key.sign(OUTER, envelope.signed())
    return replace(envelope, signature=signature).encode()


def asked(here: Region) -> Meta:
    """A probe that has reached the holder; the common part of its answers."""
    probe = here.asker.probe(BORDUNA)
    here.carry(here.asker.ask(probe, BORDUNA))
    return probe.meta.reply()


# ---------------------------------------------------------------- the way it should go
def test_a_probe_is_deferred_then_answered_once(here: Region) -> None:
    meta = asked(here)
    here.carry(here.holder.send(Deferred(meta, here.holder.now + 3600)))
    opened = here.carry(here.holder.send(Answer(meta, Outcome.NO_HIT)))
    assert isinstance(opened.message, Answer)
    assert [node.conversations.popitem()[1].state.value for node in (here.asker, here.holder)] == ["answered"] * 2


def test_the_relay_has_a_commitment_for_every_envelope(here: Region) -> None:
    sealed = here.asker.ask(here.asker.probe(BORDUNA), BORDUNA)
    opened = here.carry(sealed)
    assert here.relay.commitments == [sealed.commitment] == [opened.envelope.commitment]
    assert opened.content.blind == sealed.blind


# ---------------------------------------------------------------- replay and order
def test_replay_at_the_relay(here: Region) -> None:
    sealed = here.asker.ask(here.asker.probe(BORDUNA), BORDUNA)
    here.relay.put(sealed.envelope)
    refused(Step.ORDER, "replayed", lambda: here.relay.put(sealed.envelope))


def test_replay_by_the_relay(here: Region) -> None:
    sealed = here.asker.ask(here.asker.probe(BORDUNA), BORDUNA)
    here.holder.take(sealed.envelope)
    refused(Step.ORDER, "replayed", lambda: here.holder.take(sealed.envelope))


def test_reorder_a_notice_after_the_answer(here: Region) -> None:
    meta = asked(here)
    notice = here.holder.send(Deferred(meta, here.holder.now + 3600))
    answer = here.holder.send(Answer(meta, Outcome.NO_HIT))
    here.asker.take(answer.envelope)
    refused(Step.ORDER, "out-of-order", lambda: here.asker.take(notice.envelope))


def test_reorder_an_answer_before_its_question_has_left(here: Region) -> None:
    probe = here.asker.probe(BORDUNA)
    here.asker.ask(probe, BORDUNA)
    key = (probe.meta.reference, type(probe))
    here.asker.conversations[key] = replace(here.asker.conversations[key], state=State.QUEUED)
    answer = here.holder.seal(Answer(probe.meta.reply(), Outcome.NO_HIT), AVARIA)
    refused(Step.ORDER, "never-asked", lambda: here.asker.take(answer.envelope))


def test_second_final_answer_is_not_taken(here: Region) -> None:
    meta = asked(here)
    here.carry(here.holder.send(Answer(meta, Outcome.NO_HIT)))
    second = here.holder.seal(Answer(meta, Outcome.HIT, hit_reference=HIT), AVARIA)
    refused(Step.ORDER, "second-answer", lambda: here.asker.take(second.envelope))
    (conversation,) = here.asker.conversations.values()
    assert conversation.hit_reference is None


def test_second_final_answer_is_not_sent(here: Region) -> None:
    meta = asked(here)
    here.holder.send(Answer(meta, Outcome.NO_HIT))
    with pytest.raises(ConversationError, match="second-answer"):
        here.holder.send(Answer(meta, Outcome.HIT, hit_reference=HIT))


def test_answer_never_asked_for(here: Region) -> None:
    unasked = here.holder.seal(Answer(here.holder.meta(AVARIA), Outcome.NO_HIT), AVARIA)
    refused(Step.ORDER, "never-asked", lambda: here.asker.take(unasked.envelope))


def test_answer_by_another_member(here: Region) -> None:
    meta = asked(here)
    forged = replace(meta, reply_to=CESTRIA.service("fingerprint-search"))
    sealed = here.stranger.seal(Answer(forged, Outcome.NO_HIT), AVARIA)
    refused(Step.ORDER, "wrong-sender", lambda: here.asker.take(sealed.envelope))


# ---------------------------------------------------------------- headers, recipients, keys
def test_swapped_header_without_its_signature(here: Region) -> None:
    one = Envelope.decode(here.asker.seal(here.asker.probe(BORDUNA), BORDUNA).envelope)
    two = Envelope.decode(here.asker.seal(here.asker.probe(BORDUNA), BORDUNA).envelope)
    swapped = replace(one, header=two.header).encode()
    refused(Step.OUTER_SIGNATURE, "bad-signature", lambda: here.relay.put(swapped))


def test_swapped_header_signed_again_by_a_dishonest_node(here: Region) -> None:
    one = Envelope.decode(here.asker.seal(here.asker.probe(BORDUNA), BORDUNA).envelope)
    two = Envelope.decode(here.asker.seal(here.asker.probe(BORDUNA), BORDUNA).envelope)
    swapped = resigned(here.asker, replace(one, header=two.header))
    here.relay.put(swapped)
    refused(Step.OPENING, "not-opened", lambda: here.holder.take(swapped))


def test_swapped_body(here: Region) -> None:
    one = Envelope.decode(here.asker.seal(here.asker.probe(BORDUNA), BORDUNA).envelope)
    two = Envelope.decode(here.asker.seal(here.asker.probe(BORDUNA), BORDUNA).envelope)
    refused(Step.BODY_DIGEST, "wrong-digest", lambda: here.relay.put(replace(one, body=two.body).encode()))


def test_wrong_recipient(here: Region) -> None:
    sealed = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA)
    refused(Step.ADDRESS, "wrong-recipient", lambda: here.stranger.take(sealed.envelope))


def test_recipient_forwards_to_a_third(here: Region) -> None:
    """The holder re-seals what the asker signed, under the asker's name: the inner signature names the
    recipient."""
    opened = here.carry(here.asker.ask(here.asker.probe(BORDUNA), BORDUNA))
    header = replace(opened.header, recipient=CESTRIA, recipient_key=here.holder.peers[CESTRIA].key.key_id)
    padded = sealing.pad(opened.content.encode(), header.bucket)
    body = sealing.seal_body(padded, here.holder.peers[CESTRIA].key, header.digest())
    forged = forge(here.asker, header, body)
    refused(Step.INNER_SIGNATURE, "bad-signature", lambda: here.stranger.take(forged))


def test_wrong_node_key(here: Region) -> None:
    here.asker.node_key = SigningKey.generate()
    sealed = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA)
    refused(Step.OUTER_SIGNATURE, "unknown-key", lambda: here.relay.put(sealed.envelope))


def test_another_members_node_key(here: Region) -> None:
    here.asker.node_key = here.stranger.node_key
    sealed = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA)
    refused(Step.OUTER_SIGNATURE, "unknown-key", lambda: here.relay.put(sealed.envelope))


def test_wrong_agency_key(here: Region) -> None:
    """The node, taken over, signs for an agency whose key it does not have."""
    here.asker.agency_key = SigningKey.generate()
    sealed = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA)
    here.relay.put(sealed.envelope)
    refused(Step.INNER_SIGNATURE, "unknown-key", lambda: here.holder.take(sealed.envelope))


@pytest.mark.parametrize("at", [0, 64, -1], ids=["classical half", "lattice half", "last byte"])
def test_one_half_of_a_signature_is_not_enough(here: Region, at: int) -> None:
    envelope = Envelope.decode(here.asker.seal(here.asker.probe(BORDUNA), BORDUNA).envelope)
    broken = bytearray(envelope.signature)
    broken[at] ^= 1
    forged = replace(envelope, signature=bytes(broken)).encode()
    refused(Step.OUTER_SIGNATURE, "bad-signature", lambda: here.relay.put(forged))


def test_key_of_the_week_destroyed(here: Region) -> None:
    sealed = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA)
    here.holder.opening.clear()
    refused(Step.RECIPIENT_KEY, "unknown-key", lambda: here.holder.take(sealed.envelope))


def test_sealed_to_another_key_than_named(here: Region) -> None:
    opened = here.carry(here.asker.ask(here.asker.probe(BORDUNA), BORDUNA))
    padded = sealing.pad(opened.content.encode(), opened.header.bucket)
    header = replace(opened.header, created=opened.header.created, expires=opened.header.expires - 1)
    body = sealing.seal_body(padded, here.asker.peers[CESTRIA].key, header.digest())
    here.holder.taken.clear()
    refused(Step.OPENING, "not-opened", lambda: here.holder.take(forge(here.asker, header, body)))


# ---------------------------------------------------------------- time
def test_expired(here: Region) -> None:
    sealed = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA)
    here.relay.put(sealed.envelope)
    here.clock.step(days=1)
    refused(Step.FRESHNESS, "expired", lambda: here.holder.take(sealed.envelope))


def test_clock_ahead_by_a_day(here: Region) -> None:
    here.clock.step(days=1)
    sealed = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA, lifetime=3 * limits.DAY)
    here.clock.step(days=-1)
    refused(Step.FRESHNESS, "from-the-future", lambda: here.relay.put(sealed.envelope))


def test_clock_ahead_within_the_tolerance(here: Region) -> None:
    here.clock.step(seconds=limits.CLOCK_SKEW)
    sealed = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA)
    here.clock.step(seconds=-limits.CLOCK_SKEW)
    here.relay.put(sealed.envelope)


def test_clock_behind_by_a_day(here: Region) -> None:
    """A message of a day ago is like one that a bad link held up: taken until it expires, and not after."""
    here.clock.step(days=-1)
    short = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA, lifetime=limits.DAY)
    long = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA, lifetime=2 * limits.DAY)
    here.clock.step(days=1)
    refused(Step.FRESHNESS, "expired", lambda: here.relay.put(short.envelope))
    here.carry(long)


def test_made_to_live_for_years(here: Region) -> None:
    sealed = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA, lifetime=limits.LIFETIME + 1)
    refused(Step.FRESHNESS, "too-long-lived", lambda: here.relay.put(sealed.envelope))


# ---------------------------------------------------------------- bytes
def test_truncated(here: Region) -> None:
    data = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA).envelope
    for size in (0, 1, 100, len(data) // 2, len(data) - 1):
        refused(Step.FORM, "malformed", lambda size=size: here.relay.put(data[:size]))


def test_bytes_left_over(here: Region) -> None:
    data = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA).envelope
    refused(Step.FORM, "malformed", lambda: here.relay.put(data + b"\x00"))


def test_truncated_body_signed_again(here: Region) -> None:
    envelope = Envelope.decode(here.asker.seal(here.asker.probe(BORDUNA), BORDUNA).envelope)
    short = forge(here.asker, envelope.header, envelope.body[:-1])
    refused(Step.BODY_DIGEST, "wrong-size", lambda: here.relay.put(short))


def test_oversized(here: Region) -> None:
    refused(Step.SIZE, "over-limit", lambda: here.relay.put(bytes(limits.ENVELOPE + 1)))


def test_oversized_image(here: Region) -> None:
    probe = here.asker.probe(BORDUNA)
    with pytest.raises(MalformedError, match="over-limit"):
        replace(probe, image=probe.image.ljust(limits.IMAGE + 1, b"\x00"))


def test_unknown_field_of_an_envelope(here: Region) -> None:
    data = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA).envelope
    fields = cbor.decode(data, limit=limits.ENVELOPE)
    assert isinstance(fields, dict)
    refused(Step.FORM, "unknown-field", lambda: here.relay.put(cbor.encode(fields | {"priority": 1})))


def test_unknown_field_of_a_header(here: Region) -> None:
    data = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA).envelope
    forged = with_header(data, {"reply_to": "XCS/GOV/POLICE/elsewhere"})
    refused(Step.FORM, "unknown-field", lambda: here.relay.put(forged))


@pytest.mark.parametrize("suite", [0, 2, 1 << 40])
def test_downgraded_suite(here: Region, suite: int) -> None:
    data = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA).envelope
    refused(Step.SUITE, "bad-suite", lambda: here.relay.put(with_header(data, {"suite": suite})))


def with_header(data: bytes, changes: dict[str, object]) -> bytes:
    fields = cbor.decode(data, limit=limits.ENVELOPE)
    assert isinstance(fields, dict)
    header = cbor.decode(fields["header"], limit=limits.HEADER)
    assert isinstance(header, dict)
    return cbor.encode(fields | {"header": cbor.encode(header | changes)})


# ---------------------------------------------------------------- arrangement and purpose
def test_arrangement_ended(here: Region) -> None:
    sealed = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA)
    here.relay.put(sealed.envelope)
    here.clock.step(minutes=1)
    here.end_arrangement()
    refused(Step.ARRANGEMENT, "not-in-force", lambda: here.holder.take(sealed.envelope))


def test_receipt_of_destruction_after_the_end(here: Region) -> None:
    """What only closes may still arrive: the arrangement has ended, the duty to delete has not."""
    meta = asked(here)
    receipt = DestructionReceipt(meta, bytes(16), bytes(32), here.holder.now, "probe")
    sealed = here.holder.seal(receipt, AVARIA)
    here.end_arrangement()
    assert here.asker.take(sealed.envelope).message == receipt


def test_arrangement_not_known(here: Region) -> None:
    sealed = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA)
    here.holder.arrangements.clear()
    refused(Step.ARRANGEMENT, "unknown-arrangement", lambda: here.holder.take(sealed.envelope))


def test_arrangement_of_others(here: Region) -> None:
    sealed = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA)
    digest = here.agreed.digest
    here.holder.arrangements[digest] = replace(here.agreed, parties=frozenset({BORDUNA, CESTRIA}))
    refused(Step.ARRANGEMENT, "not-a-party", lambda: here.holder.take(sealed.envelope))


def test_purpose_not_allowed(here: Region) -> None:
    sealed = here.asker.seal(here.asker.probe(BORDUNA, "curiosity"), BORDUNA)
    refused(Step.PURPOSE, "purpose-not-allowed", lambda: here.holder.take(sealed.envelope))


def test_no_exchange_without_an_arrangement(here: Region) -> None:
    here.asker.arrangements.clear()
    with pytest.raises(MalformedError, match="no-arrangement"):
        here.asker.seal(here.asker.probe(BORDUNA), BORDUNA)


def test_probe_disguised_as_talk_about_an_arrangement(here: Region) -> None:
    with pytest.raises(MalformedError, match="wrong-class"):
        here.asker.seal(here.asker.probe(BORDUNA), BORDUNA, service_class=ServiceClass.ARRANGEMENT)


def test_talk_about_an_arrangement_as_an_exchange(here: Region) -> None:
    meta = replace(here.asker.meta(BORDUNA), purpose=None, legal_basis=None)
    with pytest.raises(MalformedError, match="wrong-class"):
        here.asker.seal(ArrangementEnd(meta, bytes(32), "by-notice"), BORDUNA)


def test_a_header_of_another_suite_cannot_be_made(here: Region) -> None:
    header = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA).header
    with pytest.raises(MalformedError, match="bad-suite"):
        replace(header, suite=0)


def test_reply_to_somebody_else(here: Region) -> None:
    probe = here.asker.probe(BORDUNA)
    meta = replace(probe.meta, reply_to=CESTRIA.service("fingerprint-search"))
    with pytest.raises(MalformedError, match="wrong-service"):
        here.asker.seal(replace(probe, meta=meta), BORDUNA)
