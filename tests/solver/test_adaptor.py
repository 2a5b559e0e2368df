"""PuLP problems from arrays and back, the same by every way, with PuLP 3.3 and 4."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pulp
import pytest

import placebudget
import placebudget as pb
from benchmarks.places import SMALL, make_place
from placebudget.errors import PlaceBudgetError
from placebudget.programme import Programme, build, read_pooling
from placebudget.programme.linear import Matrix
from placebudget.solver import ArrayHiGHS, lp_text, mps_text, named_solver, to_problem
from placebudget.solver.backend.adaptor import has_core, solve_with, to_matrix, write_back
from placebudget.solver.backend.answer import RunLimits, Status
from placebudget.solver.backend.engine import HighsEngine, PulpEngine
from placebudget.solver.backend.highs import LiveHighs

SOLVER = Path(placebudget.__file__).parent / "solver"
PULP_4 = int(pulp.__version__.split(".")[0]) >= 4
PLACES = {
    "a place with lots": lambda: make_place(replace(SMALL, lots=4)),
    "northvale": lambda: pb.example("northvale"),
    "toy pooling": lambda: pb.example("toy_pooling"),
}


@pytest.fixture(scope="module", params=PLACES)
def programme(request: pytest.FixtureRequest) -> Programme:
    place = PLACES[request.param]()
    return build(place, read_pooling(place, "pooled"), objectives=["net public value"])


def costs(programme: Programme) -> np.ndarray:
    return -programme.objectives[0].gain


def matrix(
    rows: list[tuple[dict[int, float], float, float]],
    lower: list[float],
    upper: list[float],
    integer: list[bool] | None = None,
) -> Matrix:
    """A matrix by hand: rows of ({column: value}, least, most)."""
    return Matrix(
        lower=np.array(lower, float),
        upper=np.array(upper, float),
        integer=np.array(integer or [False] * len(lower)),
        start=np.cumsum([0, *(len(terms) for terms, _, _ in rows)]).astype(np.int32),
        column=np.array([n for terms, _, _ in rows for n in terms], np.int32),
        value=np.array([v for terms, _, _ in rows for v in terms.values()], float),
        row_lower=np.array([low for _, low, _ in rows], float),
        row_upper=np.array([high for _, _, high in rows], float),
    )


def content(problem: pulp.LpProblem) -> dict[str, object]:
    """All that a problem says, by names."""
    return {
        "sense": problem.sense,
        "objective": {str(v): c for v, c in problem.objective.items()},
        "variables": [(v.name, v.lowBound, v.upBound, v.cat) for v in problem.variables()],
        "constraints": [
            (c.name, c.sense, c.constant, {str(v): a for v, a in c.items()})
            for c in problem.constraints()
        ],
    }


def dense(arrays: Matrix) -> np.ndarray:
    """Coefficients in full."""
    full = np.zeros((arrays.height, arrays.width))
    row = np.repeat(np.arange(arrays.height), np.diff(arrays.start))
    full[row, arrays.column] = arrays.value
    return full


# --- by every way the same ----------------------------------------------------


def test_the_compiled_core_and_the_public_interface_make_the_same_problem(
    programme: Programme,
) -> None:
    quick, _ = to_problem(programme.matrix, costs(programme))
    public, _ = to_problem(programme.matrix, costs(programme), public_only=True)
    assert content(quick) == content(public)
    assert lp_text(quick) == lp_text(public)


def test_pulp_4_has_the_core_that_the_quick_way_uses() -> None:
    """Where PuLP changes inside, this says so before speed is lost unseen."""
    assert has_core(pulp.LpProblem("any", pulp.LpMinimize)) is PULP_4


def test_a_problem_reads_back_as_the_arrays_it_was_made_from(programme: Programme) -> None:
    problem, variables = to_problem(programme.matrix, costs(programme))
    read, cost, found = to_matrix(problem)
    # PuLP 3 lists variables by name, and only those that stand somewhere.
    number = {v.name: n for n, v in enumerate(variables)}
    at = np.array([number[v.name] for v in found])
    assert dense(read).tolist() == dense(programme.matrix)[:, at].tolist()
    assert read.row_lower.tolist() == programme.matrix.row_lower.tolist()
    assert read.row_upper.tolist() == programme.matrix.row_upper.tolist()
    for name in ("lower", "upper", "integer"):
        assert getattr(read, name).tolist() == getattr(programme.matrix, name)[at].tolist()
    assert cost.tolist() == costs(programme)[at].tolist()
    left_out = np.setdiff1d(np.arange(programme.matrix.width), at)
    assert not dense(programme.matrix)[:, left_out].any()
    assert not costs(programme)[left_out].any()


def test_values_are_written_back_the_same_by_both_ways(programme: Programme) -> None:
    values = np.random.default_rng(1).uniform(size=programme.matrix.width)
    written = []
    for public_only in (False, True):
        problem, variables = to_problem(programme.matrix, costs(programme))
        write_back(problem, variables, values, public_only=public_only)
        written.append([v.varValue for v in variables])
    assert written[0] == written[1] == values.tolist()


def test_pulps_own_highs_finds_the_value_of_the_live_engine(programme: Programme) -> None:
    cost = costs(programme)
    live = HighsEngine(programme.matrix).run(cost, RunLimits(), None)
    plain = PulpEngine(programme.matrix, "HiGHS").run(cost, RunLimits(), None)
    assert live.values is not None
    assert plain.values is not None
    assert cost @ plain.values == pytest.approx(cost @ live.values, rel=1e-7)


# --- what a problem may not lose ------------------------------------------------


def test_two_equal_variables_make_a_constraint_and_not_a_truth_value() -> None:
    """x - y = 0 with x <= 3: the least of -y is -3; without the row it has no end."""
    arrays = matrix([({0: 1.0, 1: -1.0}, 0.0, 0.0)], [0, 0], [3, np.inf])
    for public_only in (False, True):
        problem, variables = to_problem(arrays, np.array([0.0, -1.0]), public_only=public_only)
        problem.solve(named_solver("HiGHS"))
        assert [v.varValue for v in variables] == [3.0, 3.0]


def test_bounds_of_every_kind_arrive() -> None:
    arrays = matrix(
        [], [0, 2, -np.inf, -5, 1], [np.inf, 4, np.inf, -1, 1], [False, True, False, False, True]
    )
    for public_only in (False, True):
        problem, _ = to_problem(arrays, np.arange(1.0, 6.0), public_only=public_only)
        read, cost, _ = to_matrix(problem)
        for name in ("lower", "upper", "integer"):
            assert getattr(read, name).tolist() == getattr(arrays, name).tolist()
        assert cost.tolist() == [1, 2, 3, 4, 5]


def test_a_constraint_between_two_limits_is_refused_and_not_halved() -> None:
    arrays = matrix([({0: 1.0}, 1.0, 2.0)], [0], [9])
    with pytest.raises(ValueError, match="one sense"):
        to_problem(arrays, np.ones(1))


def test_a_constraint_that_limits_nothing_is_left_out() -> None:
    arrays = matrix([({0: 1.0}, -np.inf, np.inf), ({0: 1.0}, 1.0, np.inf)], [0], [9])
    problem, _ = to_problem(arrays, np.ones(1))
    assert [c.name for c in problem.constraints()] == ["r1"]


def test_machine_names_are_short_and_each_its_own(programme: Programme) -> None:
    problem, variables = to_problem(programme.matrix, costs(programme))
    names = [v.name for v in variables] + [c.name for c in problem.constraints()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[xr]\d{1,7}", name) for name in names)


def test_problems_made_side_by_side_keep_their_variables_apart() -> None:
    """Two problems over as many variables, filled and solved crosswise: 1 and 2, 5 and 6."""
    made = {}
    for low in (1.0, 5.0):
        arrays = matrix([({0: 1.0, 1: -1.0}, -1.0, -1.0)], [low, low], [9, 9])
        made[low] = to_problem(arrays, np.ones(2))
    for low in (5.0, 1.0):
        made[low][0].solve(named_solver("HiGHS"))
    assert [v.varValue for v in made[1.0][1]] == [1.0, 2.0]
    assert [v.varValue for v in made[5.0][1]] == [5.0, 6.0]


# --- text -----------------------------------------------------------------------


def value_of_text(text: str, suffix: str, folder: Path) -> float:
    """Optimum of a problem as text, read by HiGHS itself."""
    import highspy

    path = folder / f"model{suffix}"
    path.write_text(text, encoding="utf-8")
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    assert model.readModel(str(path)) == highspy.HighsStatus.kOk
    model.run()
    assert model.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(model.getObjectiveValue())


@pytest.mark.parametrize("suffix", [".lp", ".mps"])
def test_text_says_the_same_problem(programme: Programme, suffix: str, tmp_path: Path) -> None:
    cost = costs(programme)
    problem, _ = to_problem(programme.matrix, cost)
    text = lp_text(problem) if suffix == ".lp" else mps_text(problem)
    live = HighsEngine(programme.matrix).run(cost, RunLimits(), None)
    assert live.values is not None
    found = value_of_text(text, suffix, tmp_path)
    assert found == pytest.approx(float(cost @ live.values), rel=1e-7)


def test_mps_text_reads_back_into_pulp(programme: Programme, tmp_path: Path) -> None:
    problem, _ = to_problem(programme.matrix, costs(programme))
    path = tmp_path / "model.mps"
    path.write_text(mps_text(problem), encoding="utf-8")
    _, read = pulp.LpProblem.fromMPS(str(path))
    one, cost, _ = to_matrix(problem)
    two, again, _ = to_matrix(read)
    assert (two.height, len(two.value)) == (one.height, len(one.value))
    assert int(two.integer.sum()) == int(one.integer.sum())
    assert sorted(again[again != 0]) == pytest.approx(sorted(cost[cost != 0]))
    assert sorted(two.value) == pytest.approx(sorted(one.value))


# --- solvers by name -------------------------------------------------------------


def test_a_solver_pulp_does_not_know_is_refused_in_words() -> None:
    with pytest.raises(PlaceBudgetError, match=r"knows no solver 'Oracle'; it knows: .*HiGHS"):
        named_solver("Oracle")


def test_a_solver_that_is_not_installed_is_refused_in_words() -> None:
    with pytest.raises(PlaceBudgetError, match=r"MOSEK is not installed here; installed: .*HiGHS"):
        named_solver("MOSEK")


@pytest.mark.parametrize("name", ["hipo", "Oracle", "MOSEK"])
def test_optimise_refuses_such_a_solver_and_runs_no_other(name: str) -> None:
    with pytest.raises(PlaceBudgetError, match=name):
        pb.optimise(pb.example("toy_pooling"), solver=name)


def test_a_solver_is_named_in_any_case_and_gets_its_limits() -> None:
    solver = named_solver("highs", seconds=7.0, gap=0.01)
    assert (solver.name, solver.timeLimit, solver.gapRel) == ("HiGHS", 7.0, 0.01)
    assert solver.msg is False


def test_cbc_is_cbc_whatever_this_pulp_calls_it() -> None:
    if PULP_4:
        with pytest.raises(PlaceBudgetError, match="CBC is not installed here"):
            named_solver("CBC")
    else:
        assert named_solver("CBC").name == "PULP_CBC_CMD"


def test_a_solver_reached_by_pulp_says_infeasible_and_gives_no_values() -> None:
    arrays = matrix([({0: 1.0}, 5.0, np.inf)], [0], [1])
    answer = PulpEngine(arrays, "HiGHS").run(np.ones(1), RunLimits(), None)
    assert (answer.status, answer.values) == (Status.INFEASIBLE, None)


def test_a_solver_reached_by_pulp_stops_when_asked_before_it_starts() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(pb.Stopped):
        pb.optimise(pb.example("toy_pooling"), stop=stop)


# --- solvers whose time is over ----------------------------------------------------


class Late(ArrayHiGHS):
    """A solver with a time limit of its own, which says of a programme what it is told to say."""

    def __init__(self, seconds: float, error: str = "") -> None:
        super().__init__()
        self.timeLimit, self.error = seconds, error

    def actualSolve(self, lp: pulp.LpProblem, **more: Any) -> Any:
        if self.error:
            raise pulp.PulpSolverError(self.error)
        return super().actualSolve(lp, **more)


@pytest.mark.parametrize("error", ["", "no file of answers"])
def test_without_a_plan_a_solver_counts_only_within_its_time(error: str) -> None:
    """CBC calls a programme infeasible whose time ran out, or leaves no answer at all."""
    never = matrix([({0: 1.0}, 5.0, 5.0)], [0.0], [1.0])
    problem, variables = to_problem(never, np.zeros(1))
    used = np.array([0])
    late = solve_with(problem, variables, Late(0.0, error), used, 1)
    assert (late.status, late.values) == (Status.TIME_LIMIT, None)
    if error:
        with pytest.raises(PlaceBudgetError, match=error):
            solve_with(problem, variables, Late(60.0, error), used, 1)
    else:
        in_time = solve_with(problem, variables, Late(60.0), used, 1)
        assert in_time.status is Status.INFEASIBLE


@pytest.mark.parametrize("whole", [True, False])
def test_values_of_a_run_that_was_cut_short_are_read_only_where_they_are_a_plan(
    whole: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A simplex that is cut short stands where no constraint is kept."""
    simple = matrix([({0: 1.0}, 1.0, 1.0)], [0.0], [1.0], [whole])
    problem, variables = to_problem(simple, np.zeros(1))
    run = LiveHighs.run

    def cut_short(*given: Any, **named: Any) -> Any:
        return replace(run(*given, **named), status=Status.TIME_LIMIT)

    monkeypatch.setattr(LiveHighs, "run", cut_short)
    found = solve_with(problem, variables, Late(60.0), np.array([0]), 1)
    assert (found.status, found.values is not None) == (Status.TIME_LIMIT, whole)


# --- PuLP before HiGHS -------------------------------------------------------------


def imports_of(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name.split(".")[0]) for alias in node.names]
    return [name for _, name in sorted(found) if name in ("pulp", "highspy")]


def test_every_module_imports_pulp_before_highs() -> None:
    using = {path.name: imports_of(path) for path in SOLVER.rglob("*.py")}
    using = {name: found for name, found in using.items() if "highspy" in found}
    assert using
    assert {name for name, found in using.items() if found[0] != "pulp"} == set()


LOOK = """
import sys

class Watch:
    asked = []

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name in ("pulp", "highspy"):
            cls.asked.append(name)

sys.meta_path.insert(0, Watch)
import placebudget.solver.backend.highs
print(Watch.asked[0])
"""


def test_pulp_is_loaded_before_highs() -> None:
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "pulp"
