"""What is believed of effects, and what chance brings: checked against numbers worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

import placebudget as pb
import places
from placebudget.belief import SPREAD, Belief
from placebudget.errors import WrongArgument
from placebudget.study.beliefs import effect_spread, read_spread
from placebudget.study.cycle import POLICIES
from placebudget.study.cycle.assumptions import (
    chance_of,
    poisson_quantile,
    read_policies,
)
from placebudget.study.cycle.result import middle_year, payback_year


def believed(spread: float, expected: float, seen: float) -> tuple[float, float]:
    belief = Belief.of(np.array([spread])).update(np.array([expected]), np.array([seen]))
    return float(belief.mean[0]), float(belief.spread[0])


def test_the_belief_after_an_evaluation_is_that_of_bayes_rule_by_hand() -> None:
    # Shape 4, rate 4; 28 seen where 40 were expected: (4 + 28) / (4 + 40), 1 / sqrt(32).
    mean, spread = believed(0.5, 40.0, 28.0)
    assert (round(mean, 6), round(spread, 6)) == (0.727273, 0.176777)
    # Shape 25, rate 25; 150 seen where 100 were expected: 175 / 125, 1 / sqrt(175).
    mean, spread = believed(0.2, 100.0, 150.0)
    assert (round(mean, 6), round(spread, 6)) == (1.4, 0.075593)


def test_the_belief_is_that_of_bayes_rule_added_up_over_a_grid() -> None:
    theta = np.linspace(1e-4, 8.0, 400_001)
    shape, expected, seen = 1 / 0.3**2, 12.0, 7.0
    log = (shape - 1) * np.log(theta) - shape * theta  # prior
    log += seen * np.log(theta * expected) - theta * expected  # likelihood
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    mean = float(weight @ theta)
    spread = math.sqrt(float(weight @ theta**2) - mean**2) / mean
    assert believed(0.3, expected, seen) == pytest.approx((mean, spread), rel=1e-4)


def test_two_evaluations_teach_as_much_as_one_of_both() -> None:
    belief = Belief.of(np.array([0.3, 0.6]))
    once = belief.update(np.array([30.0, 8.0]), np.array([22.0, 11.0]))
    twice = belief.update(np.array([10.0, 8.0]), np.array([9.0, 11.0])).update(
        np.array([20.0, 0.0]), np.array([13.0, 0.0])
    )
    np.testing.assert_allclose(once.mean, twice.mean)
    np.testing.assert_allclose(once.spread, twice.spread)


def test_what_is_certain_stays_certain_and_nothing_seen_teaches_nothing() -> None:
    belief = Belief.of(np.array([0.0, 0.4]))
    assert belief.certain.tolist() == [True, False]
    after = belief.update(np.zeros(2), np.zeros(2))
    assert after.mean.tolist() == [1.0, 1.0]
    np.testing.assert_allclose(after.spread, [0.0, 0.4])


def test_truths_have_the_mean_and_spread_that_are_stated() -> None:
    spread = np.array([0.0, 0.1, 0.6])
    slips = pb.study.Slippage(undelivered=0.1, overrun=0.05, overrun_spread=0.1)
    runs = [chance_of(7, n, spread, slips, 40, 5) for n in range(2_000)]
    truth = np.stack([run.truth for run in runs])
    assert (truth[:, 0] == 1.0).all()
    np.testing.assert_allclose(truth.mean(axis=0), 1.0, atol=0.05)
    np.testing.assert_allclose(truth.std(axis=0), spread, atol=0.05)
    undelivered = np.stack([run.undelivered for run in runs])
    cost = np.stack([run.cost for run in runs])
    assert (undelivered.min(), undelivered.max()) > (0.0, 0.0)
    assert undelivered.max() < 1.0
    assert undelivered.mean() == pytest.approx(0.1, abs=0.002)
    assert cost.mean() == pytest.approx(1.05, abs=0.002)
    assert cost.std() / cost.mean() == pytest.approx(0.1, abs=0.002)


def test_no_slippage_is_exactly_none() -> None:
    chance = chance_of(0, 0, np.zeros(3), pb.study.NO_SLIPPAGE, 4, 5)
    assert (chance.truth == 1.0).all()
    assert (chance.undelivered == 0.0).all()
    assert (chance.cost == 1.0).all()


def test_a_run_is_the_same_whatever_other_runs_there_are() -> None:
    spread = np.full(4, 0.3)
    one, again, other = (chance_of(5, n, spread, pb.study.Slippage(), 3, 2) for n in (9, 9, 10))
    assert one.truth.tobytes() == again.truth.tobytes()
    assert one.undelivered.tobytes() == again.undelivered.tobytes()
    expected = np.array([10.0, 0.0, 20.0, 5.0])
    assert one.count(1, expected).tolist() == again.count(1, expected).tolist()
    assert one.truth.tolist() != other.truth.tolist()


def test_what_one_effect_is_followed_for_changes_no_other_count() -> None:
    chance = chance_of(1, 1, np.full(2, 0.3), pb.study.Slippage(), 1, 1)
    some, more = np.array([50.0, 30.0]), np.array([500.0, 30.0])
    assert chance.count(0, some)[1] == chance.count(0, more)[1]


@pytest.mark.parametrize("mean", [0.3, 4.0, 60.0, 2_500.0])
def test_counts_are_poisson(mean: float) -> None:
    quantile = (np.arange(4_000) + 0.5) / 4_000
    found = poisson_quantile(quantile, np.full(4_000, mean))
    assert found.mean() == pytest.approx(mean, rel=0.01, abs=0.01)
    assert found.var() == pytest.approx(mean, rel=0.03)
    # P(none) = exp(-mean)
    assert (found == 0).mean() == pytest.approx(math.exp(-mean), abs=1e-3)


def test_payback_is_the_year_from_which_savings_keep_up() -> None:
    paid = np.array([[10, 0, 0, 5], [10, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]], float)
    saved = np.array([[0, 12, 0, 3], [0, 4, 4, 1], [1, 1, 0, 0], [0, 0, 0, 0]], float)
    # The first catches up, then pays 5 more than the 2 it is ahead and 3 it saves: it is level.
    assert payback_year(paid, saved).tolist() == [1, -1, 0, -1]
    saved[0, 3] = 2.0
    assert payback_year(paid, saved)[0] == -1


def test_the_middle_year_is_blank_where_fewer_than_half_pay_back() -> None:
    assert middle_year(np.array([2, 0, -1, 1]), "abc") == "b"
    assert middle_year(np.array([-1, 0, -1]), "abc") == ""


def test_spread_is_by_grade_and_none_is_as_uncertain_as_the_least_certain() -> None:
    place = pb.example("northvale")
    table = read_spread(place, None)
    assert {grade: table[grade] for grade in table if grade} == {
        grade: SPREAD[grade] for grade in table if grade
    }
    effects = place.effects.sort_values(["service", "outcome"])
    expected = [SPREAD.get(str(grade), max(SPREAD.values())) for grade in effects["evidence"]]
    assert effect_spread(place, table).tolist() == expected
    # What the place says of an effect itself comes before its grade.
    own = pb.Option("own").set("effects", "spread", 0.07).apply(place)
    assert set(effect_spread(own, table)) == {0.07}


@pytest.mark.parametrize("spread", [{"1": 0.1, "": 0.2}, {"1": -0.1}, -1.0])
def test_a_spread_that_is_missing_or_negative_is_refused(spread: object) -> None:
    with pytest.raises(WrongArgument, match="grade"):
        read_spread(pb.example("northvale"), spread)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [{"undelivered": 1.0}, {"undelivered": -0.1}, {"overrun": -1.0}, {"overrun_spread": -0.1}],
)
def test_slippage_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(WrongArgument, match=next(iter(wrong))):
        pb.study.Slippage(**wrong)


def test_policies_are_nine_ways_and_doubles_count_once() -> None:
    assert len(read_policies(places.tiny(), POLICIES)) == 9
    assert len({policy.name for policy in POLICIES}) == 9
    assert len(read_policies(places.tiny(), [pb.study.Policy(), pb.study.Policy("pooled")])) == 1
    with pytest.raises(WrongArgument):
        read_policies(places.tiny(), [])
    with pytest.raises(WrongArgument, match="runs is a whole number of 1 or more, not 0"):
        pb.cycle(places.tiny(), runs=0)
