"""Need that must be met, need that prevention takes away, capacity that goes only so fast."""

from __future__ import annotations

from typing import Any

import pytest

import placebudget as pb
from placebudget.plan.need import need_unmet
from placebudget.programme import Basis, read_pooling
from small import small
from worked_place import place_of, worked


def best(pooling: str, **changes: Any) -> float:
    """Value of the best plan of the worked place, in pounds."""
    return pb.optimise(worked(**changes), pooling=pooling, prices=False).objective.value


@pytest.mark.parametrize(
    ("changes", "pooling", "value"),
    [
        ({}, "aligned", 409_666_666.67),
        ({}, "freed", 429_833_333.33),
        ({"release": None}, "aligned", 430e6),
        ({"release": None}, "freed", 455e6),
        ({"nursing": False, "family_value": 3000.0}, "aligned", 405e6),
        ({"family_today": 2e6}, "aligned", 416_466_666.67),
        ({"nhs": (100e6, 96e6, 100e6)}, "aligned", 401_666_666.67),
        ({"appraisal_years": 4}, "aligned", 414_420_833.33),
        ({"appraisal_years": 4}, "freed", 429_833_333.33),
        ({"appraisal_years": 4, "release": None}, "aligned", 435e6),
    ],
    ids=str,
)
def test_the_worked_place_has_the_value_worked_out_by_hand(
    changes: dict[str, Any], pooling: str, value: float
) -> None:
    assert best(pooling, **changes) == pytest.approx(value, abs=1.0)


def test_a_floor_on_a_service_led_by_need_keeps_capacity_that_nobody_needs() -> None:
    floor = {"rule": "beds", "kind": "floor", "subject": "service=emergency", "amount": 98e6}
    assert best("aligned", rules=[floor]) == pytest.approx(395_333_333.33, abs=1.0)


def test_money_is_released_only_as_fast_as_capacity_can_be_given_up() -> None:
    plan = pb.optimise(worked(), pooling="aligned", prices=False)
    needs = plan.tables["needs"]
    assert needs["avoided"].tolist() == pytest.approx([0, 5_000, 9_750])
    assert needs["paid"].tolist() == pytest.approx([100_000, 95_000, 90_250])
    assert needs["unmet"].tolist() == pytest.approx([0, 0, 0])
    family = plan.money(["service", "year"]).set_index(["service", "year"])["amount"]["family"]
    assert family.tolist() == pytest.approx([3_333_333.33, 6_500_000.0], abs=0.01)


def test_what_is_avoided_beyond_what_can_be_given_up_leaves_capacity_empty() -> None:
    plan = pb.optimise(worked(nursing=False, family_value=3000.0), pooling="aligned", prices=False)
    needs = plan.tables["needs"]
    assert needs["avoided"].tolist() == pytest.approx([0, 15_000, 15_000])
    assert needs["paid"].tolist() == pytest.approx([100_000, 95_000, 90_250])
    assert (needs["paid"] - needs["served"]).tolist() == pytest.approx([0, 10_000, 5_250])


def test_need_that_todays_services_avoid_is_added_back_so_that_cutting_them_raises_need() -> None:
    place = worked(family_today=2e6)
    today = pb.simulate(place)
    needs = today.tables["needs"]
    assert needs["needed"].tolist() == pytest.approx([103_000] * 3)
    assert needs["avoided"].tolist() == pytest.approx([3_000] * 3)
    assert needs["unmet"].tolist() == pytest.approx([0] * 3)
    assert today.objective.value == pytest.approx(394.8e6, abs=1.0)
    gain = pb.optimise(place, pooling="aligned", prices=False).objective.value - 394.8e6
    assert gain == pytest.approx(21_666_666.67, abs=1.0)


def test_today_leaves_need_unmet_where_money_is_short_and_is_never_refused() -> None:
    today = pb.simulate(worked(nhs=(100e6, 96e6, 100e6)))
    assert today.tables["needs"]["unmet"].tolist() == pytest.approx([0, 4_000, 0])
    assert today.objective.value == pytest.approx(385.2e6, abs=1.0)


