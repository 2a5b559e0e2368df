"""What a plan must admit: each fault planted on a place small enough to work out by hand."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

import placebudget as pb
from needing_places import needing
from placebudget.errors import CannotAnswer
from placebudget.place import RULE_KINDS, Place
from placebudget.plan import PlanFindings
from placebudget.plan.findings.finders import FINDERS
from placebudget.plan.findings.finding import PlanFinding
from placebudget.plan.findings.words import KINDS, FindingWords
from planned import optimised, potential
from proof import ALL
from sheets import below
from small import MILLION, rule, small
from worked_place import YEARS, place_of, worked


def clean(
    *,
    capacity: float = 600,
    saved: float = 300.0,
    social: float = 500.0,
    services: dict[str, dict[str, Any]] | None = None,
    **tables: Any,
) -> Place:
    """£500,000 each on hubs and visits, £1,000 a unit; a hub does twice as much good.

    Best is to fill the hubs' capacity: 600 units. Each unit moved there makes one more unit
    of the outcome, which saves the council money and is worth something to people besides.
    """
    shared = {"today": {"tax": 0.5}, "people": None}
    return small(
        {"tax": {"amount": 1.0}},
        {
            "hubs": {**shared, "offer": {"capacity": capacity}},
            "visits": shared,
            **(services or {}),
        },
        **{
            "outcomes": [{"outcome": "well", "unit": "family", "social_value": social}],
            "effects": [
                {"service": "hubs", "outcome": "well", "impact": 2.0},
                {"service": "visits", "outcome": "well", "impact": 1.0},
            ],
            "savings": [
                {"outcome": "well", "agency": "tax", "value": saved, "cashable": 0.5},
            ],
            **tables,
        },
    )


def found(place: Place, pooling: str = "aligned", **given: Any) -> PlanFindings:
    """What the best plan of a place must admit."""
    return best(place, pooling).findings(**given)


@cache
def best(place: Place, pooling: str) -> pb.Plan:
    """The best plan, made once for all tests of an equal place."""
    return pb.optimise(place, pooling=pooling, prices=False)


@cache
def best_of(capacity: float = 600) -> pb.Plan:
    """The best plan of the clean place, for tests that only read it."""
    return best(clean(capacity=capacity), "aligned")


@cache
def of_clean(capacity: float = 600) -> PlanFindings:
    """What that plan must admit."""
    return best_of(capacity).findings()


def one(findings: PlanFindings, code: str) -> Any:
    """The only finding of a kind."""
    (only,) = findings.of(code)
    return only


def figures(finding: Any) -> dict[str, float]:
    """Its figures, rounded."""
    return {name: round(value, 6) for name, (value, _) in finding.figures.items()}


def test_a_plan_of_a_clean_place_has_nothing_to_admit() -> None:
    findings = of_clean()
    assert list(findings) == []
    assert str(findings) == findings.summarised().sentences[0]
    assert "Nothing" in str(findings)


def test_today_itself_has_nothing_to_admit_beside_today() -> None:
    assert list(pb.simulate(clean()).findings()) == []


def test_every_kind_of_finding_has_its_words() -> None:
    assert len(KINDS) == len(FINDERS)


def test_value_below_todays_is_said_with_what_the_plan_meets_instead() -> None:
    """10 of 20 in need are served today, the rest of the money is worth £3 a pound on walks.

    Need first: £10,000 moves from walks to care, of which a pound is worth one: £20,000 less.
    """
    place = small(
        {"tax": {"amount": 0.02}},
        {
            "care": {"people": 20, "led_by": "need", "today": {"tax": 0.01}},
            "walks": {"people": None, "value": 3.0, "today": {"tax": 0.01}},
        },
    )
    findings = found(place)
    lower = one(findings, "value-below-today")
    assert figures(lower) == {
        "today": 40_000, "plan": 20_000, "share": -0.5, "unmet_today": 10_000, "unmet_plan": 0,
    }  # fmt: skip
    (said,) = findings.of("value-below-today").sentences
    assert "from £40,000 to £20,000 (−50%)" in said
    assert "not to be compared: £10,000 more need is met" in said
    assert "value-below-today" not in of_clean().codes


# --- rules ---------------------------------------------------------------------------------


@cache
def of_capped() -> PlanFindings:
    return found(clean(rules=[rule("cap", "service=hubs", 550_000, basis="law")]))


def test_a_change_that_ends_at_a_rule_names_it_and_its_basis() -> None:
    """Hubs would have £600,000; the cap allows £550,000 of them, 10% more than today."""
    findings = of_capped()
    assert findings.codes == {"ends-at-a-rule"}
    ends = one(findings, "ends-at-a-rule")
    assert ends.keys == {"rule": "cap", "basis": "law"}
    assert figures(ends) == {"today": 500_000, "plan": 550_000, "share": 0.1}
    assert str(findings) == (
        "Hubs: from £500,000 to £550,000 (+10%) against today in 2027-28, as far as a rule "
        "allows: “hubs at most £550,000”. Basis: law."
    )


@pytest.mark.parametrize(("status", "said"), [("illustrative", "law, its level an assumption"),
                                              ("published", "law")])  # fmt: skip
def test_a_duty_whose_level_is_assumed_is_told_as_law_and_its_level_as_none(
    status: str, said: str
) -> None:
    held = rule("cap", "service=hubs", 550_000, basis="law") | {"status": status}
    findings = found(clean(rules=[held]))
    assert str(findings).endswith(f"Basis: {said}.")
    assert findings.tables["findings"]["basis"].tolist() == [said]


def test_a_lock_ends_the_change_of_a_service_that_falls() -> None:
    place = clean(rules=[rule("lock", "service=visits", 8)])
    ends = one(found(place), "ends-at-a-rule")
    assert ends.keys["service"] == "visits"
    assert figures(ends)["share"] == -0.08


def test_a_pace_ends_a_change_in_every_year_that_it_holds() -> None:
    """4% less than £500,000, and 4% less than that: £460,800."""
    ends = one(found(clean(years=2, rules=[rule("pace", "service=visits", 4)])), "ends-at-a-rule")
    assert ends.years == ("2027-28", "2028-29")
    assert figures(ends) == {"today": 500_000, "plan": 460_800, "share": -0.0784}


def test_a_rule_that_leaves_room_ends_nothing() -> None:
    place = clean(rules=[rule("cap", "service=hubs", 610_000)])
    assert "ends-at-a-rule" not in found(place).codes


def test_a_rule_on_what_stays_as_it_is_ends_nothing() -> None:
    place = clean(capacity=500, rules=[rule("floor", "service=visits", 500_000)])
    assert "ends-at-a-rule" not in found(place).codes


def test_a_change_that_no_figure_shows_ends_nothing() -> None:
    """£200 of £500,000 are 0.04 %; £5,000 are 1 %."""
    for cap, told in ((500_200, False), (505_000, True)):
        place = clean(rules=[rule("cap", "service=hubs", cap)])
        assert ("ends-at-a-rule" in found(place).codes) is told


def test_what_keeps_services_without_effects_ends_nothing_where_it_gives_way() -> None:
    """Hubs must have £900,000, which leaves parks nothing: what keeps them has given way."""
    parks = {"today": {"tax": 0.5}, "people": None}
    hubs = {"today": {"tax": 0.5}, "people": None, "offer": {"capacity": 900}}
    place = small(
        {"tax": {"amount": 1.0}},
        {"hubs": hubs, "parks": parks},
        outcomes=[{"outcome": "well", "social_value": 1_500.0}],
        effects=[{"service": "hubs", "outcome": "well"}],
        rules=[rule("floor", "service=hubs", 900_000, basis="law")],
    )
    findings = found(place)
    assert one(findings, "loses-without-known-effect").keys == {"service": "parks"}
    assert [each.keys["rule"] for each in findings.of("ends-at-a-rule")] == ["floor"]


def test_a_rule_that_asks_for_more_than_today_brings_a_change_about() -> None:
    """Of £500,000 each it asks for £600,000 of visits, which do half as much good."""
    findings = found(clean(rules=[rule("floor", "service=visits", 600_000)]))
    ends = one(findings, "ends-at-a-rule")
    assert figures(ends) == {"today": 500_000, "plan": 600_000, "share": 0.2}
    assert "as far as a rule asks: “visits at least £600,000" in str(findings)


def test_a_rule_that_counts_units_ends_a_change_too() -> None:
    place = clean(rules=[rule("units_cap", "service=hubs", 540)])
    ends = one(found(place), "ends-at-a-rule")
    assert figures(ends) == {"today": 500, "plan": 540, "share": 0.08}


@pytest.mark.xdist_group("northvale")
@pytest.mark.parametrize("pooling", ["pooled", "freed"])
def test_every_rule_that_has_a_price_ends_a_change_in_the_year_of_its_price(pooling: str) -> None:
    """Prices are found by solving; findings read the plan's tables and solve nothing."""
    plan = (
        potential("northvale").plans["pooled"]
        if pooling == "pooled"
        else optimised("northvale", pooling=pooling)
    )
    prices = plan.prices()
    # What keeps services without effects at today's money is no rule of the place, and no change.
    mine = prices["name"].isin(pb.example("northvale").rules["rule"])
    costly = prices[prices["kind"].isin(RULE_KINDS) & (prices["relaxing"] > 0) & mine]
    assert len(costly) > 5
    ends = plan.findings().of("ends-at-a-rule")
    found = {(each.keys["rule"], year) for each in ends for year in each.years}
    assert set(zip(costly["name"], costly["year"], strict=True)) <= found


