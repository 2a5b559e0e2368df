"""What money may do: directly, through pools, carried, reinvested, capital and revenue."""

from __future__ import annotations

import pytest

import placebudget as pb
from placebudget.place import Place
from small import MILLION, rule, small, spent, units

TREE = [
    {"area": "place"},
    {"area": "north", "parent": "place"},
    {"area": "ward", "parent": "north"},
    {"area": "south", "parent": "place"},
]


def best(place: Place, **options: object) -> pb.Plan:
    return pb.optimise(place, prices=False, **{"pooling": "pooled", **options})


def balances(plan: pb.Plan, column: str) -> dict[tuple[str, str], float]:
    table = plan.tables["balances"]
    keys = zip(table["stream"], table["year"], strict=True)
    return {k: v / MILLION for k, v in zip(keys, table[column], strict=True) if v}


# --- direct money ---------------------------------------------------------------------


def test_direct_money_pays_for_what_its_own_agency_commissions() -> None:
    """The council's £2 million stays idle beyond its own service, whatever the NHS could buy."""
    place = small(
        {"council": {"amount": 2}, "nhs": {"amount": 0.1}},
        {"care": {"commissioner": "council"}, "ward": {"commissioner": "nhs", "value": 9}},
    )
    plan = best(place, pooling="aligned")
    assert spent(plan, "stream", "service") == {("council", "care"): 1.0, ("nhs", "ward"): 0.1}
    assert balances(plan, "idle") == {("council", "2027-28"): 1.0}


def test_direct_money_pays_in_its_agencys_territory_and_all_below_it() -> None:
    """The district's territory is the north: the ward within it is served, the south is not."""
    offers = [{"area": "ward"}, {"area": "south"}]
    place = small({"district": {"amount": 5}}, {"care": {"offer": offers}}, areas=TREE)
    place = place.with_(
        agencies=place.agencies.assign(area="north"),
        needs=place.needs.iloc[:0],
        offers=place.offers.assign(capacity=1_000.0),
    )
    assert spent(best(place, pooling="aligned"), "area") == {"ward": 1.0}
    everywhere = place.with_(agencies=place.agencies.assign(area=None))
    assert spent(best(everywhere, pooling="aligned"), "area") == {"south": 1.0, "ward": 1.0}


def test_a_ring_fenced_stream_pays_for_its_purposes_only() -> None:
    place = small(
        {"grant": {"agency": "council", "amount": 3, "fence": ["health"]}},
        {"clinic": {"purpose": "health"}, "roads": {"value": 9}},
    )
    assert spent(best(place, pooling="aligned")) == {"clinic": 1.0}


# --- pools -----------------------------------------------------------------------------


def pooled(**pool: object) -> Place:
    """The council has £2 million and a service at £1; the NHS one at £3 and no money of its own."""
    return small(
        {
            "council": {"amount": 2, "agency": "council"},
            "nhs_money": {"agency": "nhs", "amount": 0},
        },
        {
            "care": {"commissioner": "council", "people": 2_000},
            "ward": {"commissioner": "nhs", "value": 3, "people": 3_000},
        },
        pools={"fund": {"streams": {"council": {}}, **pool}},
    )


def test_pooled_money_pays_for_what_any_agency_commissions() -> None:
    plan = best(pooled())
    assert spent(plan, "route", "service") == {("fund", "ward"): 2.0}
    assert plan.objective.value == pytest.approx(6 * MILLION)


def test_a_stream_without_a_contribution_pays_nothing_in() -> None:
    plan = best(pooled(streams={"nhs_money": {}}))
    assert spent(plan, "route", "service") == {("direct", "care"): 2.0}


def test_a_pool_pays_for_its_purposes_only() -> None:
    plan = best(pooled(purposes=["care"]))
    assert set(spent(plan)) == {"care"}


def test_a_contribution_has_a_most_which_is_gross() -> None:
    """£0.5 million gross, a fee of 20 %: £0.4 million reaches the ward, £1.5 million the care."""
    plan = best(pooled(streams={"council": {"maximum": 500_000}}, management_cost=0.2))
    assert spent(plan) == {"care": 1.5, "ward": 0.4}
    row = plan.tables["contributions"].iloc[0]
    assert [row["gross"], row["management_cost"], row["spent"], row["unspent"]] == [
        500_000, 100_000, 400_000, 0,
    ]  # fmt: skip
    assert plan.management_cost() == 100_000


