"""Every study of a place in which need must be met and prevention avoids some of it."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest

import placebudget as pb
from placebudget.place import Place
from placebudget.plan.need import meet_alike, need_unmet, unmet_change
from placebudget.study.potential.plans_side_by_side import measures_of
from worked_place import worked

SHORT = (90e6,) * 3


@pytest.fixture(scope="module")
def short() -> pb.study.Potential:
    """The NHS has £90 million a year for need of £100 million."""
    return pb.potential(worked(nhs=SHORT))


def test_the_potential_of_the_worked_place_is_what_is_worked_out_by_hand() -> None:
    found = pb.potential(worked())
    assert found.between("today", "siloed") == pytest.approx(20e6 - 20e6, abs=1.0)
    assert found.between("siloed", "aligned") == pytest.approx(19_666_666.67, abs=1.0)
    assert found.between("pooled", "freed") == pytest.approx(20_166_666.67, abs=1.0)
    assert "acting in step, from siloed to best aligned: +£19.7 million" in str(
        found.summarised()
    ).replace("Acting", "acting")


def test_plans_that_leave_different_need_unmet_are_never_subtracted(
    short: pb.study.Potential,
) -> None:
    plans = short.plans
    # Siloed: 10,000 a year. In step, family support avoids what is short in the last two years.
    assert need_unmet(plans["siloed"]) == pytest.approx((30_000, 30e6), abs=1.0)
    assert need_unmet(plans["aligned"]) == pytest.approx((10_000, 10e6), abs=1.0)
    assert need_unmet(plans["freed"]) == pytest.approx((0, 0), abs=1.0)
    assert not meet_alike(plans["siloed"], plans["aligned"])
    assert math.isnan(short.between("siloed", "aligned"))
    assert math.isnan(short.between("siloed", "aligned", "cashable saving"))
    assert short.between("siloed", "aligned", "in need and not served") == pytest.approx(-20_000)
    assert short.between("aligned", "pooled") == pytest.approx(0.0, abs=1.0)
    assert short.sentence("siloed", "aligned") == (
        "Acting in step, from siloed to best aligned: £20 million more of the need that must "
        "be met is met, and 20,000 more in need are served; so no gain in value is given."
    )


def test_no_difference_in_value_stands_in_a_table_of_plans_that_meet_need_otherwise(
    short: pb.study.Potential,
) -> None:
    table = short.differences.query("start == 'aligned' and end == 'freed'")
    known = table[table["value"].notna()].set_index("measure")["value"]
    assert set(known.index) == {
        "money on services", "management cost", "money not spent", "in need and not served",
        "money short of need",
    }  # fmt: skip
    assert known["money short of need"] == pytest.approx(-10e6, abs=1.0)


def test_need_of_unlike_units_has_no_sum() -> None:
    """Attendances that are not treated and years of care that are not given are two things."""
    place = worked(nhs=(100e6, 96e6, 100e6))
    services = place.services.assign(led_by=["need", "budget", "need", "budget"])
    needs = pd.DataFrame([{"service": "emergency", "people": 100_000},
                          {"service": "libraries", "people": 20_000_000}])  # fmt: skip
    plans = []
    for units in (["attendance"] * 4, ["attendance", "family", "year of care", "visit"]):
        plans.append(pb.simulate(place.with_(services=services.assign(unit=units), needs=needs)))
    same, unlike = plans
    assert need_unmet(same)[0] == pytest.approx(30_004_000)
    assert math.isnan(need_unmet(unlike)[0])
    assert need_unmet(unlike)[1] == need_unmet(same)[1]
    for plan, there in ((same, True), (unlike, False)):
        measures = [name for name, _, _ in measures_of(plan)]
        assert ("in need and not served" in measures) is there
        assert "money short of need" in measures
        assert ("more in need are served" in unmet_change(plan, _met(plan))) is there


def _met(plan: pb.Plan) -> pb.Plan:
    """The plan as if nothing were short."""
    needs = plan.tables["needs"].assign(not_served=0.0, money_short=0.0)
    return replace(plan, tables={**plan.tables, "needs": needs})


def test_a_comparison_says_need_first_and_gives_no_gain_in_value(
    short: pb.study.Potential,
) -> None:
    found = pb.compare(short.plans["aligned"], short.plans["freed"])
    said = str(found.summarised())
    told = (
        "£10 million more of the need that must be met is met, and 10,000 more in need are served"
    )
    assert f"freed beside aligned: {told}; so no gain in value is given." in said
    value = found.table("value").set_index("measure")["difference"]
    assert math.isnan(value["public value"])
    assert value["in need and not served"] == pytest.approx(-10_000, abs=1.0)
    (cause,) = found.causes().to_dict("records")
    assert math.isnan(cause["adds_alone"])
    assert told in cause["note"]


def test_causes_are_given_between_plans_that_meet_need_alike() -> None:
    plans = (pb.optimise(worked(), pooling=name, prices=False) for name in ("aligned", "freed"))
    (cause,) = pb.compare(*plans).causes().to_dict("records")
    assert cause["adds_alone"] == pytest.approx(20_166_666.67, abs=1.0)


@pytest.mark.parametrize(
    ("changes", "gain"),
    [({}, 20_166_666.67), ({"appraisal_years": 4}, 429_833_333.33 - 414_420_833.33)],
    ids=str,
)
def test_the_gain_that_partners_share_is_that_of_freed_over_aligned(
    changes: dict[str, int], gain: float
) -> None:
    found = pb.sharing(worked(**changes))
    shares = found.tables["shares"]
    whole = shares[shares["objective"] == "public value"] if "objective" in shares else shares
    assert whole.groupby("method")["share"].sum().to_numpy() == pytest.approx(gain, abs=10.0)


def test_a_gain_is_not_shared_where_need_is_unmet_apart() -> None:
    with pytest.raises(pb.Infeasible, match="to meet need that must be met"):
        pb.sharing(worked(nhs=SHORT))


def test_accounts_and_runs_made_again_follow_the_money_of_empty_capacity_too() -> None:
    place = worked(nursing=False, family_value=3000.0)
    plan = pb.optimise(place, pooling="aligned", prices=False)
    assert "Every stream is accounted for to the penny." in str(pb.accounts(plan).summarised())
    assert pb.rerun(plan, place).same
    flows = plan.money(["stream", "service"]).rename(columns={"stream": "start", "service": "end"})
    traced = pb.trace(flows[["start", "end", "amount"]])
    assert float(flows.loc[flows["end"] == "emergency", "amount"].sum()) == pytest.approx(285.25e6)
    assert traced.title


def two_areas(place: Place) -> Place:
    """The worked place with two areas that are counted, served by everything."""
    areas = pd.DataFrame(
        [
            {"area": "all", "tier": "place", "population": 200_000},
            {"area": "east", "parent": "all", "tier": "district", "population": 100_000},
            {"area": "west", "parent": "all", "tier": "district", "population": 100_000},
        ]
    )
    offers, needs = place.tables["offers"], place.tables["needs"]
    each = [
        offers.assign(offer=offers["offer"] + "_" + area, area=area) for area in ("east", "west")
    ]
    people = [needs.assign(area=area, people=50_000.0) for area in ("east", "west")]
    today = place.tables["today"]
    halves = [today.assign(area=area, amount=today["amount"] / 2) for area in ("east", "west")]
    return place.with_(
        areas=areas, offers=pd.concat(each, ignore_index=True),
        needs=pd.concat(people, ignore_index=True), today=pd.concat(halves, ignore_index=True),
    )  # fmt: skip


def test_areas_are_compared_where_each_must_meet_its_own_need() -> None:
    place = two_areas(worked())
    plan = pb.optimise(place, pooling="aligned", prices=False)
    assert plan.objective.value == pytest.approx(409_666_666.67, abs=1.0)
    found = pb.fairness(place, pooling="aligned", floors=[50.0])
    assert found.summarised().paragraphs


def test_as_budgets_are_cut_gains_are_given_only_where_need_is_met_alike() -> None:
    parts = pb.potential(worked(), cuts=[0.1]).tables["parts"]
    rows = parts.set_index(["cut", "start", "name"])
    assert rows.loc[(0.0, "pooled", "freed"), "value"] == pytest.approx(20_166_666.67, abs=1.0)
    otherwise = rows.loc[(0.1, "aligned", "freed")]
    assert otherwise["status"] == "the two leave different need unmet, so no gain is given"
    assert math.isnan(otherwise["value"])
    assert rows.loc[(0.1, "aligned", "pooled"), "status"] == "reached"


def test_floors_for_areas_are_priced_where_need_is_unmet_too() -> None:
    found = pb.fairness(two_areas(worked(nhs=SHORT)), pooling="aligned", floors=[50.0])
    price = found.tables["price"].set_index("rule")
    assert price.loc["equity floor", "price"] == pytest.approx(0.0, abs=10.0)
