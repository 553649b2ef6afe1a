from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from rso.biometrics.matching import DEFAULT_THRESHOLD, EdgeMatcher
from rso.biometrics.minutiae import Template
from rso.biometrics.search import Budget, Enrolled, Gallery, Probe, identify

Scattered = Callable[..., Template]


def again(template: Template, seed: int, keep: float = 0.8) -> Template:
    """Another impression: some minutiae are missing, the others a little elsewhere."""
    random = np.random.default_rng(seed)
    found = [
        m._replace(
            x=int(np.clip(m.x + random.integers(-2, 3), 0, 399)),
            y=int(np.clip(m.y + random.integers(-2, 3), 0, 399)),
            angle=int(m.angle + random.integers(-3, 4)) % 256,
        )
        for m in template.minutiae
        if random.random() < keep
    ]
    return Template.of(found, width=400, height=400, quality=60)


@pytest.fixture
def entries(scattered: Scattered) -> list[Enrolled]:
    """Forty subjects with the fingers 1 and 2, and the last with one of unknown position."""
    fingers = [Enrolled(f"s{n:02}", finger, scattered(10 * n + finger)) for n in range(40) for finger in (1, 2)]
    return [*fingers, Enrolled("s40", 0, scattered(400))]


def test_the_right_subject_is_found_and_explained(entries: list[Enrolled]) -> None:
    probe = again(entries[14].template, 1)
    outcome = identify([Probe(1, probe)], entries)
    assert [candidate.ref for candidate in outcome.candidates] == ["s07"]
    (match,) = outcome.candidates[0].matches
    assert match.enrolled.finger == 1
    assert match.comparison == EdgeMatcher().compare(probe, entries[14].template)
    assert outcome.candidates[0].score == pytest.approx(match.comparison.score, rel=1e-5)
    assert len(match.comparison.pairs) >= 20
    assert outcome.complete


def test_a_known_finger_is_compared_with_itself_and_unknown_ones(entries: list[Enrolled]) -> None:
    probe = again(entries[14].template, 1)
    assert not identify([Probe(2, probe)], entries).candidates
    assert identify([Probe(1, probe)], entries).comparisons == 41
    assert identify([Probe(0, probe)], entries).comparisons == 81
    assert identify([Probe(0, probe)], entries).candidates[0].ref == "s07"
    assert identify([Probe(9, again(entries[80].template, 1))], entries).candidates[0].ref == "s40"


def test_a_stranger_is_nobody(entries: list[Enrolled], scattered: Scattered) -> None:
    outcome = identify([Probe(0, scattered(9999))], entries)
    assert outcome.candidates == ()
    assert outcome.complete


def test_a_gallery_kept_ready_gives_the_same(entries: list[Enrolled]) -> None:
    probes = [Probe(0, again(entries[14].template, 1))]
    gallery = Gallery(entries)
    assert len(gallery) == 81
    assert identify(probes, gallery) == identify(probes, iter(entries))


def test_the_order_of_the_gallery_does_not_matter(entries: list[Enrolled]) -> None:
    probes = [Probe(0, again(entries[14].template, 1))]
    forwards = identify(probes, entries, threshold=0.0, limit=5)
    backwards = identify(probes, entries[::-1], threshold=0.0, limit=5)
    assert [c.ref for c in forwards.candidates] == [c.ref for c in backwards.candidates]
    assert len(forwards.candidates) == 5
    scores = [c.score for c in forwards.candidates]
    assert scores == sorted(scores, reverse=True)


def test_the_best_of_several_impressions_counts(entries: list[Enrolled]) -> None:
    worse = Enrolled("s07", 1, again(entries[14].template, 2, keep=0.3))
    probe = again(entries[14].template, 1)
    outcome = identify([Probe(1, probe)], [worse, *entries, worse])
    assert outcome.candidates[0].matches[0].enrolled == entries[14]
    assert [c.ref for c in outcome.candidates] == ["s07"]


def test_two_probes_count_together(entries: list[Enrolled], scattered: Scattered) -> None:
    both = [Probe(1, again(entries[14].template, 1)), Probe(2, again(entries[15].template, 1))]
    outcome = identify(both, entries)
    assert outcome.candidates[0].ref == "s07"
    assert [match.probe for match in outcome.candidates[0].matches] == [0, 1]
    half = identify([both[0], Probe(2, scattered(9999))], entries, threshold=0.0)
    assert half.candidates[0].ref == "s07"
    assert half.candidates[0].score < outcome.candidates[0].score


def test_a_search_over_its_budget_says_so(entries: list[Enrolled]) -> None:
    outcome = identify([Probe(1, entries[0].template)], entries, budget=Budget(comparisons=40))
    assert not outcome.complete
    assert outcome.comparisons <= 40
    assert identify([Probe(1, entries[0].template)], entries, budget=Budget(comparisons=41)).complete


def test_an_empty_gallery_and_a_wrong_question(entries: list[Enrolled]) -> None:
    assert identify([Probe(1, entries[0].template)], []).complete
    for probes in ([], [Probe(11, entries[0].template)]):
        with pytest.raises(ValueError, match="probes"):
            identify(probes, entries)


@pytest.mark.prints
def test_real_prints_are_found_among_each_other(real: dict[tuple[tuple[str, int], int], Template]) -> None:
    gallery = Gallery(Enrolled(str(finger), 0, t) for (finger, number), t in real.items() if number == 1)
    for (finger, number), template in real.items():
        if number == 2:
            found = identify([Probe(0, template)], gallery, threshold=DEFAULT_THRESHOLD)
            assert [candidate.ref for candidate in found.candidates] == [str(finger)]
