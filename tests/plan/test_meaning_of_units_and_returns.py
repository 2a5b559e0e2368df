"""What units, capacity, set-up costs, lots and returns mean for a plan."""

from __future__ import annotations

import pytest

import placebudget as pb
from placebudget.place import Place
from small import MILLION, rule, small, spent, units


def best(place: Place, **options: object) -> pb.Plan:
    return pb.optimise(place, prices=False, **{"pooling": "aligned", **options})


def steps(service: str, *pairs: tuple[float, float]) -> list[dict[str, object]]:
    return [
        {"service": service, "step": n, "up_to": up_to, "effectiveness": effectiveness}
        for n, (up_to, effectiveness) in enumerate(pairs, start=1)
    ]


def test_units_per_person_turns_people_into_units() -> None:
    """400 people at 2.5 units each take 1,000 units: £1 million of the £5 million."""
    place = small({"council": {"amount": 5}}, {"care": {"people": 400, "units_per_person": 2.5}})
    assert units(best(place)) == {"care": 1_000}


def test_capacity_is_units_a_year() -> None:
    """300 in each of two years, whatever the need and the money."""
    place = small({"council": {"amount": [5, 5]}}, {"care": {"offer": {"capacity": 300}}}, years=2)
    assert units(best(place), "year") == {"2027-28": 300, "2028-29": 300}


def test_capacity_of_nothing_is_not_the_same_as_a_blank() -> None:
    place = small({"council": {"amount": 5}}, {"care": {"offer": {"capacity": 0}}})
    assert units(best(place)) == {}


def test_an_offer_sells_nothing_before_its_first_year() -> None:
    place = small(
        {"council": {"amount": [1, 1, 1]}},
        {"care": {"offer": {"first_year": "2028-29"}}},
        years=3,
    )
    assert units(best(place), "year") == {"2028-29": 1_000, "2029-30": 1_000}


def test_a_step_is_its_share_of_the_units_needed() -> None:
    """1,000 people x 2 units: up to 30 % is 600 units at 1, up to 80 % another 1,000 at 0.5.

    £2 million buys 2,000 units, but nothing beyond 80 %: 600 x 1 + 1,000 x 0.5 = 1,100 outcomes.
    """
    place = small(
        {"council": {"amount": 2}},
        {"care": {"units_per_person": 2}},
        returns=steps("care", (0.3, 1.0), (0.8, 0.5)),
    )
    plan = best(place)
    assert units(plan) == {"care": 1_600}
    assert plan.objective.value == pytest.approx(1.1 * MILLION)
    assert plan.tables["balances"]["idle"].item() == pytest.approx(0.4 * MILLION)


def test_steps_renew_each_year() -> None:
    """Each year the first 500 units count in full, 500 more for a half: 750 and 750."""
    place = small(
        {"council": {"amount": [1, 1]}},
        {"care": {}},
        years=2,
        settings={"discount": 0},
        returns=steps("care", (0.5, 1.0), (1.0, 0.5)),
    )
    assert best(place).objective.value == pytest.approx(1.5 * MILLION)


def test_without_rows_all_need_counts_in_full_and_nothing_beyond_it() -> None:
    plan = best(small({"council": {"amount": 5}}, {"care": {}}))
    assert units(plan) == {"care": 1_000}
    assert plan.objective.value == pytest.approx(MILLION)


def test_without_need_capacity_says_how_wide_a_step_is() -> None:
    """Capacity 400 + 600: half of 1,000 is 500 at 1, the other 500 at 0.2: 600 outcomes."""
    place = small(
        {"council": {"amount": 5}},
        {"care": {"people": None, "offer": [{"capacity": 400}, {"capacity": 600}]}},
        returns=steps("care", (0.5, 1.0), (1.0, 0.2)),
    )
    plan = best(place)
    assert units(plan) == {"care_1": 400, "care_2": 600}
    assert plan.objective.value == pytest.approx(0.6 * MILLION)


def test_without_need_and_capacity_there_is_one_step_without_end() -> None:
    """All £5 million buys 5,000 units that count in full."""
    place = small({"council": {"amount": 5}}, {"care": {"people": None}})
    assert units(best(place)) == {"care": 5_000}


