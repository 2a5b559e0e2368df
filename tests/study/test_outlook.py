"""The gap between what today's services would cost and the money, in parts that add up."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

import placebudget as pb
import planned
import worked_place
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.study.outlook import PARTS, Outlook
from placebudget.study.standstill import CLOSING
from proof import ALL
from random_places import Tables, as_place, tables
from sheets import below
from small import MILLION, small

RISING = ("2026-27", "2027-28", "2028-29")


def rates(index: str, rate: float, years: tuple[str, ...] = RISING) -> list[dict[str, Any]]:
    return [{"index": index, "year": year, "rate": rate} for year in years]


def care(led_by: str = "need", **tables: Any) -> pb.Place:
    """Care that costs 100 today: 100,000 people at £1,000; need rises 2 %, prices 3 %."""
    return small(
        {"tax": {"amount": 100.0, "now": 100.0}},
        {"care": {"people": None, "today": {"tax": 100.0}, "led_by": led_by}},
        settings={"today_year": "2026-27", "price_base": "2026-27"},
        needs=[
            {"service": "care", "year": "2026-27", "people": 100_000},
            {"service": "care", "year": "2027-28", "people": 102_000},
        ],
        inflation=rates("general", 0.03),
        **tables,
    )


def millions(frame: pd.DataFrame, *names: str) -> list[float]:
    """Figures of the last year, £ million to the pound."""
    return [round(float(frame[name].iloc[-1]) / MILLION, 6) for name in names]


def gaps(found: Outlook, column: str = "gap") -> dict[tuple[str, str], float]:
    """A column by agency and year, £ million."""
    rows = found.tables["agencies"]
    return {
        (row["agency"], row["year"]): round(row[column] / MILLION, 6)
        for row in rows.to_dict("records")
    }


@pytest.mark.parametrize("led_by", ["need", "budget"])
def test_the_gap_is_taken_apart_to_the_pound(led_by: str) -> None:
    """100 of cost, need +2 %, prices +3 %, money flat: 3.00 + 2.00 + 0.06 = 5.06."""
    found = pb.outlook(care(led_by))
    assert millions(found.table, *PARTS) == [0.0, 3.0, 2.0, 0.06, 0.0]
    assert millions(found.table, "gap", "new", "left") == [5.06, 5.06, 5.06]
    assert millions(found.table, "cost", "money") == [105.06, 100.0]
    said = "In 2027-28 today’s services would cost £5.1 million more than there is money: "
    said += "£105.1 million against £100 million, 5.1% of the money. In £ million: prices "
    assert f"{said}+3.0, need +2.0, more need at dearer prices +0.1 = 5.1." in found.summary()


def test_who_has_a_few_pounds_to_spare_is_not_named() -> None:
    """£2 of £100 million are rounding, £200 are not."""
    flat = {"needs": pd.DataFrame([{"service": "care", "people": 100_000}]),
            "inflation": pd.DataFrame(rates("general", 0.0))}  # fmt: skip
    for pounds, told in ((2.0, False), (200.0, True)):
        funding = care().funding
        funding["amount"] += pounds * (funding["year"] != "2026-27")
        found = pb.outlook(care().with_(**flat, funding=funding))
        assert ("with money to spare" in found.summary()) is told


def test_the_gap_says_what_of_it_flat_money_makes() -> None:
    """£100 million a year as today, while prices in general rise by 3 %."""
    told = "the same in cash as in 2026-27: had it risen as prices do in general, the gap would be"
    said = pb.outlook(care()).summary()
    assert f"Of the money £100 million is {told} £3 million less, by “tax”." in said
    grown = care().with_(funding=care().funding.assign(amount=[101e6, 100e6]))
    assert "more need at dearer prices +0.1, more money −1.0 = 4.1." in pb.outlook(grown).summary()
    assert "the same in cash" not in pb.outlook(grown).summary()


def test_what_is_led_by_need_begins_with_all_who_need_it_today() -> None:
    """90 is spent today on 100,000 people in need at £1,000: 10 short already, of money of 100."""
    today = [{"service": "care", "stream": "tax", "amount": 90 * MILLION}]
    by_need, by_budget = (
        pb.outlook(care(led, today=today)).tables["services"] for led in ("need", "budget")
    )
    assert millions(by_need, "today", "opening", "prices", "demand", "both", "cost") == [
        90.0, 10.0, 3.0, 2.0, 0.06, 105.06,
    ]  # fmt: skip
    # By budget 90,000 people go on being served of 100,000: 90 x 1.03 x 1.02.
    assert millions(by_budget, "today", "opening", "cost") == [90.0, 0.0, 94.554]
    whole = pb.outlook(care("need", today=today)).table
    assert millions(whole, "opening", "gap") == [0.0, 5.06]


@pytest.mark.parametrize("kind", ["revenue", "capital"])
def test_a_service_led_by_need_that_gets_nothing_today_falls_to_who_commissions_it(
    kind: str,
) -> None:
    """Also where it takes capital and the place has none."""
    place = care(today=[])
    found = pb.outlook(place.with_(services=place.services.assign(kind=kind)))
    assert gaps(found) == {("tax", "2027-28"): 5.06}
    assert found.tables["services"]["agency"].tolist() == ["tax"]


def two(**tables: Any) -> pb.Place:
    """A council and the NHS over two years; the NHS pays for a quarter of the council's care.

    Today: care 40, of it 30 by the council and 10 by the NHS, and wards 60, in prices of their
    own; money of the council 30, 33, 33 and of the NHS 75 throughout.
    """
    return small(
        {
            "tax": {"amount": [33.0, 33.0], "now": 30.0, "agency": "council", "council_tax": True},
            "core": {"amount": 75.0, "now": 75.0, "agency": "nhs", "raised": "national"},
        },
        {
            "care": {"people": None, "today": {"tax": 30.0, "core": 10.0}},
            "wards": {
                "people": None, "today": {"core": 60.0}, "commissioner": "nhs",
                "offer": {"index": "beds"},
            },
        },
        years=2,
        settings={"today_year": "2026-27", "price_base": "2026-27"},
        needs=[
            {"service": "care", "people": 50_000},
            {"service": "care", "year": "2028-29", "people": 60_000},
        ],
        inflation=[*rates("general", 0.10), *rates("beds", 0.05)],
        reserves=[
            {"agency": "council", "kind": "general", "opening": 9e6, "minimum": 5e6},
            {"agency": "council", "kind": "earmarked", "opening": 2e6},
            {"agency": "nhs", "kind": "general", "opening": 1e6, "minimum": 4e6},
        ],
        pools={"shared": {"streams": {"core": {}}, "management_cost": 0.0}},
        **tables,
    )  # fmt: skip


def test_each_agency_has_the_gap_of_what_it_pays_for_today() -> None:
    """Council: 30 x 1.1 = 33 against 33; then 30 x 1.21 x 1.2 = 43.56 against 33.

    NHS: 10 x 1.1 + 60 x 1.05 = 74 against 75; then 10 x 1.452 + 60 x 1.1025 = 80.67.
    """
    found = pb.outlook(two(), reserves=[])
    assert gaps(found) == {
        ("council", "2027-28"): 0.0,
        ("council", "2028-29"): 10.56,
        ("nhs", "2027-28"): -1.0,
        ("nhs", "2028-29"): 5.67,
    }
    assert millions(found.table, *PARTS) == [-5.0, 14.55, 8.0, 1.68, -3.0]
    assert [round(each / MILLION, 6) for each in found.table["new"]] == [-1.0, 17.23]
    first = found.table.iloc[0]
    assert (round(first["short"]), round(first["to_spare"])) == (0, 1e6)


def test_capital_to_spare_does_not_hide_revenue_that_is_short() -> None:
    """Revenue 11 against 10, capital 2 against 5: 1 short and 3 to spare of one agency."""
    place = small(
        {
            "tax": {"amount": 10.0, "now": 10.0, "agency": "council"},
            "receipts": {"amount": 5.0, "now": 2.0, "agency": "council", "kind": "capital"},
        },
        {
            "care": {"people": None, "today": {"tax": 10.0}},
            "works": {
                "people": None, "today": {"receipts": 2.0}, "kind": "capital",
                "offer": {"index": None},
            },
        },
        settings={"today_year": "2026-27", "price_base": "2026-27"},
        inflation=rates("general", 0.1),
    )  # fmt: skip
    found = pb.outlook(place)
    kinds = found.tables["kinds"].set_index("kind")
    assert kinds["gap"].round(2).to_dict() == {"revenue": 1e6, "capital": -3e6}
    assert millions(found.table, "gap", "short", "to_spare") == [-2.0, 1.0, 3.0]
    assert "in both, short of one kind of money (revenue or capital) only: " in found.summary()
    assert (
        "with money to spare, which is theirs, £3 million together: council £3 million (and short "
        "of £1 million of its other kind of money)"
    ) in found.summary()
    assert "in both" not in pb.outlook(two()).summary()
    assert "other kind" not in pb.outlook(two()).summary()


def test_agencies_and_services_add_up_to_the_whole() -> None:
    found = pb.outlook(two(), population=0.01)
    parts = ["prices", "demand", "both"]
    whole = found.table.set_index("year")
    for table in ("agencies", "services", "kinds"):
        sums = found.tables[table].groupby("year")[parts].sum()
        pd.testing.assert_frame_equal(sums, whole[parts])
    agencies = found.tables["agencies"]
    pd.testing.assert_series_equal(agencies.groupby("year")["gap"].sum(), whole["gap"])
    # Cost by service less the money of the year is the gap again, by another way.
    cost = found.tables["services"].groupby("year")["cost"].sum()
    money = pd.Series({"2027-28": 108e6, "2028-29": 108e6})
    pd.testing.assert_series_equal(cost - money, whole["gap"], check_names=False)


def test_no_order_of_the_parts_matters() -> None:
    """Prices alone and need alone each give the part that they have together."""
    both = pb.outlook(two()).table.iloc[-1]
    flat = [*rates("general", 0.0), *rates("beds", 0.0)]
    need_alone = pb.outlook(two().with_(inflation=pd.DataFrame(flat))).table.iloc[-1]
    same = [{"service": "care", "people": 50_000}]
    prices_alone = pb.outlook(two().with_(needs=pd.DataFrame(same))).table.iloc[-1]
    assert need_alone["demand"] == pytest.approx(both["demand"])
    assert prices_alone["prices"] == pytest.approx(both["prices"])
    assert (need_alone["prices"], prices_alone["demand"]) == (0.0, 0.0)
    assert (need_alone["both"], prices_alone["both"]) == (0.0, 0.0)


def test_reserves_above_their_minimum_meet_a_gap_of_their_agency_once() -> None:
    """The council has 4 above its minimum for its gap of 10.56; the NHS is below its own."""
    found = pb.outlook(two())
    assert gaps(found, "reserves")["council", "2028-29"] == -4.0
    assert gaps(found, "left")["council", "2028-29"] == 6.56
    assert gaps(found, "left")["nhs", "2028-29"] == 5.67
    both = pb.outlook(two(), reserves=["general", "earmarked"])
    assert gaps(both, "left")["council", "2028-29"] == 4.56


def test_reserves_are_used_up_year_after_year() -> None:
    """A gap of 3 a year, and 4 above the minimum: 3, then 1, then none."""
    place = small(
        {"tax": {"amount": 7.0, "now": 10.0}},
        {"care": {"today": {"tax": 10.0}}},
        years=3,
        settings={"today_year": "2026-27"},
        reserves=[{"agency": "tax", "opening": 4e6}],
    )
    found = pb.outlook(place)
    assert [round(each / MILLION, 6) for each in found.table["reserves"]] == [-3.0, -1.0, 0.0]
    assert [round(each / MILLION, 6) for each in found.table["left"]] == [0.0, 2.0, 3.0]
    said = found.summary()
    assert "above their minimum meet £3 million in 2027-28 and £1 million in 2028-29." in said
    assert "After that, in 2029-30: £3 million short." in said
    assert [note for note in found.notes if "it is taken to be £0" in note]
    bare = pb.outlook(place, reserves="none")
    assert not [note for note in (*bare.notes, *pb.outlook(two()).notes) if "£0" in note]


def test_a_rise_of_council_tax_adds_to_the_funding_of_its_streams_alone() -> None:
    """33 x 0.02 = 0.66 in the first year, 33 x (1.02^2 - 1) = 1.3332 in the second."""
    found = pb.outlook(two(), council_tax=0.02, reserves=[])
    assert gaps(found, "council_tax") == {
        ("council", "2027-28"): -0.66,
        ("council", "2028-29"): -1.3332,
        ("nhs", "2027-28"): 0.0,
        ("nhs", "2028-29"): 0.0,
    }
    assert gaps(found, "left")["council", "2028-29"] == 9.2268
    by_stream = pb.outlook(two(), council_tax={"core": 0.1}, reserves=[])
    assert gaps(by_stream, "council_tax")["nhs", "2027-28"] == -7.5
    assert gaps(by_stream, "council_tax")["council", "2027-28"] == 0.0


def test_services_without_a_need_stay_at_todays_units_or_grow_with_population() -> None:
    """Wards, 60 today: two years of 1 % on prices of today are 60 x 0.0201 = 1.206."""

    def wards(found: Outlook) -> pd.DataFrame:
        rows = found.tables["services"]
        return rows[rows["service"] == "wards"]

    assert millions(wards(pb.outlook(two())), "demand") == [0.0]
    grown = pb.outlook(two(), population=0.01)
    assert millions(wards(grown), "demand", "both") == [1.206, 0.123615]
    assert any("(1) grow by 1% a year" in note for note in grown.notes)


def test_what_a_pool_takes_for_its_management_is_part_of_the_cost() -> None:
    """A pool that keeps a fifth: £8 million of care takes £10 million, which is all there is."""
    place = small(
        {"tax": {"amount": 10.0, "now": 10.0}},
        {"care": {"people": None}},
        settings={"today_year": "2026-27"},
        pools={"shared": {"streams": {"tax": {}}, "management_cost": 0.2}},
        today=[{"service": "care", "stream": "tax", "pool": "shared", "amount": 8e6}],
    )
    assert millions(pb.outlook(place).table, "opening", "gap") == [0.0, 0.0]


def test_need_of_areas_below_is_added_up_where_the_service_is_offered() -> None:
    place = care().with_(
        areas=pd.DataFrame(
            [{"area": "all"}, {"area": "east", "parent": "all"}, {"area": "west", "parent": "all"}]
        ),
        needs=pd.DataFrame(
            [
                {"service": "care", "area": "east", "people": 60_000},
                {"service": "care", "area": "west", "year": "2026-27", "people": 40_000},
                {"service": "care", "area": "west", "year": "2027-28", "people": 42_000},
            ]
        ),
    )
    assert millions(pb.outlook(place).table, *PARTS) == [0.0, 3.0, 2.0, 0.06, 0.0]


def test_prices_that_cannot_be_carried_on_are_named() -> None:
    """Today's money is of a year before the price base, and what lay between is not known."""
    place = small(
        {"tax": {"amount": 10.0, "now": 10.0}},
        {"care": {"today": {"tax": 10.0}}},
        settings={"today_year": "2026-27", "price_base": "2027-28"},
    )
    with pytest.raises(CannotAnswer, match=r"general has no rate for 2027-28.*table inflation"):
        pb.outlook(place.with_(inflation=pd.DataFrame(rates("general", 0.03, ("2028-29",)))))


