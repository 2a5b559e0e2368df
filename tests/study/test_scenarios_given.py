"""Scenarios, times and gaps that cannot be read are refused in words, all at once."""

from __future__ import annotations

from typing import Any

import pytest

import placebudget as pb


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (0.9, "give a table of scenarios, or a list"),
        ("0.9", "give a table of scenarios, or a list"),
        ({"council_tax": 0.9}, "give a table of scenarios, or a list"),
        ([0.9, "x"], "scenario 1: a factor is a number of 0 or more, not 'x'"),
        ([None], "scenario 0: a factor is a number of 0 or more, not None"),
        ([True], "scenario 0: .* not True"),
        ([float("inf")], "scenario 0: .* not inf"),
        ([-0.1], "scenario 0: .* not -0.1"),
        (
            [{"nobody": 1.0}, {"nhs_money": "lots"}],
            "no stream nobody; .*scenario 1: .*lots",
        ),
    ],
)
def test_scenarios_that_cannot_be_read_are_named(changes: Any, said: str) -> None:
    with pytest.raises(pb.PlaceBudgetError, match=said):
        pb.scenarios("toy_pooling", changes)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"gap": -1}, "gap is a share"),
        ({"gap": "a"}, "gap is a share"),
        ({"seconds": -1, "gap": 2}, r"(?s)seconds is a number of 0 or more.*gap is a share"),
        ({"objective": 5}, "no such objective: 5"),
        ({"objective": None}, "no such objective: None"),
    ],
)
def test_a_time_a_gap_or_an_objective_that_is_none_is_said(
    given: dict[str, Any], said: str
) -> None:
    with pytest.raises(pb.PlaceBudgetError, match=said):
        pb.optimise("toy_pooling", **given)