def test_several_steps_without_need_or_capacity_are_a_finding() -> None:
    place = small(
        {"council": {"amount": 5}},
        {"care": {"people": None}},
        returns=steps("care", (0.5, 1.0), (1.0, 0.5)),
    )
    with pytest.raises(pb.InvalidPlace, match="several steps"):
        best(place)


def test_offers_of_one_line_share_its_steps() -> None:
    """First step 500. The cheap offer (£500, 300 units) and the dear one (£1,000) share it:

    £600,000 buys 300 + 450 = 750 units; 500 x 1 + 250 x 0.1 = 525 outcomes, not 750.
    """
    place = small(
        {"council": {"amount": 0.6}},
        {"care": {"offer": [{"unit_cost": 500, "capacity": 300}, {}]}},
        returns=steps("care", (0.5, 1.0), (1.0, 0.1)),
    )
    plan = best(place)
    assert units(plan) == {"care_1": 300, "care_2": 450}
    assert plan.objective.value == pytest.approx(525_000)


def test_need_of_a_year_comes_before_need_of_every_year() -> None:
    needs = [
        {"service": "care", "people": 100},
        {"service": "care", "people": 700, "year": "2028-29"},
    ]
    place = small({"council": {"amount": [1, 1, 1]}}, {"care": {}}, years=3, needs=needs)
    wanted = {"2027-28": 100, "2028-29": 700, "2029-30": 100}
    assert units(best(place), "year") == wanted


def test_need_below_an_offers_area_is_summed() -> None:
    """An offer in the district serves both wards: 200 + 300 = 500; the other ward is not in it."""
    areas = [
        {"area": "place"},
        {"area": "district", "parent": "place"},
        {"area": "north", "parent": "district"},
        {"area": "south", "parent": "district"},
        {"area": "elsewhere", "parent": "place"},
    ]
    needs = [
        {"service": "care", "area": "north", "people": 200},
        {"service": "care", "area": "south", "people": 300},
        {"service": "care", "area": "elsewhere", "people": 999},
    ]
    place = small(
        {"council": {"amount": 5}},
        {"care": {"offer": {"area": "district"}}},
        areas=areas,
        needs=needs,
    )
    assert units(best(place)) == {"care": 500}


def test_a_service_offered_at_two_levels_of_one_path_is_a_finding() -> None:
    place = small(
        {"council": {"amount": 5}},
        {"care": {"offer": [{"area": "place"}, {"area": "ward"}]}},
        areas=[{"area": "place"}, {"area": "ward", "parent": "place"}],
    )
    with pytest.raises(pb.InvalidPlace, match="care"):
        best(place)


# --- set-up and lots ----------------------------------------------------------


def test_a_set_up_cost_is_paid_once_in_the_year_the_offer_starts() -> None:
    """£1 million a year, set-up £400,000: 600 units, then 1,000."""
    place = small(
        {"council": {"amount": [1, 1]}}, {"care": {"offer": {"set_up_cost": 400_000}}}, years=2
    )
    plan = best(place)
    assert units(plan, "year") == {"2027-28": 600, "2028-29": 1_000}
    assert list(plan.tables["units"]["started"]) == [True, False]
    assert spent(plan, "year") == {"2027-28": 1.0, "2028-29": 1.0}


def test_a_set_up_cost_rises_with_the_index_of_its_offer() -> None:
    """10 % from the price base: £440,000, and £1,100 a unit: (1.1 - 0.44) / 0.0011 = 600 units."""
    place = small(
        {"council": {"amount": 1.1}},
        {"care": {"offer": {"set_up_cost": 400_000, "index": "pay"}}},
        settings={"price_base": "2026-27"},
        inflation=[
            {"index": name, "year": "2027-28", "rate": rate}
            for name, rate in (("pay", 0.1), ("general", 0.0))
        ],
    )
    assert units(best(place)) == pytest.approx({"care": 600})


