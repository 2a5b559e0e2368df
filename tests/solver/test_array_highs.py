"""Our solver class as any PuLP solver: problems written by hand, with PuLP 3.3 and 4."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pulp
import pytest

from placebudget.solver import ArrayHiGHS, ArrayProblem, RunLimits, lp_text, to_problem
from placebudget.solver.backend.answer import Status
from placebudget.solver.backend.highs import RelaxedFirst, dense_matrix

PULP_4 = int(pulp.__version__.split(".")[0]) >= 4


def problem(sense: int) -> pulp.LpProblem:
    return pulp.LpProblem("by_hand", sense)


def solved(lp: pulp.LpProblem, limits: RunLimits | None = None) -> tuple[str, bool]:
    """What PuLP says came out, in words common to both versions, and whether there are values."""
    result: Any = lp.solve(ArrayHiGHS(limits=limits))
    if PULP_4:
        return result.status.name, result.has_solution
    assert result == lp.status
    words = "GapLimit" if lp.sol_status == pulp.LpSolutionIntegerFeasible else None
    found = lp.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible)
    return words or pulp.LpStatus[lp.status], found


def test_most_of_a_sum_with_a_constant() -> None:
    """3x + 2y + 7 with x + y <= 4 and x + 3y <= 6: x = 4, y = 0 gives 19."""
    lp = problem(pulp.LpMaximize)
    x, y = lp.add_variable("x", 0), lp.add_variable("y", 0)
    lp.setObjective(3 * x + 2 * y + 7)
    lp.addConstraint(x + y <= 4)
    lp.addConstraint(x + 3 * y <= 6)
    assert solved(lp) == ("Optimal", True)
    assert (x.varValue, y.varValue, pulp.value(lp.objective)) == (4.0, 0.0, 19.0)


def test_the_simplex_method_solves_and_no_other() -> None:
    """What a plan's record says of it: 30 knapsacks that presolve alone does not settle."""
    lp, solver = problem(pulp.LpMaximize), ArrayHiGHS()
    numbers = np.random.default_rng(1).integers(1, 9, (30, 40)).tolist()
    x = [lp.add_variable(f"x{n}", 0, 1) for n in range(40)]
    lp.setObjective(pulp.lpSum(x))
    for row in numbers:
        lp.addConstraint(pulp.lpSum(a * b for a, b in zip(row, x, strict=True)) <= 60)
    lp.solve(solver)
    assert solver.live is not None
    counts = solver.live.model.getInfo()
    assert counts.simplex_iteration_count > 0
    assert max(counts.ipm_iteration_count, counts.pdlp_iteration_count) <= 0


def test_least_of_a_sum_with_free_and_fixed_variables() -> None:
    """x - 2y + z with x >= y - 3, y <= 5, z = 2: x = 2, y = 5 gives -6."""
    lp = problem(pulp.LpMinimize)
    x, y, z = lp.add_variable("x"), lp.add_variable("y", None, 5), lp.add_variable("z", 2, 2)
    lp.setObjective(x - 2 * y + z)
    lp.addConstraint(x - y >= -3)
    assert solved(lp) == ("Optimal", True)
    assert (x.varValue, y.varValue, z.varValue) == (2.0, 5.0, 2.0)


def test_equal_sums_hold() -> None:
    lp = problem(pulp.LpMinimize)
    x, y = lp.add_variable("x", 0), lp.add_variable("y", 0)
    lp.setObjective(x + 3 * y)
    lp.addConstraint(x + y == 10)
    lp.addConstraint(x <= 4)
    assert solved(lp) == ("Optimal", True)
    assert (x.varValue, y.varValue) == (4.0, 6.0)


def test_whole_numbers_stay_whole() -> None:
    """Most of 5a + 4b with 6a + 5b <= 29 in whole numbers: a = 4, b = 1 gives 24."""
    lp = problem(pulp.LpMaximize)
    a, b = lp.add_variable("a", 0, None, "Integer"), lp.add_variable("b", 0, None, "Integer")
    yes = lp.add_variable("yes", cat="Binary")
    lp.setObjective(5 * a + 4 * b + yes)
    lp.addConstraint(6 * a + 5 * b <= 29)
    lp.addConstraint(2 * yes <= 1)
    assert solved(lp) == ("Optimal", True)
    assert (a.varValue, b.varValue, yes.varValue) == (4.0, 1.0, 0.0)


def test_what_cannot_be_says_infeasible_and_leaves_no_values() -> None:
    lp = problem(pulp.LpMinimize)
    x = lp.add_variable("x", 0, 1)
    lp.setObjective(1 * x)
    lp.addConstraint(x >= 2)
    assert solved(lp) == ("Infeasible", False)
    assert x.varValue is None


def test_what_has_no_end_says_unbounded_and_leaves_no_values() -> None:
    lp = problem(pulp.LpMaximize)
    x, y = lp.add_variable("x", 0), lp.add_variable("y", 0)
    lp.setObjective(x + y)
    lp.addConstraint(x - y <= 1)
    assert solved(lp) == ("Unbounded", False)
    assert x.varValue is None


def test_a_problem_without_an_objective_gives_any_solution() -> None:
    lp = problem(pulp.LpMinimize)
    x = lp.add_variable("x", 0, 9)
    lp.addConstraint(x == 4)
    assert solved(lp) == ("Optimal", True)
    assert x.varValue == 4.0


