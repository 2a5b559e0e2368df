"""What a budget may come to: numbers worked by hand, one mechanism of draws, hostile lines."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import nbinom, norm, poisson

import placebudget as pb
from placebudget.errors import CannotAnswer, UnreadableTable, WrongArgument

TWO = pd.DataFrame(
    {"line": ["care", "homes"], "budget": [66.0, 44.0], "expected": [60.0, 40.0],
     "error": [6.0, 4.0]}
)  # fmt: skip


@pytest.mark.parametrize(
    ("together", "chance", "ninth"), [(0, 0.0828, 109.24), (0.5, 0.1257, 111.17)]
)
def test_two_lines_overspend_as_two_normal_distributions_do(
    together: float, chance: float, ninth: float
) -> None:
    """60 ± 6 and 40 ± 4 against 110: variance 52 apart, 76 at a half; 8.28 % and 12.57 %."""
    off = (52 + 2 * together * 24) ** 0.5
    assert norm.sf(10 / off) == pytest.approx(chance, abs=5e-5)
    found = pb.sector.budget_risk(TWO, correlation=together, draws=2**16)
    row = found.tables["budget"].iloc[0]
    assert row["budget"] == 110
    assert row["chance"] == pytest.approx(chance, abs=2e-4)
    assert row["p90"] == pytest.approx(ninth, abs=0.03)
    assert row["p10"] == pytest.approx(200 - ninth, abs=0.03)
    assert row["p50"] == pytest.approx(100, abs=0.02)
    assert row["reserve"] == pytest.approx(max(ninth - 110, 0), abs=0.03)
    # What independence would have said stands beside it.
    assert row["chance_apart"] == pytest.approx(0.0828, abs=2e-4)
    # (36 + 12 r') / variance: the larger line drives more, and all add up to one.
    drives = found.table.set_index("line")["drives"]
    assert drives["care"] == pytest.approx((36 + together * 24) / off**2, abs=2e-3)
    assert drives.sum() == pytest.approx(1.0)


def test_cases_that_arise_by_chance_are_poisson_and_wider_where_their_mean_may_be_off() -> None:
    children = pd.DataFrame({"line": ["children"], "budget": [105.0], "expected": [100.0],
                             "cases": [100.0]})  # fmt: skip
    assert poisson.sf(105, 100) == pytest.approx(0.2872, abs=5e-5)
    row = pb.sector.budget_risk(children, draws=2**16).tables["budget"].iloc[0]
    assert row["chance"] == pytest.approx(0.2872, abs=2e-4)
    off = pb.sector.budget_risk(children.assign(spread=0.2), draws=2**16).tables["budget"].iloc[0]
    assert off["chance"] == pytest.approx(nbinom.sf(105, 25, 25 / 125), abs=2e-4)


def test_demand_led_lines_spend_what_is_needed_and_others_hold_their_budget() -> None:
    lines = pd.DataFrame(
        {
            "line": ["care", "parks", "fees"], "budget": [100.0, 50.0, 30.0],
            "expected": [100.0, 70.0, 30.0], "error": [10.0, 99.0, 3.0],
            "kind": ["need", "budget", "income"],
        }
    )  # fmt: skip
    found = pb.sector.budget_risk(lines, correlation=0)
    held = found.table.set_index("line")
    assert held.loc["parks", ["mean", "p10", "p90", "drives"]].tolist() == [50, 50, 50, 0]
    # Net of income: 100 + 50 - 30, off by the root of 100 + 9.
    row = found.tables["budget"].iloc[0]
    assert (row["budget"], row["chance"]) == (120, pytest.approx(0.5, abs=0.01))
    assert row["p90"] == pytest.approx(120 + 1.2816 * 109**0.5, abs=0.1)
    assert held["drives"].to_dict() == pytest.approx(
        {"care": 100 / 109, "parks": 0, "fees": 9 / 109}, abs=0.01
    )
    assert found.finding().startswith("In the model, the budget overspends in 5")


def test_how_far_a_line_may_be_off_may_be_told_by_grade_of_the_place() -> None:
    graded = pd.DataFrame({"line": ["care"], "budget": [100.0], "grade": ["3"]})
    row = pb.sector.budget_risk(graded).tables["budget"].iloc[0]
    assert row["p90"] == pytest.approx(100 + 1.2816 * 20, abs=0.1)
    own = pb.Option("own").set("evidence", "spread", 0.1, grade="3").apply(pb.example("northvale"))
    row = pb.sector.budget_risk(graded, place=own, agency="county").tables["budget"].iloc[0]
    assert row["p90"] == pytest.approx(100 + 1.2816 * 10, abs=0.1)


def test_the_services_of_an_agency_are_drawn_as_the_place_believes_whoever_works_it_out() -> None:
    place = pb.example("northvale")
    found = pb.sector.budget_risk(place=place, draws=16)
    again = pb.sector.budget_risk(place=place, draws=16, executor="threads", workers=2)
    other = pb.sector.budget_risk(place=place, draws=16, seed=1)
    for name, table in found.tables.items():
        pd.testing.assert_frame_equal(table, again.tables[name])
    assert not found.table.equals(other.table)
    led = found.table.set_index("line")
    assert set(led["kind"]) == {"need", "budget", "income"}
    holds = led[led["kind"] == "budget"]
    assert (holds["p10"] == holds["budget"]).all()
    assert (holds["drives"] == 0).all()
    # Where figures are certain, what is needed is spent: what is planned less empty capacity.
    sure = pb.sector.budget_risk(place=place, draws=2, spread={"need": 0.0, "unit cost": 0.0,
                                 "effect": 0.0, "funding": 1e-9})  # fmt: skip
    needed = sure.table[sure.table["kind"] == "need"].set_index("line")
    today = pb.simulate(place).tables["needs"]
    today = today[(today["year"] == place.years[0]) & (today["led_by"] == "need")]
    used = today.groupby("service")[["served", "paid"]].sum()
    used.index = used.index.map(place.services.set_index("service")["name"])
    share = (used["served"] / used["paid"]).loc[needed.index]
    assert needed["mean"].to_numpy() == pytest.approx(
        (needed["budget"] * share).to_numpy(), rel=1e-4
    )


def test_what_is_proposed_is_a_least_reserve_and_money_held_back_and_changes_the_place() -> None:
    place = pb.example("northvale")
    found = pb.sector.budget_risk(place=place, draws=16)
    reserve = found.tables["budget"]["reserve"].iloc[0]
    least, back = found.proposals
    rows = least.option.apply(place).reserves.set_index(["agency", "kind"])
    assert rows.loc[("county", "general"), "minimum"] == round(reserve)
    assert any(each.code == "reserve-below-minimum" or "below" in each.what
               for each in least.option.apply(place).check().warnings)  # fmt: skip
    money = [
        each.apply(place).funding["amount"].sum() for each in (back.high, back.option, back.low)
    ]
    assert money == sorted(money)
    assert place.funding["amount"].sum() - money[1] == pytest.approx(reserve, abs=1)
    # Northvale gives the county pool what its partners agreed: held back, it has less for it.
    compared = back.try_on(place)
    assert compared.plans[1].public_value() < compared.plans[0].public_value()
    # A minimum that is higher already stays, and a budget that is covered asks for nothing.
    safe = pd.DataFrame({"line": ["care"], "budget": [100.0], "expected": [60.0], "error": [5.0]})
    assert "without a reserve" in pb.sector.budget_risk(safe, place=place, agency="county").none


HOSTILE = {
    "text for numbers": (TWO.assign(budget="a lot"), "a lot"),
    "below nought": (TWO.assign(error=-1.0), "error is no figure of nought or more"),
    "a share for pounds": (
        TWO.assign(budget=6.2e8, error=0.02),
        "error is in pounds, and 0.02 of so large a budget is none; a share goes into spread",
    ),
    "endless": (TWO.assign(expected=np.inf), "expected is no figure of nought or more"),
    "no budget": (TWO.assign(budget=np.nan), "budget is no figure of nought or more"),
    "nothing said": (TWO.drop(columns="error"), "say how far it may be off"),
    "a line twice": (TWO.assign(line="care"), "is there twice"),
    "led by nobody": (TWO.assign(kind="whim"), "write need, budget, income"),
    "an unknown grade": (
        TWO.drop(columns="error").assign(grade="best"),
        "is not known; write",
    ),
    "no rows": (TWO.iloc[:0], "lines has no rows"),
    "another column": (TWO.assign(sd=1.0), "no column 'sd'"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_lines_that_cannot_be_meant_are_refused_in_words(name: str) -> None:
    table, said = HOSTILE[name]
    with pytest.raises(UnreadableTable, match=said):
        pb.sector.budget_risk(table)


def test_what_cannot_be_asked_is_refused_in_words() -> None:
    with pytest.raises(WrongArgument) as refused:
        pb.sector.budget_risk(TWO, sure=2, draws=1, seed=-1, correlation=2)
    assert all(name in str(refused.value) for name in ("sure", "draws", "seed", "correlation"))
    with pytest.raises(WrongArgument, match="give lines of a budget, or a place"):
        pb.sector.budget_risk()
    with pytest.raises(WrongArgument, match="agency"):
        pb.sector.budget_risk(place="northvale", agency="no such")
    with pytest.raises(WrongArgument, match="year"):
        pb.sector.budget_risk(place="northvale", year="2099-00")
    with pytest.raises(CannotAnswer, match="nothing of this budget may be off"):
        pb.sector.budget_risk(TWO.assign(kind="budget"))
    with pytest.raises(CannotAnswer, match="every figure is certain"):
        pb.sector.budget_risk(place="northvale", spread=0)
    with pytest.raises(CannotAnswer, match="nothing of this budget may be off"):
        pb.sector.budget_risk(TWO.assign(budget=0.0, expected=0.0))
