"""What effects over time, overlap, savings and the value of outcomes mean for a plan."""

from __future__ import annotations

import pytest

import placebudget as pb
from placebudget.place import Place
from placebudget.plan.siloed import benchmarks
from placebudget.view.tables import public_value
from small import MILLION, rule, small, units


def best(place: Place, **options: object) -> pb.Plan:
    return pb.optimise(place, prices=False, **{"pooling": "aligned", **options})


def produced(plan: pb.Plan, *by: str) -> list[float]:
    return list(plan.outcomes(list(by) or "year")["produced"])


# --- effects over the years -------------------------------------------------------


def test_units_work_from_their_lag_for_their_duration_and_fade() -> None:
    """100 units in year 0 and 200 in year 1, lag 1, duration 3, drop-off 0.5.

    Year 1: 100. Year 2: 50 + 200 = 250. Year 3: 25 + 100 = 125. Year 4: 50.
    """
    place = small(
        {"council": {"amount": [0.1, 0.2]}},
        {"care": {"effect": {"lag": 1, "duration": 3, "drop_off": 0.5}}},
        years=2,
    )
    plan = best(place)
    assert produced(plan) == pytest.approx([100, 250, 125, 50])
    assert list(plan.outcomes("year")["year"]) == ["2028-29", "2029-30", "2030-31", "2031-32"]


def test_blank_lag_and_duration_are_none_and_one_year() -> None:
    plan = best(small({"council": {"amount": [0.1, 0.2]}}, {"care": {}}, years=2))
    assert produced(plan) == pytest.approx([100, 200])


def test_an_earlier_effect_is_bought_before_a_larger_late_one_when_discounting_says_so() -> None:
    """One year of £1 million: 1.00 now against 1.10 in two years at 3.5 %: 1.10 x 0.9335 = 1.027.

    At 10 %: 1.10 / 1.21 = 0.909, and the choice turns.
    """
    services = {"now": {"value": 1}, "later": {"value": 1.1, "effect": {"lag": 2}}}
    money = {"council": {"amount": 1}}
    assert units(best(small(money, services))) == {"later": 1_000}
    turned = small(money, services, settings={"discount": 0.10})
    assert units(best(turned)) == {"now": 1_000}


def test_effectiveness_of_a_step_multiplies_every_year_of_the_effect() -> None:
    """1,000 units in a step of 0.4, duration 2, drop-off 0.25: 400, then 300."""
    place = small(
        {"council": {"amount": 1}},
        {"care": {"effect": {"duration": 2, "drop_off": 0.25}}},
        returns=[{"service": "care", "step": 1, "up_to": 1, "effectiveness": 0.4}],
    )
    assert produced(best(place)) == pytest.approx([400, 300])


def test_outcomes_count_improvements_whichever_way_is_better() -> None:
    for better in ("more", "less"):
        place = small({"council": {"amount": 1}}, {"care": {}})
        outcomes = place.outcomes.assign(better=better)
        plan = best(place.with_(outcomes=outcomes))
        assert plan.outcomes("outcome")["counted"].item() == pytest.approx(1_000)
        assert plan.objective.value == pytest.approx(MILLION)


# --- at risk and overlap -----------------------------------------------------------


def shared(at_risk: list[dict[str, object]], **tables: object) -> Place:
    """Two services make one outcome, worth £1,000: 600 and 400 units, all affordable."""
    place = small(
        {"council": {"amount": 1}},
        {"care": {"people": 600}, "nursing": {"people": 400}},
        at_risk=at_risk,
        **tables,
    )
    effects = place.effects.assign(outcome="care_good")
    return place.with_(effects=effects)


def test_what_is_counted_is_no_more_than_what_is_at_risk_and_overlap_is_shared() -> None:
    """600 + 400 produced, 700 at risk: 420 and 280 count, 180 and 120 overlap.

    Floors make the place buy all; value 700 x £1,000.
    """
    rules = [rule("floor", amount=MILLION)]
    plan = best(shared([{"outcome": "care_good", "most": 700}], rules=rules))
    table = plan.outcomes("service").set_index("service")
    assert list(table.loc["care", ["produced", "counted", "overlap"]]) == pytest.approx(
        [600, 420, 180]
    )
    assert list(table.loc["nursing", ["produced", "counted", "overlap"]]) == pytest.approx(
        [400, 280, 120]
    )
    assert plan.objective.value == pytest.approx(700_000)


def test_a_limit_that_is_not_reached_counts_everything() -> None:
    plan = best(shared([{"outcome": "care_good", "most": 1_500}]))
    assert plan.outcomes("outcome")["overlap"].item() == pytest.approx(0)
    assert plan.objective.value == pytest.approx(MILLION)