def test_a_plan_within_the_gap_is_not_called_proved() -> None:
    lp = problem(pulp.LpMaximize)
    picks = [lp.add_variable(f"p{n}", cat="Binary") for n in range(60)]
    worth = [(37 * n) % 59 + 20 for n in range(60)]
    weight = [(53 * n) % 61 + 20 for n in range(60)]
    lp.setObjective(pulp.lpSum(w * p for w, p in zip(worth, picks, strict=True)))
    lp.addConstraint(pulp.lpSum(w * p for w, p in zip(weight, picks, strict=True)) <= 900)
    solver = ArrayHiGHS(limits=RunLimits(gap=0.5))
    lp.solve(solver)
    answer = solver.answer
    assert answer is not None
    assert answer.has_solution
    assert (answer.status is Status.GAP) == (answer.gap > 0)
    assert solved(lp, RunLimits(gap=0.5))[0] == ("GapLimit" if answer.gap > 0 else "Optimal")


def test_a_stop_asked_for_before_the_run_leaves_no_values() -> None:
    stop = threading.Event()
    stop.set()
    lp = problem(pulp.LpMinimize)
    x = lp.add_variable("x", 1, 9)
    lp.setObjective(1 * x)
    _, found = solved(lp, RunLimits(stop=stop))
    assert (found, x.varValue) == (False, None)


def test_a_problem_can_be_solved_again_after_a_change() -> None:
    lp = problem(pulp.LpMinimize)
    x = lp.add_variable("x", 1, 9)
    lp.setObjective(1 * x)
    solved(lp)
    x.lowBound = 3
    assert solved(lp) == ("Optimal", True)
    assert x.varValue == 3.0


@pytest.mark.parametrize("sense", [pulp.LpMinimize, pulp.LpMaximize])
def test_the_same_as_pulps_own_class(sense: int) -> None:
    lp = problem(sense)
    x = [lp.add_variable(f"x{n}", -1, n + 1) for n in range(6)]
    lp.setObjective(pulp.lpSum((n - 2.5) * v for n, v in enumerate(x)))
    lp.addConstraint(pulp.lpSum(x) == 3)
    solved(lp)
    ours = pulp.value(lp.objective)
    lp.solve(pulp.HiGHS(msg=False))
    assert ours == pytest.approx(pulp.value(lp.objective))


# --- problems that arrays hold -----------------------------------------------------


def held(least: float = 2.0) -> ArrayProblem:
    """The least of x0 + 3 x1 with x0 + x1 >= least, and both at most 9."""
    rows, nine = np.array([[1.0, 1.0]]), np.full(2, 9.0)
    limits = np.array([least]), np.array([np.inf])
    return ArrayProblem(dense_matrix(rows, *limits, 0 * nine, nine), np.array([1.0, 3.0]))


def test_no_object_is_made_for_a_solver_that_takes_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    lp, solver = held(), ArrayHiGHS()
    with monkeypatch.context() as without:
        without.setattr(pulp, "LpVariable", None)
        lp.solve(solver)
    assert solver.answer is not None
    assert lp.arrays is not None
    assert solver.answer.values.tolist() == [2.0, 0.0]


def test_who_looks_at_a_problem_that_arrays_hold_finds_it_whole_and_solved() -> None:
    lp = held()
    assert solved(lp) == ("Optimal", True)
    matrix, cost = lp.arrays or pytest.fail("its arrays are gone")
    assert lp_text(lp) == lp_text(to_problem(matrix, cost)[0])
    assert [(v.name, v.varValue) for v in lp.variables()] == [("x0", 2.0), ("x1", 0.0)]
    assert pulp.value(lp.objective) == 2.0
    if not PULP_4:
        assert pulp.LpStatus[lp.status] == "Optimal"


def test_a_problem_that_was_changed_is_solved_as_it_is_now() -> None:
    lp = held()
    solved(lp)
    x0, x1 = lp.variables()
    x0.upBound = 1.0
    assert solved(lp) == ("Optimal", True)
    assert (x0.varValue, x1.varValue) == (1.0, 1.0)


@pytest.mark.parametrize("look", [True, False])
def test_any_solver_solves_a_problem_that_arrays_hold(look: bool) -> None:
    lp = held()
    if look:
        assert lp.numVariables() == 2
    lp.solve(pulp.HiGHS(msg=False))
    assert [v.varValue for v in lp.variables()] == [2.0, 0.0]


def test_what_is_no_attribute_of_a_problem_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute nonsense"):
        _ = held().nonsense


def test_an_infeasible_problem_that_arrays_hold_leaves_no_values() -> None:
    lp = held(least=20.0)
    assert solved(lp) == ("Infeasible", False)
    assert [v.varValue for v in lp.variables()] == [None, None]


def test_whole_numbers_are_asked_for_only_where_the_best_plan_has_broken_ones() -> None:
    one = np.ones(2)
    matrix = dense_matrix(2 * one[None], np.full(1, -np.inf), np.full(1, 3.0), 0 * one, one)
    live = RelaxedFirst(replace(matrix, integer=np.ones(2, bool)), np.array([-3.0, -2.0]))
    found = [live.run(RunLimits())]  # 1 and a half: one of them is decided
    for most in (4.0, -1.0, 3.0):
        live.change_rows(np.zeros(1), np.full(1, -np.inf), np.full(1, most))
        found.append(live.run(RunLimits()))
    values = [None if each.values is None else each.values.tolist() for each in found]
    assert values == [[1, 0], [1, 1], None, [1, 0]]
    assert all(each.duals is None for each in found)
    assert found[2].status is Status.INFEASIBLE
