"""Tables as they are shown."""

from __future__ import annotations

import math

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from placebudget.view.sheet import TOTAL, Sheet, side_by_side
from placebudget.words import number


def test_each_figure_is_rounded_by_itself_and_so_is_the_total() -> None:
    """1/3 + 1/3 + 1/3 is 1: 0.3 + 0.3 + 0.3 and 1.0, which do not add up as they are shown."""
    thirds = pd.DataFrame({"Today": [1 / 3] * 3}, index=["a", "b", "c"])
    texts = Sheet("Money", "£ million", thirds, adds_up="down").texts()
    assert texts["Today"].tolist() == ["0.3", "0.3", "0.3", "1.0"]
    assert texts.index.tolist() == ["a", "b", "c", TOTAL]


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30), st.integers(0, 29))
def test_a_figure_reads_the_same_whatever_stands_beside_it(values: list[float], at: int) -> None:
    sheet = Sheet("Money", "£ million", pd.DataFrame({"Today": values}), adds_up="down")
    *parts, total = sheet.texts()["Today"]
    alone = values[at % len(values)]
    assert parts[at % len(values)] == number(alone, 1)
    assert abs(float(total.replace(",", "")) - math.fsum(values)) <= 0.05 + 1e-9


def test_a_figure_that_does_not_exist_stays_blank() -> None:
    figures = pd.DataFrame({"Today": [math.nan, 0.0]}, index=["value", "money"])
    assert Sheet("Both", "", figures).texts()["Today"].tolist() == ["", "0.0"]


def test_the_heading_says_the_unit() -> None:
    figures = pd.DataFrame({"Today": [1.0]})
    assert Sheet("Money", "£ million", figures).heading == "Money, £ million"
    assert Sheet("Outcomes", "", figures).heading == "Outcomes"


def test_plans_stand_side_by_side_largest_first_and_ties_by_key() -> None:
    """care 3 + 1 = 4 and 0; health 2 and 9; arts and sport 1 each: health, care, arts, sport."""
    today = pd.DataFrame(
        {
            "purpose": ["sport", "care", "care", "health", "arts"],
            "amount": [1e6, 3e6, 1e6, 2e6, 1e6],
        }
    )
    pooled = pd.DataFrame({"purpose": ["health"], "amount": [9e6]})
    table = side_by_side({"Today": today, "Pooled": pooled}, "purpose", "amount")
    assert table.index.tolist() == ["health", "care", "arts", "sport"]
    assert table["Today"].tolist() == [2.0, 4.0, 1.0, 1.0]
    assert table["Pooled"].tolist() == [9.0, 0.0, 0.0, 0.0]


def test_a_table_with_totals_both_ways_shows_the_rounded_totals() -> None:
    """Rows 1.2 and 0.8, columns 1.2 and 0.8, all 2.0; half of each row is cashable: 0.6 + 0.4."""
    figures = pd.DataFrame(
        {"2027-28": [0.6, 0.6], "2028-29": [0.6, 0.2], "cashable": [0.6, 0.4]}, index=["a", "b"]
    )
    sheet = Sheet("Savings", "£ million", figures, "both", digits=0, of_which="cashable")
    shown = sheet.texts()
    assert shown.columns.tolist() == ["2027-28", "2028-29", TOTAL, "cashable"]
    assert shown.loc["a"].tolist() == ["1", "1", "1", "1"]
    assert shown.loc["b"].tolist() == ["1", "0", "1", "0"]
    assert shown.loc[TOTAL].tolist() == ["1", "1", "2", "1"]


def test_rows_in_units_of_their_own_are_written_by_their_size() -> None:
    counted = pd.DataFrame({"Today": [13546.7, 9.4, 0.0]}, index=["a", "b", "c"])
    assert Sheet("Outcomes", "", counted, digits=None).texts()["Today"].tolist() == [
        "13,547", "9.4", "0",
    ]  # fmt: skip


def test_a_table_without_rows_has_a_total_of_nought() -> None:
    empty = pd.DataFrame({"Today": []}, dtype=float)
    assert Sheet("Money", "£ million", empty, "down").texts()["Today"].tolist() == ["0.0"]