def test_without_a_limit_two_services_count_the_same_person_twice() -> None:
    plan = best(shared([]))
    assert plan.outcomes("outcome")["counted"].item() == pytest.approx(1_000)


def test_a_limit_of_its_own_year_comes_before_one_of_every_year() -> None:
    """500 produced in each of two years; at most 300, and 450 in the second."""
    at_risk = [
        {"outcome": "care_good", "most": 300},
        {"outcome": "care_good", "most": 450, "year": "2028-29"},
    ]
    place = small(
        {"council": {"amount": [0.5, 0.5]}},
        {"care": {}},
        years=2,
        at_risk=at_risk,
        rules=[rule("floor", amount=500_000)],
    )
    plan = best(place)
    assert list(plan.outcomes("year")["counted"]) == pytest.approx([300, 450])


def test_a_limit_holds_over_what_is_still_working_from_the_year_before() -> None:
    """Duration 2: 400 in year 0, 400 + 400 in year 1, 400 in year 2; at most 500 a year.

    400 + 500 + 400 = 1,300 outcomes, undiscounted £1.3 million.
    """
    place = small(
        {"council": {"amount": [0.4, 0.4]}},
        {"care": {"effect": {"duration": 2}}},
        years=2,
        settings={"discount": 0},
        at_risk=[{"outcome": "care_good", "most": 500}],
        rules=[rule("floor", amount=400_000)],
    )
    plan = best(place)
    assert list(plan.outcomes("year")["counted"]) == pytest.approx([400, 500, 400])
    assert plan.objective.value == pytest.approx(1.3 * MILLION)


NESTED = [
    {"area": "place"},
    {"area": "north", "parent": "place"},
    {"area": "south", "parent": "place"},
]


def nested(*at_risk: dict[str, object]) -> Place:
    """One service offered in two areas, 600 units in the north, 400 in the south."""
    return small(
        {"council": {"amount": 1}},
        {"care": {"offer": [{"area": "north"}, {"area": "south"}]}},
        areas=NESTED,
        needs=[
            {"service": "care", "area": "north", "people": 600},
            {"service": "care", "area": "south", "people": 400},
        ],
        at_risk=list(at_risk),
        rules=[rule("floor", amount=MILLION)],
    )


def test_a_limit_on_an_area_takes_in_all_below_it() -> None:
    """The place may count 500 of 1,000: 300 of the north's 600, 200 of the south's 400."""
    plan = best(nested({"outcome": "care_good", "most": 500}))
    counted = plan.outcomes("area").set_index("area")["counted"]
    assert dict(counted) == pytest.approx({"north": 300, "south": 200})
    assert plan.objective.value == pytest.approx(500_000)


def test_limits_on_an_area_and_on_the_place_hold_together() -> None:
    """North at most 100, the place at most 450: 100 + 350 = 450; without the south's 400: 500."""
    north = {"outcome": "care_good", "area": "north", "most": 100}
    plan = best(nested(north, {"outcome": "care_good", "most": 450}))
    counted = plan.outcomes("area").set_index("area")["counted"]
    assert counted["north"] <= 100 + 1e-6
    assert counted.sum() == pytest.approx(450)
    plan = best(nested(north))
    counted = plan.outcomes("area").set_index("area")["counted"]
    assert dict(counted) == pytest.approx({"north": 100, "south": 400})


def test_a_limit_on_one_area_leaves_the_other_alone() -> None:
    """South at most 0: 600 of the north count."""
    plan = best(nested({"outcome": "care_good", "area": "south", "most": 0}))
    assert plan.objective.value == pytest.approx(600_000)


def test_overlap_turns_money_to_another_service() -> None:
    """300 at risk: beyond 300 units of care, £1 a pound, the other service at 60p is better."""
    place = small(
        {"council": {"amount": 1}},
        {"care": {}, "other": {"value": 0.6}},
        at_risk=[{"outcome": "care_good", "most": 300}],
    )
    plan = best(place)
    assert units(plan) == {"care": 300, "other": 700}
    assert plan.objective.value == pytest.approx(300_000 + 420_000)


# --- value ---------------------------------------------------------------------------


def valued() -> Place:
    """One service, 1,000 units; an outcome with every kind of value, a year later, 25 %.

    Fiscal £300 to the council (40 % cashable) and £500 to DWP (20 % cashable),
    economic £70, social £30, weight 2.
    """
    place = small(
        {"council": {"amount": 1}},
        {"care": {"effect": {"lag": 1}}},
        settings={"discount": 0.25},
        savings=[
            {"outcome": "care_good", "agency": "council", "value": 300, "cashable": 0.4},
            {"outcome": "care_good", "agency": "benefits", "value": 500, "cashable": 0.2},
        ],
        outcomes=[{"outcome": "care_good", "economic_value": 70, "social_value": 30, "weight": 2}],
    )
    agencies = [{"agency": "council"}, {"agency": "benefits", "sector": "dwp"}]
    return place.with_(agencies=frame(agencies))