# --- large changes -------------------------------------------------------------------------


def test_a_change_of_more_than_half_is_large() -> None:
    large = of_clean(800).of("large-change")
    assert [(each.keys["service"], figures(each)["share"]) for each in large] == [
        ("hubs", 0.6),
        ("visits", -0.6),
    ]


def test_a_change_of_more_than_a_quarter_in_one_year_is_large() -> None:
    large = found(clean(capacity=630)).of("large-change")
    assert [figures(each)["in_a_year"] for each in large] == [0.26, -0.26]
    assert "Hubs: from £500,000 to £630,000 (+26%) against today in 2027-28.\n" in str(large)


def test_money_where_today_has_none_has_no_share() -> None:
    place = clean(today=[{"service": "visits", "stream": "tax", "amount": MILLION}])
    hubs = next(each for each in found(place) if each.keys.get("service") == "hubs")
    assert hubs["today"] == 0
    assert hubs["plan"] == 600_000
    assert hubs["share"] != hubs["share"]


# --- people --------------------------------------------------------------------------------


def test_need_that_must_be_met_and_is_not_comes_first() -> None:
    """The NHS has £96 million in the second year for 100,000 attendances at £1,000."""
    findings = found(worked(nhs=(100e6, 96e6, 100e6)), "siloed")
    first = findings[0]
    assert first.code == "need-not-met"
    assert first.keys == {"service": "emergency"}
    assert first.years == (YEARS[1],)
    assert first["not_served"] == pytest.approx(4_000, abs=1)
    assert first["money_short"] == pytest.approx(4e6, abs=1_000)


