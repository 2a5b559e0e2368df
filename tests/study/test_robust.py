"""Plans for several scenarios: textbook cases, what to commit now and what to wait with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest

import placebudget as pb
from placebudget.errors import WrongArgument
from placebudget.programme.linear import Matrix, worth
from placebudget.programme.recourse import (
    CRITERIA,
    CVAR,
    EXPECTED,
    REGRET,
    WORST,
    Future,
    Joined,
    joined,
    of_values,
)
from placebudget.solver import RunLimits
from placebudget.study import Robust
from placebudget.study.robust import chosen_of, in_turn
from small import rule, small

FUTURES: Mapping[str, Mapping[str, float]] = {
    "as planned": {},
    "dearer": {"unit cost": 1.25},
    "poorer": {"funding": 0.9},
}


def farm(harvest: float) -> Future:
    """Birge and Louveaux's farmer: 500 acres of wheat, corn and beet, sown before the summer.

    Columns: acres of wheat, corn, beet; wheat and corn bought; wheat, corn, beet sold; beet sold
    beyond the quota of 6,000 tonnes.
    """
    gain = np.array([-150.0, -230, -260, -238, -210, 170, 150, 36, 10])
    rows = [
        ([0, 1, 2], [1.0, 1, 1], -np.inf, 500.0),
        ([0, 3, 5], [2.5 * harvest, 1, -1], 200.0, np.inf),
        ([1, 4, 6], [3.0 * harvest, 1, -1], 240.0, np.inf),
        ([2, 7, 8], [20.0 * harvest, -1, -1], 0.0, np.inf),
    ]
    upper = np.full(9, np.inf)
    upper[7] = 6_000.0
    start = np.cumsum([0, *(len(columns) for columns, *_ in rows)]).astype(np.int32)
    matrix = Matrix(
        np.zeros(9), upper, np.zeros(9, bool), start,
        np.concatenate([row[0] for row in rows]).astype(np.int32),
        np.concatenate([row[1] for row in rows]),
        np.array([row[2] for row in rows]), np.array([row[3] for row in rows]),
    )  # fmt: skip
    return Future(matrix, gain, 1 / 3, np.array([0, 1, 2]))


def had(whole: Joined, cases: list[Future], solver: str = "highs") -> np.ndarray:
    """What each scenario comes to."""
    values = in_turn(whole.matrix, whole.stages, RunLimits(), solver)
    assert values is not None
    return np.array([worth(c.gain, values[at]) for c, at in zip(cases, whole.at, strict=True)])


def known(case: Future) -> tuple[float, np.ndarray]:
    """What a scenario comes to where it is known before, and what is decided first."""
    values = in_turn(case.matrix, [case.gain], RunLimits())
    assert values is not None
    return worth(case.gain, values), values[case.first]


def test_the_farmer_of_the_textbook_earns_what_the_textbook_says() -> None:
    """Recourse 108,390; knowing before 7,016; planning for it 1,150; acres 170, 80 and 250."""
    cases = [farm(each) for each in (1.2, 1.0, 0.8)]
    whole = joined(cases, EXPECTED)
    mean = had(whole, cases).mean()
    assert round(mean) == 108_390
    values = in_turn(whole.matrix, whole.stages, RunLimits())
    assert values is not None
    assert values[:3].round(6).tolist() == [170.0, 80.0, 250.0]
    before = [known(case)[0] for case in cases]
    assert [round(each) for each in before] == [167_667, 118_600, 59_950]
    assert round(np.mean(before) - mean) == 7_016
    _, sown = known(farm(1.0))
    fixed = joined(cases, EXPECTED, fixed=sown)
    assert round(mean - had(fixed, cases).mean()) == 1_150


def test_the_farmer_is_told_the_same_by_a_problem_of_pulp() -> None:
    cases = [farm(each) for each in (1.2, 1.0, 0.8)]
    assert round(had(joined(cases, EXPECTED), cases, "CBC").mean()) == 108_390


@pytest.mark.parametrize("by", CRITERIA)
def test_a_criterion_is_best_by_itself(by: str) -> None:
    cases = [farm(each) for each in (1.2, 1.0, 0.8)]
    even, best = np.full(3, 1 / 3), np.array([known(case)[0] for case in cases])
    own = {
        each: of_values(had(joined(cases, each, tail=0.5, best=list(best)), cases),
                        even, best, by, 0.5)
        for each in CRITERIA
    }  # fmt: skip
    pick = min if by == REGRET else max
    assert own[by] == pytest.approx(pick(own.values()), rel=1e-6)


def test_losses_of_1_to_10_have_the_tails_of_the_textbook() -> None:
    losses, even = -np.arange(1.0, 11.0), np.full(10, 0.1)
    nothing = np.zeros(10)
    assert -of_values(losses, even, nothing, CVAR, 0.2) == 9.5
    assert -of_values(losses, even, nothing, CVAR, 0.1) == 10.0
    # A part of a scenario counts in part: 10 whole, and half of 9.
    assert -of_values(losses, even, nothing, CVAR, 0.15) == pytest.approx(14.5 / 1.5)
    assert -of_values(losses, even, nothing, CVAR, 1.0) == pytest.approx(5.5)
    assert -of_values(losses, even, nothing, EXPECTED) == pytest.approx(5.5)
    assert -of_values(losses, even, nothing, WORST) == 10.0


def test_a_table_of_regrets_by_hand() -> None:
    """Shares, bonds, savings in growth, standstill, decline: regrets 16 and 7, 8, 11."""
    worth_of = {
        "shares": np.array([12.0, 6.0, -9.0]),
        "bonds": np.array([8.0, 7.0, 0.0]),
        "savings": np.array([3.0, 3.0, 3.0]),
    }
    names, even = ["growth", "standstill", "decline"], np.full(3, 1 / 3)
    rows, chosen = chosen_of(worth_of, names, even, REGRET)
    assert rows["regret"].tolist() == [12.0, 4.0, 9.0]
    assert chosen == "bonds"
    assert rows["in_worst"].tolist() == ["decline", "decline", "growth"]
    assert chosen_of(worth_of, names, even, WORST)[1] == "savings"
    assert chosen_of(worth_of, names, np.array([1.0, 0.0, 0.0]), EXPECTED)[1] == "shares"


def two_years(**tables: Any) -> pb.Place:
    """£1 million a year for parks, worth 2 a pound, and roads, worth 3 a pound up to 600 units."""
    parks = {"value": 2.0, "people": None, "today": {"council": 0.5}}
    roads = {"value": 3.0, "people": None, "today": {"council": 0.5}, "offer": {"capacity": 600.0}}
    streams = {"council": {"amount": 1.0}}
    return small(streams, {"parks": parks, "roads": roads}, years=2, **tables)


@cache
def found() -> Robust:
    futures = {"as planned": {}, "dearer": {"unit cost": 1.5}}
    return pb.study.robust(two_years(), futures, plans=["today", "pooled"])


def test_what_is_committed_now_is_the_same_in_every_scenario_and_later_money_answers() -> None:
    """At £1,000 roads take £0.6 million a year, at £1,500 £0.9 million; the rest goes to parks.

    Now, when nobody knows, no more than 0.6, for as planned nothing more could be bought. Then a
    year is worth 0.6 x 3 + 0.4 x 2 = 2.6 as planned, and where it is dearer 2.6 / 1.5 with 0.6
    and (0.9 x 3 + 0.1 x 2) / 1.5 = 2.9 / 1.5 with 0.9.
    """
    rows = found().tables["commit"].set_index("service")
    assert rows.loc["roads", "now"] == pytest.approx(600_000)
    assert rows.loc["roads", ["least", "most"]].tolist() == pytest.approx([600_000, 900_000])
    assert rows.loc["parks", ["least", "most"]].tolist() == pytest.approx([100_000, 400_000])
    values = found().tables["scenarios"].set_index("scenario") / 1e6
    later = 1 / 1.035
    assert values.loc["as planned", "two_stage"] == pytest.approx(2.6 + 2.6 * later, abs=1e-6)
    assert values.loc["dearer", "two_stage"] == pytest.approx((2.6 + 2.9 * later) / 1.5, abs=1e-6)
    assert values.loc["dearer", "known"] == pytest.approx((2.9 + 2.9 * later) / 1.5, abs=1e-6)
    measures = found().tables["two_stage"].set_index("measure")["pounds"] / 1e6
    assert measures["knowing before"] == pytest.approx(0.5 * 0.3 / 1.5, abs=1e-6)
    assert measures["planning for it"] == pytest.approx(0.0, abs=1e-6)


def test_of_plans_that_are_held_the_one_is_chosen_that_a_criterion_asks_for() -> None:
    assert found().chosen == "pooled"
    rows = found().table.set_index("plan")
    assert rows.loc["pooled", "regret"] == 0.0
    assert rows.loc["pooled", "worst"] > rows.loc["today", "worst"]


def test_scenarios_in_which_no_plan_keeps_every_rule_are_named() -> None:
    floor = [rule("units_floor", "service=roads", 500)]
    futures = {"as planned": {}, "three times as dear": {"unit cost": 3.0}}
    asked = pb.study.robust(two_years(rules=floor), futures, plans=["today"])
    assert asked.left_out == ("three times as dear",)
    assert "No plan keeps every rule of the place in three times as dear" in asked.summary()
    assert asked.tables["scenarios"]["scenario"].tolist() == ["as planned"]
    none = pb.study.robust(two_years(rules=floor), {"dear": {"unit cost": 3}}, plans=["today"])
    assert none.tables["commit"].empty
    # 600 units are £0.6 million as planned and £0.9 million where they are dearer: either alone.
    full = [rule("units_floor", "service=roads", 600)]
    futures = {"as planned": {}, "dearer": {"unit cost": 1.5}}
    asked = pb.study.robust(two_years(rules=full), futures, plans=["today"])
    assert (asked.left_out, asked.together) == ((), False)
    assert "No one decision on the first year keeps every rule" in asked.summary()


def test_of_commitments_that_are_equally_good_the_one_nearest_to_today_is_told() -> None:
    services = {
        name: {"value": 2.0, "people": None, "today": {"council": spent}}
        for name, spent in (("parks", 0.7), ("roads", 0.3))
    }
    place = small({"council": {"amount": 1.0}}, services, years=2)
    futures = {"as planned": {}, "dearer": {"unit cost": 1.5}}
    rows = pb.study.robust(place, futures, plans=["today"]).tables["commit"]
    assert rows["now"].tolist() == pytest.approx([700_000, 300_000], abs=1.0)
    assert rows["plan"].tolist() == pytest.approx([700_000, 300_000], abs=1.0)


def test_need_that_must_be_met_comes_before_the_criterion() -> None:
    """£1 million: 800 people need care at £1,000, and parks are worth more; then 1,100 need it."""
    care = {"value": 1.0, "led_by": "need", "people": 800, "today": {"council": 0.8}}
    parks = {"value": 9.0, "people": None, "today": {"council": 0.2}}
    place = small({"council": {"amount": 1.0}}, {"care": care, "parks": parks})
    futures = {"as planned": {}, "more need": {"need": 1.375}}
    asked = pb.study.robust(place, futures, plans=["today"])
    values = asked.tables["scenarios"].set_index("scenario")
    assert values["need_unmet_known"].tolist() == pytest.approx([0.0, 100_000.0], abs=1.0)
    # Nobody else needs care as planned, so that no more can be committed to it for both.
    assert values["need_unmet"].tolist() == pytest.approx([0.0, 300_000.0], abs=1.0)
    assert asked.tables["commit"]["now"].tolist() == pytest.approx([800_000, 200_000], abs=1.0)
    assert "would meet £100,000 more of the need" in asked.summary()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"scenarios": 3}, "power of two"),
        ({"scenarios": {}}, "factors by name"),
        ({"scenarios": {"hard": {"needs": 1.1}}}, "Did you mean need"),
        ({"scenarios": {"hard": {"need": -1}}}, "0 or more"),
        ({"scenarios": {"hard": 2}}, "no factors by kind"),
        ({"by": "median"}, "expected"),
        ({"tail": 0.0}, "above 0"),
        ({"scenarios": {"hard": {}}, "chances": {"easy": 1}}, "one for each scenario"),
        ({"scenarios": {"hard": {}}, "chances": {"hard": 0}}, "not all 0"),
    ],
)
def test_scenarios_that_cannot_be_meant_are_refused_in_words(
    wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(WrongArgument, match=said):
        pb.study.robust(pb.example("toy_pooling"), **wrong)
