"""Real prints of FVC2002: another impression finds the person, a stranger finds nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.node.cast import asked_by, cast, mail_after_tick, probe_of, state
from tests.node.people import acting
from tests.node.region import Region

from rso.accounts.rules import Role
from rso.biometrics.images import read_image, to_png
from rso.node.gallery.actions import NewFinger, enrol, read_finger
from rso.node.searches.actions import examining
from rso.node.searches.rules import Verdict
from rso.wire.messages import Answer, Outcome

pytestmark = [pytest.mark.prints, pytest.mark.slow, pytest.mark.django_db(databases=["default", "vault"])]


def image(prints: Path, finger: int, impression: int) -> bytes:
    return (prints / "DB1_B" / f"{finger}_{impression}.tif").read_bytes()


def png(data: bytes) -> bytes:
    return to_png(read_image(data, resolution_ppi=500))


def test_real_impressions_are_found_examined_and_answered(region: Region, prints: Path) -> None:
    digest, actors = region.agree(), cast()
    subjects = {}
    for number in (101, 102, 103):
        subjects[number] = enrol(
            acting(Role.OFFICER),
            reference=f"FVC-{number}",
            identity={},
            protection=state(),
            fingers=[read_finger(NewFinger(2, 500, image(prints, number, 1)))],
            now=region.now(),
        )
    known = asked_by(region, region.borduna, probe_of(region.borduna, 0, image=png(image(prints, 102, 4))), digest)
    assert known.state == "examine"
    candidate = known.candidates.get()
    assert candidate.finger.subject == subjects[102]
    examining.find(
        actors.examiner, candidate=candidate, verdict=Verdict.SAME, reason="seen", stepped_up=True, clock=region.clock
    )
    stranger = asked_by(region, region.borduna, probe_of(region.borduna, 0, image=png(image(prints, 107, 2))), digest)
    assert stranger.outcome == "no-hit"
    answers = [m for m in mail_after_tick(region, region.borduna) if isinstance(m, Answer)]
    assert sorted(answer.outcome for answer in answers) == [Outcome.HIT, Outcome.NO_HIT]
