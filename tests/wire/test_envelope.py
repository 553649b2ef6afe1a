"""What the relay can see of a message: not its kind, not its length; and bodies in chunks."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from tests.wire.samples import ABOUT_ARRANGEMENTS, ANSWERS, META, QUESTIONS
from tests.wire.simulator import AVARIA, BORDUNA, START, Region, region

from rso.base.clock import unix_seconds
from rso.wire import limits, sealing
from rso.wire.envelope import Envelope, Sealed, commitment, inner_signed
from rso.wire.errors import MalformedError
from rso.wire.header import BUCKETS, Header, ServiceClass, bucket_for, message_id
from rso.wire.keys import OpeningKey
from rso.wire.messages import Message, Probe
from rso.wire.questions import PNG
from rso.wire.suites import CURRENT

HERE: Region = region()
LONG = Probe(META, "fingerprint", 0, 500, PNG.ljust(3 * limits.MIB, b"\x5a"))


def sealed(message: Message) -> Sealed:
    mine = message.meta.service.agency == BORDUNA
    sender, recipient = (HERE.asker, BORDUNA) if mine else (HERE.holder, AVARIA)
    about = message in ABOUT_ARRANGEMENTS
    return sender.seal(message, recipient, service_class=ServiceClass.ARRANGEMENT if about else ServiceClass.EXCHANGE)


def visible(header: Header) -> dict[str, object]:
    """What differs between headers for other reasons than parties, keys and the random id is left out."""
    hidden = {"id", "sender", "recipient", "recipient_key"}
    return {name: getattr(header, name) for name in Header.__slots__ if name not in hidden}


def test_answers_and_questions_look_alike_to_the_relay() -> None:
    """Every kind of an exchange, a usual probe included: same header but for parties, same size to the
    byte."""
    all_sealed = [sealed(message) for message in (*ANSWERS, *QUESTIONS)]
    assert len({str(visible(one.header)) for one in all_sealed}) == 1
    to_asker = {len(one.envelope) for one in all_sealed if one.header.recipient == AVARIA}
    to_holder = {len(one.envelope) for one in all_sealed if one.header.recipient == BORDUNA}
    assert len(to_asker) == len(to_holder) == 1


LONGEST: dict[str, dict[str, object]] = {
    "disclosure": {
        "fields": {f"field-{n}": "x" * limits.FIELD_TEXT for n in range(limits.DISCLOSURE // limits.FIELD_TEXT)},
        "withheld": {f"{n:0>2}".join(("w", "x" * 45)): "y" * limits.CODE for n in range(limits.FIELDS)},
        "handling": tuple(f"{'h' * 45}-{n:0>2}" for n in range(limits.HANDLING_CODES)),
    },
    "disclosure-request": {
        "fields": tuple(f"{'f' * 45}-{n:0>2}" for n in range(limits.FIELDS)),
        "justification": "x" * limits.NOTE,
    },
    "refusal": {"text": "x" * limits.NOTE},
    "written-request": {"subject": "x" * limits.LINE, "text": "x" * limits.LETTER},
    "written-reply": {"text": "x" * limits.LETTER},
}


@pytest.mark.parametrize("message", [*ANSWERS, *QUESTIONS[1:]], ids=lambda message: message.kind)
def test_the_longest_of_each_kind_fits_into_the_first_bucket(message: Message) -> None:
    longest = replace(message, **LONGEST.get(message.kind, {}))
    assert sealed(longest).header.bucket == BUCKETS[0]


def test_the_id_says_no_more_than_the_second() -> None:
    header = sealed(ANSWERS[0]).header
    assert header.id.int >> 80 == header.created * 1000
    with pytest.raises(MalformedError):
        replace(header, id=message_id(header.created + 1, bytes))


def test_the_same_message_twice_is_two_envelopes() -> None:
    one, two = sealed(ANSWERS[1]), sealed(ANSWERS[1])
    assert one.header.id != two.header.id
    assert one.blind != two.blind
    assert one.body_digest != two.body_digest
    assert one.commitment != two.commitment


@pytest.mark.parametrize("message", [*ANSWERS, *QUESTIONS, LONG], ids=lambda message: message.kind)
def test_nothing_of_the_plaintext_is_in_the_envelope(message: Message) -> None:
    one = sealed(message)
    for secret in (message.meta.reference, one.blind, b"fingerprint", b"synthetic", PNG):
        assert secret not in one.envelope


def test_evidence_of_the_inner_signature_needs_no_message() -> None:
    one = HERE.asker.seal(HERE.asker.probe(BORDUNA), BORDUNA)
    opened = HERE.holder.take(one.envelope)
    signed = inner_signed(one.header.digest(), BORDUNA, opened.content.message_digest())
    opened.agency_key.verify(b"rso/envelope/inner/1", opened.content.signature, signed)
    assert opened.message.encode() not in signed
    assert commitment(opened.header, opened.envelope.body_digest) == one.commitment


# ---------------------------------------------------------------- chunks
KEY = next(iter(HERE.holder.opening.values()))
DIGEST = bytes(32)


def chunks(body: bytes) -> list[bytes]:
    size = limits.CHUNK + CURRENT.overhead
    return [body[at : at + size] for at in range(0, len(body), size)]


def test_a_long_body_travels_in_chunks() -> None:
    one = HERE.asker.seal(LONG, BORDUNA)
    assert one.header.bucket == 4 * limits.MIB
    assert len(Envelope.decode(one.envelope).body) == sealing.sealed_size(4 * limits.MIB)
    assert HERE.holder.take(one.envelope).message == LONG


def test_chunks_have_their_place_their_count_and_their_header() -> None:
    padded = sealing.pad(b"content", 4 * limits.MIB)
    body = sealing.seal_body(padded, KEY.public, DIGEST)
    pieces = chunks(body)
    assert sealing.open_body(body, KEY, DIGEST, len(padded)) == padded
    wrong = [b"".join(order) for order in list(permutations(pieces))[1:4]]
    wrong.append(pieces[0] * 4)
    for forged in wrong:
        with pytest.raises(MalformedError, match="not-opened"):
            sealing.open_body(forged, KEY, DIGEST, len(padded))
    with pytest.raises(MalformedError, match="not-opened"):
        sealing.open_body(b"".join(pieces[:2]), KEY, DIGEST, 2 * limits.MIB)
    with pytest.raises(MalformedError, match="not-opened"):
        sealing.open_body(body, KEY, b"\x01" * 32, len(padded))
    with pytest.raises(MalformedError, match="not-opened"):
        sealing.open_body(body, OpeningKey.generate(KEY.epoch), DIGEST, len(padded))


@pytest.mark.parametrize("encapsulated", [bytes(1120), b"\xff" * 1120], ids=["zeros", "ones"])
def test_a_hostile_encapsulation_is_our_error(encapsulated: bytes) -> None:
    body = sealing.seal_body(sealing.pad(b"content", BUCKETS[0]), KEY.public, DIGEST)
    with pytest.raises(MalformedError, match="not-opened"):
        sealing.open_body(encapsulated + body[1120:], KEY, DIGEST, BUCKETS[0])


@pytest.mark.parametrize(
    ("size", "bucket"), [(0, 0), (BUCKETS[0], 0), (BUCKETS[0] + 1, 1), (BUCKETS[-1], len(BUCKETS) - 1)]
)
def test_buckets(size: int, bucket: int) -> None:
    assert bucket_for(size) == BUCKETS[bucket]


def test_what_is_too_large_is_not_sent() -> None:
    assert BUCKETS[-1] == limits.BODY
    with pytest.raises(MalformedError, match="too-large"):
        bucket_for(BUCKETS[-1] + 1)
    with pytest.raises(MalformedError, match="too-large"):
        sealing.pad(bytes(BUCKETS[0] - 3), BUCKETS[0])


def test_the_largest_envelope_is_within_its_limit() -> None:
    image = PNG.ljust(limits.IMAGE, b"\x5a")
    one = HERE.asker.seal(replace(LONG, image=image), BORDUNA)
    assert one.header.bucket == BUCKETS[-1]
    assert len(one.envelope) <= limits.ENVELOPE
    assert unix_seconds(START) == one.header.created
