"""The last second, byte and party that pass, and the first that do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from tests.wire.forgery import forge, refused
from tests.wire.parties import (
    AVARIA,
    BORDUNA,
    CESTRIA,
    DAY,
    FIRST,
    NOW,
    SECOND,
    THIRD,
    arrangement,
    directory,
    key,
    signature,
    signed,
)
from tests.wire.samples import HIT, META
from tests.wire.simulator import Region, region
from tests.wire.test_conversation import ASKED, EXPIRES, FOUND, HELD, NO_HIT, NOTICE, OPEN

from rso.wire import in_force, limits, sealing
from rso.wire.arrangement import Arrangement
from rso.wire.conversation import Fault, State
from rso.wire.envelope import BLIND, INNER, Content, inner_signed
from rso.wire.errors import ConversationError, MalformedError
from rso.wire.header import ServiceClass
from rso.wire.identifiers import AgencyId
from rso.wire.in_force import Ending, PartySignature, SignedArrangement
from rso.wire.keys import VerifyKey
from rso.wire.messages import ArrangementEnd, DisclosureRequest, Meta
from rso.wire.steps import Step
from rso.wire.verify import KeyResolver, Opened, VerifiedEnvelope, open_inner, verify_outer


@pytest.fixture
def here() -> Region:
    return region()


# ---------------------------------------------------------------- times and sizes


def test_the_longest_life_is_let_through(here: Region) -> None:
    here.carry(here.asker.seal(here.asker.probe(BORDUNA), BORDUNA, lifetime=limits.LIFETIME))


def test_the_largest_envelope_is_looked_into(here: Region) -> None:
    """Its size alone refuses nothing: what is wrong with it is its form."""
    refused(Step.FORM, "malformed", lambda: here.relay.put(b"\x5a" + bytes(limits.ENVELOPE - 1)))
    refused(Step.SIZE, "over-limit", lambda: here.relay.put(b"\x5a" + bytes(limits.ENVELOPE)))


# ---------------------------------------------------------------- keys of their time


def good(key_: VerifyKey, since: int, until: int) -> KeyResolver:
    """The key where it is asked for an instant within its time, as a directory with history answers."""
    return lambda _agency, key_id, at: key_ if key_id == key_.key_id and since <= at < until else None


def outer(here: Region, envelope: bytes, node_key: KeyResolver) -> VerifiedEnvelope:
    return verify_outer(envelope, now=here.asker.now, resolve_node_key=node_key)


def inner(here: Region, envelope: bytes, agency_key: KeyResolver) -> Opened:
    return open_inner(
        outer(here, envelope, here.directory.node_key),
        now=here.holder.now,
        opening_keys=here.holder.opening.get,
        resolve_agency_key=agency_key,
        arrangements=here.holder.arrangements.get,
    )


def test_a_key_counts_if_it_was_good_when_the_message_was_made(here: Region) -> None:
    """Over since, while the message was held up: good. Begun since, for a message dated back: not."""
    envelope = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA, lifetime=5 * limits.DAY).envelope
    made = here.asker.now
    here.clock.step(days=2)
    node, agency = here.asker.node_key.public, here.asker.agency_key.public
    outer(here, envelope, good(node, 0, made + 1))
    inner(here, envelope, good(agency, 0, made + 1))
    for since in (made + 1, here.asker.now):
        late = partial(outer, here, envelope, good(node, since, made + DAY * 100))
        refused(Step.OUTER_SIGNATURE, "unknown-key", late)
        refused(Step.INNER_SIGNATURE, "unknown-key", partial(inner, here, envelope, good(agency, since, made + 10**7)))


# ---------------------------------------------------------------- parties


def test_an_arrangement_without_the_recipient(here: Region) -> None:
    """Of the two, the sender alone is a party: it may not carry its own arrangement to others."""
    sealed = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA)
    own = replace(here.agreed, parties=frozenset({AVARIA, CESTRIA}))
    here.holder.arrangements[own.digest] = own
    refused(Step.ARRANGEMENT, "not-a-party", lambda: here.holder.take(sealed.envelope))


def test_talk_about_arrangements_is_not_held_up_by_one_that_is_not_known_yet(here: Region) -> None:
    """Its header may name any; what it is about stands inside, and is looked at by whoever takes it."""
    asker = here.asker
    plain = asker.meta(BORDUNA)
    end = ArrangementEnd(Meta(plain.service, plain.reply_to, plain.reference, None, None), bytes(32), "by-notice")
    first = asker.seal(end, BORDUNA, service_class=ServiceClass.ARRANGEMENT).header
    header = replace(first, arrangement=bytes(32))
    content = Content(bytes(BLIND), end.encode(), asker.agency_key.key_id, b"")
    signed_ = inner_signed(header.digest(), BORDUNA, content.message_digest())
    content = replace(content, signature=asker.agency_key.sign(INNER, signed_))
    padded = sealing.pad(content.encode(), header.bucket)
    envelope = forge(asker, header, sealing.seal_body(padded, asker.peers[BORDUNA].key, header.digest()))
    assert inner(here, envelope, here.directory.agency_key).message == end


# ---------------------------------------------------------------- in force


def wanting(*signers: int) -> Arrangement:
    plain = arrangement()
    return replace(
        plain, parties=tuple(replace(party, signers=n) for party, n in zip(plain.parties, signers, strict=True))
    )


def in_force_with(document: Arrangement, *seats: tuple[AgencyId, bytes]) -> bool:
    whole = SignedArrangement(document)
    for agency, seat in seats:
        whole = whole.with_signature(signature(document, agency, seat))
    return whole.check(directory()).in_force(NOW)


def test_each_party_says_itself_how_many_persons_sign_for_it() -> None:
    one_and_three = wanting(1, 3)
    avaria, borduna = [(AVARIA, FIRST)], [(BORDUNA, seat) for seat in (FIRST, SECOND, THIRD)]
    assert in_force_with(one_and_three, *avaria, *borduna)
    assert not in_force_with(one_and_three, *avaria, *borduna[:2])
    assert not in_force_with(one_and_three, *borduna)
    assert not in_force_with(one_and_three, *avaria, (AVARIA, SECOND), (AVARIA, THIRD), *borduna[:1])


def ending(at: int, agency: AgencyId = AVARIA) -> Ending:
    """An ending by any agency, whether or not it is a party, with that agency's own key."""
    made = Ending.make(arrangement(), AVARIA, FIRST, at, "by-notice", key(f"{AVARIA} agency"))
    own = key(f"{agency} agency")
    content = in_force._signed_bytes(made.arrangement, agency, FIRST, at, "by-notice")
    return replace(made, agency=agency, key_id=own.key_id, signature=own.sign(in_force._ENDING, content))


