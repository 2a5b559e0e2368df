"""Every kind of rule, binding on a small place whose best plan is worked by hand.

Unless a test says otherwise, £10 million buys two services: good, worth £2 a pound,
and poor, worth £1 a pound; each could take all the money.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pytest

import placebudget as pb
from placebudget.place import Place
from placebudget.place.names import Names, rule_words
from small import MILLION, Row, rule, small, spent, units

FIRST, SECOND = "2027-28", "2028-29"
GOOD = {"value": 2, "people": 10_000}
POOR = {"value": 1, "people": 10_000}
MONEY = {"council": {"amount": 10}}


def best(place: Place, **options: object) -> pb.Plan:
    return pb.optimise(place, prices=False, **{"pooling": "aligned", **options})


def ruled(*rules: Row, good: Row | None = None, poor: Row | None = None, **tables: object) -> Place:
    services = {"good": {**GOOD, **(good or {})}, "poor": {**POOR, **(poor or {})}}
    return small(MONEY, services, rules=list(rules), **tables)


def test_without_rules_all_money_goes_to_the_better_service() -> None:
    assert spent(best(ruled())) == {"good": 10.0}


# --- money ----------------------------------------------------------------------------


def test_a_floor_keeps_money_on_its_subject() -> None:
    """3 on poor, 7 on good: 2 x 7 + 3 = 17."""
    plan = best(ruled(rule("floor", "service=poor", 3 * MILLION)))
    assert spent(plan) == {"good": 7.0, "poor": 3.0}
    assert plan.objective.value == pytest.approx(17 * MILLION)


def test_a_cap_keeps_money_off_its_subject() -> None:
    """4 on good, 6 on poor: 14."""
    plan = best(ruled(rule("cap", "service=good", 4 * MILLION)))
    assert spent(plan) == {"good": 4.0, "poor": 6.0}


def test_a_floor_holds_for_the_sum_over_its_subject() -> None:
    """At least £12 million on both cannot be kept with 10; £10 million can, all on good."""
    assert spent(best(ruled(rule("floor", "", 10 * MILLION)))) == {"good": 10.0}
    with pytest.raises(pb.Infeasible):
        best(ruled(rule("floor", "service=good|poor", 12 * MILLION)))


def test_an_empty_subject_means_everything() -> None:
    """A cap of £1 million on everything."""
    assert spent(best(ruled(rule("cap", "", MILLION)))) == {"good": 1.0}


def test_a_set_up_cost_is_money_spent_on_the_subject() -> None:
    """Cap £2 million with a set-up of £500,000: 1,500 units."""
    place = ruled(
        rule("cap", "service=good", 2 * MILLION), good={"offer": {"set_up_cost": 500_000}}
    )
    plan = best(place)
    assert units(plan)["good"] == pytest.approx(1_500)
    assert spent(plan) == {"good": 2.0, "poor": 8.0}


def test_a_rule_with_a_year_holds_in_that_year_and_a_blank_one_in_each() -> None:
    streams = {"council": {"amount": [10, 10]}}
    services = {"good": GOOD, "poor": POOR}
    of_second = rule("floor", "service=poor", 3 * MILLION, year=SECOND)
    plan = best(small(streams, services, years=2, rules=[of_second]))
    assert spent(plan, "service", "year") == {
        ("good", FIRST): 10.0,
        ("good", SECOND): 7.0,
        ("poor", SECOND): 3.0,
    }
    of_each = rule("floor", "service=poor", 3 * MILLION)
    plan = best(small(streams, services, years=2, rules=[of_each]))
    assert {k: v for k, v in spent(plan, "service", "year").items() if k[0] == "poor"} == {
        ("poor", FIRST): 3.0,
        ("poor", SECOND): 3.0,
    }


# --- units and outcomes ---------------------------------------------------------------------


def test_a_floor_on_units_counts_units_not_pounds() -> None:
    """500 units of poor at £4,000 are £2 million."""
    plan = best(ruled(rule("units_floor", "service=poor", 500), poor={"cost": 4_000}))
    assert units(plan) == {"good": 8_000, "poor": 500}


def test_a_cap_on_units_counts_units_not_pounds() -> None:
    """1,500 units of good at £4,000 are £6 million."""
    plan = best(ruled(rule("units_cap", "service=good", 1_500), good={"cost": 4_000}))
    assert units(plan) == {"good": 1_500, "poor": 4_000}


def test_a_floor_on_an_outcome_counts_what_the_units_make() -> None:
    """Poor makes half an outcome a unit: 800 outcomes take 1,600 units."""
    plan = best(
        ruled(rule("outcome_floor", "outcome=poor_good", 800), poor={"effect": {"impact": 0.5}})
    )
    assert units(plan) == {"good": 8_400, "poor": 1_600}


def test_a_floor_on_an_outcome_counts_what_is_left_after_overlap() -> None:
    """At most 700 count, so 800 cannot be promised however many are made."""
    at_risk = [{"outcome": "poor_good", "most": 700}]
    with pytest.raises(pb.Infeasible):
        best(ruled(rule("outcome_floor", "outcome=poor_good", 800), at_risk=at_risk))
    plan = best(ruled(rule("outcome_floor", "outcome=poor_good", 700), at_risk=at_risk))
    assert units(plan) == {"good": 9_300, "poor": 700}


def test_a_floor_on_an_outcome_reads_as_what_is_counted_and_how_much_at_least() -> None:
    place = ruled(rule("outcome_floor", "outcome=poor_good", 700))
    named = place.with_(outcomes=place.outcomes.assign(name="Households who keep their home"))
    row = named.filled("rules").iloc[0]
    assert rule_words(row, Names(named)) == (
        "Households who keep their home: at least 700 in the place"
    )


def test_a_floor_on_an_outcome_may_name_a_later_appraisal_year() -> None:
    """Poor works from the year after: 600 outcomes in 2028-29 take 600 units in 2027-28."""
    floor = rule("outcome_floor", "outcome=poor_good", 600, year=SECOND)
    plan = best(ruled(floor, poor={"effect": {"lag": 1}}))
    assert units(plan) == {"good": 9_400, "poor": 600}


TREE = [
    {"area": "place", "tier": "place"},
    {"area": "north", "parent": "place", "tier": "district", "population": 30_000},
    {"area": "ward", "parent": "north", "tier": "ward"},
    {"area": "south", "parent": "place", "tier": "district", "population": 10_000},
]


def by_area(*rules: Row, north: str = "north", **tables: object) -> Place:
    """Poor is offered in two areas, good over the whole place."""
    offers = [{"offer": "poor_north", "area": north}, {"offer": "poor_south", "area": "south"}]
    needs = [
        {"service": "good", "people": 10_000},
        {"service": "poor", "area": north, "people": 10_000},
        {"service": "poor", "area": "south", "people": 10_000},
    ]
    place = ruled(*rules, poor={"offer": offers}, areas=TREE)
    return place.with_(needs=pd.DataFrame(needs), **tables)


def test_a_floor_on_an_outcome_holds_in_its_areas() -> None:
    floor = rule("outcome_floor", "outcome=poor_good; area=north", 400)
    assert units(best(by_area(floor, north="ward"))) == {"good": 9_600, "poor_north": 400}


# --- near today ---------------------------------------------------------------------------


def today(*rules: Row, amounts: Sequence[float] = (10,), now: float | None = None) -> Place:
    """Today: 4 on good, 6 on poor."""
    return small(
        {"council": {"amount": list(amounts), **({} if now is None else {"now": now})}},
        {
            "good": {**GOOD, "people": 99_000, "today": {"council": 4}},
            "poor": {**POOR, "people": 99_000, "today": {"council": 6}},
        },
        years=len(amounts),
        settings={} if now is None else {"today_year": "2026-27"},
        rules=list(rules),
    )


def test_a_lock_without_an_amount_keeps_todays_money() -> None:
    assert spent(best(today(rule("lock", "service=poor")))) == {"good": 4.0, "poor": 6.0}


def test_a_lock_lets_each_line_move_by_its_per_cent() -> None:
    """Poor may fall by 10 % to 5.4 and good rise by 10 % to 4.4: 0.2 stays idle."""
    plan = best(today(rule("lock", "", 10)))
    assert spent(plan) == {"good": 4.4, "poor": 5.6}


def test_a_lock_holds_for_each_line_not_for_their_sum() -> None:
    """50 %: poor keeps 3 at least, good gets 6 at most: 6 and 4."""
    assert spent(best(today(rule("lock", "service=good|poor", 50)))) == {"good": 6.0, "poor": 4.0}


def test_todays_money_is_carried_on_with_its_streams_funding() -> None:
    """Today was paid from £10 million; of £20 million and £5 million a lock keeps 12 and 3."""
    plan = best(today(rule("lock", "service=poor"), amounts=[20, 5], now=10))
    poor = {k[1]: v for k, v in spent(plan, "service", "year").items() if k[0] == "poor"}
    assert poor == {FIRST: 12.0, SECOND: 3.0}


def test_pace_limits_the_change_against_the_year_before_and_today_for_the_first() -> None:
    """Good may grow by half a year: 4 -> 6 -> 9, and not to 10 at once."""
    plan = best(today(rule("pace", "service=good", 50), amounts=[10, 10], now=10))
    good = {k[1]: v for k, v in spent(plan, "service", "year").items() if k[0] == "good"}
    assert good == {FIRST: 6.0, SECOND: 9.0}


def test_pace_limits_falling_as_well() -> None:
    """Poor may fall by a quarter a year: 6 -> 4.5 -> 3.375."""
    plan = best(today(rule("pace", "service=poor", 25), amounts=[10, 10], now=10))
    poor = {k[1]: v for k, v in spent(plan, "service", "year").items() if k[0] == "poor"}
    assert poor == {FIRST: 4.5, SECOND: 3.375}


def test_pace_holds_for_the_sum_over_its_subject() -> None:
    """Both together may grow by half, from 10 to 15 of the second year's £40 million."""
    plan = best(today(rule("pace", "", 50), amounts=[10, 40], now=10))
    assert spent(plan, "year") == {FIRST: 10.0, SECOND: 15.0}