def test_people_whom_a_budget_does_not_reach_are_counted_beside_today() -> None:
    """700 need a hub; there is room for 600, and today's money pays for 500."""
    place = clean(needs=[{"service": "hubs", "people": 700}])
    unserved = one(found(place), "need-not-served")
    assert figures(unserved) == {"not_served": 100, "today": 200}


def test_who_is_not_served_is_counted_and_called_as_the_unit_has_it() -> None:
    hubs = {"units_per_person": 2.0, "today": {"tax": 0.5}, "people": 350}
    place = clean(services={"hubs": {**hubs, "offer": {"capacity": 600}}})
    assert one(found(place), "need-not-served")["not_served"] == pytest.approx(100)
    for unit, said in (
        ("family helped for a year", "100 families in need are not served"),
        ("patrol for a year", "100 more are needed than provided (patrol for a year)"),
    ):
        named = place.with_(services=place.services.assign(unit=unit))
        assert said in found(named).of("need-not-served").sentences[0]


def test_units_that_are_a_year_of_a_service_are_years_of_it_where_several_years_are_added() -> None:
    """100 more need a hub than there is room for, in each of two years: nobody has 200 people."""
    place = clean(years=2, needs=[{"service": "hubs", "people": 700}])
    for unit, said in (
        ("family helped for a year", "200 years of it are needed and not provided"),
        ("child cared for, a year", "200 years of it are needed and not provided"),
        ("family visited", "200 families in need are not served"),
    ):
        named = place.with_(services=place.services.assign(unit=unit))
        assert said in found(named).of("need-not-served").sentences[0]


# --- what gets worse -----------------------------------------------------------------------


def two_outcomes(**changes: Any) -> Place:
    """Hubs make the council save, visits the NHS; more is gained by hubs."""
    return clean(
        agencies=[{"agency": "tax"}, {"agency": "nhs"}],
        outcomes=[
            {"outcome": "well", "unit": "family", "social_value": 500.0},
            {"outcome": "calm", "unit": "visit", "social_value": 300.0},
        ],
        effects=[
            {"service": "hubs", "outcome": "well", "impact": 2.0},
            {"service": "visits", "outcome": "calm", "impact": 1.0},
        ],
        savings=[
            {"outcome": "well", "agency": "tax", "value": 300.0, "cashable": 0.5},
            {"outcome": "calm", "agency": "nhs", "value": 100.0, "cashable": 0.25},
        ],
        **changes,
    )


@cache
def of_two_outcomes() -> PlanFindings:
    return found(two_outcomes())