def test_a_rise_of_council_tax_that_no_stream_would_bring_is_refused() -> None:
    with pytest.raises(CannotAnswer, match="no stream is marked as council tax"):
        pb.outlook(care(), council_tax=0.02)


def test_all_that_cannot_be_meant_is_named_at_once() -> None:
    with pytest.raises(WrongArgument) as raised:
        pb.outlook(two(), population="much", council_tax={"core": 3}, reserves=["genral"])  # type: ignore[arg-type]
    for said in ("population is", "council_tax['core'] is", "Did you mean general"):
        assert said in str(raised.value)


def test_the_chart_draws_the_table() -> None:
    found = pb.outlook(two())
    drawn = pd.DataFrame(found.chart_specification()["data"]["values"])
    for part, column in (("gap", "gap"), ("of it new in the year", "new")):
        bars = drawn[drawn["part"] == part].set_index("year")["million"] * MILLION
        assert bars.to_dict() == pytest.approx(found.table.set_index("year")[column].to_dict())
    assert "£16.2 million" in found.chart()._repr_mimebundle_()["text/plain"]


# --- what plans do about it --------------------------------------------------------


def council(**services: Any) -> pb.Place:
    """A council with £10 million a year and prices that have risen by a tenth since today."""
    return small(
        {"tax": {"amount": 10.0, "now": 10.0}},
        services,
        settings={"today_year": "2026-27", "price_base": "2026-27"},
        inflation=rates("general", 0.1),
    )


