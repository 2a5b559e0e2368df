"""Indices of inequality, by published figures and by what they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placebudget.errors import CannotAnswer
from placebudget.study.areas import atkinson, gini

heads = st.lists(st.floats(0.01, 1e4), min_size=2, max_size=6)


def test_one_to_five_have_their_known_indices() -> None:
    values = [1, 2, 3, 4, 5]
    assert gini(values) == pytest.approx(0.266667, abs=5e-7)
    assert atkinson(values, 0.5) == pytest.approx(0.063153, abs=5e-7)
    assert atkinson(values, 1) == pytest.approx(0.131610, abs=5e-7)
    assert atkinson(values, 2) == pytest.approx(0.270073, abs=5e-7)


@given(values=heads)
def test_what_all_have_alike_is_not_unequal(values: list[float]) -> None:
    same = [values[0]] * len(values)
    assert gini(same) == pytest.approx(0)
    assert atkinson(same, 2) == pytest.approx(0, abs=1e-9)
    assert 0 <= gini(values) < 1
    assert -1e-9 <= atkinson(values, 0.5) <= atkinson(values, 2) + 1e-9


@given(values=heads, times=st.integers(2, 4))
def test_people_weigh_as_if_each_area_were_written_as_often(
    values: list[float], times: int
) -> None:
    people = [times, *[1] * (len(values) - 1)]
    written = [*[values[0]] * times, *values[1:]]
    assert gini(values, people) == pytest.approx(gini(written), abs=1e-9)
    assert atkinson(values, 1.5, people) == pytest.approx(atkinson(written, 1.5), abs=1e-9)


def test_an_area_with_nothing_is_as_unequal_as_can_be() -> None:
    assert atkinson([0, 4], 1) == 1
    assert atkinson([0, 4], 0.5) < 1
    assert gini([0, 4]) == pytest.approx(0.5)
    assert gini([0, 0]) == 0
    assert atkinson([0, 0]) == 0


@pytest.mark.parametrize(
    ("values", "people", "said"),
    [
        ([1, -1], None, "not negative"),
        ([1, 2], [1], "a number of people"),
        ([1, 2], [0, 0], "some above 0"),
        ([], None, "a figure a head"),
    ],
)
def test_what_cannot_be_compared_is_refused(values: list, people: list | None, said: str) -> None:
    with pytest.raises(CannotAnswer, match=said):
        gini(values, people)


def test_aversion_is_above_nothing() -> None:
    with pytest.raises(CannotAnswer, match="above 0"):
        atkinson([1, 2], 0)
