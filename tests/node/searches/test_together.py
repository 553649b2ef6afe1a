"""Several probes answered together: a barred record among ours changes neither bytes, nor ticks, nor words of any."""

from __future__ import annotations

from typing import Any

import pytest
from tests.node.cast import MACHINE, REFUGEE, enrolled, mail_after_tick, probe_of
from tests.node.region import Region

from rso.audit.models import Entry
from rso.node.post.models import Outbox
from rso.node.searches.actions import destroying, searching
from rso.node.searches.models import ReceivedProbe
from rso.policy.protection import ProtectionState
from rso.wire.header import Header

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
SEEDS = (1, 2, 3)
"""The first is a print of the person whose record is, or is not, there; the others are strangers'."""


def _seen(region: Region, digest: bytes) -> dict[str, Any]:
    """What the asker can see of three questions at once, and what our own audit says of them."""
    start, rows, puts = region.now(), Entry.objects.count(), len(region.relay.puts)
    before = set(ReceivedProbe.objects.values_list("pk", flat=True))
    for seed in SEEDS:
        region.borduna.send(probe_of(region.borduna, seed), digest)
    region.exchange()
    fresh = ReceivedProbe.objects.exclude(pk__in=before)
    searching.search_probes(MACHINE, pks=[probe.pk for probe in fresh], clock=region.clock)
    destroying.destroy_answered(MACHINE, clock=region.clock)
    left = Outbox.objects.filter(conversation__probe__in=fresh).order_by("kind", "pk")
    mail = mail_after_tick(region, region.borduna)
    entries = Entry.objects.order_by("sequence")[rows:]
    return {
        "left": sorted(
            (row.kind, row.next_at - start, row.expires_at - start, Header.decode(bytes(row.header)).bucket)
            for row in left
            if row.next_at is not None and row.expires_at is not None
        ),
        "sizes": sorted(len(envelope) for _id, envelope in region.relay.puts[puts:]),
        "told": sorted((m.kind, str(m.content().get("outcome")), str(m.content().get("reason"))) for m in mail),
        "audit": sorted((row.event, str(row.facts.get("outcome")), sorted(row.facts)) for row in entries),
    }


def _with_and_without(region: Region, protection: ProtectionState | None) -> tuple[dict[str, Any], dict[str, Any]]:
    digest = region.agree()
    enrolled(region, 5)
    region.clock.step(seconds=7)
    without = _seen(region, digest)
    enrolled(region, 1, protection)
    region.clock.step(seconds=3600 - 61)
    return without, _seen(region, digest)


def test_a_barred_record_changes_nothing_of_a_batch(region: Region) -> None:
    without, along = _with_and_without(region, REFUGEE)
    assert along == without
    assert [kind for kind, *_rest in without["left"]] == ["answer"] * 3 + ["destruction-receipt"] * 3
    assert {outcome for kind, outcome, _reason in without["told"] if kind == "answer"} == {"no-hit"}


def test_a_record_that_is_not_barred_would_be_seen(region: Region) -> None:
    """The control: the same two looks differ."""
    without, along = _with_and_without(region, None)
    assert along["left"] != without["left"]
    assert along["audit"] != without["audit"]
