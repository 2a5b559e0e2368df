"""Totals of a plan reconcile: to funding and to its objective, to the penny."""

from __future__ import annotations

from functools import cache

import pytest

import placebudget as pb

PLANS = [
    (name, pooling)
    for name in ("toy_pooling", "topslice_2010", "northvale")
    for pooling in ("today", "aligned", "pooled", "freed")
]


@cache
def plan(name: str, pooling: str) -> pb.Plan:
    place = pb.example(name)
    if pooling == "today":
        return pb.simulate(place)
    return pb.optimise(place, pooling=pooling, prices=False)


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
def test_the_value_of_outcomes_adds_up_to_the_objective(name: str, pooling: str) -> None:
    made = plan(name, pooling)
    value = made.outcomes()[["fiscal", "economic", "social"]].to_numpy().sum()
    assert made.objective.name == "public value"
    assert pence(value) == pytest.approx(pence(made.objective.value), abs=1)


@pytest.mark.parametrize(("name", "pooling"), PLANS)
def test_savings_by_agency_add_up_to_the_fiscal_value_of_outcomes(name: str, pooling: str) -> None:
    made = plan(name, pooling)
    if made.savings().empty:
        assert made.outcomes()["fiscal"].sum() == 0
        return
    saved = made.savings("agency")["discounted_fiscal"].sum()
    assert pence(saved) == pytest.approx(pence(made.outcomes()["fiscal"].sum()), abs=1)
    assert (made.savings()["cashable"] <= made.savings()["fiscal"] + 1e-9).all()


@pytest.mark.parametrize(
    "by", ["stream", "route", "service", "area", "year", "agency", "purpose", ["partner", "raised"]]
)
def test_money_is_the_same_whatever_it_is_added_up_by(by: str | list[str]) -> None:
    made = plan("northvale", "pooled")
    assert pence(made.money(by)["amount"].sum()) == pence(made.money()["amount"].sum())


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