def test_an_outcome_that_falls_is_found() -> None:
    falls = one(of_two_outcomes(), "outcome-falls")
    assert falls.keys == {"outcome": "calm"}
    assert figures(falls) == {"today": 500, "plan": 400, "share": -0.2}


def test_of_outcomes_that_fall_the_one_that_falls_most_comes_first_whatever_it_is_worth() -> None:
    """100 units move from visits to hubs: quiet 500 to 400, worth £1,000; calm 750 to 700, £15,000.

    Quiet falls by 20 per cent and calm by 6.7.
    """
    place = clean(
        outcomes=[
            {"outcome": "well", "unit": "family", "social_value": 500.0},
            {"outcome": "calm", "unit": "visit", "social_value": 300.0},
            {"outcome": "quiet", "unit": "visit", "social_value": 10.0},
        ],
        effects=[
            {"service": "hubs", "outcome": "well", "impact": 2.0},
            {"service": "hubs", "outcome": "calm", "impact": 0.5},
            {"service": "visits", "outcome": "calm", "impact": 1.0},
            {"service": "visits", "outcome": "quiet", "impact": 1.0},
        ],
    )
    falls = found(place).of("outcome-falls")
    assert [each.keys["outcome"] for each in falls] == ["quiet", "calm"]
    assert [round(each["share"], 4) for each in falls] == [-0.2, -0.0667]


def test_an_agency_that_saves_less_is_found_with_what_is_cashable() -> None:
    less = one(of_two_outcomes(), "agency-saves-less")
    assert less.keys == {"agency": "nhs"}
    assert figures(less) == {
        "today": 50_000,
        "plan": 40_000,
        "cashable_today": 12_500,
        "cashable_plan": 10_000,
    }


def with_parks(rules: list[dict[str, Any]] | None = None, **said: str) -> Place:
    """Parks have £100,000 and no effect; the setting gives their money free."""
    parks = {"today": {"tax": 0.1}, "people": None, **said}
    visits = {"today": {"tax": 0.4}, "people": None}
    review = {"source": "review", "title": "A review", "publisher": "Cochrane", "year": "2016"}
    return clean(
        services={"parks": parks, "visits": visits}, settings={"without_effects": "free"},
        sources=[review], rules=rules or [],
    )  # fmt: skip


def test_a_service_that_loses_and_has_no_known_effect_is_found() -> None:
    lost = one(found(with_parks()), "loses-without-known-effect")
    assert lost.keys == {"service": "parks"}
    assert figures(lost) == {"today": 100_000, "plan": 0, "share": -1}


def test_where_studies_found_no_difference_it_is_not_said_that_nobody_looked() -> None:
    admits = found(with_parks(no_difference="review"))
    assert "loses-without-known-effect" not in admits.codes
    lost = one(admits, "loses-as-no-difference-found")
    assert lost.keys == {"service": "parks", "source": "review"}
    (said,) = admits.of("loses-as-no-difference-found").sentences
    assert "Studies found little or no difference by it (Cochrane, 2016), so no effect" in said


def test_a_duty_in_law_that_loses_is_found_unless_a_floor_keeps_it_up() -> None:
    act = "Parks Act 1900, section 1"
    admits = found(with_parks(duty=act))
    duty = one(admits, "duty-without-floor")
    assert duty.keys == {"duty": act}
    assert figures(duty) == {"today": 100_000, "plan": 0, "share": -1, "services": 1}
    (said,) = admits.of("duty-without-floor").sentences
    assert said.startswith(f"{act}: 1 service with this duty, less money than today")
    kept = with_parks([rule("floor", "service=parks", 50_000)], duty=act)
    assert found(kept).codes.isdisjoint({"duty-without-floor", "duty-at-assumed-floor"})


def test_a_duty_whose_floor_has_a_level_that_is_assumed_is_found_where_it_loses() -> None:
    act = "Parks Act 1900, section 1"
    floor = {**rule("floor", "service=parks", 50_000), "basis": "law", "reference": act}
    admits = found(with_parks([{**floor, "status": "illustrative"}]))
    duty = one(admits, "duty-at-assumed-floor")
    assert duty.keys == {"duty": act}
    assert figures(duty) == {"today": 100_000, "plan": 50_000, "share": -0.5, "services": 1}
    (said,) = admits.of("duty-at-assumed-floor").sentences
    assert said.startswith(f"{act}: 1 service with this duty, less money than today")
    read = found(with_parks([{**floor, "status": "published"}]))
    assert read.codes.isdisjoint({"duty-without-floor", "duty-at-assumed-floor"})