def test_where_money_cannot_meet_all_need_the_least_is_left_unmet_and_said() -> None:
    place = worked(nhs=(90e6, 90e6, 90e6))
    plan = pb.optimise(place, pooling="aligned", prices=False)
    needs = plan.tables["needs"]
    # 10,000 in the first year; 15,000 attendances can be avoided in each of the others.
    assert needs["unmet"].tolist() == pytest.approx([10_000, 0, 0], abs=0.1)
    assert plan.run["need_unmet"] == pytest.approx(10e6, abs=1.0)


def test_no_clash_is_named_where_need_may_go_unmet_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    """What clashes takes long to name, and nobody would read it."""
    monkeypatch.setattr("placebudget.solver.stages.sequence.name_clash", None)
    place = worked(nhs=(90e6, 100e6, 100e6), release=None, nursing=False)
    assert pb.optimise(place, pooling="aligned", prices=False).run["need_unmet"] == 10e6


def test_need_before_the_first_offer_is_refused_and_would_cost_what_the_offer_to_come_does() -> (
    None
):
    place = worked()
    offers = place.tables["offers"].copy()
    offers["first_year"] = ["2028-29" if name == "emergency" else None for name in offers["offer"]]
    offers["release"] = None
    today = place.tables["today"].query("service != 'emergency'")
    late = place.with_(offers=offers, today=today)
    with pytest.raises(pb.InvalidPlace, match=r"needed in 2027-28, and there is capacity for 0"):
        pb.optimise(late, pooling="aligned", prices=False)
    basis = Basis(late, read_pooling(late, "aligned"))
    mine = basis.lines.service == "emergency"
    each = basis.marginal_cost[mine] * basis.scale.money / basis.scale.units
    assert each.tolist() == [pytest.approx([1_000.0] * 3)]


def test_need_unmet_costs_what_the_offer_does_that_takes_the_last_of_it() -> None:
    """30 places at £1,000 beside many at £2,000: of 100 in need the 40 unmet are £2,000 each."""
    offers = [{"offer": "cheap", "unit_cost": 1_000.0, "capacity": 30.0},
              {"offer": "dear", "unit_cost": 2_000.0, "capacity": 200.0}]  # fmt: skip
    for people, money, unmet in ((100, 0.09, 0.08), (20, 0.01, 0.01)):
        care = {"led_by": "need", "people": people, "offer": offers}
        plan = pb.optimise(small({"tax": {"amount": money}}, {"care": care}), prices=False)
        assert plan.run["need_unmet"] == pytest.approx(unmet * 1e6, abs=1.0)
        assert need_unmet(plan)[1] == pytest.approx(unmet * 1e6)


def test_one_attendance_fewer_is_worth_what_it_frees() -> None:
    fewer = best("aligned", need=99_999) - best("aligned")
    # Its own value is lost; the pound it cost buys nursing in the two years that release allows.
    assert fewer == pytest.approx(2_203.33, abs=0.01)
    assert best("freed", need=99_999) - best("freed") == pytest.approx(2_301.67, abs=0.01)


def test_the_saving_goes_to_the_agency_that_need_no_longer_costs_money() -> None:
    plan = pb.optimise(worked(), pooling="aligned", prices=False)
    saved = plan.savings("agency").set_index("agency")
    assert saved["fiscal"].to_dict() == pytest.approx({"nhs": 14.75e6})
    assert saved["cashable"].to_dict() == pytest.approx({"nhs": 14.75e6})