def test_a_contribution_has_a_least_which_is_paid_even_where_it_costs() -> None:
    """A ward at 10p: the least of £0.5 million is paid in all the same, less a fee of 10 %.

    £1.5 million of care at £1, £0.45 million of ward at 10p: 1.545.
    """
    place = pooled(streams={"council": {"minimum": 500_000}}, management_cost=0.1)
    outcomes = place.outcomes.set_index("outcome")
    outcomes.loc["ward_good", "social_value"] = 100
    purposes = [{"pool": "fund", "purpose": "ward"}]
    place = place.with_(outcomes=outcomes.reset_index(), pool_purposes=as_frame(purposes))
    plan = best(place)
    assert spent(plan) == {"care": 1.5, "ward": 0.45}
    assert plan.objective.value == pytest.approx(1.545 * MILLION)
    # Working apart, no one is made to pay in.
    assert spent(best(place, pooling="aligned")) == {"care": 2.0}


def as_frame(rows: list[dict[str, object]]):  # type: ignore[no-untyped-def]
    import pandas as pd

    return pd.DataFrame(rows)


def test_management_cost_is_taken_once_and_counts_as_money_in_net_public_value() -> None:
    """£2 million in, 25 % fee: 1.5 spent at £3 = 4.5; net 4.5 - 1.5 - 0.5 = 2.5."""
    plan = best(pooled(management_cost=0.25), objective="net public value")
    assert plan.objective.value == pytest.approx(2.5 * MILLION)


def test_a_fee_above_the_gain_keeps_money_out_of_the_pool() -> None:
    """At 70 % a pound in the pool is worth 30p x 3 = 90p, less than £1 directly."""
    assert spent(best(pooled(management_cost=0.7)), "route") == {"direct": 2.0}


def test_money_a_pool_cannot_use_stays_in_it_unspent() -> None:
    """The least of £2 million against 500 units of ward: £1.5 million stays in the pool."""
    place = pooled(streams={"council": {"minimum": 2 * MILLION}}, purposes=["ward"])
    place = place.with_(needs=place.needs.assign(people=500.0))
    plan = best(place)
    assert plan.unspent("route").set_index("route")["amount"].to_dict() == {"fund": 1_500_000}


def test_a_ring_fence_holds_in_the_pool_and_ends_when_freed() -> None:
    """Fenced to care, the council's money may not pay for the ward; freed it does."""
    place = pooled()
    place = place.with_(ring_fences=as_frame([{"stream": "council", "purpose": "care"}]))
    assert spent(best(place)) == {"care": 2.0}
    assert spent(best(place, pooling="freed")) == {"ward": 2.0}


def test_freed_money_has_no_limits_and_pays_no_management_cost() -> None:
    place = pooled(streams={"council": {"maximum": 0}}, management_cost=0.5)
    plan = best(place, pooling="freed")
    assert spent(plan) == {"ward": 2.0}
    assert plan.management_cost() == 0


def test_only_the_pools_that_are_named_are_open() -> None:
    place = pooled()
    second = [{"pool": "other", "legal_power": "x"}]
    paid = [{"pool": "other", "stream": "council", "legal_power": "x"}]
    pools = as_frame([*place.pools.to_dict("records"), *second])
    contributions = as_frame([*place.contributions.to_dict("records"), *paid])
    place = place.with_(
        pools=pools,
        contributions=contributions,
        pool_purposes=as_frame([{"pool": "other", "purpose": "care"}]),
    )
    assert set(spent(best(place, pooling=["other"]), "service")) == {"care"}
    assert spent(best(place, pooling=["fund"]), "route") == {"fund": 2.0}