def test_virement_keeps_part_of_todays_money_on_a_purpose() -> None:
    """At most 30 % of the 6 may go: 4.2 stays."""
    plan = best(today(rule("virement", "purpose=poor", 30)))
    assert spent(plan) == {"good": 5.8, "poor": 4.2}


def test_virement_of_everything_lets_all_go() -> None:
    assert spent(best(today(rule("virement", "purpose=poor", 100)))) == {"good": 10.0}


# --- shares -------------------------------------------------------------------------------


def test_a_share_floor_is_a_share_of_all_money_spent_by_the_place() -> None:
    """At least 40 % of what is spent on poor: 4 of 10."""
    plan = best(ruled(rule("share_floor", "service=poor", 40)))
    assert spent(plan) == {"good": 6.0, "poor": 4.0}


def test_a_share_cap_is_a_share_of_what_is_spent_not_of_what_there_is() -> None:
    """Good at most 75 %; poor can take 1 only: good 3, and 6 of the 10 stay idle."""
    plan = best(ruled(rule("share_cap", "service=good", 75), poor={"people": 1_000}))
    assert spent(plan) == {"good": 3.0, "poor": 1.0}


def test_a_share_of_a_pool_is_a_share_of_what_the_pool_spends() -> None:
    """The pool takes 4 gross of the 10, keeps 10 % and spends 3.6: at least 25 % on poor is 0.9.

    Direct money is outside the rule: 6 on good.
    """
    pools = {"fund": {"streams": {"council": {"minimum": 4e6, "maximum": 4e6}}}}
    place = ruled(rule("share_floor", "pool=fund; service=poor", 25), pools=pools)
    place = place.with_(pools=place.pools.assign(management_cost=0.1))
    plan = best(place, pooling="pooled")
    assert spent(plan, "route", "service") == {
        ("direct", "good"): 6.0,
        ("fund", "good"): 2.7,
        ("fund", "poor"): 0.9,
    }
    # Where the pool is closed, its rule falls away.
    assert spent(best(place)) == {"good": 10.0}