def frame(rows: list[dict[str, object]]):  # type: ignore[no-untyped-def]
    import pandas as pd

    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("objective", "value"),
    [
        ("public value", 720_000),  # (300 + 500 + 70 + 30) x 1,000 / 1.25
        ("fiscal saving", 640_000),  # (300 + 500) x 1,000 / 1.25
        ("cashable saving", 176_000),  # (120 + 100) x 1,000 / 1.25
        ("weighted outcomes", 1_600),  # 2 x 1,000 / 1.25
    ],
)
def test_each_objective_counts_its_own_kinds_of_value(objective: str, value: float) -> None:
    plan = best(valued(), objective=objective)
    assert plan.objective.value == pytest.approx(value)
    assert plan.objective.name == objective


def test_net_public_value_of_the_same_place_is_not_worth_the_money() -> None:
    """£720,000 for £1 million: nothing is bought, and nothing is lost."""
    plan = best(valued(), objective="net public value")
    assert plan.objective.value == 0
    assert units(plan) == {}


def test_savings_are_shown_by_agency_real_and_discounted() -> None:
    """Council 300 x 1,000, 40 % cashable; DWP 500 x 1,000, 20 %; discounted by 1.25."""
    table = best(valued()).savings("agency").set_index("agency")
    columns = ["fiscal", "cashable", "discounted_fiscal", "discounted_cashable"]
    assert list(table.loc["council", columns]) == pytest.approx([300_000, 120_000, 240_000, 96_000])
    assert list(table.loc["benefits", columns]) == pytest.approx(
        [500_000, 100_000, 400_000, 80_000]
    )


def with_a_transfer() -> Place:
    """As :func:`valued`, what DWP saves being a transfer."""
    place = valued()
    return place.with_(savings=place.savings.assign(transfer=[None, True]))


@pytest.mark.parametrize(
    ("objective", "value"),
    [
        ("public value", 320_000),  # (300 + 70 + 30) x 1,000 / 1.25
        ("fiscal saving", 640_000),  # (300 + 500) x 1,000 / 1.25
        ("cashable saving", 176_000),  # (120 + 100) x 1,000 / 1.25
    ],
)
def test_a_transfer_is_saved_by_the_agency_and_counts_in_no_public_value(
    objective: str, value: float
) -> None:
    plan = best(with_a_transfer(), objective=objective)
    assert plan.objective.value == pytest.approx(value)
    assert plan.public_value() == pytest.approx(320_000)
    saved = plan.savings("agency").set_index("agency")
    assert list(saved["discounted_fiscal"]) == pytest.approx([400_000, 240_000])
    assert sum(public_value({"Best": plan}).figures["Best"]) == pytest.approx(0.32)


def test_transfers_are_said_to_be_left_out_with_their_amount() -> None:
    """DWP's £500 x 1,000 / 1.25."""
    said = " Savings that are transfers are left out (Best £400,000)."
    assert public_value({"Best": best(with_a_transfer())}).note.endswith(said)
    assert "transfers" not in public_value({"Best": best(valued())}).note


def test_money_goes_where_it_makes_more_once_transfers_are_left_out() -> None:
    """Care is worth £900 a unit with what DWP saves and £400 without; the other service £600."""
    other = {"outcome": "other_good", "social_value": 600.0}
    place = small(
        {"council": {"amount": 1}},
        {"care": {}, "other": {}},
        savings=[{"outcome": "care_good", "agency": "council", "value": 500, "cashable": 0}],
        outcomes=[{"outcome": "care_good", "social_value": 400.0}, other],
    )
    assert units(best(place)) == {"care": 1_000}
    assert units(best(place.with_(savings=place.savings.assign(transfer=True)))) == {"other": 1_000}


def test_an_agency_that_is_no_worse_off_counts_what_it_saves_with_transfers() -> None:
    kept = frame([rule("no_worse_off", "agency=benefits|council", 0)])
    marks = benchmarks(with_a_transfer().with_(rules=kept))
    assert marks["benefits"].savings == pytest.approx(400_000)
    assert marks["council"].value == pytest.approx(320_000)


def test_overlap_lies_where_a_promise_does_not_need_the_outcome() -> None:
    """Of 500 that count, 350 are promised in the south: 150 of the north's 600, 350 of the 400."""
    place = nested({"outcome": "care_good", "most": 500})
    floor = rule("outcome_floor", "outcome=care_good; area=south", 350)
    rules = frame([*place.rules.to_dict("records"), floor])
    counted = best(place.with_(rules=rules)).outcomes("area").set_index("area")["counted"]
    assert counted.sum() == pytest.approx(500)
    assert counted["south"] >= 350 - 1e-6
