"""Inputs of studies read from a plan."""

from __future__ import annotations

import pytest

import placebudget as pb
import places
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.study.trace import overspent_pool, recorded_flows
from planned import optimised

pytestmark = pytest.mark.xdist_group("northvale")


def test_recorded_flows_hold_all_money_spent_and_no_pool_is_overdrawn() -> None:
    plan = optimised("northvale", prices=False)
    flows = recorded_flows(plan)
    services = set(plan.labels["services"]["name"])
    spent = flows.loc[flows["end"].isin(services), "amount"].sum()
    assert spent == pytest.approx(plan.money()["amount"].sum(), abs=0.01)
    fees = flows.loc[flows["end"] == "management cost of pools", "amount"].sum()
    assert fees == pytest.approx(plan.management_cost(), abs=0.01)
    pools = set(plan.labels["pools"]["name"])
    for pool in pools & set(flows["start"]):
        paid_in = flows.loc[flows["end"] == pool, "amount"].sum()
        assert flows.loc[flows["start"] == pool, "amount"].sum() <= paid_in + 0.01
    found = pb.trace(flows)
    assert found.table["amount"].sum() == pytest.approx(spent + fees, abs=0.01)


def test_an_overspent_pool_is_shared_by_contribution() -> None:
    plan = optimised("northvale", prices=False)
    lines, shares = overspent_pool(plan, overspend=0.1)
    assert (lines["actual"] - 1.1 * lines["budget"]).abs().max() <= 0.0051
    assert shares["share"].sum() == pytest.approx(100.0)
    found = pb.risk_share(lines, shares)
    over = 0.1 * lines["budget"].sum()
    assert found.table["amount"].sum() == pytest.approx(over, abs=0.01 * len(lines))
    assert found.unfunded == 0


def test_services_of_one_name_that_a_pool_pays_for_are_told_apart() -> None:
    lines, shares = overspent_pool(pb.simulate("lancashire"), "better_care")
    assert {"community nursing", "home care (Blackpool Council)"} <= set(lines["line"])
    assert pb.risk_share(lines, shares).unfunded == 0


def test_a_pool_that_pays_for_nothing_is_named() -> None:
    plan = optimised("northvale", prices=False)
    with pytest.raises(WrongArgument, match="no_such_pool"):
        overspent_pool(plan, "no_such_pool")
    with pytest.raises(CannotAnswer, match="through pools"):
        overspent_pool(pb.optimise(places.tiny(), pooling="aligned", prices=False))