def test_a_way_to_buy_that_begins_is_found_with_what_it_costs_and_to_start() -> None:
    """A trust gives as much for £900 a unit; it costs £50,000 to start and holds 100 families."""
    place = clean()
    offers = place.tables["offers"]
    offer = dict.fromkeys(offers.columns) | {
        "offer": "hubs_trust", "service": "hubs", "provider": "Hub Trust", "unit_cost": 900.0,
        "capacity": 100.0, "smallest_lot": 10.0, "set_up_cost": 5_000.0, "status": "illustrative",
    }  # fmt: skip
    admits = found(place.with_(offers=pd.concat([offers, pd.DataFrame([offer])])))
    begins = one(admits, "offer-begins")
    assert begins.keys["offer"] == "hubs_trust"
    assert figures(begins) == {"most": 100, "instead": 100_000, "money": 95_000, "set_up": 5_000}
    assert admits.of("offer-begins").sentences == (
        "Hubs: from 2027-28 bought from Hub Trust, which is new, for 100 people a year at most, "
        "£95,000 in all, £5,000 of it to start (cost illustrative), "
        "where it would be £100,000 from others.",
    )
    assert "offer-begins" not in found(place).codes
    without = place.with_(today=place.tables["today"].query("service != 'hubs'"))
    (alone,) = (each for each in found(without).of("offer-begins").records())
    assert "instead" not in alone["figures"]
    assert "from others" not in alone["what"]


# --- capacity ------------------------------------------------------------------------------


def dipping(years: tuple[float, float, float]) -> Place:
    """A service led by need whose need is given year by year; capacity goes by half a year."""
    tables = {
        "agencies": [{"agency": "nhs"}],
        "streams": [{"stream": "grant", "agency": "nhs", "raised": "national"}],
        "funding": [{"stream": "grant", "year": year, "amount": 1e6} for year in YEARS],
        "services": [
            {"service": "beds", "commissioner": "nhs", "purpose": "health", "led_by": "need"},
            {"service": "visits", "commissioner": "nhs", "purpose": "health"},
        ],
        "offers": [
            {"offer": "beds", "service": "beds", "unit_cost": 1_000.0, "release": 0.5},
            {"offer": "visits", "service": "visits", "unit_cost": 1.0},
        ],
        "today": [{"service": "beds", "stream": "grant", "amount": 1e6}],
        "needs": [
            {"service": "beds", "year": year, "people": people}
            for year, people in zip(YEARS, years, strict=True)
        ],
        "outcomes": [{"outcome": "treated", "social_value": 2_000.0}],
        "effects": [
            {"service": "beds", "outcome": "treated"},
            {"service": "visits", "outcome": "treated", "impact": 0.001},
        ],
    }
    return place_of(tables)


def test_capacity_given_up_and_bought_again_is_found_with_what_it_costs() -> None:
    """1,000 beds today, 900 in the first year, 600 in the second, 800 in the third."""
    findings = found(dipping((900, 600, 800)))
    again = one(findings, "capacity-bought-again")
    assert again.years == (YEARS[1], YEARS[2])
    assert figures(again) == {"given_up": 400, "bought_again": 200, "cost": 200_000}
    said = findings.of("capacity-bought-again").sentences[0]
    assert "capacity for 400 people is given up" in said


def test_people_of_a_sentence_are_whole() -> None:
    """3.02 given up and 1.59 bought again: both are whole people, and 0.4 is less than one."""
    units = "person"
    parts = {"given_up": (3.02, units), "bought_again": (1.59, units), "cost": (1_000.0, "pounds")}
    keys = {"service": "hubs"}
    again = PlanFinding("capacity-bought-again", keys, parts, YEARS[:2], 1_000.0)
    said = FindingWords(clean()).of(again)
    assert "capacity for 3 people is given up" in said
    assert "for 2 people bought again" in said
    few = PlanFinding(
        "capacity-bought-again", keys, {**parts, "bought_again": (0.4, units)}, YEARS[:2], 1_000.0
    )
    assert "for less than one person bought again" in FindingWords(clean()).of(few)


def test_figures_that_carry_more_than_the_gain_are_said_to_and_what_that_means() -> None:
    """£869,000 of values and £500,000 of effects of a gain of £500,000."""
    parts = {"gain": (500_000.0, "pounds"), "values": (869_000.0, "pounds"),
             "effects": (500_000.0, "pounds")}  # fmt: skip
    found = PlanFinding("rests-on-illustrative", {"beside": "aligned"}, parts, YEARS, 500_000.0)
    said = FindingWords(clean()).of(found)
    assert "£869,000, more than all (without that part it would be a loss) on values;" in said
    assert said.endswith("; all of it on effects.")
    assert "%" not in said
    moved = {**parts, "unit_costs": (-400_000.0, "pounds"), "needs": (200_000.0, "pounds")}
    found = PlanFinding("rests-on-illustrative", {"beside": "aligned"}, moved, YEARS, 500_000.0)
    assert FindingWords(clean()).of(found).endswith("; with unit costs 1% down it is 0.8% less.")


