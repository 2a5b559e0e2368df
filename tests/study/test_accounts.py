"""Every pound of a plan stands in its accounts, to the penny, under its conditions."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

import placebudget as pb
import places
import small
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.plan import Plan
from placebudget.study.accounts import (
    CONVENTION,
    ELECTORS_OF_THE_PLACE,
    EXACT,
    HEADING,
    Accounts,
    accounts,
)


def carrying() -> pb.Place:
    """A pool that costs, money carried over, money left over, and two streams alike."""
    alike = {"agency": "council", "carry_forward": 0.5}
    return small.small(
        {
            "tax": {"amount": [5.0, 1.0], **alike},
            "fees": {"amount": [2.0, 1.0], **alike},
            "grant": {
                "amount": 3.0, "agency": "council", "raised": "national", "fence": ["care"]
            },
            "core": {"amount": 4.0, "agency": "nhs", "raised": "national"},
        },
        {
            "care": {"value": 3.0, "people": 4_000},
            "help": {"value": 2.0, "people": 2_000},
            "beds": {"commissioner": "nhs", "value": 1.5, "people": 3_000},
        },
        years=2,
        pools={"joint": {"management_cost": 0.02, "streams": {
            "tax": {"maximum": 1e6}, "core": {"minimum": 5e5}}}},
    )  # fmt: skip


def pennies(amounts: pd.Series) -> int:
    return int((amounts * 100).round().sum())


@pytest.fixture(scope="module", params=["pooled", "aligned", "freed", "today"])
def plan(request: pytest.FixtureRequest) -> Plan:
    place = carrying()
    if request.param == "today":
        return pb.simulate(pb.example("toy_pooling"))
    return pb.optimise(place, pooling=request.param, prices=False)


@pytest.fixture
def found(plan: Plan) -> Accounts:
    return accounts(plan)


def test_uses_of_every_stream_equal_what_it_brings_to_the_penny(
    plan: Plan, found: Accounts
) -> None:
    balances = plan.tables["balances"]
    brought = pennies(balances["funding"]) + pennies(balances["carried_in"])
    assert pennies(found.table["amount"]) == brought
    assert (found.tables["streams"]["difference"] == 0).all()
    assert pennies(found.table.query("use == 'services'")["amount"]) == pennies(
        plan.money()["amount"]
    )


def test_money_carried_forward_is_answered_for_once() -> None:
    found = accounts(pb.optimise(carrying(), pooling="aligned", prices=False))
    assert (found.table["use"] == "carried forward").any()
    assert not (found.tables["electors"]["use"] == "carried forward").any()


def test_local_money_is_answered_for_once_and_voted_money_twice(found: Accounts) -> None:
    electors, parliament = found.tables["electors"], found.tables["parliament"]
    plan = found.plan
    funding = plan.tables["balances"].merge(plan.labels["streams"][["stream", "raised"]])
    raised = funding.query("raised == 'local'")
    assert pennies(electors.query("answers_for == 'money'")["amount"]) == pennies(raised["funding"])
    voted = pennies(funding.query("raised == 'national'")["funding"])
    assert pennies(parliament["amount"]) == voted
    assert pennies(electors.query("answers_for == 'outcomes'")["amount"]) == voted
    assert not (parliament["raised"] == "local").any()
    assert set(electors.query("agency == 'nhs'")["authority"]) == {ELECTORS_OF_THE_PLACE}
    assert found.authorities == ("council",)


def test_ring_fenced_money_stays_inside_its_purposes_unless_fences_are_ended(
    plan: Plan, found: Accounts
) -> None:
    conditions = found.tables["conditions"]
    assert len(conditions)
    assert (conditions["outside"] > 0).any() == (
        plan.name == "freed" and not conditions["kept"].all()
    )
    spent = found.table.query("use == 'services'").groupby("stream")["amount"].sum()
    both = conditions["inside"] + conditions["outside"]
    assert both.tolist() == pytest.approx([spent.get(s, 0.0) for s in conditions["stream"]])


def test_what_is_exact_and_what_is_convention_is_marked(plan: Plan, found: Accounts) -> None:
    split = found.table.groupby("stream")["split"].first()
    if plan.name == "freed":
        assert set(split) == {CONVENTION}
    elif plan.name == "today":
        assert set(split) == {EXACT}
    else:
        assert split[["tax", "fees"]].tolist() == [CONVENTION, CONVENTION]
        assert split[["grant", "core"]].tolist() == [EXACT, EXACT]
    assert any(note.startswith("Convention: business rates") for note in found.notes)


def test_statements_carry_their_headings_and_their_totals(found: Accounts) -> None:
    text = found.statement("council")
    assert text.startswith(HEADING)
    assert "Prepared by: ___" in text
    assert "Reviewed by: ___" in text
    local = found.tables["electors"].query("answers_for == 'money' and authority == 'council'")
    assert f"Total: £{local['amount'].sum():,.2f}" in text
    assert "statutory" in found.statement("parliament")
    assert "_" not in found.statement("parliament").split("Prepared by")[0]
    signed = accounts(found.plan, prepared_by="the finance team", reviewed_by="internal audit")
    assert "Prepared by: the finance team" in signed.statement("parliament")


def test_a_statement_nobody_is_owed_is_refused(found: Accounts) -> None:
    with pytest.raises(WrongArgument, match="parliament"):
        found.statement("nowhere")


def test_a_penny_that_is_missing_is_noticed() -> None:
    plan = pb.simulate(places.tiny())
    money = plan.tables["money"].copy()
    money.loc[0, "amount"] -= 0.01
    with pytest.raises(CannotAnswer, match="council_tax in 2027-28"):
        accounts(dataclasses.replace(plan, tables={**plan.tables, "money": money}))


def test_ring_fenced_money_spent_elsewhere_is_noticed() -> None:
    plan = pb.optimise(carrying(), prices=False)
    streams = plan.labels["streams"].copy()
    streams.loc[streams["stream"] == "grant", "ring_fence"] = "beds"
    with pytest.raises(CannotAnswer, match="outside its purposes: grant"):
        accounts(dataclasses.replace(plan, labels={**plan.labels, "streams": streams}))


def test_outcomes_stand_beside(plan: Plan, found: Accounts) -> None:
    made = found.tables["outcomes"]
    assert made["counted"].sum() == pytest.approx(plan.outcomes()["counted"].sum())
    assert "Outcomes of these services" in found.statement("council")


def test_a_pool_names_its_power_to_parliament() -> None:
    found = accounts(pb.optimise(carrying(), prices=False))
    pooled = found.tables["parliament"].query("route == 'joint'")
    assert len(pooled)
    assert set(pooled["legal_power"]) == {small.POWER}


def test_files_hold_the_accounts(found: Accounts, tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert found.to_json(tmp_path / "accounts.json").stat().st_size
    assert found.to_excel(tmp_path / "accounts.xlsx").stat().st_size
    assert "No ring-fenced money is spent outside" in found.summary() or "ended" in found.summary()
