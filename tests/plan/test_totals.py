"""Totals of a plan reconcile: to funding and to its objective, to the penny."""

from __future__ import annotations

import pandas as pd
import pytest

import placebudget as pb
from placebudget.plan.columns import split_over_offers
from planned import optimised, potential, simulated

pytestmark = pytest.mark.xdist_group("northvale")

PLANS = [
    (name, pooling)
    for name in ("toy_pooling", "topslice_2010", "northvale")
    for pooling in ("today", "aligned", "pooled", "freed")
]


def plan(name: str, pooling: str) -> pb.Plan:
    if name != "topslice_2010":
        return potential(name).plans[pooling]
    if pooling == "today":
        return simulated(name)
    return optimised(name, pooling=pooling, prices=False)


def pence(amounts: object) -> int:
    return round(float(amounts) * 100)  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "pooling"), PLANS)
def test_every_pound_of_funding_is_spent_on_services_on_management_or_left(
    name: str, pooling: str
) -> None:
    made = plan(name, pooling)
    place = pb.example(name)
    funding = place.funding[place.funding["year"].isin(place.years)]["amount"].sum()
    spent = made.money()["amount"].sum()
    left = made.unspent()["amount"].sum()
    assert pence(funding) == pence(spent) + pence(made.management_cost()) + pence(left)


@pytest.mark.parametrize(("name", "pooling"), PLANS)
def test_every_stream_and_year_adds_up_by_itself(name: str, pooling: str) -> None:
    balances = plan(name, pooling).tables["balances"]
    held = balances["funding"] + balances["carried_in"]
    gone = balances[["direct", "contributed", "carried_out", "idle"]].sum(axis=1)
    assert [pence(h) for h in held] == [pence(g) for g in gone]


@pytest.mark.parametrize(("name", "pooling"), PLANS)
def test_the_value_of_outcomes_and_of_what_is_released_adds_up_to_the_objective(
    name: str, pooling: str
) -> None:
    made = plan(name, pooling)
    value = made.outcomes()[["fiscal", "economic", "social"]].to_numpy().sum()
    value += made.tables["needs"]["value"].sum()
    assert made.objective.name == "public value"
    assert pence(value) == pytest.approx(pence(made.objective.value), abs=1)


@pytest.mark.parametrize(("name", "pooling"), PLANS)
def test_savings_by_agency_add_up_to_the_fiscal_value_of_outcomes(name: str, pooling: str) -> None:
    made = plan(name, pooling)
    if made.savings().empty:
        assert made.outcomes()["fiscal"].sum() == 0
        return
    given = pb.example(name).filled("savings").set_index(["outcome", "agency"])["transfer"]
    saved = made.tables["savings"].set_index(["outcome", "agency"])
    ours = saved[saved.index.isin(given[~given].index)]
    assert pence(ours["discounted_fiscal"].sum()) == pytest.approx(
        pence(made.outcomes()["fiscal"].sum()), abs=1
    )
    released = saved[~saved.index.isin(given.index)]
    assert pence(released["discounted_fiscal"].sum()) == pytest.approx(
        pence(made.tables["needs"]["fiscal"].sum()), abs=1
    )
    assert (ours["cashable"] <= ours["fiscal"] + 1e-9).all()


@pytest.mark.parametrize(
    "by",
    [
        *("stream", "route", "service", "area", "year", "agency", "purpose", "offer"),
        ["partner", "raised"],
        ["offer", "year", "agency"],
    ],
)
def test_money_is_the_same_whatever_it_is_added_up_by(by: str | list[str]) -> None:
    made = plan("northvale", "pooled")
    assert pence(made.money(by)["amount"].sum()) == pence(made.money()["amount"].sum())


@pytest.mark.parametrize(("name", "pooling"), PLANS)
def test_money_by_offer_is_what_is_bought_of_it_and_adds_up_to_all_other_sums(
    name: str, pooling: str
) -> None:
    made = plan(name, pooling)
    cost = made.tables["units"].groupby(["offer", "year"])["cost"].sum()
    money = made.money(["offer", "year"]).set_index(["offer", "year"])["amount"]
    # Every payment is rounded by itself, so an offer may be out by a penny a payment.
    most = 0.01 * len(made.money())
    assert (money.drop("", errors="ignore") - cost).abs().max() <= most
    if pooling != "today":
        assert set(money.index) == set(cost[cost > 0].index)
    for other in ("service", "agency", "stream", "route", "year"):
        by_offer = made.money(["offer", other]).groupby(other)["amount"].sum().round(2)
        assert by_offer.to_dict() == made.money(other).set_index(other)["amount"].to_dict()


def test_money_that_buys_nothing_has_no_offer() -> None:
    """The north has £5 million from two streams, and £3 million of it buys something."""
    units = pd.DataFrame(
        [("clinic", "care", "north", "1", 3e6), ("visits", "care", "south", "1", 2e6)],
        columns=["offer", "service", "area", "year", "cost"],
    )
    money = pd.DataFrame(
        [("a", "north", 4e6), ("b", "north", 1e6), ("a", "south", 2e6), ("b", "west", 5.0)],
        columns=["stream", "area", "amount"],
    ).assign(service="care", year="1")
    split = split_over_offers(money, units).groupby(["stream", "offer"])["amount"].sum()
    first = {("a", "clinic"): 2.4e6, ("a", ""): 1.6e6, ("a", "visits"): 2e6}
    assert split.to_dict() == {**first, ("b", "clinic"): 6e5, ("b", ""): 4e5 + 5.0}


def test_money_is_in_whole_pence() -> None:
    for amount in plan("northvale", "freed").money()["amount"]:
        assert abs(amount * 100 - round(amount * 100)) < 1e-6


def test_a_column_that_a_table_does_not_have_is_refused_in_words() -> None:
    with pytest.raises(pb.PlaceBudgetError, match="cannot be added up by 'ward'; choose from"):
        plan("toy_pooling", "aligned").money("ward")


def test_a_plan_is_frozen() -> None:
    made = plan("toy_pooling", "aligned")
    with pytest.raises(AttributeError):
        made.status = "better"  # type: ignore[misc]
    taken = made.money()
    taken["amount"] = 0.0
    assert made.money()["amount"].sum() == 100e6
