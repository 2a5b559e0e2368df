"""What solvers say and what may be believed: numbers that look right and are not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pulp
import pytest

import placebudget
import placebudget as pb
from benchmarks.places import SMALL, make_place
from placebudget.errors import SolverFailed
from placebudget.place import Place
from placebudget.programme import Programme, build, read_pooling
from placebudget.solver import RunLimits, limit_prices, solve
from placebudget.solver.backend.answer import Status
from placebudget.solver.backend.engine import HighsEngine, PulpEngine
from placebudget.solver.backend.highs import LiveHighs
from placebudget.solver.infeasible import smallest_clash
from small import MILLION, rule, small

SOURCES = sorted(Path(placebudget.__file__).parent.rglob("*.py"))
# PuLP 3 brings CBC; PuLP 4 brings no solver, and its own class for HiGHS is another way there.
OTHERS = ["HiGHS"] if int(pulp.__version__.split(".")[0]) >= 4 else ["HiGHS", "CBC"]


def programme_of(place: Place, objective: str = "public value") -> Programme:
    return build(place, read_pooling(place, "pooled"), objectives=[objective])


def two_services(**tables: Any) -> Place:
    """£10 million; care is worth £5 a pound up to £8 million, homes £1 up to £6 million."""
    services = {"care": {"value": 5.0, "people": 8_000}, "homes": {"people": 6_000}}
    return small({"tax": {"amount": 10.0}}, services, **tables)


def price(place: Place, name: str) -> pd.Series:
    prices = pb.optimise(place).prices()
    return prices[prices["name"] == name].iloc[0]


# --- prices -------------------------------------------------------------------------


@pytest.mark.parametrize("solver", OTHERS)
def test_prices_of_money_have_one_sign_whatever_the_solver(solver: str) -> None:
    """The next pound buys homes, worth £1: a minimisation has -1 on the balance."""
    programme = programme_of(two_services())
    cost, row = -programme.objectives[0].gain, programme.rows["class_balance"].numbers[0]
    live = HighsEngine(programme.matrix).run(cost, RunLimits(), None)
    other = PulpEngine(programme.matrix, solver).run(cost, RunLimits(), None)
    assert live.duals is not None
    assert other.duals is not None
    assert live.duals[row] == pytest.approx(-1.0)
    assert other.duals[row] == pytest.approx(-1.0)
    solution = solve(programme)
    assert solution.duals is not None
    assert solution.duals[row] == pytest.approx(1.0)


def test_prices_at_a_kink_differ_on_the_left_and_on_the_right() -> None:
    """Care may take £4 million, and homes need the other six to the last pound.

    A million more of care takes a million from homes: 5 - 1 = £4 million. A million
    less leaves a million idle, as homes need no more: £5 million.
    """
    place = two_services(rules=[rule("cap", "service=care", 4 * MILLION, rule="care_cap")])
    found = price(place, "care_cap")
    assert found["relaxing"] == pytest.approx(4 * MILLION)
    assert found["tightening"] == pytest.approx(5 * MILLION)


def test_a_price_holds_to_where_need_ends() -> None:
    """Care needs £8 million and may take four: the price holds for four more."""
    place = two_services(rules=[rule("cap", "service=care", 4 * MILLION, rule="care_cap")])
    assert price(place, "care_cap")["holds_for"] == pytest.approx(4.0)


def test_a_limit_that_does_not_bind_has_no_price() -> None:
    place = two_services(rules=[rule("cap", "service=care", 9 * MILLION, rule="care_cap")])
    prices = pb.optimise(place).prices()
    assert "care_cap" not in set(prices["name"])


def test_the_same_limit_twice_is_not_priced_as_if_one_would_do() -> None:
    """Duals of doubled rows may fall on either; relaxing one alone gains nothing."""
    caps = [rule("cap", "service=care", 4 * MILLION, rule=name) for name in ("one", "two")]
    prices = pb.optimise(two_services(rules=caps)).prices()
    mine = prices[prices["name"].isin(["one", "two"])]
    assert len(mine) > 0
    assert (mine["relaxing"] == 0).all()
    assert mine["tightening"].tolist() == pytest.approx([5 * MILLION] * len(mine))


# --- whole numbers --------------------------------------------------------------------


def with_a_decision() -> Place:
    """Care costs a million to set up before it runs."""
    services = {
        "care": {"value": 5.0, "people": 8_000, "offer": {"set_up_cost": MILLION}},
        "homes": {"people": 9_000},
    }
    return small({"tax": {"amount": 10.0}}, services)


@pytest.mark.parametrize("solver", OTHERS)
def test_a_run_with_whole_numbers_gives_no_prices(solver: str) -> None:
    programme = programme_of(with_a_decision())
    cost = -programme.objectives[0].gain
    for engine in (HighsEngine(programme.matrix), PulpEngine(programme.matrix, solver)):
        answer = engine.run(cost, RunLimits(), None)
        assert answer.values is not None
        assert answer.duals is None


def test_prices_with_decisions_hold_with_these_fixed_and_say_so() -> None:
    """£1 million sets care up, eight go into it, one into homes: money is worth £1."""
    programme = programme_of(with_a_decision())
    solution = solve(programme)
    assert solution.integers_fixed
    assert solution.duals is not None
    assert solution.duals[programme.rows["class_balance"].numbers[0]] == pytest.approx(1.0)
    prices = limit_prices(programme, solution, RunLimits())
    assert prices["offers_held"].all()


# --- runs without a solution -----------------------------------------------------------


def impossible() -> Place:
    """£10 million and two floors of £6 million, neither impossible alone."""
    floors = [
        rule("floor", f"service={name}", 6 * MILLION, rule=f"{name}_kept")
        for name in ("care", "homes")
    ]
    services = {"care": {"people": 9_000}, "homes": {"people": 9_000}}
    return small({"tax": {"amount": 10.0}}, services, rules=floors)


@pytest.mark.parametrize("solver", OTHERS)
def test_nothing_is_read_from_an_infeasible_run(solver: str) -> None:
    programme = programme_of(impossible())
    cost = -programme.objectives[0].gain
    live = LiveHighs(programme.matrix, cost)
    for answer in (
        live.run(RunLimits()),
        PulpEngine(programme.matrix, solver).run(cost, RunLimits(), None),
    ):
        assert (answer.status, answer.values, answer.duals) == (Status.INFEASIBLE, None, None)
    # HiGHS itself has a number for every variable.
    assert len(live.model.getSolution().col_value) == programme.matrix.width


def test_clashing_rules_are_found_where_the_default_strategy_calls_an_empty_set_valid() -> None:
    programme = programme_of(impossible())
    live = LiveHighs(programme.matrix, np.zeros(programme.matrix.width))
    _, empty = live.model.getIis()
    assert empty.valid_
    assert not len(empty.row_index_)
    rows, _ = smallest_clash(programme)
    floors = {int(n) for n in programme.rows["floor"].numbers}
    assert floors <= set(rows)


def test_without_any_one_of_the_clashing_rules_the_others_hold() -> None:
    programme = programme_of(impossible())
    matrix = programme.matrix
    rows, columns = smallest_clash(programme)
    free = np.full(1, np.inf)
    for row in rows:
        live = LiveHighs(matrix, np.zeros(matrix.width))
        live.change_rows(np.array([row]), -free, free)
        assert live.run(RunLimits()).status is Status.OPTIMAL
    assert rows
    assert all(matrix.lower[n] > -np.inf or matrix.upper[n] < np.inf for n in columns)


# --- one plan and no other ---------------------------------------------------------------


def test_the_plan_is_the_same_by_the_primal_the_dual_and_the_interior_point_method(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without the tie-break the money moves with the method; with it, it does not."""
    programme = programme_of(make_place(SMALL, seed=3), "fiscal saving")
    set_up = LiveHighs.__init__
    plans, loose = [], []
    for options in ({"simplex_strategy": 1}, {"simplex_strategy": 4}, {"solver": "ipm"}):

        def with_options(
            live: LiveHighs, *given: Any, options: dict[str, Any] = options, **more: Any
        ) -> None:
            set_up(live, *given, **{**options, **more, "presolve": "off"})

        monkeypatch.setattr(LiveHighs, "__init__", with_options)
        plans.append(programme.take("money", solve(programme).values))
        loose.append(programme.take("money", solve(programme, tie_break=False).values))
    assert any(np.abs(other - loose[0]).max() > 0.01 for other in loose[1:])
    for other in plans[1:]:
        # £ million: the same to the penny.
        assert np.abs(other - plans[0]).max() < 1e-8


