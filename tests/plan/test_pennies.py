"""Sums split into parts that add up to them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placebudget.plan.pennies import add_up

figures = st.lists(st.floats(-1e9, 1e9, allow_nan=False), max_size=40)


@given(values=figures, digits=st.integers(0, 3))
def test_parts_add_up_to_the_rounded_total(values: list[float], digits: int) -> None:
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