def closed(place: pb.Place, plan: pb.Plan) -> dict[str, float]:
    """What a plan does about the gap of the last year, £ million, where it does anything."""
    row = pb.outlook(place, plans=[plan]).tables["plans"].iloc[-1]
    made = {name: round(float(row[name]) / MILLION, 6) for name in ("gap", *CLOSING)}
    return {name: value for name, value in made.items() if value}


def test_todays_money_buys_less_as_prices_rise() -> None:
    """10,000 units would cost 11 at £1,100; 10 buys 9,090.9 of them, and a tenth falls away."""
    place = council(care={"people": 10_000, "today": {"tax": 10.0}})
    assert closed(place, pb.simulate(place)) == {"gap": 1.0, "not_bought": 1.0}


def test_where_money_meets_cost_nobody_is_short() -> None:
    place = small({"tax": {"amount": 10.0}}, {"care": {"today": {"tax": 10.0}}})
    said = pb.outlook(place).summary()
    assert "today’s services would cost what there is money: £10 million against" in said
    assert "By agency" not in said


def test_money_that_is_not_spent_closes_nothing() -> None:
    """9 of 10 is spent: 9,000 units would cost 9.9, 0.9 of that falls away, and 1 is left."""
    place = council(care={"people": 10_000, "today": {"tax": 9.0}})
    made = {"gap": -0.1, "not_bought": 0.9, "not_spent": -1.0}
    assert closed(place, pb.simulate(place)) == made


