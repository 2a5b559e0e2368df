"""What of one aim must be given up for more of another."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from scipy.optimize import linprog
from typer.testing import CliRunner

import placebudget as pb
from placebudget.cli import app
from placebudget.errors import Stopped
from placebudget.solver.backend.engine import Clock
from placebudget.study import Frontier
from placebudget.study.frontier import AIMS, LESS, TODAY, Corner, as_today, breakpoints
from places import tiny
from planned import optimised
from small import small

# The package calls the function as its module is called.
module = import_module("placebudget.study.frontier")


@cache
def toy() -> Frontier:
    return pb.study.frontier(pb.example("toy_pooling"), aims=["public value", "money spent"])


@cache
def northvale() -> Frontier:
    aims = ["public value", "worst-off area"]
    return pb.study.frontier(pb.example("northvale"), aims=aims, points=3)


def corners_of(gains: np.ndarray, a_ub: np.ndarray, b_ub: np.ndarray, bounds: list) -> list:
    """The breakpoints of two aims of a programme, rows of ``gains``."""

    def best(weights: np.ndarray) -> Corner:
        found = linprog(-(weights @ gains), a_ub, b_ub, bounds=bounds)
        return Corner(gains @ found.x, weights)

    def end(first: int) -> Corner:
        most = linprog(-gains[first], a_ub, b_ub, bounds=bounds)
        kept = np.vstack([a_ub, -gains[first]]), np.append(b_ub, most.fun + 1e-9)
        found = linprog(-gains[1 - first], *kept, bounds=bounds)
        return Corner(gains @ found.x, np.eye(2)[first])

    found, missed = breakpoints(end(0), end(1), best, 1000)
    assert missed == 0
    return [each.gains for each in found]


def test_the_published_example_has_its_payoff_table_and_its_point_between() -> None:
    # Mavrotas (2009): f1 = x1, f2 = 3 x1 + 4 x2, x1 <= 20, x2 <= 40, 5 x1 + 4 x2 <= 200.
    gains = np.array([[1.0, 0.0], [3.0, 4.0]])
    found = corners_of(gains, np.array([[5.0, 4.0]]), np.array([200.0]), [(0, 20), (0, 40)])
    assert np.allclose(found, [(20, 160), (8, 184)])
    x, y = np.array(found)[::-1].T
    assert np.interp(14, x, y) == pytest.approx(172)


@pytest.mark.parametrize("seed", range(6))
def test_the_breakpoints_are_those_of_every_weight_there_is(seed: int) -> None:
    draw = np.random.default_rng(seed)
    gains, a_ub = draw.uniform(0, 1, (2, 9)), draw.uniform(0, 1, (7, 9))
    b_ub, bounds = np.full(7, 1.0), [(0, 1)] * 9
    found = np.array(corners_of(gains, a_ub, b_ub, bounds))
    for angle in np.linspace(0.001, np.pi / 2 - 0.001, 60):
        weights = np.array([np.cos(angle), np.sin(angle)])
        most = -linprog(-(weights @ gains), a_ub, b_ub, bounds=bounds).fun
        assert (found @ weights).max() == pytest.approx(most, rel=1e-6)
    slopes = np.diff(found[:, 0]) / np.diff(found[:, 1])
    assert (np.diff(slopes) < 1e-9).all(), "each step costs more than the one before"


def test_fewer_points_than_there_are_say_how_far_others_may_lie_beyond() -> None:
    corners = np.array([(np.cos(a), np.sin(a)) for a in np.linspace(0, np.pi / 2, 40)])

    def best(weights: np.ndarray) -> Corner:
        return Corner(corners[(corners @ weights).argmax()], weights)

    ends = best(np.array([1.0, 0.0])), best(np.array([0.0, 1.0]))
    for most in (3, 5, 9):
        found, missed = breakpoints(*ends, best, most)
        assert len(found) == most
        line = np.array([each.gains for each in found])
        beyond = [
            (weights @ corners.T).max() - (line @ weights).max()
            for weights in ((w, 1 - w) for w in np.linspace(0, 1, 200))
        ]
        assert 0 < max(beyond) <= missed


def test_the_toy_s_frontier_is_worked_out_by_hand() -> None:
    # A pound is worth 5, then 4, 3, 2 and 1; 20, 30, 10, 10 and 30 million may go there.
    points = toy().points / 1e6
    assert toy().exact
    assert np.allclose(points["money spent"], [100, 70, 60, 50, 20, 0], atol=1e-3)
    assert np.allclose(points["public value"], [300, 270, 250, 220, 100, 0], atol=1e-3)
    assert np.allclose(toy().tables["steps"]["rate"], [1, 2, 3, 4, 5], atol=1e-6)
    assert toy().most(285e6) == pytest.approx(85e6)
    assert np.isnan(toy().most(301e6))


def test_beside_today_stand_the_better_plan_at_its_cost_and_the_cheaper_with_its_result() -> None:
    table = toy().table
    today = pb.simulate(pb.example("toy_pooling"))
    assert table.loc[TODAY, "public value"] == today.objective.value
    assert table.loc[TODAY, "money spent"] == today.money()["amount"].sum()
    same_cost, same_value = (table.loc[as_today(each)] for each in ("money spent", "public value"))
    assert same_cost["money spent"] == pytest.approx(90e6)
    assert same_cost["public value"] == pytest.approx(290e6)
    assert same_value["public value"] == pytest.approx(285e6)
    assert same_value["money spent"] == pytest.approx(85e6)
    said = toy().summary()
    assert "With no less public value than today a plan has £5 million less spent." in said
    assert "With no more money spent than today a plan has £5 million more public value." in said


def test_the_ends_are_the_best_plans_by_each_aim_and_every_point_is_a_verified_plan() -> None:
    found = northvale()
    by_value = optimised("northvale").objective.value
    by_worst_off = optimised("northvale", objective="worst-off area").objective.value
    assert found.points["public value"].iloc[0] == pytest.approx(by_value, rel=1e-6)
    assert found.points["worst-off area"].iloc[-1] == pytest.approx(by_worst_off, rel=1e-6)
    assert found.points["public value"].is_monotonic_decreasing
    assert found.points["worst-off area"].is_monotonic_increasing
    for point, plan in found.plans.items():
        if point != TODAY:
            values = {each.name: each.value for each in plan.objectives}
            assert values == found.table.loc[point].to_dict()
    assert set(found.plans) == set(found.table.index)
    assert not found.exact
    assert any("Offers start or do not, in whole" in note for note in found.notes)
    again = pb.rerun(found.plans["point 1"])
    assert not again.same
    assert "ask placebudget.study.frontier again" in again.money[0]


def test_where_whole_numbers_leave_none_on_an_edge_the_plan_half_way_is_found_by_hand(
    tmp_path: Path,
) -> None:
    """A lot of 10 million brings 30 or does not run; 10 more bring 1 a pound.

    No plan of half a lot lies on the edge from 30 for 10 to nothing: 5 million bring 5.
    """
    lot = {"value": 3.0, "people": 10_000, "offer": {"smallest_lot": 10_000.0}}
    place = small({"tax": {"amount": 20.0}}, {"lot": lot, "spare": {"people": 10_000}})
    found = pb.study.frontier(place, aims=["public value", "money spent"])
    assert np.allclose(found.points / 1e6, [[40, 20], [30, 10], [0, 0]], atol=1e-3)
    assert np.allclose(found.below / 1e6, [[5, 5]], atol=1e-3)
    assert list(found.below.index) == ["between 2 and 3"]
    assert len(found.tables["steps"]) == 2
    plan = found.picked("between 2 and 3")
    assert plan.picked.endswith(
        "Of all plans with at most £5 million spent it has the most public value, to whole numbers."
    )
    assert pb.study.frontier(place, aims=found.aims, points=3).below.empty
    file = tmp_path / "between.json"
    command = ["study", "frontier", str(place.write(tmp_path / "lots")), "--plan", str(file)]
    command += ["--aims", "public value,money spent", "--point"]
    wrong = CliRunner().invoke(app, [*command, "between 2 and 99"])
    assert wrong.exit_code == 2
    assert "Did you mean between 2 and 3?" in wrong.output
    assert not file.exists()
    right = CliRunner().invoke(app, [*command, "between 2 and 3"])
    assert right.exit_code == 0, right.output
    assert pb.read_plan(file).picked == plan.picked


def test_moving_little_money_is_an_aim_too() -> None:
    place = pb.example("toy_pooling")
    moved = pb.study.frontier(place, aims=["Public value", "change_from_today"])
    assert moved.table.loc[TODAY, "change from today"] == pytest.approx(0, abs=1)
    lines, now = ["service", "area", "year"], moved.plans[TODAY]
    for point, plan in moved.plans.items():
        spent = (each.money(lines).set_index(lines)["amount"] for each in (plan, now))
        apart = next(spent).sub(next(spent), fill_value=0)
        held = moved.table.loc[point, "change from today"]
        assert held == pytest.approx(apart.abs().sum(), abs=1)
    assert moved.points["change from today"].iloc[-1] == pytest.approx(0, abs=1)


def test_of_three_aims_no_plan_is_beaten_by_another() -> None:
    aims = ["public value", "cashable saving", "money spent"]
    found = pb.study.frontier(pb.example("toy_pooling"), aims=aims, points=9)
    reached = found.points * [-1 if aim in LESS else 1 for aim in aims]
    for _, row in reached.iterrows():
        others = reached.drop(row.name)
        assert not ((others >= row - 1).all(axis=1) & (others > row + 1).any(axis=1)).any()
    assert len(found.points) > 2
    assert found.tables["steps"].empty
    assert found.finding().startswith(f"In {len(found.points)} plans")
    with pytest.raises(pb.WrongArgument, match="of two aims"):
        found.most(1.0)


def test_aims_that_agree_leave_one_plan() -> None:
    found = pb.study.frontier(tiny(), aims=["public value", "fiscal saving"])
    if len(found.points) == 1:
        assert found.finding().startswith("One plan is best by public value and fiscal saving")


@pytest.mark.parametrize(
    "aims", [["public value"], list(AIMS[:4]), ["public value", "leximin"], ["public value", "x"]]
)
def test_aims_that_cannot_be_weighed_are_refused_with_those_there_are(aims: list[str]) -> None:
    with pytest.raises(pb.WrongArgument, match=r"money spent|public value"):
        pb.study.frontier(tiny(), aims=aims)


def test_a_stop_keeps_what_is_found_and_says_so() -> None:
    stop = Event()

    def watch(what: str, number: int, total: int) -> None:
        if number == 4:
            stop.set()

    aims = ["public value", "money spent"]
    found = pb.study.frontier(pb.example("toy_pooling"), aims=aims, stop=stop, progress=watch)
    assert any(note.startswith("The run was stopped") for note in found.notes)
    assert (
        set(found.points["public value"]) <= set(toy().points["public value"]) or found.missed > 0
    )
    assert not found.exact


def test_stopped_before_anything_was_found_it_keeps_nothing_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "Clock", type("Over", (Clock,), {"up": True}))
    with pytest.raises(Stopped, match="nothing was kept"):
        pb.study.frontier(tiny())
