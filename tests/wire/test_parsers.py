"""Every parser, with random bytes, with valid bytes that were changed, and with what it wrote itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import cbor2
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.wire.samples import ALL_MESSAGES, META
from tests.wire.simulator import AVARIA, BORDUNA, Region, region

from rso.wire import cbor, limits, messages
from rso.wire.envelope import Content, Envelope
from rso.wire.epochs import Epoch
from rso.wire.errors import LimitError, MalformedError, VerificationError, WireError
from rso.wire.header import BUCKETS, Header
from rso.wire.identifiers import AgencyId, ServiceId
from rso.wire.keyrecords import EncryptionKeyRecord
from rso.wire.keys import OpeningKey, SealingKey, SigningKey, VerifyKey
from rso.wire.sealing import open_body, pad, seal_body, sealed_size, unpad
from rso.wire.text import made_plain, plain_text
from rso.wire.verify import verify_outer


@dataclass(frozen=True)
class Parser:
    """One parser with an example of what it accepts, and how to write it again."""

    name: str
    valid: bytes
    parse: Callable[[bytes], Any]
    write: Callable[[Any], bytes]


HERE: Region = region()
SEALED = HERE.asker.seal(HERE.asker.probe(BORDUNA), BORDUNA)
CONTENT = HERE.holder.take(SEALED.envelope).content
PARSERS = [
    Parser("cbor", CONTENT.encode(), lambda data: cbor.decode(data, limit=1 << 20), cbor.encode),
    Parser("header", SEALED.header.encode(), Header.decode, Header.encode),
    Parser("envelope", SEALED.envelope, Envelope.decode, Envelope.encode),
    Parser("content", CONTENT.encode(), Content.decode, Content.encode),
    Parser(
        "key record",
        HERE.asker.peers[BORDUNA].encode(),
        EncryptionKeyRecord.parse,
        EncryptionKeyRecord.encode,
    ),
    Parser("verifying key", HERE.asker.node_key.public.to_bytes(), VerifyKey.from_bytes, VerifyKey.to_bytes),
    Parser("signing key", HERE.asker.node_key.to_bytes(), SigningKey.from_bytes, SigningKey.to_bytes),
    Parser(
        "sealing key",
        HERE.asker.peers[BORDUNA].key.to_bytes(),
        SealingKey.from_bytes,
        SealingKey.to_bytes,
    ),
    Parser(
        "opening key",
        next(iter(HERE.asker.opening.values())).to_bytes(),
        OpeningKey.from_bytes,
        OpeningKey.to_bytes,
    ),
    *(
        Parser(message.kind, message.encode(), messages.decode, lambda message: message.encode())
        for message in ALL_MESSAGES
    ),
]
each_parser = pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def accepts_only_its_own_bytes(parser: Parser, data: bytes) -> None:
    """Either our error, or a value that is written as exactly the same bytes."""
    try:
        value = parser.parse(data)
    except WireError:
        return
    assert parser.write(value) == data


@each_parser
def test_reads_what_it_wrote(parser: Parser) -> None:
    assert parser.write(parser.parse(parser.valid)) == parser.valid


@each_parser
@quick
@given(data=st.binary(max_size=400))
@example(data=b"")
def test_random_bytes(parser: Parser, data: bytes) -> None:
    accepts_only_its_own_bytes(parser, data)


@each_parser
@quick
@given(draw=st.data())
def test_changed_bytes(parser: Parser, draw: st.DataObject) -> None:
    """Changes near the front, where the structure is, or anywhere: replaced, removed, inserted, cut."""
    valid = parser.valid
    reach = draw.draw(st.sampled_from([min(len(valid), 200), len(valid)]))
    at = draw.draw(st.integers(0, reach))
    removed = draw.draw(st.integers(0, 8))
    inserted = draw.draw(st.binary(max_size=8))
    end = draw.draw(st.sampled_from([len(valid), at + removed]))
    accepts_only_its_own_bytes(parser, valid[:at] + inserted + valid[at + removed : max(end, at + removed)])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 64), (1 << 64) - 1) | st.binary() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=30), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(VALUES)
def test_our_decoder_agrees_with_the_library_on_what_the_library_writes(value: object) -> None:
    data = cbor.encode(value)
    assert cbor.decode(data, limit=len(data)) == value == cbor2.loads(data)


@settings(deadline=None, max_examples=500)
@given(st.binary(max_size=40))
@example(bytes.fromhex("a2616101616101"))  # a key twice
@example(bytes.fromhex("a2616201616101"))  # keys unsorted
@example(bytes.fromhex("1801"))  # a number not in its shortest form
@example(bytes.fromhex("9f01ff"))  # a length not given
@example(bytes.fromhex("c001"))  # a tag
@example(bytes.fromhex("f7"))  # undefined
@example(bytes.fromhex("f90000"))  # a float
@example(bytes.fromhex("f814"))  # false, written long
@example(bytes.fromhex("a10101"))  # a key that is a number
@example(bytes.fromhex("61ff"))  # text that is not UTF-8
@example(bytes.fromhex("9b7fffffffffffffff"))  # more elements than there are bytes
def test_what_our_decoder_accepts_is_canonical(data: bytes) -> None:
    try:
        value = cbor.decode(data, limit=40)
    except MalformedError:
        return
    assert cbor2.dumps(value, canonical=True) == data
    assert cbor2.loads(data) == value


@pytest.mark.parametrize(
    "data",
    ["a2616101616101", "a2616201616101", "1801", "9f01ff", "c001", "f7", "f90000", "f814", "a10101", "61ff"],
)
def test_what_is_not_canonical_is_refused(data: str) -> None:
    with pytest.raises(MalformedError):
        cbor.decode(bytes.fromhex(data), limit=40)


def test_limits_of_size_depth_and_count() -> None:
    with pytest.raises(LimitError):
        cbor.decode(bytes(11), limit=10)
    deep: object = 0
    for _ in range(limits.CBOR_DEPTH):
        deep = [deep]
    assert cbor.decode(cbor.encode(deep), limit=100) == deep
    with pytest.raises(LimitError):
        cbor.decode(cbor.encode([deep]), limit=100)
    with pytest.raises(LimitError):
        cbor.decode(cbor.encode([0] * 10), limit=100, items=10)


@pytest.mark.parametrize("value", [1.5, {1: 2}, {"a": {1, 2}}, object(), 1 << 64, -(1 << 64) - 1, {"a": [1 << 64]}])
def test_nothing_else_is_written(value: object) -> None:
    with pytest.raises(TypeError):
        cbor.encode(value)


def test_true_is_not_one() -> None:
    fields = cbor.Fields({"a": True, "b": 1}, "a test", ("a", "b"))
    with pytest.raises(MalformedError):
        fields.integer("a")
    with pytest.raises(MalformedError):
        fields.flag("b")
    assert fields.flag("a") is True
    assert fields.integer("b") == 1


@given(st.text(max_size=40))
@example("XAV/GOV/BORDER\n")
@example("XAV/GOV/BORDER/")
@example("xav/GOV/BORDER")
@example("XAV//BORDER")
def test_identifiers(value: str) -> None:
    for kind in (AgencyId, ServiceId, Epoch):
        try:
            parsed = kind.parse(value)
        except MalformedError:
            continue
        assert str(parsed) == value


def test_identifiers_are_ordered_and_read_back() -> None:
    service = AVARIA.service("fingerprint-search")
    assert ServiceId.parse(str(service)) == service
    assert sorted([BORDUNA, AVARIA]) == [AVARIA, BORDUNA]


@given(st.integers(1, (1 << 16) - 1))
@example(52)
def test_epochs_are_iso_weeks(number: int) -> None:
    epoch = Epoch(number)
    assert Epoch.parse(str(epoch)) == epoch
    assert epoch.ends == (epoch.starts + limits.WEEK)


@pytest.mark.parametrize(
    "value",
    ["", "a\x00b", "a\nb", "e\u0301", "a\u202eb", "a\u2028b", "\ud800", "x" * 41, "ก" * 14, 3, None, b"a"],
)
def test_text_refused(value: object) -> None:
    with pytest.raises(MalformedError):
        plain_text(value, "a test", 40)


@pytest.mark.parametrize("value", ["Nguyễn Thị", "สมชาย", "می‌خواهم", "a" * 40])
def test_text_accepted(value: str) -> None:
    assert plain_text(value, "a test", 40) == value


@pytest.mark.parametrize(
    ("typed", "one_line", "lines"),
    [
        ("Nguye\u0302\u0303n", "Nguy\u1ec5n", "Nguy\u1ec5n"),
        ("\u202bعلي\u202c", "علي", "علي"),
        ("a\r\nb\rc\u2028d", "a b c d", "a\nb\nc\nd"),
        ("a\tb\x00c", "a bc", "a bc"),
        ("می\u200cخواهم", "می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_what_somebody_typed_is_made_plain(typed: str, one_line: str, lines: str) -> None:
    assert made_plain(typed) == one_line
    assert made_plain(typed, lines=True) == lines


@quick
@given(st.text(min_size=1, max_size=60))
def test_whatever_is_made_plain_may_travel(typed: str) -> None:
    for lines in (False, True):
        made = made_plain(typed, lines=lines)
        assert plain_text(made, "a test", 4_000, lines=lines, least=0) == made


@quick
@given(data=st.binary(max_size=300))
def test_verification_of_random_bytes_names_a_step(data: bytes) -> None:
    with pytest.raises(VerificationError):
        verify_outer(data, now=HERE.asker.now, resolve_node_key=HERE.directory.node_key)


@quick
@given(at=st.integers(0, len(SEALED.envelope) - 1), bit=st.integers(0, 7))
def test_no_bit_of_an_envelope_can_be_changed(at: int, bit: int) -> None:
    changed = bytearray(SEALED.envelope)
    changed[at] ^= 1 << bit
    with pytest.raises(VerificationError):
        verify_outer(bytes(changed), now=HERE.asker.now, resolve_node_key=HERE.directory.node_key)


# ---------------------------------------------------------------- messages
def test_there_is_a_sample_of_every_kind() -> None:
    assert {message.kind for message in ALL_MESSAGES} == set(messages.KINDS)


@pytest.mark.parametrize("message", ALL_MESSAGES, ids=lambda message: message.kind)
def test_messages_come_back_equal(message: messages.Message) -> None:
    assert messages.decode(message.encode()) == message


@pytest.mark.parametrize("message", ALL_MESSAGES, ids=lambda message: message.kind)
def test_messages_have_exactly_their_fields(message: messages.Message) -> None:
    whole = cbor.decode(message.encode(), limit=limits.BODY)
    assert isinstance(whole, dict)
    content = whole["content"]
    wrong = [content | {"score": 1}, *({key: content[key] for key in content.keys() - {gone}} for gone in content)]
    for content in wrong:
        with pytest.raises(MalformedError):
            messages.decode(cbor.encode(whole | {"content": content}))


@pytest.mark.parametrize(
    "make",
    [
        lambda: messages.Answer(META, messages.Outcome.HIT),
        lambda: messages.Answer(META, messages.Outcome.NO_HIT, hit_reference=bytes(16)),
        lambda: messages.Answer(META, messages.Outcome.NO_HIT, reason="protected"),
        lambda: messages.Probe(META, "fingerprint", 11, 500, b"\x89PNG\r\n\x1a\n"),
        lambda: messages.Probe(META, "fingerprint", True, 500, b"\x89PNG\r\n\x1a\n"),
        lambda: messages.Probe(META, "fingerprint", 1, 500, b"GIF89a"),
        lambda: messages.DisclosureRequest(META, bytes(16), (), "why"),
        lambda: messages.DisclosureRequest(META, bytes(16), ("name", "alias"), "why"),
        lambda: messages.Disclosure(META, {"name": "A"}, {"name": "not-held"}, (), 1),
        lambda: messages.Disclosure(META, {}, {}, (), 1),
        lambda: messages.Disclosure(META, {"Name": "A"}, {}, (), 1),
        lambda: messages.Disclosure(META, {"name": "A\x07"}, {}, (), 1),
        lambda: messages.Disclosure(
            META, {f"field-{n}": "x" * limits.FIELD_TEXT for n in range(limits.FIELDS)}, {}, (), 1
        ),
        lambda: messages.Refusal(META, "no", "x" * (limits.NOTE + 1)),
        lambda: replace(META, reference=bytes(15)),
        lambda: replace(META, legal_basis=None),
        lambda: replace(META, purpose="Not a code", legal_basis="x"),
    ],
)
def test_messages_that_contradict_themselves_cannot_be_made(make: Callable[[], object]) -> None:
    with pytest.raises(MalformedError):
        make()


@given(st.sampled_from(BUCKETS[:2]), st.binary(max_size=64))
def test_padding_hides_the_size(bucket: int, content: bytes) -> None:
    padded = pad(content, bucket)
    assert len(padded) == bucket
    assert unpad(padded) == content


@given(st.binary(max_size=80))
@example(bytes(4))
@example(bytes(3))
def test_what_is_unpadded_was_padded(data: bytes) -> None:
    try:
        content = unpad(data)
    except MalformedError:
        return
    assert pad(content, len(data)) == data


@quick
@given(at=st.integers(0, sealed_size(64) - 1), change=st.integers(1, 255), cut=st.integers(0, 3))
def test_a_sealed_body_that_was_touched_does_not_open(at: int, change: int, cut: int) -> None:
    """Whatever was changed, in the key that is encapsulated or in the ciphertext: our error."""
    (key,) = HERE.holder.opening.values()
    body = bytearray(seal_body(pad(b"content", 64), key.public, bytes(32)))
    assert open_body(bytes(body), key, bytes(32), 64) == pad(b"content", 64)
    body[at] ^= change
    with pytest.raises(MalformedError):
        open_body(bytes(body[: len(body) - cut]), key, bytes(32), 64)


def test_padding_with_anything_else_is_refused() -> None:
    with pytest.raises(MalformedError):
        unpad(pad(b"content", 64)[:-1] + b"\x01")
    with pytest.raises(MalformedError):
        unpad(b"\x00\x00\x00\x3d" + bytes(60))