def test_a_contribution_of_its_own_year_comes_before_one_of_every_year() -> None:
    place = small(
        {"council": {"amount": [1, 1]}, "nhs_money": {"agency": "nhs", "amount": [0, 0]}},
        {"ward": {"commissioner": "nhs"}},
        years=2,
        pools={"fund": {"streams": {"council": {"maximum": 300_000}}}},
    )
    own = {"pool": "fund", "stream": "council", "year": "2028-29", "maximum": 700_000}
    rows = [*place.contributions.to_dict("records"), {**own, "legal_power": "x"}]
    place = place.with_(contributions=as_frame(rows))
    assert spent(best(place), "year") == {"2027-28": 0.3, "2028-29": 0.7}


def test_money_that_stays_in_its_area_pays_only_there() -> None:
    """The district's pooled money: the whole place, or its own north only."""
    offers = [{"area": "ward", "capacity": 500}, {"area": "south", "capacity": 500}]
    for stays, expected in ((False, {"south": 0.5, "ward": 0.5}), (True, {"ward": 0.5})):
        place = small(
            {"district": {"amount": 1}},
            {"care": {"commissioner": "nhs", "people": None, "offer": offers}},
            areas=TREE,
            pools={"fund": {"streams": {"district": {"stays_in_area": stays}}}},
        )
        place = place.with_(
            agencies=as_frame([{"agency": "district", "area": "north"}, {"agency": "nhs"}])
        )
        assert spent(best(place), "area") == expected


def test_one_pool_does_not_pay_into_another() -> None:
    """A stream that may pay into one pool only never shows money through the other."""
    place = pooled(purposes=["care"])
    pools = as_frame([*place.pools.to_dict("records"), {"pool": "next", "legal_power": "x"}])
    plan = best(place.with_(pools=pools))
    assert set(spent(plan, "route", "service")) <= {("direct", "care"), ("fund", "care")}


# --- carrying ---------------------------------------------------------------------------


def carrying(share: float, amounts: list[float], people: list[float]) -> Place:
    needs = [
        {"service": "care", "year": f"{2027 + t}-{28 + t}", "people": n}
        for t, n in enumerate(people)
    ]
    return small(
        {"council": {"amount": amounts, "carry_forward": share}},
        {"care": {}},
        years=len(amounts),
        needs=needs,
    )


def test_a_share_of_the_years_funding_may_be_carried_into_the_next_year() -> None:
    """£1 million, nothing to buy in the first year: 10 % is carried, £1.1 million in the second."""
    plan = best(carrying(0.1, [1, 1], [0, 9_000]), pooling="aligned")
    assert balances(plan, "carried_out") == {("council", "2027-28"): 0.1}
    assert balances(plan, "carried_in") == {("council", "2028-29"): 0.1}
    assert balances(plan, "idle") == {("council", "2027-28"): 0.9}
    assert spent(plan, "year") == {"2028-29": 1.1}


def test_nothing_is_carried_beyond_the_last_year() -> None:
    plan = best(carrying(1.0, [1, 1], [0, 0]), pooling="aligned")
    assert ("council", "2028-29") not in balances(plan, "carried_out")
    assert balances(plan, "idle")[("council", "2028-29")] == pytest.approx(
        2.0 - balances(plan, "idle").get(("council", "2027-28"), 0.0)
    )


def test_what_was_carried_in_may_go_on_only_within_the_next_years_share() -> None:
    """Funding 4, 1, 0 and half may be carried: 2 into the second year, but only 0.5 out of it."""
    plan = best(carrying(0.5, [4, 1, 0], [0, 0, 9_000]), pooling="aligned")
    assert balances(plan, "carried_out")[("council", "2028-29")] == pytest.approx(0.5)
    assert spent(plan, "year") == {"2029-30": 0.5}


def test_money_without_a_share_is_not_carried() -> None:
    assert spent(best(carrying(0.0, [1, 0], [0, 9_000]), pooling="aligned"), "year") == {}


def test_money_once_contributed_is_not_carried() -> None:
    """A least contribution of £1 million in a year without need is lost to the next year."""
    place = small(
        {"council": {"amount": [1, 0], "carry_forward": 1.0}},
        {"care": {}},
        years=2,
        needs=[
            {"service": "care", "people": 0, "year": "2027-28"},
            {"service": "care", "people": 9_000, "year": "2028-29"},
        ],
        pools={"fund": {"streams": {"council": {"minimum": MILLION, "year": "2027-28"}}}},
    )
    plan = best(place)
    assert spent(plan, "year") == {}
    assert plan.unspent("route").set_index("route")["amount"].to_dict() == {"fund": MILLION}
    assert spent(best(place, pooling="aligned"), "year") == {"2028-29": 1.0}


