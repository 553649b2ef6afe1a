"""A dishonest agency that does not use our ``seal``: what only the recipient's own checks can stop."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.wire.forgery import forge, refused
from tests.wire.simulator import BORDUNA, CESTRIA, Node, Region, region

from rso.wire import sealing
from rso.wire.envelope import BLIND, INNER, Content, inner_signed
from rso.wire.header import ServiceClass
from rso.wire.messages import (
    ArrangementEnd,
    Message,
)
from rso.wire.steps import Step


@pytest.fixture
def here() -> Region:
    return region()


def crafted(node: Node, message: Message, service_class: ServiceClass = ServiceClass.EXCHANGE) -> bytes:
    """An envelope that is right in everything but that nobody looked at the message before signing it."""
    key = node.peers[BORDUNA].key
    header = replace(
        node.seal(node.probe(BORDUNA), BORDUNA).header,
        service_class=service_class,
        recipient_key=key.key_id,
    )
    content = Content(bytes(BLIND), message.encode(), node.agency_key.key_id, b"")
    signed = inner_signed(header.digest(), BORDUNA, content.message_digest())
    content = replace(content, signature=node.agency_key.sign(INNER, signed))
    return forge(node, header, sealing.seal_body(sealing.pad(content.encode(), header.bucket), key, header.digest()))


def test_crafted_envelopes_are_taken_when_their_message_is_right(here: Region) -> None:
    probe = here.asker.probe(BORDUNA)
    assert here.holder.take(crafted(here.asker, probe)).message == probe


def test_crafted_probe_disguised_as_talk_about_an_arrangement(here: Region) -> None:
    data = crafted(here.asker, here.asker.probe(BORDUNA), ServiceClass.ARRANGEMENT)
    refused(Step.MESSAGE, "wrong-class", lambda: here.holder.take(data))


def test_crafted_exchange_without_a_purpose(here: Region) -> None:
    probe = here.asker.probe(BORDUNA)
    data = crafted(here.asker, replace(probe, meta=replace(probe.meta, purpose=None, legal_basis=None)))
    refused(Step.MESSAGE, "wrong-class", lambda: here.holder.take(data))


def test_crafted_talk_about_an_arrangement_with_a_purpose(here: Region) -> None:
    end = ArrangementEnd(here.asker.meta(BORDUNA), bytes(32), "by-notice")
    data = crafted(here.asker, end, ServiceClass.ARRANGEMENT)
    refused(Step.MESSAGE, "wrong-class", lambda: here.holder.take(data))


@pytest.mark.parametrize("field", ["service", "reply_to"])
def test_crafted_message_for_or_back_to_somebody_else(here: Region, field: str) -> None:
    probe = here.asker.probe(BORDUNA)
    meta = replace(probe.meta, **{field: CESTRIA.service("fingerprint-search")})
    data = crafted(here.asker, replace(probe, meta=meta))
    refused(Step.MESSAGE, "wrong-service", lambda: here.holder.take(data))