def test_a_cheaper_offer_closes_a_gap() -> None:
    """10,000 units for the 10 that there is, some of them at £990, in place of 11 at £1,100."""
    care = {"people": 10_000, "today": {"tax": 10.0}, "offer": [{}, {"unit_cost": 900.0}]}
    place = council(care=care)
    plan = pb.optimise(place, pooling="aligned", prices=False)
    assert closed(place, plan) == {"gap": 1.0, "cheaper": 1.0}


def test_money_moved_to_another_service_widens_what_falls_away() -> None:
    """Parks, nothing today, take 2 of the 10; of care 11 would be kept, and 8 is bought."""
    place = council(
        care={"people": 10_000, "today": {"tax": 10.0}},
        parks={"people": 2_000, "value": 3.0, "cost": 2 * MILLION / 2_200},
    )
    plan = pb.optimise(place, pooling="aligned", prices=False)
    assert closed(place, plan) == {"gap": 1.0, "not_bought": 3.0, "more_bought": -2.0}


def test_a_set_up_cost_is_told_apart_from_cheaper_units() -> None:
    """The cheap offer takes £0.11 million to start: 1.1 saved, 0.11 for that, short of 0.01."""
    cheap = {"unit_cost": 900.0, "set_up_cost": 100_000.0}
    place = council(care={"people": 10_000, "today": {"tax": 10.0}, "offer": [{}, cheap]})
    made = closed(place, pb.optimise(place, pooling="aligned", prices=False))
    assert made.pop("not_bought") == pytest.approx(0.011111, abs=1e-6)
    assert made.pop("cheaper") == pytest.approx(1.098889, abs=1e-6)
    assert made == {"gap": 1.0, "set_up": -0.11}


