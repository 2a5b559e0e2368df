"""Rounding that adds up along rows and down columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from placebudget.view.rounding import add_up_both_ways, add_up_side_by_side
from placebudget.words import add_up

tables = arrays.arrays(
    float,
    st.tuples(st.integers(1, 7), st.integers(1, 6)),
    elements=st.floats(-1e5, 1e5).map(lambda value: round(value, 4)),
)


@given(values=tables)
def test_every_figure_and_every_total_goes_to_a_neighbouring_step(values: np.ndarray) -> None:
    rounded = add_up_both_ways(pd.DataFrame(values), digits=1).to_numpy()
    for exact, shown in (
        (values, rounded),
        (values.sum(axis=0), rounded.sum(axis=0)),
        (values.sum(axis=1), rounded.sum(axis=1)),
    ):
        assert np.abs(exact - shown).max() < 0.1 + 1e-6
    assert abs(values.sum() - rounded.sum()) <= 0.05 + 1e-6


def test_a_table_worked_by_hand() -> None:
    """Rows 0.6 + 0.6 = 1.2 and 0.6 + 0.2 = 0.8, columns 1.2 and 0.8, all 2.0.

    Rounded one by one it shows 1 + 1 + 1 + 0 = 3 for 2. All totals at their
    nearer step, 1 and 1 both ways, leave one choice: the two figures off the corner go up.
    """
    table = pd.DataFrame([[0.6, 0.6], [0.6, 0.2]])
    assert add_up_both_ways(table).to_numpy().tolist() == [[0.0, 1.0], [1.0, 0.0]]


def test_what_is_round_already_stays() -> None:
    table = pd.DataFrame({"a": [1.5, -2.0], "b": [0.0, 3.2]}, index=["x", "y"])
    pd.testing.assert_frame_equal(add_up_both_ways(table, 1), table)


def test_a_table_without_rows_stays_empty() -> None:
    assert add_up_both_ways(pd.DataFrame({"a": [], "b": []}, dtype=float)).empty


def test_blanks_are_not_rounded_as_if_they_were_nothing() -> None:
    with pytest.raises(ValueError, match="blank"):
        add_up_both_ways(pd.DataFrame({"a": [1.0, None]}, dtype=float))


@given(values=tables, kept=st.integers(0, 6))
def test_columns_add_up_one_by_one_each_figure_beside_its_own(
    values: np.ndarray, kept: int
) -> None:
    """Some rows are made the same in every column; each column's total is the nearer step."""
    values[:kept] = values[:kept, :1]
    shown = add_up_side_by_side(pd.DataFrame(values), digits=1).to_numpy()
    assert np.abs(values - shown).max() < 0.1 + 1e-6
    for exact, figures in zip(values.T, shown.T, strict=True):
        assert sum(figures) == pytest.approx(sum(add_up(exact.tolist(), 1)), abs=1e-6)


def test_what_is_the_same_in_every_plan_reads_the_same() -> None:
    """The first row is 0.26 throughout. In the second column, where 0.26 + 0.39 + 0.31 + 0.54
    is 1.5, it has lost most and would go up by itself; the row below goes up instead."""
    table = pd.DataFrame({"Today": [0.26, 0.31, 0.35, 0.54], "Best": [0.26, 0.39, 0.31, 0.54]})
    shown = add_up_side_by_side(table, 1)
    assert (shown["Today"][0], shown["Today"][3]) == (shown["Best"][0], shown["Best"][3])
    assert shown.sum().round(9).tolist() == [1.5, 1.5]


def test_many_rows_that_are_nearly_the_same_still_add_up() -> None:
    """A hundred rows of 0.400 and 0.409 read alike one by one, and are 40 and 41 in all."""
    shown = add_up_side_by_side(pd.DataFrame({"a": [0.4] * 100, "b": [0.409] * 100}))
    assert shown.sum().tolist() == [40.0, 41.0]


def test_one_column_is_rounded_by_the_largest_remainder() -> None:
    values = [33.4, 33.3, 33.3, -0.2, 7.55]
    shown = add_up_side_by_side(pd.DataFrame({"a": values}), 1)["a"]
    assert shown.tolist() == add_up(values, 1)