# --- capital and revenue -----------------------------------------------------------------


def works(**tables: object) -> Place:
    return small(
        {
            "grant": {"agency": "council", "amount": 2, "kind": "capital"},
            "taxes": {"agency": "council", "amount": 2},
        },
        {"roads": {"kind": "capital", "people": 3_000}, "care": {"value": 5, "people": 3_000}},
        **tables,
    )


def test_revenue_may_pay_for_capital_but_capital_not_for_revenue() -> None:
    """Care is worth most, so taxes go there; the grant pays for roads only."""
    assert spent(best(works(), pooling="aligned"), "stream", "service") == {
        ("grant", "roads"): 2.0,
        ("taxes", "care"): 2.0,
    }
    roads_only = works(rules=[rule("units_cap", "service=care", 0)])
    assert spent(best(roads_only, pooling="aligned"), "service") == {"roads": 3.0}


@pytest.mark.parametrize("pooling", ["aligned", "freed"])
def test_a_direction_lets_capital_pay_for_revenue_up_to_its_amount(pooling: str) -> None:
    """£0.6 million under a direction: care gets 2 + 0.6, roads 1.4."""
    direction = rule("capitalisation", "service=care", 600_000, reference="a direction")
    plan = best(works(rules=[direction]), pooling=pooling)
    assert spent(plan, "stream", "service") == {
        ("grant", "care"): 0.6,
        ("grant", "roads"): 1.4,
        ("taxes", "care"): 2.0,
    }


def test_a_direction_without_an_amount_sets_no_limit() -> None:
    direction = rule("capitalisation", "service=care", reference="a direction")
    plan = best(works(rules=[direction]), pooling="aligned")
    assert spent(plan, "service") == {"care": 3.0, "roads": 1.0}


def test_freeing_money_does_not_turn_capital_into_revenue() -> None:
    assert spent(best(works(), pooling="freed"), "service") == {"care": 2.0, "roads": 2.0}


# --- reinvesting ------------------------------------------------------------------------


def saving(cashable: float = 0.5, **changes: object) -> Place:
    """£1 million once; a unit of £1,000 saves £3,000 in its year, half of it cashable."""
    return small(
        {"council": {"amount": [1, 0, 0]}},
        {"care": {"value": 0, "people": 5_000}},
        years=3,
        **{
            "settings": {"discount": 0},
            "savings": [
                {"outcome": "care_good", "agency": "council", "value": 3_000, "cashable": cashable}
            ],
            **changes,
        },
    )


def test_reinvesting_is_off_unless_asked_for() -> None:
    plan = best(saving(), pooling="aligned")
    assert spent(plan, "year") == {"2027-28": 1.0}
    assert plan.objective.value == pytest.approx(3 * MILLION)


def test_a_share_of_cashable_savings_is_spent_from_the_year_after() -> None:
    """80 % delivered: 1,000 units save 3.0, cashable 1.5, delivered 1.2; 1,200 units: 1.44; ...

    Fiscal 3 x (1 + 1.2 + 1.44) = 10.92, less the 2.64 spent again: 8.28.
    """
    for objective in ("fiscal saving", "public value"):
        plan = best(saving(), pooling="aligned", reinvest=0.8, objective=objective)
        assert spent(plan, "stream", "year") == {
            ("council", "2027-28"): 1.0,
            ("savings reinvested, council", "2028-29"): 1.2,
            ("savings reinvested, council", "2029-30"): 1.44,
        }
        assert plan.objective.value == pytest.approx(8.28 * MILLION)


def test_cashable_saving_takes_off_what_is_spent_again() -> None:
    """1.5 x 3.64 = 5.46, less 2.64: 2.82."""
    plan = best(saving(), pooling="aligned", reinvest=0.8, objective="cashable saving")
    assert plan.objective.value == pytest.approx(2.82 * MILLION)


