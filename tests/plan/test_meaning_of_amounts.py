"""What it means that an amount stands in prices of another year, and has a discount of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import by_hand
import placebudget as pb
import places
from placebudget.place import Place
from placebudget.place.place import rows_by_status
from placebudget.plan.drawing import plan_drawing
from placebudget.plan.drawing.live import LiveDrawing
from placebudget.plan.live import quick_plan
from placebudget.value import uprating
from placebudget.view.html import _discount
from small import MILLION, small, units

RATES = {"2013-14": 0.02, "2014-15": 0.015, "2015-16": 0.005, "2016-17": 0.25}
BASE = "2015-16"


def general(rates: dict[str, float] = RATES) -> list[dict[str, object]]:
    years = {**rates, "2027-28": 0.0, "2028-29": 0.0}
    between = {f"{y}-{(y + 1) % 100:02d}": 0.0 for y in range(2017, 2027)}
    rows = {**between, **years}
    return [{"index": "general", "year": year, "rate": rate} for year, rate in rows.items()]


def priced(*, outcome: Any = None, saving: Any = None, offer: Any = None, **rest: Any) -> Place:
    """1,000 units of care at £1,000 of 2015-16, each worth £60, £40 and £100 saved."""
    worth = {"outcome": "care_good", "economic_value": 60, "social_value": 40}
    saved = {"outcome": "care_good", "agency": "council", "value": 100, "cashable": 0.5}
    return small(
        {"council": {"amount": 1}},
        {"care": {"people": 9_000, "offer": {"index": None, "price_year": offer}}},
        settings={"price_base": BASE, "discount": 0},
        inflation=general(),
        outcomes=[{**worth, "price_year": outcome}],
        savings=[{**saved, "price_year": saving}],
        **rest,
    )


def best(place: Place, **options: object) -> pb.Plan:
    return pb.optimise(place, prices=False, **{"pooling": "aligned", **options})


# £100 x 1.02 x 1.015 x 1.005 = £104.04765; £100 / 1.25 = £80.
@pytest.mark.parametrize(
    ("year", "worth"), [("2012-13", 104_047.65), ("2015-16", 100_000), ("2016-17", 80_000)]
)
def test_amounts_are_uprated_to_the_price_base_and_later_ones_brought_back(
    year: str, worth: float
) -> None:
    for place in (priced(outcome=year), priced(saving=year)):
        plan, today = best(place), pb.simulate(place)
        assert plan.objective.value == pytest.approx(worth + 100_000, abs=0.005)
        assert plan.public_value() == pytest.approx(plan.objective.value)
        assert today.public_value() == 0
    saved = plan.savings()[["fiscal", "cashable"]].sum()
    assert list(saved) == pytest.approx([worth, worth / 2], abs=0.005)


def test_amounts_in_the_prices_of_the_place_stay_as_they_are() -> None:
    assert best(priced()).public_value() == pytest.approx(200_000)


def test_a_unit_cost_in_older_prices_buys_fewer_units() -> None:
    """£1,000 of 2012-13 is £1,040.4765 of the price base: £1 million buys 961.098 units."""
    plan = best(priced(offer="2012-13"))
    assert units(plan)["care"] == pytest.approx(961.098, abs=0.001)
    assert plan.money()["amount"].sum() == pytest.approx(MILLION)
    assert units(best(priced(offer="2016-17")))["care"] == pytest.approx(1_250)


def test_a_set_up_cost_is_in_the_prices_of_its_row_too() -> None:
    """£100,000 of 2016-17 is £80,000; the rest buys units at £800: 920,000 / 800 = 1,150."""
    place = priced(offer="2016-17")
    plan = best(place.with_(offers=place.offers.assign(set_up_cost=100_000.0)))
    assert units(plan)["care"] == pytest.approx(1_150)


def test_a_calendar_year_stands_for_the_financial_year_that_begins_in_it(tmp_path: Path) -> None:
    place = pb.read(
        by_hand.folder(
            tmp_path / "place",
            {"outcomes.csv": "outcome,social_value,price_year\nvisits,5,2012\n"},
        )
    )
    assert list(place.outcomes["price_year"]) == ["2012-13"]


def test_a_year_without_a_rate_is_an_error_that_names_table_row_and_year() -> None:
    rates = {year: rate for year, rate in RATES.items() if year not in ("2013-14", "2014-15")}
    place = priced(outcome="2012-13", saving="2015-16", offer="2014-15")
    found = list(place.with_(inflation=pd.DataFrame(general(rates))).check().errors)
    assert [(f.code, f.table, f.row, f.column) for f in found] == [
        ("price-year-without-rate", "outcomes", 2, "price_year")
    ]
    assert "2013-14, 2014-15" in found[0].what
    with pytest.raises(pb.errors.InvalidPlace):
        best(place.with_(inflation=pd.DataFrame(general(rates))))


def test_without_any_rates_of_general_no_price_is_taken_for_flat() -> None:
    place = priced(saving="2014-15")
    place = place.with_(inflation=place.inflation.iloc[:0])
    assert [f.what for f in place.check().errors] == [
        "Its prices are of 2014-15, and the index general has no rate for 2015-16."
    ]


def test_a_published_value_that_is_uprated_is_published_and_the_deflator_named() -> None:
    place = priced(outcome="2012-13", saving=BASE)
    place = place.with_(
        outcomes=place.outcomes.assign(status="published"),
        savings=place.savings.assign(status="published"),
    )
    table = rows_by_status(place)
    assert dict(table.loc["outcomes"]) == {
        "published": 1, "derived": 0, "borrowed": 0, "illustrative": 0, "placeholder": 0,
        "not stated": 0,
    }  # fmt: skip
    assert table.loc["savings", "published"] == 1
    rates = place.inflation.assign(source="ons", status="derived")
    sources = places.frame([{"source": "ons", "title": "Implied deflator"}])
    said = uprating(place.with_(inflation=rates, sources=sources))
    assert said.endswith(f"uprated to {BASE} prices by: Implied deflator.")
    assert "some of its rates are illustrative" in uprating(
        place.with_(inflation=rates.assign(status="illustrative"))
    )
    assert uprating(priced(outcome="2012-13")) == "", "nothing of it is published"


def next_year(discount: str | None) -> Place:
    """1,000 units of care that work a year later, at 3.5 % but for what people gain."""
    place = priced()
    outcomes = place.outcomes.assign(discount=discount, weight=2.0)
    effects = place.effects.assign(lag=1)
    settings = replace(place.settings, discount=0.035)
    return Place(settings, {**place.tables, "outcomes": outcomes, "effects": effects})


# £60 + £40 to people, £100 saved: £100,000 / 1.015 = £98,522.17; / 1.035 = £96,618.36; / 1.1.
@pytest.mark.parametrize(
    ("discount", "gain"),
    [(None, 96_618.357), ("green book health", 98_522.167), ("0.1", 90_909.091)],
)
def test_what_people_gain_has_its_own_discount_and_what_agencies_save_the_places(
    discount: str | None, gain: float
) -> None:
    place, saved = next_year(discount), 96_618.357
    for pooling in ("aligned", "siloed"):
        plan = best(place, pooling=pooling)
        assert plan.objective.value == pytest.approx(gain + saved, abs=0.01)
        assert plan.public_value() == pytest.approx(gain + saved, abs=0.01)
    parts = plan.outcomes()[["fiscal", "economic", "social"]].sum()
    assert list(parts) == pytest.approx([saved, 0.6 * gain, 0.4 * gain], abs=0.01)
    assert plan.savings()["discounted_fiscal"].sum() == pytest.approx(saved, abs=0.01)
    fiscal = best(place, objective="fiscal saving").objective.value
    assert fiscal == pytest.approx(saved, abs=0.01)
    points = best(place, objective="weighted outcomes").objective.value
    assert points == pytest.approx(2 * gain / 100, abs=0.01)


def test_health_later_comes_before_the_same_value_now_where_its_discount_is_lower() -> None:
    """£1,000 now, or £1,020 in a year: £985.51 at 3.5 %, £1,004.93 at 1.5 %."""
    place = small(
        {"council": {"amount": 1}},
        {"now": {}, "later": {"value": 1.02, "effect": {"lag": 1}}},
    )
    assert units(best(place)) == {"now": 1_000}
    health = place.outcomes.assign(discount=[None, "green book health"])
    assert units(best(place.with_(outcomes=health))) == {"later": 1_000}


@pytest.mark.parametrize("cell", ["health", "1.5%", "nan", "15"])
def test_a_discount_that_is_neither_a_name_nor_a_rate_is_an_error(cell: str) -> None:
    found = next_year(cell).check().errors
    assert [(f.code, f.table, f.row, f.column) for f in found] == [
        ("bad-discount", "outcomes", 2, "discount")
    ]


def test_a_report_says_how_each_outcome_is_discounted() -> None:
    assert _discount(next_year("green book health")) == (
        "3.5% a year; care_good: schedule of the Green Book Health"
    )


def careful() -> Place:
    """Two years, and every column that says how an amount is to be taken."""
    place = priced(outcome="2012-13", saving="2013-14", offer="2016-17")
    health = place.outcomes.assign(discount="green book health")
    later = place.effects.assign(lag=1, duration=2)
    saved = place.savings.assign(transfer=True)
    place = place.with_(outcomes=health, effects=later, savings=saved)
    years = pd.DataFrame(
        [{"stream": "council", "year": y, "amount": 0.6e6} for y in ("2027-28", "2028-29")]
    )
    settings = {"years": ("2027-28", "2028-29"), "discount": 0.035, "price_base": BASE}
    return Place(pb.place.Settings(name="careful", **settings), {**place.tables, "funding": years})


def test_a_plan_file_reads_back_equal_whatever_prices_its_amounts_are_in(tmp_path: Path) -> None:
    plan = best(careful())
    assert pb.read_plan(plan.to_json(tmp_path / "best.plan.json")) == plan


def test_a_live_session_and_its_drawing_know_the_prices() -> None:
    place = careful()
    plan, live = best(place), pb.session(place, pooling="aligned")
    values = live.values()
    assert live.value() == pytest.approx(plan.objective.value)
    drawn = LiveDrawing(live, plan_drawing(plan), {"proposed": plan}).drawn(values)
    checked = plan_drawing(quick_plan(live, values, place))
    assert drawn is not None
    assert pence(drawn, "saver") == pytest.approx(pence(checked, "saver"), abs=5)


def pence(drawing: dict[str, Any], layer: str) -> list[int]:
    ids = [node["id"] for node in drawing["nodes"]]
    found = [
        sum(link["pence"]["proposed"])
        for link in drawing["links"]
        if ids[link["target"]].startswith(layer) and any(link["pence"].get("proposed", ()))
    ]
    assert found
    return sorted(found)
