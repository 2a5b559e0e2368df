"""What an agreement on a pooled fund has to specify: each figure as in the plan, the rest blank."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import placebudget as pb
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.study.schedule import REGULATIONS
from planned import optimised

POOLS = ("better_care", "safer_families")


def plan() -> pb.Plan:
    return optimised("northvale")


@pytest.mark.parametrize("pool", POOLS)
def test_every_figure_is_that_of_the_plan_and_what_is_paid_in_equals_uses(pool: str) -> None:
    found, tables = pb.study.section_75(plan(), pool), plan().tables
    paid = tables["contributions"][tables["contributions"]["pool"] == pool]
    key = ["stream", "year"]
    mine = found.table.set_index(key)["gross"].sort_index()
    assert mine.to_dict() == paid.set_index(key)["gross"].to_dict()
    fund = found.tables["fund"].set_index("year")
    assert fund.equals(paid.groupby("year")[list(fund)].sum().round(2))
    uses = fund[["management_cost", "spent", "unspent"]].sum(axis=1)
    assert (fund["gross"] - uses).abs().max() < 0.005
    bought = found.tables["services"].groupby("year")["amount"].sum()
    assert bought.to_numpy() == pytest.approx(fund["spent"].to_numpy(), abs=0.005)
    money = tables["money"][tables["money"]["route"] == pool]
    by = money.groupby(["service", "year"])["amount"].sum().round(2)
    services = found.tables["services"].set_index(["service", "year"])["amount"].sort_index()
    assert services.to_dict() == by[by >= 0.005].to_dict()
    made = tables["outcomes"]
    made = made[made["service"].isin(found.tables["services"]["service"])]
    counted = made.groupby("outcome")["counted"].sum()
    outcomes = found.tables["outcomes"].set_index("outcome")["counted"]
    assert outcomes.to_dict() == pytest.approx(counted[counted > 0].to_dict())


@pytest.mark.parametrize("pool", POOLS)
def test_who_bears_an_overspend_adds_up_and_follows_what_is_paid_in(pool: str) -> None:
    found = pb.study.section_75(plan(), pool, overspend=0.1)
    shares = found.tables["shares"]
    assert shares["share"].sum() == pytest.approx(100)
    by = found.table.groupby("agency")["gross"].sum().sort_values(ascending=False)
    assert shares["share"].to_numpy() == pytest.approx((100 * by / by.sum()).to_numpy(), abs=0.01)
    spent = found.tables["services"]["amount"].sum()
    assert found.tables["overspend"]["amount"].sum() == pytest.approx(0.1 * spent, abs=0.05)
    assert "no agreement on them is known" in found.summary()
    agreed = pd.DataFrame(
        {"partner": ["nhs", "northvale  County Council"], "share": [70, 30], "cap": [None, 100.0]}
    )
    told = pb.study.section_75(plan(), pool, shares=agreed, risk_pool=1_000).summary()
    assert "no agreement on them is known" not in told
    assert "Northvale NHS Board bears 70% of an overspend" in told
    assert "Northvale County Council bears 30% of an overspend, up to £100.00" in told
    assert "unfunded" in told
    strangers = pd.DataFrame({"partner": ["Bob", "nhs", "Etsy"], "share": [30, 10, 60]})
    with pytest.raises(WrongArgument, match=r"'Bob' and 'Etsy' cannot bear .* Northvale NHS Board"):
        pb.study.section_75(plan(), pool, shares=strangers)


def test_all_that_the_regulation_asks_for_has_its_heading_and_what_is_not_known_is_a_blank() -> (
    None
):
    found = pb.study.section_75(plan(), "better_care")
    titles = [title for title, _ in found.sections()]
    asked = [f"7(3)({letter})" for letter in "abcdefg"] + ["7(4)"]
    assert [each for each in asked if not any(f"({each}" in title for title in titles)] == []
    said = found.summary()
    blanks = re.findall(r"\[to fill in: [^\]]+\]", said)
    for row in found.tables["blanks"]["to_fill_in"]:
        assert f"[to fill in: {row}]" in blanks
    assert "host partner, which answers for the accounts and their audit: Northvale County" in said
    assert REGULATIONS in " ".join(found.notes)
    assert said.count("[to fill in: its enactment]") == 3
    # Today's money of a place that names no host, and a duty for each service.
    place = pb.example("northvale")
    other = place.with_(
        pools=place.pools.assign(host=None, legal_power="Local Government Act 1972, section 101"),
        services=place.services.assign(duty="Care Act 2014, section 18"),
    )
    found = pb.study.section_75(pb.simulate(other), "better_care")
    told = found.summary()
    assert "audit: [to fill in: the host]" in told
    assert "home care: a function of a council (Northvale County Council), Care Act 2014" in told
    assert "[to fill in: its enactment]" not in told
    assert "the power that the place names for the pool is Local Government Act 1972" in told


def test_where_the_regulation_does_not_fit_that_is_said() -> None:
    """Before anything else: police, another power, work coaching of the DWP, and no council."""
    found = pb.study.section_75(plan(), "safer_families")
    _, first, *points = found.summary().splitlines()
    assert first == "Does not fit the regulation:"
    for says, point in zip(
        ("Northvale Police can be no partner", "Valley District Council pays in under Local",
         "work coaching is a function of neither"), points, strict=False,
    ):  # fmt: skip
        assert point.startswith(f"- {says}")
    assert "in 3 points the regulation does not fit" in found.finding()
    assert "work coaching: a function of neither an NHS body nor a council (Work and" in (
        found.summary()
    )
    alone = pb.study.section_75(plan(), "better_care")
    assert alone.misfits == (
        "such a fund needs an NHS body and a council that pay in; here a council is missing",
    )
    assert alone.misfits[0] in str(alone.to_html())


def test_its_page_has_headings_blanks_and_tables_to_the_penny() -> None:
    found = pb.study.section_75(plan(), "better_care")
    page = str(found.to_html())
    assert "[to fill in: the aims in words]" in page
    assert "Host partner and pool manager (7(4))" in page
    assert "£10,500,000.00" in page


def test_a_plan_without_pools_and_a_pool_that_is_not_there_are_refused() -> None:
    with pytest.raises(CannotAnswer, match="pays nothing through pools"):
        pb.study.section_75(optimised("toy_pooling", pooling="aligned"))
    with pytest.raises(WrongArgument, match=r"no pool .nowhere. pays for anything here"):
        pb.study.section_75(plan(), "nowhere")
