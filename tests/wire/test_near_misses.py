"""What is almost right: another agency of the same member, a message dated back, a closing one from nowhere."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.wire.forgery import refused
from tests.wire.parties import FIRST, arrangement, directory, key
from tests.wire.parties import NOW as PARTIES_NOW
from tests.wire.simulator import AVARIA, BORDUNA, CESTRIA, Node, Region, region
from tests.wire.test_conversation import NO_HIT, NOW, OPEN, faulty

from rso.wire import limits
from rso.wire.conversation import Fault
from rso.wire.directory import KeyUse
from rso.wire.envelope import check_parties
from rso.wire.errors import MalformedError
from rso.wire.header import BUCKETS
from rso.wire.identifiers import AgencyId
from rso.wire.in_force import Ending
from rso.wire.messages import DestructionReceipt
from rso.wire.steps import Step
from rso.wire.verify import verify_outer

NEIGHBOUR = AgencyId(BORDUNA.member, BORDUNA.klass, "NEIGHBOUR")
"""Another agency of the state that was asked: a stranger like any other."""


@pytest.fixture
def here() -> Region:
    return region()


def test_another_agency_of_the_same_member_is_another_recipient(here: Region) -> None:
    sealed = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA)
    refused(
        Step.ADDRESS,
        "wrong-recipient",
        lambda: verify_outer(
            sealed.envelope,
            now=here.asker.now,
            resolve_node_key=here.directory.node_key,
            expected_recipient=NEIGHBOUR,
        ),
    )


def test_another_agency_of_the_member_that_was_asked_does_not_answer() -> None:
    faulty(Fault.WRONG_SENDER, lambda: OPEN.receive(NO_HIT, sender=NEIGHBOUR, now=NOW))


@pytest.mark.parametrize("side", ["service", "reply_to"])
def test_a_neighbour_s_service_is_neither_the_recipient_s_nor_the_sender_s(here: Region, side: str) -> None:
    probe = here.asker.probe(BORDUNA)
    own = {"service": BORDUNA, "reply_to": AVARIA}[side]
    neighbour = replace(own, agency="NEIGHBOUR").service("fingerprint-search")
    moved = replace(probe, meta=replace(probe.meta, **{side: neighbour}))
    with pytest.raises(MalformedError, match="wrong-service"):
        check_parties(moved, AVARIA, BORDUNA)


def test_a_long_life_is_not_hidden_by_dating_the_message_back(here: Region) -> None:
    """What is left of it is short enough; from created to expires it is not."""
    here.clock.step(days=-20)
    sealed = here.asker.seal(here.asker.probe(BORDUNA), BORDUNA, lifetime=limits.LIFETIME + limits.DAY)
    here.clock.step(days=20)
    assert sealed.header.expires - here.asker.now < limits.LIFETIME
    refused(Step.FRESHNESS, "too-long-lived", lambda: here.relay.put(sealed.envelope))


def closing(node: Node, now: int) -> DestructionReceipt:
    return DestructionReceipt(node.meta(AVARIA), bytes(16), bytes(32), now, "probe")


def test_what_may_come_after_the_end_still_needs_a_known_arrangement(here: Region) -> None:
    sealed = here.holder.seal(closing(here.holder, here.holder.now), AVARIA)
    here.asker.arrangements.clear()
    refused(Step.ARRANGEMENT, "unknown-arrangement", lambda: here.asker.take(sealed.envelope))


def test_what_may_come_after_the_end_still_is_between_its_parties(here: Region) -> None:
    sealed = here.holder.seal(closing(here.holder, here.holder.now), AVARIA)
    here.asker.arrangements[here.agreed.digest] = replace(here.agreed, parties=frozenset({AVARIA, CESTRIA}))
    refused(Step.ARRANGEMENT, "not-a-party", lambda: here.asker.take(sealed.envelope))


def test_what_may_come_after_the_end_still_is_for_a_purpose_that_was_agreed(here: Region) -> None:
    message = DestructionReceipt(here.holder.meta(AVARIA, "curiosity"), bytes(16), bytes(32), here.holder.now, "probe")
    sealed = here.holder.seal(message, AVARIA)
    refused(Step.PURPOSE, "purpose-not-allowed", lambda: here.asker.take(sealed.envelope))


def test_the_largest_message_of_a_bucket_fits_it_and_the_next_takes_the_next(here: Region) -> None:
    """What keys and lengths of the content add is counted in before the bucket is chosen."""
    probe = here.asker.probe(BORDUNA)

    def bucket(image: int) -> int:
        return here.asker.seal(replace(probe, image=probe.image.ljust(image, b"\x00")), BORDUNA).header.bucket

    least, most = len(probe.image), BUCKETS[0]
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (middle, most) if bucket(middle) == BUCKETS[0] else (least, middle)
    assert (bucket(least), bucket(least + 1)) == BUCKETS[:2]


def test_the_reason_of_an_ending_is_signed_too() -> None:
    ending = Ending.make(arrangement(), AVARIA, FIRST, PARTIES_NOW, "by-notice", key(f"{AVARIA} {KeyUse.AGENCY}"))
    assert ending.valid(directory())
    assert not replace(ending, reason="by-breach").valid(directory())
