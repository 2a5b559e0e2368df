"""Recorded money mixes in proportion, pool to pool too, and every flow adds up."""

from __future__ import annotations

import pandas as pd
import pytest

from placebudget.errors import UnreadableTable
from placebudget.study.trace import trace


def flows(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["start", "end", "amount"])


WORKED = flows(
    ("council tax", "pool 1", 30),
    ("grant", "pool 1", 20),
    ("nhs", "pool 2", 50),
    ("pool 1", "pool 2", 10),
    ("pool 1", "family support", 40),
    ("pool 2", "family support", 15),
    ("pool 2", "home care", 45),
)


def test_two_pools_mix_as_worked_by_hand() -> None:
    table = trace(WORKED).table.pivot(index="end", columns="origin", values="amount")
    assert table.loc["family support"].to_dict() == {"council tax": 25.5, "grant": 17, "nhs": 12.5}
    assert table.loc["home care"].to_dict() == {"council tax": 4.5, "grant": 3, "nhs": 37.5}


def test_every_flow_adds_up_by_origin_to_the_penny() -> None:
    found = trace(flows(("a", "p", 1), ("b", "p", 1), ("c", "p", 1), ("p", "x", 1), ("p", "y", 2)))
    sums = found.tables["flows"].groupby(["start", "end"])["amount"].sum().round(2)
    assert sums.loc[("p", "x")] == 1
    assert sums.loc[("p", "y")] == 2


def test_pools_may_pay_each_other_back() -> None:
    found = trace(
        flows(
            ("a", "p", 80),
            ("b", "q", 40),
            ("p", "q", 40),
            ("q", "p", 20),
            ("p", "x", 60),
            ("q", "y", 60),
        )
    )
    # p holds a and a fifth from q, q half from p: solved together, a is 8/9 of p and 4/9 of q.
    shares = found.table.set_index(["end", "origin"])["share"]
    assert shares["x", "a"] == pytest.approx(8 / 9, abs=1e-3)
    assert shares["y", "a"] == pytest.approx(4 / 9, abs=1e-3)
    assert found.table["amount"].sum() == pytest.approx(120)


def test_money_that_is_not_paid_on_is_left() -> None:
    left = trace(flows(("a", "p", 10), ("p", "x", 7))).tables["left"]
    assert left.to_dict("records") == [{"pool": "p", "amount": 3.0}]


def test_mixing_that_would_break_a_condition_is_said() -> None:
    found = trace(WORKED, conditions={"grant": ["family support"]})
    assert found.tables["conditions"].to_dict("records") == [
        {"origin": "grant", "end": "home care", "amount": 3.0}
    ]
    assert "no account of this money" in found.summary()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (flows(("a", "p", 5), ("p", "x", 7)), "p pays £7.00 and is paid £5.00"),
        (flows(("a", "p", -1)), "see row 2"),
        (flows(("p", "q", 1), ("q", "p", 1)), "only pay each other"),
        (pd.DataFrame({"start": ["a"], "amount": [1]}), "lacks the column end"),
    ],
)
def test_flows_that_cannot_be_followed_are_refused_in_words(given: pd.DataFrame, said: str) -> None:
    with pytest.raises(UnreadableTable, match=said):
        trace(given)
