"""The nearest figure at which a gain is half gone, on curves that are known.

Curves that bend upwards are the most of some straight lines (value at nothing, slope).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from placebudget.study.rests_on.nearest import Point, proved, tried

HAIR = 1e-4
Lines = Sequence[tuple[float, float]]


class Curves:
    """Two curves, and how often they were asked about."""

    def __init__(self, above: Lines, below: Lines) -> None:
        self.above, self.below, self.asked = above, below, 0

    def __call__(self, factor: float) -> Point:
        self.asked += 1
        value, slope = max((a + b * factor, b) for a, b in self.above)
        return Point(factor, value, max(a + b * factor for a, b in self.below), slope)


def test_a_half_that_is_gone_on_straight_lines_is_where_they_cross() -> None:
    """100 + 100 f less 150: gone at a half; more of it never."""
    curves = Curves([(100.0, 100.0)], [(150.0, 0.0)])
    down, up = (proved(curves, curves(1.0), far, HAIR) for far in (0.0, 10.0))
    assert down.factor == pytest.approx(0.5, abs=HAIR)
    assert up.factor is None
    assert up.reached == 10.0


def test_never_is_proved_in_a_few_solves_where_the_one_bends_more() -> None:
    above = [(10.0 - 4 * s * s, 8.0 * s) for s in np.linspace(0, 2, 21)]
    curves = Curves(above, [(5.0, 4.0)])
    # 10 + 4 f f at its tangents, less 5 + 4 f: at least 4 all the way.
    assert proved(curves, curves(1.0), 0.0, HAIR).factor is None
    assert curves.asked <= 8


def test_the_nearest_of_two_places_is_found_where_the_gain_comes_back() -> None:
    """A dip between 2.9 and 3.1, which trying 3 factors beyond would step over."""
    above = [(20.0, 0.0), (20.0 - 4 * 3.1, 4.0)]
    below = [(8.0, 4.0 / 2.9 * 3)]
    curves = Curves(above, below)
    rise = 4.0 / 2.9 * 3
    first = (20.0 - 8.0) / rise
    assert proved(curves, curves(1.0), 10.0, HAIR).factor == pytest.approx(first, abs=HAIR)


@pytest.mark.parametrize("seed", range(30))
def test_what_is_proved_is_what_looking_everywhere_finds(seed: int) -> None:
    random = np.random.default_rng(seed)
    above, below = (
        [(float(a), float(b)) for a, b in zip(*random.uniform(-5, 10, (2, 4)), strict=True)]
        for _ in range(2)
    )
    curves = Curves(above, below)
    here = curves(1.0)
    short = here.excess - random.uniform(0.1, 1.0)
    below = [(a + short, b) for a, b in below]
    curves = Curves(above, below)
    for far in (0.0, 10.0):
        found = proved(curves, curves(1.0), far, HAIR)
        ways = np.linspace(1.0, far, 20_001)
        gone = np.array([curves(way).excess <= 0 for way in ways])
        if not gone.any():
            assert found.factor is None
        else:
            assert found.factor == pytest.approx(ways[gone.argmax()], abs=2e-3)


def test_a_narrowed_factor_stands_between_what_was_tried() -> None:
    curves = Curves([(0.0, 0.0)], [(-5.0, 1.0)])
    found = tried(curves, curves(1.0), (2.0, 10.0), HAIR)
    assert found.factor == pytest.approx(5.0, abs=HAIR)
    assert found.reached == 10.0


def test_where_no_gain_can_be_told_the_last_that_could_is_said() -> None:
    def at(factor: float) -> Point:
        return Point(factor, 3.0, 1.0) if factor < 4 else Point(factor, lacking="no plan")

    found = tried(at, at(1.0), (2.0, 3.0, 5.0), HAIR)
    assert (found.factor, found.lacking) == (None, "no plan")
    assert found.reached == pytest.approx(4.0, abs=0.05)
