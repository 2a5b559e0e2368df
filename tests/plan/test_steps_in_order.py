"""Under an equity floor the steps of returns are still filled in order.

Care is bought in two districts of 10,000 people, at £1,000 a unit in the north and
£5,000 in the south. Of 1,000 units in each, the first 500 work in full and the rest
little or not at all. What is not spent on care buys other things.
"""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest

import placebudget as pb
from placebudget.errors import SolverFailed
from placebudget.place import Place
from small import MILLION, Row, rule, small, spent, units

TREE = [
    {"area": "place", "tier": "whole"},
    {"area": "north", "parent": "place", "tier": "district", "population": 10_000},
    {"area": "south", "parent": "place", "tier": "district", "population": 10_000},
]
EQUAL = "outcome=care_good; tier=district"
COSTS = {"north": 1_000, "south": 5_000}


def fair(*rules: Row, money: float = 4, other: float = 9, last: float = 0.0) -> Place:
    """£4 million; other things are worth £9 a pound, a unit of care £1,000."""
    offers = [
        {"offer": f"care_{area}", "area": area, "unit_cost": cost, "capacity": 1_000}
        for area, cost in COSTS.items()
    ]
    steps = [
        {"service": "care", "step": 1, "up_to": 0.5, "effectiveness": 1.0},
        {"service": "care", "step": 2, "up_to": 1.0, "effectiveness": last},
    ]
    needs = [{"service": "care", "area": area, "people": 1_000} for area in COSTS]
    needs.append({"service": "other", "people": 100_000})
    place = small(
        {"council": {"amount": money}},
        {"care": {"offer": offers}, "other": {"value": other}},
        areas=TREE,
        returns=steps,
        rules=list(rules),
    )
    return place.with_(needs=pd.DataFrame(needs))


def best(place: Place, **options: object) -> pb.Plan:
    return pb.optimise(place, **{"pooling": "aligned", "prices": False, **options})


def test_a_unit_that_works_is_not_bought_as_one_that_does_not_to_look_fair() -> None:
    """500 units in the north work in full, so the south needs 500: £0.5 and £2.5 million.

    Bought out of order the north's units would count for nothing, the south would need none,
    and other things could have £3.5 million.
    """
    plan = best(fair(rule("units_floor", "area=north", 500), rule("equity_floor", EQUAL, 100)))
    assert units(plan) == {"care_north": 500, "care_south": 500, "other": 1_000}
    assert plan.objective.value == pytest.approx(1.0 * MILLION + 9 * MILLION)


def test_what_only_units_out_of_order_could_keep_is_impossible() -> None:
    """£2 million is less than the £3 million that 500 units in each district cost."""
    floors = [rule("units_floor", "area=north", 500), rule("equity_floor", EQUAL, 100)]
    with pytest.raises(pb.Infeasible):
        best(fair(*floors, money=2))


def test_whole_numbers_stand_only_where_the_order_would_be_broken() -> None:
    """Where the south costs no more, both districts get what works, and in order."""
    floors = [rule("units_floor", "area=north", 500), rule("equity_floor", EQUAL, 100)]
    assert best(fair(*floors)).run["steps_ordered"]
    assert not best(fair(*floors, other=0.1)).run["steps_ordered"]
    assert not best(fair()).run["steps_ordered"]


def test_without_an_equity_floor_the_programme_stays_free_of_whole_numbers() -> None:
    plan = best(fair(rule("units_floor", "area=north", 500)))
    assert spent(plan) == {"care": 0.5, "other": 3.5}
    assert not plan.run["decisions_fixed"]


@pytest.mark.parametrize("seed", range(8))
def test_no_other_plan_that_fills_its_steps_in_order_is_better(seed: int) -> None:
    """Every pair of amounts of care, 10 units apart, against the plan; money decides the rest."""
    chance = random.Random(seed)
    money, other = chance.uniform(1, 8), chance.choice((0.5, 2.0, 9.0))
    least, last = chance.choice((200, 500, 800)), chance.choice((0.0, 0.2, 0.6))
    share = chance.choice((60, 80, 100))
    place = fair(
        rule("units_floor", "area=north", least),
        rule("equity_floor", EQUAL, share),
        money=money,
        other=other,
        last=last,
    )
    north, south = np.meshgrid(np.arange(least, 1_001, 10), np.arange(0, 1_001, 10))
    made = [np.minimum(n, 500) + last * np.maximum(n - 500, 0) for n in (north, south)]
    left = money * MILLION - north * 1_000 - south * 5_000
    even = np.minimum(*made) >= share / 100 * (made[0] + made[1]) / 2 - 1e-9
    value = np.where(even & (left >= 0), 1_000 * (made[0] + made[1]) + other * left, -np.inf)
    if np.isinf(value.max()):
        # Between the points of the grid there may be a plan still.
        try:
            best(place)
        except pb.Infeasible:
            return
    plan = best(place)
    assert plan.objective.value >= value.max() - 1.0
    # The points lie close enough together that the best of them is nearly the best plan.
    assert plan.objective.value <= value.max() + 10 * (1_000 + 9 * 6_000)


def test_such_a_plan_is_priced_explained_and_lived_with() -> None:
    place = fair(rule("units_floor", "area=north", 500), rule("equity_floor", EQUAL, 100))
    plan = best(place, prices=True)
    prices = plan.prices()
    floor = prices[prices["kind"] == "units_floor"]
    assert len(floor) == 1
    assert set(prices["steps_held"]) == {True}
    told = str(plan.explain("care", "south"))
    assert "£2.5 million" in told
    live = pb.session(place, pooling="aligned")
    with pytest.raises(SolverFailed, match="later steps of returns before earlier ones"):
        live.value()