def test_capacity_that_only_falls_is_not_bought_again() -> None:
    assert "capacity-bought-again" not in found(dipping((900, 800, 700))).codes


def test_what_is_given_up_in_every_year_as_fast_as_it_can_be_is_found() -> None:
    """Walks are worth three times as much; of 1,000 hubs a fifth can go each year, to 512."""
    place = small(
        {"tax": {"amount": 2.0}},
        {
            "hubs": {"people": None, "today": {"tax": 1.0}, "offer": {"release": 0.2}},
            "walks": {"people": None, "today": {"tax": 1.0}, "value": 3.0},
        },
        years=3,
    )
    findings = pb.optimise(place, prices=False).findings(pb.simulate(place), place=place)
    given_up = one(findings, "given-up-as-fast-as-can-be")
    assert (given_up.keys["service"], given_up.years) == ("hubs", ("2029-30",))
    assert figures(given_up) == pytest.approx({"today": 1_000, "plan": 512, "share": -0.488})
    assert findings.of(given_up.code).sentences == (
        "Hubs: given up each year as fast as its capacity can go, from 1,000 to 512 (−48.8%) in "
        "2029-30, and no rule ends that.",
    )
    floor = pd.DataFrame([rule("units_floor", "service=hubs", 700.0)])
    slower = place.with_(rules=floor)
    held = pb.optimise(slower, prices=False).findings(pb.simulate(slower), place=slower)
    assert given_up.code not in held.codes


def test_of_areas_that_change_as_much_those_that_change_the_other_way_are_counted() -> None:
    """A unit costs half as much in the north: all that the south and east have goes there."""
    areas = [{"area": "all"}, *({"area": key, "parent": "all"} for key in ("n", "s", "e"))]
    offers = [
        {"offer": f"visits_{key}", "service": "visits", "area": key, "unit_cost": cost}
        for key, cost in (("n", 1_000.0), ("s", 2_000.0), ("e", 2_000.0))
    ]
    place = small(
        {"tax": {"amount": 3.0}},
        {"visits": {"people": None, "offer": offers}},
        areas=areas,
        today=[
            {
                "service": "visits",
                "stream": "tax",
                "area": key,
                "amount": 1e6,
                "offer": f"visits_{key}",
            }
            for key in ("n", "s", "e")
        ],
    )
    findings = found(place)
    large = one(findings, "large-change")
    assert figures(large)["areas"] == 3
    assert figures(large)["other_way"] == 2
    (said,) = findings.of("large-change").sentences
    assert said.endswith("; 2 more areas change as much, 2 the other way.")


def test_todays_money_above_the_last_step_of_returns_buys_nothing_and_says_how_much() -> None:
    """Returns end at half of 400 in need: of 1,000 units bought for £1 million 200 count."""
    place = small(
        {"tax": {"amount": 1.0}},
        {"visits": {"people": 400, "today": {"tax": 1.0}, "unit": "family"}},
        returns=[{"service": "visits", "step": 1, "up_to": 0.5, "effectiveness": 1.0}],
    )
    findings = pb.simulate(place).findings()
    beyond = one(findings, "beyond-returns")
    assert figures(beyond) == {"money": 800_000, "beyond": 800}
    (said,) = findings.of("beyond-returns").sentences
    assert said.startswith("Visits: £800,000 is spent above the last step of returns")
    assert "800 families in 2027-28" in said
    assert "beyond-returns" not in found(place).codes


# --- what the value is ---------------------------------------------------------------------


def test_a_gain_that_is_social_value_only_is_found_with_its_parts() -> None:
    gain = one(found(clean(saved=0.0, social=700.0)), "social-value-only")
    assert figures(gain) == {"gain": 70_000, "fiscal": 0, "economic": 0, "social": 70_000}


