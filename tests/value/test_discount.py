"""Discounting: t = 0 is the first year, factor 1; rates compound step by step."""

from __future__ import annotations

import pytest

from placebudget.value import discount_factors, discount_steps


def test_the_first_year_is_not_discounted_and_the_second_by_one_rate() -> None:
    """Factor 1 in year 0; 1 / 1.035 = 0.966184 in year 1; 1 / 1.035^2 = 0.933511 in year 2."""
    factors = discount_factors("green book", 3)
    assert factors == pytest.approx([1.0, 0.9661836, 0.9335107], abs=1e-7)


def test_the_green_book_schedule_compounds_over_its_steps() -> None:
    """3.5 % to year 30, 3 % to 75, then 2.5 %.

    1 / 1.035^30 = 0.356278; year 31: 0.356278 / 1.03 = 0.345901; year 75:
    0.356278 / 1.03^45 = 0.094214; year 76: 0.094214 / 1.025 = 0.091916.
    """
    factors = discount_factors("green book", 77)
    assert factors[30] == pytest.approx(0.356278, abs=1e-6)
    assert round(factors[31], 5) == 0.34590
    assert factors[75] == pytest.approx(0.356278 / 1.03**45, abs=1e-6)
    assert factors[76] == pytest.approx(factors[75] / 1.025, rel=1e-12)


def test_health_effects_have_a_rate_of_their_own() -> None:
    """1.5 %: 1 / 1.015 = 0.985222."""
    assert discount_factors("green book health", 2)[1] == pytest.approx(0.985222, abs=1e-6)


def test_one_rate_holds_for_all_years() -> None:
    """10 %: 1, 0.909091, 0.826446; and 0 % does not discount."""
    assert discount_factors(0.1, 3) == pytest.approx([1, 0.9090909, 0.8264463], abs=1e-7)
    assert list(discount_factors(0, 3)) == [1, 1, 1]


def test_a_schedule_of_ones_own_goes_on_with_its_last_rate() -> None:
    """((1, 0.1), (2, 0.2)): 1, 1/1.1, 1/1.1/1.2, 1/1.1/1.2/1.2."""
    factors = discount_factors([[1, 0.1], [2, 0.2]], 4)
    assert factors == pytest.approx([1, 1 / 1.1, 1 / 1.32, 1 / 1.584], rel=1e-12)


@pytest.mark.parametrize(
    "setting", ["red book", -0.01, 1.0, [(5, 0.1), (5, 0.2)], [1, 2], True, {}]
)
def test_a_discount_that_cannot_be_understood_is_refused(setting: object) -> None:
    with pytest.raises(ValueError, match="discount"):
        discount_steps(setting)


def test_the_net_present_value_of_a_project_depends_on_what_is_cashable() -> None:
    """Invest 10 now, save 4 a year for the next four years, 3.5 %.

    4 x (0.966184 + 0.933511 + 0.901943 + 0.871442) = 4 x 3.673079 = 14.692317,
    less 10: +4.6923. Half cashable: 7.346158 - 10 = -2.6538.
    """
    factors = discount_factors("green book", 5)
    saved = 4 * factors[1:].sum()
    assert round(saved - 10, 4) == 4.6923
    assert round(saved / 2 - 10, 4) == -2.6538
