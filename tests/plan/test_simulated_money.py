"""What given money buys, worked by hand: set-up, capacity, need, and what buys nothing."""

from __future__ import annotations

import pandas as pd
import pytest

import placebudget as pb
from placebudget.place import Place
from small import MILLION, Row, small, units


def simulated(place: Place, *rows: Row) -> pb.Plan:
    """Rows of the council's money on care in the first year; amounts in £ million."""
    plain = {"stream": "council", "service": "care", "year": "2027-28"}
    money = [{**plain, **row, "amount": row["amount"] * MILLION} for row in rows]
    return pb.simulate(place, pd.DataFrame(money))


def two_offers(**first: object) -> Place:
    """A first offer of care at £500, as given, and a plain one at £1,000."""
    offers = [{"unit_cost": 500, **first}, {}]
    return small({"council": {"amount": 5}}, {"care": {"people": 9_000, "offer": offers}})


def test_money_without_an_offer_buys_the_cheapest_first() -> None:
    """Capacity 600 at £500 takes £0.3 million; £0.7 million buys 700 of the other."""
    plan = simulated(two_offers(capacity=600), {"amount": 1})
    assert units(plan) == {"care_1": 600, "care_2": 700}
    assert plan.objective.value == pytest.approx(1.3 * MILLION)


def test_money_that_names_an_offer_buys_from_no_other() -> None:
    plan = simulated(two_offers(), {"amount": 1, "offer": "care_2"})
    assert units(plan) == {"care_2": 1_000}


def test_money_that_names_an_offer_pays_its_set_up_first() -> None:
    """£1 million less £0.4 million: 1,200 units at £500."""
    plan = simulated(two_offers(set_up_cost=400_000), {"amount": 1, "offer": "care_1"})
    assert units(plan) == {"care_1": 1_200}
    assert plan.tables["units"]["cost"].sum() == pytest.approx(MILLION)


def test_money_beyond_the_capacity_of_its_offer_buys_nothing() -> None:
    """600 units take £0.3 million of the £1 million; £0.7 million has no effect."""
    plan = simulated(two_offers(capacity=600), {"amount": 1, "offer": "care_1"})
    assert units(plan) == {"care_1": 600}
    assert plan.run["money_without_effect"] == 700_000


def test_named_and_open_money_share_an_offers_capacity_and_its_set_up() -> None:
    """Capacity 1,000 and set-up £0.1 million: £0.4 million named and £0.2 million of the open

    money fill it; the other £0.8 million buys 800 units at £1,000.
    """
    place = two_offers(capacity=1_000, set_up_cost=100_000)
    plan = simulated(place, {"amount": 0.4, "offer": "care_1"}, {"amount": 1})
    assert units(plan) == {"care_1": 1_000, "care_2": 800}
    assert plan.run["money_without_effect"] == 0


def test_units_beyond_need_make_nothing() -> None:
    """1,000 units for 400 people: 400 outcomes, and 600 units beyond need are told."""
    place = small({"council": {"amount": 5}}, {"care": {"people": 400}})
    plan = simulated(place, {"amount": 1})
    assert plan.objective.value == pytest.approx(400_000)
    assert plan.run["units_beyond_need"] == pytest.approx(600)


def test_the_money_of_the_best_plan_does_in_a_simulation_what_the_plan_says() -> None:
    """Three steps of returns, two years, a lag: the two ways to the value agree."""
    place = small(
        {"council": {"amount": [1, 2]}},
        {
            "care": {"people": 2_000, "effect": {"lag": 1, "duration": 2, "drop_off": 0.2}},
            "other": {"value": 0.8, "people": 1_000},
        },
        years=2,
        returns=[
            {"service": "care", "step": n, "up_to": up_to, "effectiveness": share}
            for n, (up_to, share) in enumerate(((0.2, 1.0), (0.5, 0.6), (1.0, 0.3)), start=1)
        ],
    )
    plan = pb.optimise(place, pooling="aligned", prices=False)
    again = pb.simulate(place, plan.money())
    assert again.objective.value == pytest.approx(plan.objective.value)
    pd.testing.assert_frame_equal(again.tables["outcomes"], plan.tables["outcomes"], rtol=1e-9)
