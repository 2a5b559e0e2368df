"""At which geographic level a service is commissioned, worked by hand and told everywhere."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from commissioned import youth
from evidence import evidence_of
from placebudget.place import Place
from placebudget.plan.drawing import plan_drawing
from placebudget.plan.verify import check_decisions
from small import rule, small


def planned(place: Place, **options: Any) -> pb.Plan:
    return pb.optimise(place, **{"pooling": "aligned", "prices": False, **options})


def bought(plan: pb.Plan) -> dict[str, float]:
    units = plan.tables["units"].query("service == 'youth' and units > 0")
    return units.groupby("offer")["units"].sum().to_dict()


@pytest.mark.parametrize(
    ("place", "tier", "thousand"),
    [
        # 600 at 1,000 and twice 40,000: 320 are left; for the county 370 and 0.8 x 1,200.
        (youth(), "district", 1_200 + 320),
        (youth(kept=1.0), "county", 1_200 + 370),
        (youth(county=10_000, district=200_000), "county", 960 + 450),
    ],
    ids=["districts keep more", "the county is cheaper", "districts cost too much"],
)
def test_one_level_is_chosen_by_its_overhead_and_what_stays(
    place: Place, tier: str, thousand: float
) -> None:
    plan = planned(place)
    at = {"district": {"youth_north": 800, "youth_south": 400}, "county": {"youth_county": 1_200}}
    assert bought(plan) == pytest.approx(at[tier])
    assert plan.objective.value == pytest.approx(2e3 * thousand)


def test_one_level_alone_gives_the_plan_of_a_place_that_has_no_other() -> None:
    place = youth(district=0.0)
    offers = place.offers[place.offers["offer"] != "youth_county"]
    alone = place.with_(offers=offers, levels=place.levels[place.levels["tier"] == "district"])
    value = planned(alone).objective.value
    assert value == planned(alone.with_(levels=place.levels.iloc[:0])).objective.value
    assert value == pytest.approx(2e3 * (1_200 + 400))


def test_it_is_the_same_in_every_way_a_plan_is_made() -> None:
    """Siloed, live, from the money of the plan, and over years in which nothing slips."""
    place, plan = youth(), planned(youth())
    assert planned(place, pooling="siloed").objective.value == pytest.approx(plan.objective.value)
    assert pb.session(place, pooling="aligned").value() == pytest.approx(plan.objective.value)
    money = plan.money(["stream", "service", "area", "year"])
    again = pb.simulate(place, money)
    assert bought(again) == pytest.approx(bought(plan))
    assert again.objective.value == pytest.approx(plan.objective.value)
    kept = pb.cycle(place, policies=[pb.study.Policy("aligned")], runs=1, spread=0.0,
                    slippage=pb.study.NO_SLIPPAGE)  # fmt: skip
    spent = kept.spread(kept.policies[0], "money on services")
    assert spent["mean"] == pytest.approx(float(plan.money()["amount"].sum()), abs=0.01)


def test_prices_explanation_network_and_a_clash_say_which_level() -> None:
    place = youth()
    plan = planned(place, prices=True)
    assert plan.tables["prices"]["offers_held"].all()
    words = "Youth is commissioned at one level alone: county or district"
    said = plan.explain("youth", place=place).sentences
    assert said[-1].startswith(f"{words}: youth north from 2027-28 to 2028-29 and youth south")
    notes = [note for node in plan_drawing(plan)["nodes"] for note in node["notes"]]
    assert f"{words}." in notes
    floors = [
        rule("units_floor", f"service=youth; tier={tier}", 100) | {"rule": tier}
        for tier in ("county", "district")
    ]
    with pytest.raises(pb.Infeasible, match="youth is commissioned at one level alone"):
        planned(place.with_(rules=pd.DataFrame(floors)))


def test_a_plan_at_two_levels_is_found_out() -> None:
    both = evidence_of(youth(), {"youth_county": 100, "youth_north": 100})
    assert check_decisions(*both, 1e-9) == [
        "youth is commissioned at one level alone: county or district; it delivers at county and "
        "district"
    ]
    one = evidence_of(youth(), {"youth_south": 100, "youth_north": 100})
    assert check_decisions(*one, 1e-9) == []


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "code"),
    [
        ("levels", 1, "tier", "county", "offer-at-no-level"),
        ("offers", 0, "area", "north", "level-without-offer"),
        ("services", 0, "led_by", "need", "level-of-need"),
        ("needs", 1, "area", None, "need-above-level"),
    ],
)
def test_what_cannot_be_at_several_levels_is_told(
    table: str, row: int, column: str, value: str | None, code: str
) -> None:
    place = youth()
    frame = place.tables[table].astype({column: object})
    frame.loc[frame.index[row], column] = value
    assert code in [f.code for f in place.with_(**{table: frame}).check().errors]


def test_without_levels_two_levels_on_one_path_stay_an_error() -> None:
    place = youth()
    found = place.with_(levels=place.levels.iloc[:0]).check()
    assert {f.code for f in found.errors} == {"two-levels"}


def test_what_the_plan_is_worth_at_each_level_is_told() -> None:
    """Districts 1,520 a year and the county 1,330: it loses 380 in two years."""
    found = pb.study.levels(youth(), pooling="aligned")
    told = found.table.set_index("tier")
    assert told["chosen"].to_dict() == {"county": False, "district": True}
    assert told["lost"].to_dict() == pytest.approx({"county": 380_000, "district": 0})
    assert told["overhead"].to_dict() == {"county": 90_000, "district": 80_000}
    assert "county (1 area, overhead £90,000 a year): loses £380,000" in found.summary()
    assert found.finding() == (
        "In the model, youth is best commissioned at the level district, by £380,000 more than at "
        "the next best"
    )
    alone = youth().with_(
        rules=pd.DataFrame([rule("units_floor", "service=youth; tier=county", 100)])
    )
    lost = pb.study.levels(alone, pooling="aligned").table.set_index("tier")["lost"]
    assert lost["county"] == 0
    assert pd.isna(lost["district"])


def test_one_council_or_four_by_one_estimate() -> None:
    """Five years of what is saved a year less the transition: 204.3, 77.4, -3.0 and -98.8."""
    saved = {"one": (45.3, 22.2), "two": (21.2, 28.6), "three": (6.4, 35.0), "four": (-11.5, 41.3)}
    offers = [{"offer": "as_today", "unit_cost": 1e5}] + [
        {"offer": name, "unit_cost": (100 - year) * 1e3, "set_up_cost": once * 1e6}
        for name, (year, once) in saved.items()
    ]
    made = small(
        {"tax": {"agency": "council", "amount": [200] * 5}},
        {"upper": {"people": 1_000, "led_by": "need", "offer": offers}, "other": {"people": 1e6}},
        years=5, settings={"discount": 0.0},
    )  # fmt: skip
    values = {
        name: planned(
            made.with_(offers=made.offers[made.offers["offer"].isin([name, "other"])])
        ).objective.value
        for name in ("as_today", *saved)
    }
    gains = [(values[name] - values["as_today"]) / 1e6 for name in saved]
    assert gains == pytest.approx([204.3, 77.4, -3.0, -98.8])
    assert planned(made).objective.value == pytest.approx(values["one"])