# --- options and names --------------------------------------------------------------------


@pytest.mark.parametrize("options", [{"solver": "nonsense"}, {"nonsense": 1}, {"presolve": 7}])
def test_an_option_highs_does_not_know_is_refused_and_not_passed_over(
    options: dict[str, Any],
) -> None:
    programme = programme_of(two_services())
    with pytest.raises(SolverFailed, match="HiGHS has no option"):
        LiveHighs(programme.matrix, -programme.objectives[0].gain, **options)


def naming(*words: str) -> Iterator[tuple[Path, list[ast.AST]]]:
    """What the modules consist of in which one of some words stands: others cannot use it."""
    for path in SOURCES:
        source = path.read_text(encoding="utf-8")
        if any(word in source for word in words):
            yield path, list(ast.walk(ast.parse(source)))


def calls(nodes: list[ast.AST]) -> list[ast.Call]:
    return [node for node in nodes if isinstance(node, ast.Call)]


def test_no_method_is_asked_for_that_hangs_or_is_silently_replaced() -> None:
    bad = ("simplex_dual_edge_weight_strategy", "hipo")
    for path, nodes in naming(*bad):
        texts = {node.value for node in nodes if isinstance(node, ast.Constant)}
        keywords = {keyword.arg for call in calls(nodes) for keyword in call.keywords}
        assert not (texts | keywords) & set(bad), path


def test_nothing_is_used_that_pulp_4_no_longer_has() -> None:
    gone = {"pulp.LpVariable", "pulp.LpVariable.dicts", "pulp.LpConstraint", "pulp.LpProblem.copy"}
    using = list(naming("pulp."))
    assert using
    for path, nodes in using:
        assert not {ast.unparse(call.func) for call in calls(nodes)} & gone, path


def test_pulps_default_solver_is_never_asked() -> None:
    """PuLP 4 has none: each solve names its solver."""
    solves = [
        len(call.args)
        for _, nodes in naming("problem.solve")
        for call in calls(nodes)
        if ast.unparse(call.func).endswith("problem.solve")
    ]
    assert solves
    assert set(solves) == {1}


# --- returns that rise ----------------------------------------------------------------------


def test_returns_that_rise_are_refused_before_a_good_step_is_filled_first() -> None:
    """The second half of need works twice as well: a linear programme would start there."""
    steps = [
        {"service": "care", "step": 1, "up_to": 0.5, "effectiveness": 0.5},
        {"service": "care", "step": 2, "up_to": 1.0, "effectiveness": 1.0},
    ]
    place = two_services(returns=steps)
    assert [finding.code for finding in place.check().errors] == ["rising-steps"]
    with pytest.raises(pb.InvalidPlace, match="care"):
        pb.optimise(place)
