"""What a loan costs, to the penny, against the lender's own example and figures worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import placebudget as pb
from placebudget.study import loan, outcome_contract


def test_a_million_over_25_years_at_five_per_cent_and_what_an_income_carries() -> None:
    """£70,952.46 a year; £0.6 million a year carries 8.4564."""
    found = loan(1e6, half_yearly=False, income=6e5)
    paid = found.table["paid"]
    assert paid.iloc[:-1].unique().tolist() == [70_952.46]
    assert paid.iloc[-1] == pytest.approx(70_952.46, abs=0.25)
    assert found.carries / 1e6 == pytest.approx(8.4564, abs=5e-5)


def test_sources_equal_uses_and_the_income_covers_the_loan() -> None:
    """20 = 8 grant + 4 developers + 8 loan; 0.6 over 0.5676 is 1.057."""
    found = loan(20e6, grant=8e6, contributions=4e6, half_yearly=False, income=6e5)
    assert found.tables["sources"]["amount"].tolist() == [8e6, 4e6, 8e6]
    assert found.cover == pytest.approx(1.057, abs=5e-4)
    assert found.finding() == (
        "A loan of £8,000,000.00 costs revenue £567,619.66 a year; income covers that 1.057 times"
    )
    short = loan(20e6, grant=8e6, contributions=3e6, half_yearly=False, income=6e5)
    assert "The income falls short, by up to £38,572.1" in short.summary()


def test_early_repayment_is_that_of_the_lenders_own_example() -> None:
    """£12 million at 8 3/8 %, six half-years to go, 14 days on, at 11 1/2 %: £919,000.48 off."""
    found = loan(
        12e6,
        rate=0.08375,
        years=3,
        kind="maturity",
        payments_left=6,
        days_since=14,
        discount_rate=0.115,
    )
    row = found.tables["repayment"].iloc[0]
    assert row["premium"] == -919_000.48
    # Interest of 14 days: 12 million x 0.041875 x 14 / 182.5.
    assert row["clears"] == pytest.approx(12e6 - 919_000.48 + 38_547.95)


@pytest.mark.parametrize("kind", ["annuity", "eip", "maturity"])
def test_at_the_loans_own_rate_repaying_early_costs_nothing_more(kind: str) -> None:
    found = loan(1e6, kind=kind, payments_left=20, days_since=30, discount_rate=0.05)
    assert found.tables["repayment"]["premium"].iloc[0] == pytest.approx(0.0, abs=1.0)


@pytest.mark.parametrize("kind", ["annuity", "eip", "maturity"])
@pytest.mark.parametrize("rate", [0.0, 0.0437])
def test_all_that_is_borrowed_is_paid_back_to_the_penny(kind: str, rate: float) -> None:
    found = loan(1_234_567.89, rate=rate, years=7, kind=kind)
    payments = found.tables["payments"]
    assert round(payments["principal"].sum(), 2) == 1_234_567.89
    assert payments["left"].iloc[-1] == 0
    assert (payments["paid"] >= 0).all()
    years = found.table
    assert round(years["provision"].sum(), 2) == 1_234_567.89
    assert round(years["paid"].sum() - payments["paid"].sum(), 2) == 0


def test_equal_instalments_fall_with_their_interest() -> None:
    """£1 million over five years at 4 %: £200,000 a year, and interest of 40, 32, 24, 16 and 8."""
    found = loan(1e6, rate=0.04, years=5, kind="eip", half_yearly=False)
    assert found.table["interest"].tolist() == [40_000, 32_000, 24_000, 16_000, 8_000]
    assert found.table["principal"].tolist() == [200_000] * 5


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"grant": 2e6}, "nothing is borrowed"),
        ({"payments_left": 51}, "51 payments cannot be still to come of 50"),
        ({"kind": "anuity"}, "annuity"),
        ({"rate": -0.01}, "rate"),
    ],
)
def test_what_is_no_loan_is_refused(asked: dict[str, Any], says: str) -> None:
    with pytest.raises(pb.PlaceBudgetError, match=says):
        loan(1e6, **asked)


def test_a_contract_pays_nothing_below_a_tenth_and_what_came_back_is_three_per_cent() -> None:
    """142 against 155: 8.387 % fewer, below 10 %; 9 % passes 7.5 %; 5.0 repaid as 5.796."""
    first = outcome_contract(1_000, 155 - 142, baseline=155, spread=0)
    assert first.on_average["payment"] == 0
    both = outcome_contract(1_000, 0.09 * 155, baseline=155, threshold=0.075, spread=0)
    assert both.on_average["payment"] == pytest.approx(13_950)
    back = outcome_contract(5.796e6, 1, baseline=1, investment=5e6, paid_after=5, spread=0)
    assert back.on_average["earned"] == pytest.approx(0.03, abs=5e-5)


def test_the_payment_to_be_expected_is_not_that_at_the_outcome_expected() -> None:
    """Of 100 expected, spread by 30, the threshold of 70 takes away and the cap of 120 too.

    By quadrature over a thousandth of a standard deviation.
    """
    found = outcome_contract(1_000, 100, baseline=700, cap=120_000).on_average
    steps = np.arange(-8, 8, 0.001) + 0.0005
    reached, height = 100 + 30 * steps, np.exp(-(steps**2) / 2) / np.sqrt(2 * np.pi) * 0.001
    paid = np.where(reached >= 70, np.minimum(120_000, 1_000 * reached), 0)
    assert found["payment"] == pytest.approx(float(paid @ height), rel=1e-4)
    assert found["chance"] == pytest.approx(float(height[reached >= 70].sum()), abs=1e-3)
    assert found["at_expected"] == 100_000
    assert found["payment"] < 90_000


def test_where_nothing_is_the_price_nothing_is_ever_paid() -> None:
    found = outcome_contract(0, 150, baseline=1_000)
    assert found.on_average["chance"] == found.on_average["payment"] == 0.0


def test_a_price_above_what_the_payer_saves_of_its_own_is_told_as_a_cost() -> None:
    found = outcome_contract(1_000, 100, baseline=700, saving=400, payer_share=0.7, investment=6e4)
    assert "The price is above what an outcome saves the payer" in found.summary()
    row = found.on_average
    assert row["net"] == pytest.approx(40_000 - 0.7 * row["payment"])
    cheap = outcome_contract(300, 100, baseline=700, saving=400)
    assert "The price is above" not in cheap.summary()
    assert found.table["reached"].is_monotonic_increasing
    # 60% of the way to a stretch is no 60% of the baseline: who mixes them up is told.
    mixed = outcome_contract(1_000, 100, baseline=700, threshold=0.6).summary()
    assert "Nothing is paid below 420, 60% of the baseline of 700, and 100 are expected." in mixed
    assert "Nothing is paid below" not in found.summary()
    just = found.table.set_index("case").loc["at the threshold"]
    assert (just["reached"], just["payment"]) == (70, 70_000)
