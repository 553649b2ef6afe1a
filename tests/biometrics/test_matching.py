from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rso.biometrics import edges
from rso.biometrics.matching import DEFAULT_THRESHOLD, Comparison, EdgeMatcher
from rso.biometrics.minutiae import MAX_MINUTIAE, Kind, Minutia, Template

MATCHER = EdgeMatcher()
Scattered = Callable[..., Template]
minutiae = st.builds(
    Minutia,
    x=st.integers(0, 299),
    y=st.integers(0, 299),
    angle=st.integers(0, 255),
    kind=st.sampled_from(Kind),
    quality=st.integers(0, 100),
)
templates = st.lists(minutiae, max_size=50).map(lambda m: Template.of(m, width=300, height=300, quality=50))


def check(comparison: Comparison, probe: Template, candidate: Template) -> None:
    assert np.isfinite(comparison.score)
    assert comparison.score >= 0
    mine, theirs = [i for i, _ in comparison.pairs], [j for _, j in comparison.pairs]
    assert len(set(mine)) == len(mine)
    assert len(set(theirs)) == len(theirs)
    assert all(0 <= i < len(probe.minutiae) for i in mine)
    assert all(0 <= j < len(candidate.minutiae) for j in theirs)


def turned(template: Template, quarter: int, dx: int, dy: int) -> Template:
    """The same minutiae on paper turned by quarter turns and shifted."""
    found = []
    for m in template.minutiae:
        x, y, angle = m.x, m.y, m.angle
        for _ in range(quarter):
            x, y, angle = template.width - 1 - y, x, (angle - 64) % 256
        found.append(Minutia(x + dx, y + dy, angle, m.kind, m.quality))
    return Template.of(found, width=1000, height=1000, quality=50)


@settings(deadline=None, max_examples=150)
@given(templates, templates)
def test_any_two_templates_give_a_score_and_a_pairing_one_to_one(probe: Template, candidate: Template) -> None:
    check(MATCHER.compare(probe, candidate), probe, candidate)


@settings(deadline=None, max_examples=30)
@given(st.lists(templates, max_size=6), templates)
def test_a_shelf_scores_as_one_by_one(candidates: list[Template], probe: Template) -> None:
    scores = MATCHER.shelf(candidates).scores(probe)
    one_by_one = [MATCHER.compare(probe, candidate).score for candidate in candidates]
    np.testing.assert_allclose(scores, one_by_one, rtol=1e-5, atol=1e-5)


def test_a_large_shelf_scores_as_one_by_one(scattered: Scattered) -> None:
    candidates = [scattered(seed, many=5 + seed % 60) for seed in range(150)]
    scores = MATCHER.shelf(candidates).scores(candidates[40])
    one_by_one = [MATCHER.compare(candidates[40], candidate).score for candidate in candidates]
    np.testing.assert_allclose(scores, one_by_one, rtol=1e-5, atol=1e-5)
    assert int(scores.argmax()) == 40


@pytest.mark.parametrize(("quarter", "dx", "dy"), [(0, 37, 5), (1, 0, 0), (2, 100, 3), (3, 1, 250)])
def test_turning_and_shifting_change_nothing(scattered: Scattered, quarter: int, dx: int, dy: int) -> None:
    template = scattered(5)
    moved = turned(template, quarter, dx, dy)
    comparison = MATCHER.compare(template, moved)
    assert comparison.score == pytest.approx(MATCHER.compare(template, template).score, rel=0.02)
    for i, j in comparison.pairs:
        mine = Template.of([template.minutiae[i]], width=400, height=400, quality=0)
        assert turned(mine, quarter, dx, dy).minutiae[0].x == pytest.approx(moved.minutiae[j].x)


def test_chance_does_not_match(scattered: Scattered) -> None:
    scores = MATCHER.shelf([scattered(seed) for seed in range(200)]).scores(scattered(1000))
    assert scores.max() < DEFAULT_THRESHOLD


def test_a_mirrored_print_does_not_match(scattered: Scattered) -> None:
    template = scattered(7)
    mirrored = [m._replace(x=399 - m.x, angle=(128 - m.angle) % 256) for m in template.minutiae]
    other = Template.of(mirrored, width=400, height=400, quality=60)
    assert MATCHER.compare(template, other).score < DEFAULT_THRESHOLD