def test_a_share_cap_by_pool() -> None:
    pools = {"fund": {"streams": {"council": {"minimum": 4e6, "maximum": 4e6}}}}
    place = ruled(rule("share_cap", "pool=fund; service=good", 50), pools=pools)
    plan = best(place, pooling="pooled")
    assert spent(plan, "service") == {"good": 8.0, "poor": 2.0}


# --- fairness and incentives ----------------------------------------------------------------


def fair(*rules: Row, **columns: object) -> Place:
    """One service in two districts of 30,000 and 10,000 people; in the south it costs double."""
    offers = [
        {"offer": "in_north", "area": "north"},
        {"offer": "in_south", "area": "south", "unit_cost": 2_000},
    ]
    needs = [{"service": "good", "area": area, "people": 99_000} for area in ("north", "south")]
    place = small(MONEY, {"good": {"offer": offers}}, areas=TREE, rules=list(rules))
    return place.with_(needs=pd.DataFrame(needs), **columns)


def test_an_equity_floor_compares_outcomes_a_head_with_the_weighted_mean() -> None:
    """South has a quarter of the people: at 100 % it needs a quarter of all outcomes.

    n + s units: s = (n + s) / 4, n = 3 s; 3 s x £1,000 + s x £2,000 = 10 million: s = 2,000.
    At 50 %: s = (n + s) / 8, n = 7 s; 9 s x £1,000 = 10 million: s = 1,111.11.
    Without a floor all goes to the north.
    """
    assert units(best(fair())) == {"in_north": 10_000}
    floor = "outcome=good_good; tier=district"
    assert units(best(fair(rule("equity_floor", floor, 100)))) == pytest.approx(
        {"in_north": 6_000, "in_south": 2_000}
    )
    assert units(best(fair(rule("equity_floor", floor, 50)))) == pytest.approx(
        {"in_north": 7_777.7778, "in_south": 1_111.1111}, rel=1e-6
    )