def test_the_first_of_several_endings_counts() -> None:
    for order in ((0, 1), (1, 0)):
        endings = [ending(NOW, AVARIA), ending(NOW + DAY, BORDUNA)]
        whole = signed().with_ending(endings[order[0]]).with_ending(endings[order[1]])
        assert whole.check(directory()).ended == NOW
        assert whole.check(directory(), ended=NOW - DAY).ended == NOW - DAY
        assert whole.check(directory(), ended=NOW + 5).ended == NOW


def test_a_stranger_with_a_good_key_of_its_own_neither_ends_nor_signs() -> None:
    assert ending(NOW - DAY, BORDUNA).valid(directory())
    stranger = ending(NOW - DAY, CESTRIA)
    assert stranger.valid(directory()), "the control: only that it is no party stands against it"
    assert signed().with_ending(stranger).check(directory()).ended is None
    third = signature(arrangement(), BORDUNA, THIRD)
    content = in_force._signed_bytes(third.arrangement, CESTRIA, THIRD, third.signed)
    own = key(f"{CESTRIA} agency")
    smuggled = replace(third, agency=CESTRIA, key_id=own.key_id, signature=own.sign(in_force._SIGNING, content))
    assert smuggled.valid(directory())
    without = replace(signed(), signatures=(*signed().signatures[:3], smuggled))
    assert without.signers(directory()) == {AVARIA: 2, BORDUNA: 1}


def test_an_ending_or_signature_of_another_document_slipped_in_does_not_count() -> None:
    """Put beside the document without the method that would refuse it, as a damaged store might."""
    other = replace(arrangement(), version=2)
    slipped = Ending.make(other, AVARIA, FIRST, NOW - DAY, "by-notice", key(f"{AVARIA} agency"))
    assert replace(signed(), endings=(slipped,)).check(directory()).ended is None


@pytest.mark.parametrize("seat", [b"", bytes(15), bytes(17)])
def test_a_seat_has_one_length(seat: bytes) -> None:
    with pytest.raises(MalformedError):
        PartySignature.make(arrangement(), AVARIA, seat, NOW, key(f"{AVARIA} agency"))


# ---------------------------------------------------------------- the conversation


def out_of_order(act: Callable[[], object]) -> None:
    with pytest.raises(ConversationError) as caught:
        act()
    assert caught.value.code == Fault.OUT_OF_ORDER.value


def test_the_holder_has_no_way_to_the_relay() -> None:
    """News of the way are the asker's own, in whatever state the holder's side is."""
    notified = HELD.send(NOTICE, now=NOW)
    for one in (HELD, notified, HELD.send(NO_HIT, now=NOW), HELD.lapse(now=EXPIRES)):
        out_of_order(one.at_relay)
        out_of_order(one.fetched)
        out_of_order(one.queue)


def test_fetched_may_be_the_first_news() -> None:
    """The receipt of acceptance may be lost on the way, and that of fetching not."""
    assert ASKED.queue().fetched().state is State.FETCHED


def test_a_question_lapses_at_the_second_and_not_before() -> None:
    for one in (OPEN, HELD):
        assert one.lapse(now=EXPIRES - 1) == one
        assert one.lapse(now=EXPIRES).state.final


@pytest.mark.parametrize("side", ["asker", "holder"])
def test_a_hit_found_for_one_purpose_is_not_disclosed_for_another(side: str) -> None:
    found = OPEN.receive(FOUND, sender=BORDUNA, now=NOW) if side == "asker" else HELD.send(FOUND, now=NOW)
    for change, fault in (
        ({"purpose": "identity-fraud"}, Fault.WRONG_PURPOSE),
        ({"reference": bytes(16)}, Fault.WRONG_CONVERSATION),
    ):
        meta = replace(META, **change)  # type: ignore[arg-type]
        wanted = DisclosureRequest(meta, HIT, ("family-name",), "To return a document.")
        with pytest.raises(ConversationError) as caught:
            found.request_disclosure(wanted, expires=EXPIRES)
        assert caught.value.code == fault.value