@pytest.mark.xdist_group("northvale")
def test_what_every_plan_does_adds_up_to_the_gap() -> None:
    """By year over the whole place, and by service to cost less money, for all plans."""
    plans = planned.potential("northvale").plans
    found = pb.outlook("northvale", plans=plans)
    made = found.tables["plans"]
    assert list(dict.fromkeys(made["plan"])) == list(plans)
    assert made[list(CLOSING)].sum(axis=1).to_list() == pytest.approx(
        made["gap"].to_list(), abs=1e-3
    )
    whole = found.table.set_index("year")["gap"]
    assert made["gap"].to_list() == pytest.approx(made["year"].map(whole).to_list(), abs=1e-3)
    rows = found.tables["plan_services"]
    parts = rows[list(CLOSING[:6])].sum(axis=1)
    assert parts.to_list() == pytest.approx((rows["cost"] - rows["money"]).to_list(), abs=1e-3)
    assert (rows["not_bought"] >= 0).all()
    assert (rows["more_bought"] <= 0).all()
    assert (made["cheaper"].abs() > 1e5).any()
    moved = found.tables["moved"].groupby("plan")[["for_others", "by_others"]].sum()
    assert moved["for_others"].to_dict() == pytest.approx(moved["by_others"].to_dict())
    assert "Best pooled: " in found.summary()
    assert "management of pools saves" in found.summary()