def test_a_gain_that_its_own_range_takes_away_is_not_distinguishable_from_nothing() -> None:
    """A hub brings £100 less to the economy than a visit, and 0.2 more of a £700 good."""
    effects = [
        {"service": "hubs", "outcome": "well", "impact": 1.2},
        {"service": "visits", "outcome": "well", "impact": 1.0},
        {"service": "visits", "outcome": "work", "impact": 1.0},
    ]

    def ranged(low: float | None, high: float | None) -> Place:
        well = {"outcome": "well", "social_value": 700.0, "social_low": low, "social_high": high}
        work = {"outcome": "work", "economic_value": 100.0}
        return clean(saved=0.0, outcomes=[well, work], effects=effects)

    doubtful = one(found(ranged(400.0, 900.0)), "within-its-range")
    # 100 units move: 20 more of £700 for £10,000; of £400 they are £8,000, of £900 £18,000.
    assert figures(doubtful) == {
        "gain": 4_000, "least": -2_000, "most": 8_000, "low": 400, "high": 900
    }  # fmt: skip
    for sure in (ranged(600.0, 900.0), ranged(None, None)):
        assert "within-its-range" not in found(sure).codes


def test_a_gain_below_ten_pounds_in_a_million_is_too_small_to_decide_on() -> None:
    """£1 million is spent: £10 is the least that is told. 100 units move, at 8 or 12 pence each."""
    for worth, told in ((0.08, True), (0.12, False)):
        codes = found(clean(saved=0.0, social=worth)).codes
        assert ("too-small-to-decide" in codes) is told
        # Of a gain that is none nothing else is said.
        assert ("social-value-only" in codes) is not told
    finding = one(found(clean(saved=0.0, social=0.08)), "too-small-to-decide")
    assert figures(finding) == {"gain": 8, "money": 1_000_000}
    assert "too-small-to-decide" not in found(clean(saved=0.0, social=0.0)).codes


def test_a_gain_is_social_value_where_all_the_rest_is_less_than_a_tenth_of_it() -> None:
    assert "social-value-only" in found(clean(saved=70.0, social=640.0)).codes
    assert "social-value-only" not in found(clean(saved=80.0, social=640.0)).codes


def test_a_step_from_another_plan_is_looked_at_by_itself() -> None:
    """Freed beside aligned: what only ending the ring-fence gains is social value."""
    place = clean(saved=0.0, social=700.0)
    today = pb.simulate(place)
    plan = pb.optimise(place, pooling="aligned", prices=False)
    beside = [each.keys["beside"] for each in plan.findings(today, before=plan)]
    assert beside == ["today", "aligned"]


def test_a_gain_of_which_more_than_half_hangs_on_illustrative_values_is_found() -> None:
    """A unit saves £70 and is worth £70 to people; half of a gain is not more than half."""
    place = clean(saved=70.0, social=70.0)

    def known(saved: str, worth: str, effect: str) -> PlanFindings:
        tables = {
            name: place.tables[name].assign(status=status)
            for name, status in (("savings", saved), ("outcomes", worth), ("effects", effect))
        }
        return found(place.with_(**tables))

    sure, made = "published", "illustrative"
    assert "rests-on-illustrative" not in known(sure, sure, sure).codes
    assert "rests-on-illustrative" not in known(made, sure, sure).codes
    both = one(known(made, made, sure), "rests-on-illustrative")
    assert figures(both)["values"] == figures(both)["gain"]
    assert figures(both)["effects"] == 0
    assert "rests-on-illustrative" in known(sure, sure, made).codes


def test_needs_and_unit_costs_that_are_illustrative_are_asked_too() -> None:
    """£14,000 is gained. Today 1% more of 1,500 for £140 each; of the plan, whose hubs are full,
    1% more of 400 and, up and down, half a per cent of 1,200: £1,400 less £2,100.
    """
    place = clean(saved=70.0, social=70.0)
    made = place.offers.assign(status="illustrative")
    told = one(found(place.with_(offers=made)), "rests-on-illustrative")
    assert figures(told)["unit_costs"] == pytest.approx(-70_000)
    assert (
        FindingWords(place)
        .of(told)
        .endswith("illustrative figures: with unit costs 1% down it is 5% less.")
    )


def test_value_about_as_large_as_cost_may_be_cost_by_another_name() -> None:
    """A hub brings twice £520 of value for £1,000, a visit £1,040 by an effect of two."""
    effects = [{"service": key, "outcome": "well", "impact": 2.0} for key in ("hubs", "visits")]
    renamed = one(found(clean(saved=100.0, social=420.0, effects=effects)), "cost-as-value")
    assert renamed.keys["outcome"] == "well"
    assert figures(renamed) == {"value": 1_040, "cost": 1_000, "services": 2}


def test_value_that_differs_from_the_cost_of_one_service_is_no_cost_by_another_name() -> None:
    assert "cost-as-value" not in found(clean(saved=100.0, social=420.0)).codes


def test_a_plan_that_changes_nothing_says_so() -> None:
    findings = found(clean(capacity=500))
    assert [each.code for each in findings] == ["changes-nothing"]
    assert str(findings) == "Nothing changes: every pound goes where it goes in today."