def test_an_offer_that_todays_money_buys_from_has_started() -> None:
    """No set-up cost is paid again: £1 million buys 1,000 units."""
    service = {"offer": {"set_up_cost": 400_000}, "today": {"council": 0.1}}
    plan = best(small({"council": {"amount": 1}}, {"care": service}))
    assert units(plan) == {"care": 1_000}
    assert not plan.tables["units"]["started"].any()


def test_an_offer_is_not_started_where_that_costs_more_than_it_brings() -> None:
    """Set-up £700,000 leaves 300 units at twice the effect a pound: 600 against 1,000 without."""
    offers = [{"unit_cost": 500, "set_up_cost": 700_000}, {}]
    place = small({"council": {"amount": 1}}, {"care": {"people": 5_000, "offer": offers}})
    assert units(best(place)) == {"care_2": 1_000}
    cheaper = [{"unit_cost": 500, "set_up_cost": 400_000}, {}]
    place = small({"council": {"amount": 1}}, {"care": {"people": 5_000, "offer": cheaper}})
    assert units(best(place)) == {"care_1": 1_200}


def test_an_offer_starts_when_it_pays_to() -> None:
    """The better offer opens in the second year; until then the plain one is bought."""
    offers = [
        {"unit_cost": 500, "set_up_cost": 100_000, "first_year": "2028-29"},
        {},
    ]
    place = small(
        {"council": {"amount": [1, 1, 1]}}, {"care": {"people": 5_000, "offer": offers}}, years=3
    )
    plan = best(place)
    assert units(plan, "offer", "year") == {
        ("care_2", "2027-28"): 1_000,
        ("care_1", "2028-29"): 1_800,
        ("care_1", "2029-30"): 2_000,
    }


def test_an_offer_runs_with_its_smallest_lot_or_not_at_all() -> None:
    """Lot 600 a year. £500,000 in the first year is too little; £1 million in the second enough."""
    place = small(
        {"council": {"amount": [0.5, 1]}},
        {"care": {"value": 3, "offer": {"smallest_lot": 600}}, "other": {}},
        years=2,
    )
    assert units(best(place), "offer", "year") == {
        ("other", "2027-28"): 500,
        ("care", "2028-29"): 1_000,
    }


def test_a_smallest_lot_is_taken_up_to_reach_what_it_makes_possible() -> None:
    """Need 500, lot 600: the lot is more than can be delivered, so the offer never runs."""
    service = {"people": 500, "value": 9, "offer": {"smallest_lot": 600}}
    place = small({"council": {"amount": 5}}, {"care": service, "other": {}})
    assert units(best(place)) == {"other": 1_000}


def test_set_up_cost_has_the_kind_of_its_service() -> None:
    """Capital money may not pay the set-up of a revenue service; it pays that of a capital one."""
    streams = {
        "works": {"agency": "council", "amount": 1, "kind": "capital"},
        "taxes": {"agency": "council", "amount": 0.5},
    }
    offer = {"set_up_cost": 400_000}
    plan = best(small(streams, {"care": {"offer": offer}}))
    assert units(plan) == {"care": 100}
    assert spent(plan, "stream") == {"taxes": 0.5}
    plan = best(small(streams, {"hub": {"kind": "capital", "people": 5_000, "offer": offer}}))
    assert units(plan) == {"hub": 1_100}
    assert spent(plan, "stream") == {"taxes": 0.5, "works": 1.0}


def test_steps_fill_in_order_whatever_the_objective_counts() -> None:
    """A floor of £0.6 million buys 600 units; nothing of them is cashable, the objective.

    The first 500 count in full, the next 100 for a tenth: 510 outcomes all the same.
    """
    place = small(
        {"council": {"amount": 5}},
        {"care": {}, "other": {}},
        returns=steps("care", (0.5, 1.0), (1.0, 0.1)),
        savings=[{"outcome": "other_good", "agency": "council", "value": 100, "cashable": 0.5}],
        rules=[
            rule("floor", "service=care", 600_000),
            rule("cap", "service=care", 600_000, rule="c"),
        ],
    )
    for objective in ("cashable saving", "fiscal saving"):
        plan = best(place, objective=objective)
        assert units(plan)["care"] == 600
        table = plan.outcomes("outcome").set_index("outcome")["produced"]
        assert table["care_good"] == pytest.approx(510)