def test_a_line_in_a_wider_area_counts_by_population() -> None:
    """A service for the whole place makes 4,000 outcomes: 3,000 in the north, 1,000 in the south.

    At 100 % the south needs a quarter of all: (1,000 + s) = (4,000 + n + s) / 4, so n = 3 s as
    before; with £10 million less £4 million: s = 1,200, n = 3,600.
    """
    place = fair(rule("equity_floor", "outcome=good_good; tier=district", 100))
    wide = {"service": "wide", "commissioner": "council", "purpose": "wide"}
    offer = {"offer": "wide", "service": "wide", "unit_cost": 1_000, "index": "general"}
    place = place.with_(
        services=added(place.services, wide),
        offers=added(place.offers, {**offer, "capacity": 4_000}),
        effects=added(place.effects, {"service": "wide", "outcome": "good_good"}),
        rules=added(place.rules, rule("floor", "service=wide", 4 * MILLION)),
    )
    assert units(best(place)) == pytest.approx(
        {"wide": 4_000, "in_north": 3_600, "in_south": 1_200}
    )


def added(frame: pd.DataFrame, row: Row) -> pd.DataFrame:
    return pd.DataFrame([*frame.to_dict("records"), row])


def incentives(*rules: Row) -> Place:
    """The council (10) commissions care, £1 a pound; the NHS (0) wards, £3 a pound.

    Care saves the council £100 a unit. One pool without limits.
    """
    return small(
        {"council": {"amount": 10}, "nhs": {"amount": 0}},
        {
            "care": {"people": 10_000, "value": 1},
            "ward": {"people": 10_000, "value": 3, "commissioner": "nhs"},
        },
        pools={"fund": {"streams": {"council": {}, "nhs": {}}}},
        savings=[{"outcome": "care_good", "agency": "council", "value": 100, "cashable": 0.5}],
        rules=list(rules),
    )


@pytest.mark.parametrize("pooling", ["pooled", "freed"])
def test_no_agency_is_worse_off_than_working_apart(pooling: str) -> None:
    """Working apart the council buys 10,000 units of care: savings £1 million.

    Pooled without the rule all goes to the ward. No worse off: all stays with care.
    Within 40 %: 6 on care, 4 on the ward.
    """
    assert spent(best(incentives(), pooling=pooling)) == {"ward": 10.0}
    kept = incentives(rule("no_worse_off", "agency=council"))
    assert spent(best(kept, pooling=pooling)) == {"care": 10.0}
    partly = incentives(rule("no_worse_off", "agency=council", 40))
    assert spent(best(partly, pooling=pooling)) == {"care": 6.0, "ward": 4.0}


def test_no_worse_off_holds_for_savings_and_for_the_value_of_services() -> None:
    """Savings alone could come from elsewhere: the ward saves the council £100 a unit too.

    Then savings are as large wherever the money goes, but the value of what the council
    commissions, £11 million working apart, would be lost: care keeps all £10 million.
    And an agency that commissions nothing is kept by its savings alone.
    """
    place = incentives(rule("no_worse_off", "agency=council"))
    both = added(place.savings, {**place.savings.iloc[0].to_dict(), "outcome": "ward_good"})
    assert spent(best(place.with_(savings=both), pooling="pooled")) == {"care": 10.0}
    police = place.with_(
        agencies=added(place.agencies, {"agency": "police"}),
        savings=place.savings.assign(agency="police"),
        rules=place.rules.assign(subject="agency=police"),
    )
    assert spent(best(police, pooling="pooled")) == {"care": 10.0}


