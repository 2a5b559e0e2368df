"""Money that does not add up, or goes beyond its limits, is found whatever made it."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

import placebudget as pb
from placebudget.plan.flows import Money
from placebudget.plan.verify import check_balances, check_contributions
from placebudget.programme import Basis, read_pooling
from places import tiny


@cache
def plan() -> pb.Plan:
    return pb.optimise(tiny(), prices=False)


def problems(
    pooling: str = "pooled", place: pb.Place | None = None, **changed: pd.DataFrame
) -> str:
    """What is wrong with the money of the plan, some of its tables, or its place, changed."""
    place = tiny() if place is None else place
    names = ("money", "contributions", "balances")
    money = Money(*(changed.get(name, plan().tables[name]) for name in names))
    basis = Basis(place, read_pooling(place, pooling))
    return "\n".join([*check_balances(money), *check_contributions(basis, money, 1e-10)])


def spoilt(table: str, column: str, pounds: float) -> pd.DataFrame:
    """A table with more in the largest row of a column."""
    rows = plan().tables[table].copy()
    rows.loc[rows[column].idxmax(), column] += pounds
    return rows


def test_money_as_it_was_planned_has_no_fault() -> None:
    assert problems() == ""


@pytest.mark.parametrize(
    ("table", "column", "said"),
    [
        ("balances", "funding", "what it holds is not where it goes"),
        ("balances", "direct", "money spent directly is not what the balances say"),
        ("balances", "contributed", "contributions are not what the balances say"),
        ("contributions", "spent", "money spent by pools is not what the contributions say"),
        ("contributions", "gross", "the pool does not add up"),
        ("contributions", "management_cost", "the management cost is wrong"),
    ],
)
def test_a_pound_more_somewhere_is_found(table: str, column: str, said: str) -> None:
    assert said in problems(**{table: spoilt(table, column, 1.0)})


def test_more_than_may_be_paid_in_or_carried_is_found() -> None:
    for limits in ({"maximum": 1e6}, {"minimum": 1e7, "maximum": 1e8}):
        other = tiny().with_(contributions=tiny().contributions.assign(**limits))
        assert "into shared in 2028-29: not allowed" in problems(place=other)
    assert "without being allowed to" in problems("aligned")
    carried = problems(balances=spoilt("balances", "carried_out", 1e9))
    assert "carries too much out of" in carried
    below = plan().tables["balances"].assign(idle=-1.0)
    assert "an amount is below zero" in problems(balances=below)
