from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rso.biometrics.bench import Extracted, Pairs, compare_all, error_rates, figures, impressions
from rso.biometrics.matching import EdgeMatcher
from rso.biometrics.minutiae import Template

NOTHING = Extracted({"d": {("1", "1"): Template(9, 9, 0, ())}}, 0.0)


def pairs_of(genuine: list[float], impostor: list[float]) -> Pairs:
    fingers = np.arange(len(genuine) + 1)
    ours, theirs = fingers[:-1], np.zeros(len(impostor), np.int64)
    return Pairs(np.array(genuine + impostor), np.concatenate((ours, theirs)), np.concatenate((ours, theirs + 1)), 0.0)


def test_rates_of_scores_that_are_known() -> None:
    pairs = pairs_of([5.0] * 90 + [1.0] * 10, [0.0] * 990 + [3.0] * 9 + [7.0])
    found = figures(NOTHING, pairs, samples=20)
    assert found.fmr100.value == 0  # a threshold of 1 lets ten impostor pairs of a thousand pass
    assert found.fmr1000.value == pytest.approx(0.10)  # and one of 5 a single one
    assert error_rates(pairs, 3.0) == pytest.approx((0.01, 0.10))
    assert error_rates(pairs, 6.0) == pytest.approx((0.001, 1.0))
    assert (found.genuine, found.impostor) == (100, 1000)


def test_figures_need_pairs_of_both_kinds() -> None:
    for pairs in (pairs_of([1.0, 2.0], []), pairs_of([], [1.0, 2.0])):
        with pytest.raises(ValueError, match="genuine and impostor"):
            figures(NOTHING, pairs)


def test_fingers_that_part_cleanly_have_no_error() -> None:
    found = figures(NOTHING, pairs_of([5.0, 6.0, 7.0], [1.0, 2.0, 0.0]), samples=20)
    assert (found.eer.value, found.fmr100.value, found.fmr1000.value) == (0, 0, 0)
    assert found.eer.high == 0


def test_one_score_for_all_is_no_better_than_chance() -> None:
    assert figures(NOTHING, pairs_of([1.0] * 5, [1.0] * 5), samples=5).eer.value == pytest.approx(0.5)


def test_every_pair_is_compared_once_and_a_failure_scores_nothing(
    scattered: Callable[..., Template],
) -> None:
    prints: dict[tuple[str, str], Template | None] = {
        (str(finger), str(number)): scattered(finger) for finger in range(3) for number in range(2)
    }
    prints["2", "1"] = None
    pairs = compare_all(Extracted({"a": prints, "b": dict(prints)}, 1.0), EdgeMatcher())
    assert len(pairs.score) == 2 * 15
    assert int(pairs.genuine.sum()) == 6
    assert sorted(pairs.score[pairs.genuine] > 0) == [False, False, True, True, True, True]
    found = figures(Extracted({"a": prints, "b": dict(prints)}, 1.0), pairs, samples=5)
    assert found.failures == 2
    assert found.template_bytes == pytest.approx(12 + 5 * 40)


@pytest.mark.prints
def test_the_images_of_the_databases_are_listed(prints: Path) -> None:
    found = list(impressions(prints))
    assert len(found) == 320
    assert {image.database: image.resolution_ppi for image in found}["DB2_B"] == 569
    assert (found[0].finger, found[0].number) == ("101", "1")