def test_working_apart_no_worse_off_says_nothing() -> None:
    plan = best(incentives(rule("no_worse_off", "agency=council")), pooling="aligned")
    assert spent(plan) == {"care": 10.0}


def test_a_direction_holds_for_the_sum_over_its_subject() -> None:
    """Capital of £10 million under a direction of £3 million: 3 over good and poor together."""
    direction = rule("capitalisation", "", 3 * MILLION, reference="a direction")
    place = small(
        {"works": {"agency": "council", "amount": 10, "kind": "capital"}},
        {"good": {**GOOD, "people": 1_000}, "poor": POOR},
        rules=[direction],
    )
    assert spent(best(place)) == {"good": 1.0, "poor": 2.0}


# --- subjects -----------------------------------------------------------------------------


def varied() -> Place:
    """Good over the place; poor in the ward and the south, by two providers; hub is capital."""
    offers = [
        {"offer": "poor_north", "area": "ward", "provider": "Trust", "delivery_model": "trust"},
        {"offer": "poor_south", "area": "south", "provider": "Firm", "delivery_model": "contract"},
    ]
    place = small(
        {"council": {"amount": 10}, "nhs": {"amount": 10}},
        {
            "good": {
                **GOOD,
                "people": 99_000,
                "commissioner": "nhs",
                "purpose": "health",
                "nature": "reactive",
            },
            "poor": {**POOR, "offer": offers, "people": None, "nature": "preventive"},
            "hub": {"value": 1.5, "kind": "capital", "people": 99_000},
        },
        areas=TREE,
        pools={"fund": {"streams": {"council": {}, "nhs": {}}}},
    )
    return place.with_(
        offers=place.offers.assign(capacity=[99_000.0, 99_000.0, 99_000.0, 99_000.0])
    )


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("service=poor", {"good": 14.0, "poor": 6.0}),
        ("area=north", {"good": 14.0, "poor in ward": 6.0}),
        ("area=south", {"good": 14.0, "poor in south": 6.0}),
        ("tier=ward", {"good": 14.0, "poor in ward": 6.0}),
        ("tier=district", {"good": 14.0, "poor in south": 6.0}),
        ("purpose=poor", {"good": 14.0, "poor": 6.0}),
        ("agency=council", {"good": 14.0, "hub": 6.0}),
        ("nature=preventive", {"good": 14.0, "poor": 6.0}),
        ("provider=Trust", {"good": 14.0, "poor in ward": 6.0}),
        ("provider=Firm", {"good": 14.0, "poor in south": 6.0}),
        ("delivery_model=contract", {"good": 14.0, "poor in south": 6.0}),
        ("kind=capital", {"good": 14.0, "hub": 6.0}),
        ("pool=fund; service=hub", {"good": 14.0, "hub": 6.0}),
        ("nature=preventive; area=south", {"good": 14.0, "poor in south": 6.0}),
        ("service=poor|hub", {"good": 14.0, "hub": 6.0}),
    ],
)
def test_a_subject_picks_by_every_column(subject: str, expected: dict[str, float]) -> None:
    """£20 million in all, pooled: 14 on good, the best, and a floor of 6 where the subject says.

    Where it leaves a choice, the hub at £1.50 is taken before poor at £1.
    """
    place = varied().with_(rules=pd.DataFrame([rule("floor", subject, 6 * MILLION)]))
    place = place.with_(offers=place.offers.assign(capacity=[99_000.0] * 4))
    plan = best(place, pooling="pooled")
    found: dict[str, float] = {}
    for (service, area), amount in spent(plan, "service", "area").items():
        for name in (service, f"{service} in {area}"):
            found[name] = round(found.get(name, 0.0) + amount, 6)
    assert {name: found.get(name) for name in expected} == expected
    assert sum(spent(plan).values()) == pytest.approx(20)


def test_outcomes_are_picked_by_name() -> None:
    """2,000 outcomes of poor take £2 million; the rest goes to good."""
    place = varied().with_(rules=pd.DataFrame([rule("outcome_floor", "outcome=poor_good", 2_000)]))
    assert spent(best(place, pooling="pooled")) == {"good": 18.0, "poor": 2.0}
