"""Figures in words, and rounding that adds up."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placebudget.words import MINUS, add_up, money, number, percent

figures = st.lists(st.floats(-1e9, 1e9, allow_nan=False), max_size=40)


@pytest.mark.parametrize(
    ("pounds", "text"),
    [
        (0, "£0"),
        (0.4, "£0"),
        (-0.4, "£0"),
        (999.4, "£999"),
        (999.6, "£1,000"),
        (249_600, "£250,000"),
        (999_499, "£999,000"),
        (999_500, "£1.0 million"),
        (2_540_000, "£2.5 million"),
        (-2_540_000, f"{MINUS}£2.5 million"),
        (999_400_000, "£999.4 million"),
        (1_234_000_000, "£1.23 billion"),
    ],
)
def test_money_is_written_in_the_unit_that_suits_its_size(pounds: float, text: str) -> None:
    assert money(pounds) == text


def test_a_gain_carries_its_sign_only_where_asked() -> None:
    assert money(5_000_000, signed=True) == "+£5.0 million"
    assert money(0.2, signed=True) == "£0"
    assert percent(0.031, 1, signed=True) == "+3.1%"


def test_negative_figures_have_a_true_minus_sign() -> None:
    assert MINUS == "\N{MINUS SIGN}"
    assert number(-1234.5, 1) == f"{MINUS}1,234.5"
    assert "-" not in number(-1234.5, 1) + money(-3) + percent(-0.5)


@given(values=figures, digits=st.integers(0, 3))
def test_rounded_figures_add_up_to_the_rounded_total(values: list[float], digits: int) -> None:
    step = 10.0**-digits
    rounded = add_up(values, digits)
    assert len(rounded) == len(values)
    for before, after in zip(values, rounded, strict=True):
        assert abs(before - after) < step * (1 + 1e-6)
    assert abs(math.fsum(rounded) - math.fsum(values)) <= step * (0.5 + 1e-4)


@given(values=figures)
def test_whole_figures_stay_as_they_are(values: list[float]) -> None:
    whole = [float(round(value)) for value in values]
    assert add_up(whole) == whole


def test_blanks_are_not_rounded_as_if_they_were_nothing() -> None:
    with pytest.raises(ValueError, match="blank"):
        add_up([1.0, math.nan])