@settings(
    max_examples=8 if ALL else 2,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(tables(), st.sampled_from([0.8, 1.0, 1.3]), st.sampled_from(["need", "budget"]))
def test_parts_add_up_at_random_places(
    drawn: tuple[Tables, int], growth: float, led_by: str
) -> None:
    """Whatever need, prices, money and plans: parts to the gap, services and agencies to all."""
    place = as_place(*drawn)
    years = place.years
    needs = [
        place.needs.assign(year=year, people=place.needs["people"] * growth**t)
        for t, year in enumerate(years)
    ]
    first = place.offers[place.offers["first_year"] == years[0]]
    spent = [
        {"service": row.service, "stream": row.stream, "offer": row.offer, "amount": 90_000.0}
        for row in first.assign(key=1).merge(place.streams.assign(key=1), on="key").itertuples()
        if place.reach(row.stream, row.service, pooling="aligned").ok
    ]
    then = [{"stream": key, "year": "2026-27", "amount": 1e6} for key in place.streams["stream"]]
    changed = {
        "needs": pd.concat(needs),
        "today": pd.DataFrame(spent),
        "services": place.services.assign(led_by=led_by),
        "funding": pd.concat([place.funding, pd.DataFrame(then)]),
    }
    before = replace(place.settings, today_year="2026-27")
    place = pb.Place(before, {**place.tables, **changed})
    assume(not place.check().errors)
    plans = [pb.simulate(place)]
    with contextlib.suppress(pb.Infeasible):
        plans.append(pb.optimise(place, pooling="freed", prices=False))
    found = pb.outlook(place, plans=plans, population=0.01)
    whole, agencies = found.table.set_index("year"), found.tables["agencies"]
    close = {"abs": 0.01, "rel": 1e-9}
    for frame in (whole, agencies):
        parts = frame[list(PARTS)].sum(axis=1).to_list()
        assert parts == pytest.approx(frame["gap"].to_list(), **close)
        assert parts == pytest.approx((frame["cost"] - frame["money"]).to_list(), **close)
    cost = found.tables["services"].groupby("year")["cost"].sum().reindex(years, fill_value=0.0)
    assert cost.to_list() == pytest.approx(whole["cost"].to_list(), **close)
    made = found.tables["plans"]
    assert made[list(CLOSING)].sum(axis=1).to_list() == pytest.approx(
        made["gap"].to_list(), **close
    )
    assert made["gap"].to_list() == pytest.approx(made["year"].map(whole["gap"]).to_list(), **close)


def test_a_plan_of_other_figures_and_two_of_one_name_are_refused() -> None:
    other, plan = pb.simulate(council(care={"today": {"tax": 9.0}})), planned.simulated("northvale")
    with pytest.raises(WrongArgument, match="'today' is of other figures than Northvale"):
        pb.outlook("northvale", plans=[other])
    with pytest.raises(WrongArgument, match="several plans are called 'today'"):
        pb.outlook("northvale", plans=[plan, plan])


def parts_by_year(place: pb.Place, plan: pb.Plan) -> list[dict[str, float]]:
    """What a plan does in each year, £ million, where it does anything."""
    rows = pb.outlook(place, plans=[plan]).tables["plans"]
    return [
        {name: value for name in CLOSING if (value := round(row[name] / MILLION, 3))}
        for row in rows.to_dict("records")
    ]


def test_need_that_prevention_takes_away_is_told_apart_from_people_not_served() -> None:
    """Family support of 3.333 and 6.5 takes 5,000 and 9,750 attendances away, at £1,000 each.

    What it frees goes to nursing, and libraries pay for it meanwhile: nobody is untreated.
    """
    place = worked_place.worked()
    plan = pb.optimise(place, pooling="aligned", prices=False)
    made = parts_by_year(place, plan)
    rows = pb.outlook(place, plans=[plan]).tables["plan_services"].query("service == 'emergency'")
    assert rows["units_avoided"].round().to_list() == [0, 5_000, 9_750]
    assert rows["units_not_bought"].round(3).to_list() == [0, 0, 0]
    assert made == [
        {"not_bought": 3.333, "more_bought": -3.333},
        {"need_avoided": 5.0, "not_bought": 6.5, "more_bought": -11.5},
        {"need_avoided": 9.75, "more_bought": -9.75},
    ]


def test_need_that_comes_back_where_prevention_is_cut_is_told_apart() -> None:
    """£2 million today takes 3,000 attendances away; without it they come back a year later.

    Money for 100,000 attendances treats 100,000 of 103,000: 3 of need come back, 3 unmet.
    """
    place = worked_place.worked(family_today=2e6)
    rows = [
        {"stream": stream, "service": service, "year": year, "amount": amount}
        for year in place.years
        for stream, service, amount in (("grant", "emergency", 1e8), ("tax", "libraries", 1e7))
    ]
    plan = pb.simulate(place, pd.DataFrame(rows))
    made = parts_by_year(place, plan)
    assert made[0] == {"not_bought": 2.0, "more_bought": -2.0}
    services = pb.outlook(place, plans=[plan]).tables["plan_services"]
    without = services[services["service"] == "emergency"]["units_not_bought"]
    assert without.round(3).to_list() == [0, 3_000, 3_000]
    assert made[1:] == [{"need_avoided": -3.0, "not_bought": 5.0, "more_bought": -2.0}] * 2


def test_capital_to_spare_hides_no_revenue_that_an_agency_is_short_of() -> None:
    """Revenue is 2 short, capital 1 to spare; reserves of 1.5 meet a part of the first."""
    place = small(
        {"tax": {"amount": 8.0, "now": 10.0}, "works": {"amount": 5.0, "now": 4.0}},
        {"care": {"today": {"tax": 10.0}}, "build": {"today": {"works": 4.0}}},
        settings={"today_year": "2026-27"},
        reserves=[{"agency": "tax", "opening": 1.5e6}],
    )
    tables = {name: frame.copy() for name, frame in place.tables.items()}
    streams, services = tables["streams"], tables["services"]
    owner = streams.loc[streams["stream"] == "tax", "agency"].iloc[0]
    streams.loc[streams["stream"] == "works", ["agency", "kind"]] = [owner, "capital"]
    mine = services["service"] == "build"
    services.loc[mine, ["commissioner", "kind"]] = [owner, "capital"]
    found = pb.outlook(pb.Place(place.settings, tables))
    row = found.tables["agencies"].query("agency == @owner").iloc[0]
    told = ["gap", "short", "to_spare", "reserves", "left", "still_short", "still_to_spare"]
    assert [round(row[name] / MILLION, 6) for name in told] == [1, 2, 1, -1.5, -0.5, 0.5, 1]


def test_a_rise_of_council_tax_by_nothing_is_none() -> None:
    found = pb.outlook(two(), council_tax={"core": 0.0}, reserves=[])
    assert not any("further rise" in note for note in found.notes)


def test_the_years_of_a_workbook_are_sums_over_agencies_and_those_over_services(
    tmp_path: Path,
) -> None:
    book = load_workbook(pb.outlook(care()).to_excel(tmp_path / "gap.xlsx"))
    (head, *years), (other, *agencies) = below(book["Years"]), below(book["Agencies"])
    cost = [row[head.index("Cost, £")] for row in years]
    assert cost == [
        f'=SUMIFS(agencies_cost,agencies_year,"="&$A{row})' for row in range(4, 4 + len(cost))
    ]
    assert str(agencies[0][other.index("Cost, £")]).startswith("=SUMIFS(services_cost,")
