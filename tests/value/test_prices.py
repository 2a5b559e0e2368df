"""Price levels: the price base is 1, and a year's rate is its rise on the year before."""

from __future__ import annotations

import pandas as pd
import pytest

from placebudget.value import price_levels

YEARS = ("2027-28", "2028-29", "2029-30")


def rates(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["index", "year", "rate"])


PAY = rates(("pay", "2027-28", 0.04), ("pay", "2028-29", 0.03), ("pay", "2029-30", 0.02))


def test_levels_compound_from_the_price_base() -> None:
    """Base 2027-28: 1, 1.03, 1.03 x 1.02 = 1.0506; the base's own rate does not count."""
    assert price_levels(PAY, "pay", "2027-28", YEARS) == pytest.approx([1, 1.03, 1.0506])


def test_a_base_before_the_first_year_takes_in_the_first_years_rate() -> None:
    """Base 2026-27: 1.04, 1.04 x 1.03 = 1.0712, 1.0712 x 1.02 = 1.092624."""
    levels = price_levels(PAY, "pay", "2026-27", YEARS)
    assert levels == pytest.approx([1.04, 1.0712, 1.092624])


def test_a_base_within_the_years_lowers_those_before_it() -> None:
    """Base 2028-29: 1 / 1.03 = 0.970874, 1, 1.02."""
    assert price_levels(PAY, "pay", "2028-29", YEARS) == pytest.approx([1 / 1.03, 1, 1.02])


def test_without_an_index_prices_are_flat() -> None:
    assert list(price_levels(PAY, None, "2020-21", YEARS)) == [1, 1, 1]


def test_indices_do_not_mix() -> None:
    both = pd.concat([PAY, rates(*(("general", year, 0.5) for year in YEARS))])
    assert price_levels(both, "pay", "2027-28", YEARS) == pytest.approx([1, 1.03, 1.0506])
    assert price_levels(both, "general", "2027-28", YEARS) == pytest.approx([1, 1.5, 2.25])


def test_prices_may_fall() -> None:
    """Minus 10 %, twice: 0.9, 0.81."""
    falling = rates(("pay", "2028-29", -0.1), ("pay", "2029-30", -0.1))
    assert price_levels(falling, "pay", "2027-28", YEARS) == pytest.approx([1, 0.9, 0.81])


def test_a_missing_rate_is_named() -> None:
    with pytest.raises(KeyError, match="pay has no rate for 2028-29"):
        price_levels(rates(("pay", "2029-30", 0.02)), "pay", "2027-28", YEARS)
