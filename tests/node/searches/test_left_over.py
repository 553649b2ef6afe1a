"""What nobody answers is not kept, and not tried for ever."""

from __future__ import annotations

import pytest
from tests.node.cast import MACHINE, asked_by, cast, enrolled, probe_of
from tests.node.region import Region

from rso.audit.models import Entry
from rso.node.gallery.actions import erase
from rso.node.post import queries as post
from rso.node.post.models import Arrangement
from rso.node.searches.actions import destroying, lapsing, searching
from rso.node.searches.models import ReceivedProbe
from rso.node.searches.rules import SearchesEvent

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


def closed() -> list[object]:
    return [row.facts["reason"] for row in Entry.objects.filter(event=SearchesEvent.PROBE_CLOSED)]


def test_a_probe_that_nobody_examined_keeps_no_image_past_its_days(region: Region) -> None:
    digest = region.agree(probe_days=3)
    enrolled(region, 1)
    probe = asked_by(region, region.borduna, probe_of(region.borduna, 1), digest)
    assert (probe.state, probe.candidates.count()) == ("examine", 1)
    assert lapsing.lapse(MACHINE, clock=region.clock) == 0
    region.clock.step(days=4)
    assert lapsing.lapse(MACHINE, clock=region.clock) == 1
    destroying.destroy_answered(MACHINE, clock=region.clock)
    probe.refresh_from_db()
    assert probe.destroyed_at is not None
    assert (bytes(probe.template), probe.candidates.count(), probe.outcome) == (b"", 0, "")
    assert closed() == ["expired"]


def test_a_probe_whose_candidate_was_erased_is_searched_again_and_answered(region: Region) -> None:
    digest, actors = region.agree(), cast()
    subject = enrolled(region, 1)
    probe = asked_by(region, region.borduna, probe_of(region.borduna, 1), digest)
    erase(actors.officer, subject=subject, reason="withdrawn", now=region.now())
    lapsing.lapse(MACHINE, clock=region.clock)
    searching.search_probes(MACHINE, pks=[probe.pk], clock=region.clock)
    probe.refresh_from_db()
    assert (probe.state, probe.outcome) == ("answered", "no-hit")


def test_a_probe_whose_time_ran_out_before_the_search_is_closed(region: Region) -> None:
    digest = region.agree(probe_days=3)
    region.borduna.send(probe_of(region.borduna, 1), digest)
    region.exchange()
    probe = ReceivedProbe.objects.get()
    region.clock.step(days=4)
    assert searching.search_probes(MACHINE, pks=[probe.pk], clock=region.clock) == [probe]
    assert closed() == ["expired"]
    assert searching.search_probes(MACHINE, pks=[probe.pk], clock=region.clock) == []


def test_a_probe_whose_arrangement_ended_before_the_search_is_closed(region: Region) -> None:
    digest = region.agree()
    region.borduna.send(probe_of(region.borduna, 1), digest)
    region.exchange()
    probe = ReceivedProbe.objects.get()
    row = Arrangement.objects.get()
    row.state, row.ended_at = Arrangement.State.ENDED, region.now()
    row.save()
    post.forget_arrangements()
    region.clock.step(minutes=1)
    searching.search_probes(MACHINE, pks=[probe.pk], clock=region.clock)
    assert closed() == ["ended"]
