"""Rounding that adds up along rows and down columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from placebudget.view.rounding import add_up_both_ways

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