def test_net_public_value_takes_money_off_once() -> None:
    """10.92 - 1 - 2.64 = 7.28."""
    plan = best(saving(), pooling="aligned", reinvest=0.8, objective="net public value")
    assert plan.objective.value == pytest.approx(7.28 * MILLION)


def test_weighted_outcomes_count_no_value_and_take_nothing_off() -> None:
    """1,000 + 1,200 + 1,440 outcomes."""
    plan = best(saving(), pooling="aligned", reinvest=0.8, objective="weighted outcomes")
    assert plan.objective.value == pytest.approx(3_640)


def test_savings_are_real_and_spent_as_cash() -> None:
    """Prices doubled since the base: 500 units of £2,000 save 1.5 real, 0.75 cashable, in cash 1.5.

    Prices stand still after that: 750 units in the second year save 1.125, in cash 2.25.
    The 1.5 and 2.25 spent again are 0.75 and 1.125 real: 3 x (0.5 + 0.75 + 1.125) - 1.875 = 5.25.
    """
    rates = [("2027-28", 1.0), ("2028-29", 0.0), ("2029-30", 0.0)]
    place = saving(
        settings={"discount": 0, "price_base": "2026-27"},
        inflation=[{"index": "general", "year": year, "rate": rate} for year, rate in rates],
    )
    plan = best(place, pooling="aligned", reinvest=1.0)
    assert spent(plan, "year") == {"2027-28": 1.0, "2028-29": 1.5, "2029-30": 2.25}
    assert plan.objective.value == pytest.approx(5.25 * MILLION)


def test_savings_are_spent_directly_by_the_agency_that_makes_them() -> None:
    """Care makes the NHS £500 of cashable savings a unit: £0.5 million in the second year.

    It buys the ward at £4 a pound, which the NHS commissions, not the care at £9: savings
    spent again enter no pool.
    """
    place = small(
        {"council": {"amount": [1, 0]}},
        {
            "care": {"value": 9, "people": 5_000},
            "ward": {"commissioner": "nhs", "value": 4, "people": 5_000},
        },
        years=2,
        savings=[{"outcome": "care_good", "agency": "nhs", "value": 1_000, "cashable": 0.5}],
        pools={"fund": {"streams": {"council": {}}, "management_cost": 0.01}},
    )
    for pooling in ("aligned", "pooled"):
        plan = best(place, pooling=pooling, reinvest=1.0)
        assert spent(plan, "stream", "route", "service") == {
            ("council", "direct", "care"): 1.0,
            ("savings reinvested, nhs", "direct", "ward"): 0.5,
        }


def test_savings_to_the_exchequer_are_not_spent_again() -> None:
    place = saving()
    place = place.with_(agencies=place.agencies.assign(sector="dwp"))
    plan = best(place, pooling="aligned", reinvest=1.0)
    assert spent(plan, "year") == {"2027-28": 1.0}


def test_savings_may_wait_for_a_better_year() -> None:
    """Nothing to buy in the second year: the £1.5 million saved waits for the third."""
    needs = [
        {"service": "care", "year": year, "people": people}
        for year, people in (("2027-28", 5_000), ("2028-29", 0), ("2029-30", 5_000))
    ]
    plan = best(saving(needs=needs), pooling="aligned", reinvest=1.0)
    assert spent(plan, "year") == {"2027-28": 1.0, "2029-30": 1.5}


def test_reinvested_money_reaches_a_lumpy_offer_without_need_or_capacity() -> None:
    """The set-up of £100,000 is paid first: 900 units save 1.35 cashable in the first year,

    1,350 units in the second 2.025, all of which buys 2,025 units in the third.
    """
    service = {"value": 0, "people": None, "offer": {"set_up_cost": 100_000}}
    place = small(
        {"council": {"amount": [1, 0, 0]}},
        {"care": service},
        years=3,
        settings={"discount": 0},
        savings=[{"outcome": "care_good", "agency": "council", "value": 3_000, "cashable": 0.5}],
    )
    plan = best(place, pooling="aligned", reinvest=1.0)
    assert units(plan, "year") == pytest.approx(
        {"2027-28": 900, "2028-29": 1_350, "2029-30": 2_025}
    )