def test_an_option_that_changes_nothing_says_so_beside_the_plan_without_it() -> None:
    plan = best_of()
    nothing = pb.Option("A new name").set("streams", "name", "Council tax", stream="tax")
    other = pb.optimise(clean(), option=nothing, pooling="aligned", prices=False)
    said = one(other.findings(before=plan), "changes-nothing")
    assert said.keys == {"beside": "aligned"}


def test_today_is_called_today_beside_the_plan_of_an_option_too() -> None:
    option = pb.Option("a new name").set("streams", "name", "Council tax", stream="tax")
    plan = pb.optimise(
        clean(saved=0.0, social=700.0), option=option, pooling="aligned", prices=False
    )
    assert one(plan.findings(), "social-value-only").keys == {"beside": "today"}


# --- as data -------------------------------------------------------------------------------


def test_findings_are_data_with_keys_figures_and_a_sentence() -> None:
    findings = of_capped()
    (record,) = findings.records()
    assert record["code"] == "ends-at-a-rule"
    assert record["figures"]["plan"] == 550_000
    assert record["units"]["plan"] == "pounds"
    assert record["what"].startswith("Hubs: ")
    table = findings.tables["figures"]
    assert table["figure"].tolist() == ["today", "plan", "share"]


def test_of_each_kind_the_worst_are_said_and_how_many_more_there_are() -> None:
    (only,) = of_clean(800).of("large-change").paragraphs(1)
    assert only.text == "Large changes of money:"
    assert only.points[0].startswith("Hubs: ")
    assert only.points[1:] == ("And 1 more of this kind.",)


def test_a_plan_without_its_place_asks_for_it(tmp_path: Any) -> None:
    place = clean(rules=[rule("cap", "service=hubs", 550_000)])
    plan = pb.optimise(place, pooling="aligned", prices=False)
    read = pb.read_plan(plan.to_json(tmp_path / "a.plan.json"))
    with pytest.raises(CannotAnswer, match=r"place=pb\.read"):
        read.findings()
    assert read.findings(place=place).records() == plan.findings().records()


def test_a_plan_file_holds_what_the_plan_must_admit_as_data(tmp_path: Any) -> None:
    plan = best_of(800)
    document = json.loads(plan.to_json(tmp_path / "a.plan.json").read_text("utf-8"))
    first, second = document["findings"]["rows"]
    assert first[:3] == ["large-change", {"service": "hubs", "area": "place"}, ["2027-28"] * 2]
    assert first[3]["today"] == [500_000, "pounds"]
    assert second[3]["share"] == [-0.6, "share"]
    read = pb.read_plan(tmp_path / "a.plan.json")
    assert read == plan
    again = json.loads(read.to_json(tmp_path / "b.plan.json").read_text("utf-8"))
    assert again["findings"] is None


def test_a_workbook_begins_with_what_the_plan_must_admit(tmp_path: Any) -> None:
    plan = best_of(800)
    book = load_workbook(plan.to_excel(tmp_path / "a.xlsx"))
    sheet = book["What it must admit"]
    assert book.sheetnames.index(sheet.title) == 1
    rows = below(sheet)
    assert [row[1] for row in rows[1:]] == list(of_clean(800).sentences)
    assert book["Figures of what it must admit"]["B3"].value == "today"


def test_today_of_other_figures_is_refused() -> None:
    plan = best_of()
    with pytest.raises(CannotAnswer, match="of other figures"):
        plan.findings(pb.simulate(clean(capacity=800)))


def test_a_plan_of_other_services_may_be_the_one_before() -> None:
    """The plan before has parks, which the place of this one has not."""
    less = {"today": {"tax": 0.4}, "people": None}
    parks = {"today": {"tax": 0.1}, "people": None}
    other = clean(services={"visits": less, "parks": parks})
    before = pb.optimise(other, pooling="aligned", prices=False)
    assert list(found(clean(), before=before)) == []


@pytest.mark.parametrize("seed", [0, 2, 3, 5, 6] if ALL else [5, 6])
def test_at_places_at_random_every_finding_is_a_sentence_and_plain_data(seed: int) -> None:
    place = needing(seed)
    today = pb.simulate(place)
    assert today.findings().codes <= {
        "need-not-met", "need-not-served", "beyond-returns", "cost-as-value",
    }  # fmt: skip
    plan = pb.optimise(place, pooling="aligned", prices=False)
    findings = plan.findings(today)
    json.dumps(findings.records(), allow_nan=False)
    for sentence in findings.sentences:
        assert sentence.endswith(".")
        assert not re.search(r"\bnan\b|\binf\b|\bNone\b|_", sentence)