def test_an_avoided_unit_takes_the_step_that_works_least() -> None:
    place = place_of(
        {
            "agencies": [{"agency": "council"}],
            "streams": [{"stream": "tax", "agency": "council", "raised": "local"}],
            "funding": [{"stream": "tax", "year": "2027-28", "amount": 50_010.0}],
            "services": [
                {"service": "care", "commissioner": "council", "purpose": "care"},
                {"service": "advice", "commissioner": "council", "purpose": "care"},
            ],
            "offers": [
                {"offer": "care", "service": "care", "unit_cost": 1_000.0},
                {"offer": "advice", "service": "advice", "unit_cost": 1.0, "capacity": 10},
            ],
            "needs": [{"service": "care", "people": 100}],
            "returns": [
                {"service": "care", "step": 1, "up_to": 0.5, "effectiveness": 1.0},
                {"service": "care", "step": 2, "up_to": 1.0, "effectiveness": 0.5},
            ],
            "outcomes": [
                {"outcome": "cared", "social_value": 1_000.0},
                {"outcome": "fewer", "social_value": 0.0},
            ],
            "effects": [
                {"service": "care", "outcome": "cared", "impact": 1.0},
                {"service": "advice", "outcome": "fewer", "impact": 1.0},
            ],
            "avoids": [{"outcome": "fewer", "service": "care", "units": 1.0}],
        },
        years=("2027-28",),
        appraisal_years=1,
    )
    plan = pb.optimise(place, pooling="aligned", prices=False)
    assert plan.objective.value == pytest.approx(55_000.0, abs=0.01)
    # 50 bought and 10 avoided make 55; the 50 alone make 50.
    cared = plan.outcomes("outcome").set_index("outcome").loc["cared"]
    assert cared[["counted", "not_needed"]].tolist() == pytest.approx([55, 5])


def test_units_are_added_only_as_fast_as_capacity_can_be_built() -> None:
    place = worked()
    offers = place.tables["offers"].copy()
    family = offers["offer"] == "family"
    offers.loc[family, "capacity"], offers.loc[family, "build"] = 5_000.0, 0.1
    plan = pb.optimise(place.with_(offers=offers), pooling="aligned", prices=False)
    units = plan.tables["units"].query("offer == 'family'").set_index("year")["units"]
    assert units["2027-28"] == pytest.approx(500.0)
    assert units["2028-29"] == pytest.approx(1_000.0)


def test_capacity_may_stand_ready_for_a_year_to_be_built_up_in_time() -> None:
    """15,000 attendances avoided in the second year only; 10,000 places can be added in a year.

    So 90,000 places are paid for to serve 85,000, and 100,000 can be served in the third year:
    360 + 15 for families + 10 for libraries + 2 x 10 of nursing + 15 for families.
    """
    none = {"rule": "none", "kind": "cap", "subject": "service=family", "year": "2028-29"}
    place = worked(release=None, family_value=3_000.0, rules=[{**none, "amount": 0.0}])
    offers = place.tables["offers"].copy()
    emergency = offers["offer"] == "emergency"
    offers.loc[emergency, "capacity"], offers.loc[emergency, "build"] = 200_000.0, 0.05
    plan = pb.optimise(place.with_(offers=offers), pooling="aligned", prices=False)
    needs = plan.tables["needs"]
    assert needs["paid"].tolist() == pytest.approx([100_000, 90_000, 100_000])
    assert needs["served"].tolist() == pytest.approx([100_000, 85_000, 100_000])
    assert plan.objective.value == pytest.approx(420e6, abs=1.0)


@pytest.mark.parametrize("objective", ["fiscal saving", "cashable saving", "net public value"])
def test_every_objective_knows_what_avoiding_need_saves(objective: str) -> None:
    place = worked(appraisal_years=5, family_today=1e6)
    plan = pb.optimise(place, pooling="pooled", objective=objective, prices=False)
    assert plan.status == "optimal"
    if objective != "net public value":
        column = f"discounted_{objective.split()[0]}"
        assert plan.savings()[column].sum() == pytest.approx(plan.objective.value, abs=1.0)


def test_a_plan_with_need_comes_back_from_its_file(tmp_path: Any) -> None:
    plan = pb.optimise(worked(appraisal_years=4), pooling="aligned", prices=False)
    assert pb.read_plan(plan.to_json(tmp_path / "need.plan.json")) == plan