def test_nothing_matches_nothing() -> None:
    empty = Template(100, 100, 0, ())
    one = Template(100, 100, 0, (Minutia(5, 5, 5, Kind.ENDING, 50),))
    for probe, candidate in product((empty, one), repeat=2):
        assert MATCHER.compare(probe, candidate) == Comparison(0.0, ())
    assert MATCHER.shelf([]).scores(one).shape == (0,)


def degenerate() -> dict[str, Template]:
    """Minutiae so much alike that a matcher without limits would try them all with all."""
    places: dict[str, Callable[[int], tuple[int, int, int]]] = {
        "one place": lambda i: (100, 100, i),
        "a line": lambda i: (10 * i, 500, 0),
        "a grid": lambda i: (20 * (i % 12), 20 * (i // 12), 64),
        "a heap": lambda i: (100 + i % 12, 100 + i // 12, 64),
        "a ring": lambda i: (round(900 + 800 * np.cos(i / 20)), round(900 + 800 * np.sin(i / 20)), 2 * i % 256),
    }
    return {
        name: Template.of(
            [Minutia(*place(i), Kind.ENDING, 90) for i in range(MAX_MINUTIAE)],
            width=2000,
            height=2000,
            quality=50,
        )
        for name, place in places.items()
    }


@pytest.mark.parametrize(("mine", "theirs"), list(product(degenerate(), repeat=2)))
def test_degenerate_templates_take_bounded_work(mine: str, theirs: str) -> None:
    probe, candidate = degenerate()[mine], degenerate()[theirs]
    prints = edges.Prints.of([candidate])
    found = edges.EdgeIndex.of(prints).rows(edges.Edges.of(edges.Prints.of([probe])))[1].sum()
    assert found <= (edges.NEIGHBOURS * MAX_MINUTIAE) ** 2  # a pair of edges meets once, in one cell
    check(MATCHER.compare(probe, candidate), probe, candidate)


def test_a_batch_of_degenerate_templates_is_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    grid = degenerate()["a grid"]
    shelf = MATCHER.shelf([grid] * 9)
    whole = shelf.scores(grid)
    monkeypatch.setattr(edges, "MOST_ROWS", 1)
    np.testing.assert_array_equal(shelf.scores(grid), whole)


def iso_minutiae(record: bytes) -> Template:
    """The one view of an ISO/IEC 19794-2:2005 record, as far as this test needs it."""
    found = []
    for at in range(28, 28 + 6 * record[27], 6):
        kind, x = record[at] >> 6, int.from_bytes(record[at : at + 2], "big") & 0x3FFF
        y = int.from_bytes(record[at + 2 : at + 4], "big") & 0x3FFF
        found.append(Minutia(x, y, record[at + 4], Kind(kind == 1), min(record[at + 5], 100)))
    return Template.of(found, width=4000, height=4000, quality=50)


def test_the_record_on_which_another_matcher_never_returns(data: Path) -> None:
    path = data / "hostile" / "openafis_hang.iso"
    if not path.is_file():
        pytest.skip(f"no hostile record at {path}")
    hostile = iso_minutiae(path.read_bytes())
    assert len(hostile.minutiae) > 20
    check(MATCHER.compare(hostile, hostile), hostile, hostile)
    assert MATCHER.compare(hostile, hostile).score > DEFAULT_THRESHOLD


@pytest.mark.prints
def test_real_fingers_match_themselves_and_nobody_else(real: dict[tuple[object, int], Template]) -> None:
    for (finger, number), probe in real.items():
        for (other, other_number), candidate in real.items():
            if finger == other and number == other_number:
                continue
            comparison = MATCHER.compare(probe, candidate)
            check(comparison, probe, candidate)
            assert (comparison.score >= DEFAULT_THRESHOLD) == (finger == other)
            assert finger != other or len(comparison.pairs) >= 5


def test_synthetic_fingers_match_themselves_and_nobody_else(
    invented: dict[tuple[int, int], Template],
) -> None:
    for (seed, _), probe in invented.items():
        for (other, _), candidate in invented.items():
            assert (MATCHER.compare(probe, candidate).score >= DEFAULT_THRESHOLD) == (seed == other)
