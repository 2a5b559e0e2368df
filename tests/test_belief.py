"""What is believed of a figure, and how what is seen changes it: numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

import placebudget as pb
from placebudget.belief import SPREAD, Belief, by_precision, spread_of_grades
from placebudget.study.beliefs import effect_spread, read_spread, read_spreads, uncertain_figures


def test_a_finding_changes_what_was_believed_by_its_precision() -> None:
    """0.25 give or take 0.10 counts 100, 0.10 give or take 0.05 counts 400: 65 / 500 = 0.13."""
    before = Belief.within(0.25, 0.10, "4", "a")
    after = before.weighed(Belief.within(0.10, 0.05, "2", "b"))
    assert (round(after.mean, 4), round(after.error, 4)) == (0.13, 0.0447)
    assert (after.grade, after.source) == ("2", "a; b")
    # What tells nothing changes nothing, and what is certain is not changed by anything.
    assert before.weighed(Belief.within(9.0, np.inf)).mean == 0.25
    assert Belief.within(0.25, 0.0).weighed(Belief.within(9.0, 0.1)).mean == 0.25


def test_counting_teaches_as_much_as_measuring_with_the_variance_of_the_count() -> None:
    """Expected at theta = 1 in 40 are 40, so that the share seen varies by 1 / 40 around 1."""
    counted = Belief.of(0.5).update(np.array(40.0), np.array(28.0))
    mean, _, _ = by_precision(1.0, 0.5, 28 / 40, (1 / 40) ** 0.5)
    assert float(counted.mean) == pytest.approx(float(mean))


def test_a_difference_is_drawn_in_by_what_authorities_differ_by() -> None:
    tau2, chance = 0.0138308, 0.25 / 100
    mean, error, weight = by_precision(0.0, tau2**0.5, 0.3, chance**0.5)
    assert float(mean) == pytest.approx(0.3 * tau2 / (tau2 + chance))
    assert float(error**2) == pytest.approx(tau2 * chance / (tau2 + chance))
    assert float(weight) == pytest.approx(tau2 / (tau2 + chance))


def test_how_far_a_grade_may_be_off_is_said_by_the_place_once_for_all_that_draw() -> None:
    place = pb.example("northvale")
    assert spread_of_grades(place) == {**SPREAD, "": 0.6}
    own = pb.Option("own").set("evidence", "spread", 0.77, grade="3").apply(place)
    assert spread_of_grades(own)["3"] == spread_of_grades(own)[""] == 0.77
    graded = own.effects.sort_values(["service", "outcome"])["evidence"] == "3"
    assert graded.any()
    assert (effect_spread(own, read_spread(own, None))[graded.to_numpy()] == 0.77).all()
    drawn = uncertain_figures(own, read_spreads(own, None))
    effects = [each for each in drawn if each.figure.kind == "effect"]
    assert {each.spread for each in effects if each.grade == "3"} == {0.77}
    # What is asked of a study comes before what the place says, an effect's own before both.
    assert read_spread(own, 0.1)["3"] == 0.1


def test_an_effect_of_the_library_is_less_sure_by_what_the_place_says_of_its_grades() -> None:
    wider = Belief(1.0, 0.3).less_sure(0.5, 0.3)
    assert wider.spread == pytest.approx((0.09 + 0.25 - 0.09) ** 0.5)
    assert Belief(1.0, 0.3).less_sure(0.2, 0.3).spread == 0.3
