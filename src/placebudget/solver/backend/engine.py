"""Two ways to run a programme: HiGHS live, or any PuLP solver made afresh each time.

Both hold the same arrays and take the same changes, so that the stages of a plan
are written once.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
import pulp

from placebudget.programme.linear import Matrix
from placebudget.solver.backend.adaptor import (
    PULP_MAJOR,
    fill_problem,
    named_solver,
    solve_with,
    to_matrix,
    to_problem,
    write_back,
)
from placebudget.solver.backend.answer import RunLimits, SolverResult, Status
from placebudget.solver.backend.highs import LiveHighs

# A PuLP solver class that hands HiGHS the arrays in one call and keeps the model.
#
# PuLP's own HiGHS classes make a new solver for each solve and read the problem
# row by row. This one takes the arrays of a problem that has some, or reads them once,
# and leaves the live model in ``live`` for changes and further runs.


class ArrayProblem(pulp.LpProblem):
    """A minimisation as arrays, and a PuLP problem to whoever looks at it as one.

    Variables and constraints are half of the work of a large problem, and a solver that takes
    arrays has no use for them. Whoever asks for one of PuLP's attributes gets all of them
    made first, with the values of the last solution; from then on the arrays are out of use,
    as the objects can be changed.

    Parameters
    ----------
    matrix : Matrix
        Bounds and constraints.
    cost : ndarray
        Cost of every variable.

    Examples
    --------
    >>> from placebudget.solver.backend.highs import dense_matrix
    >>> one = np.ones(1)
    >>> arrays = dense_matrix(one[None], 2 * one, np.inf * one, 0 * one, 9 * one)
    >>> problem = ArrayProblem(arrays, one)
    >>> _ = problem.solve(ArrayHiGHS())
    >>> [(variable.name, variable.varValue) for variable in problem.variables()]
    [('x0', 2.0)]
    """

    def __init__(self, matrix: Matrix, cost: np.ndarray) -> None:
        # What PuLP sets up for its objects waits for them.
        self.arrays: tuple[Matrix, np.ndarray] | None = (matrix, cost)
        self.found: np.ndarray | None = None

    def __getattr__(self, name: str) -> Any:
        """PuLP's attributes, which are not there before its objects are."""
        arrays = self.__dict__.get("arrays")
        if arrays is None:
            raise AttributeError(f"{type(self).__name__} has no attribute {name}")
        said, self.arrays = self.__dict__.copy(), None
        super().__init__("placebudget", pulp.LpMinimize)
        variables = fill_problem(self, *arrays)
        if self.found is not None:
            write_back(self, variables, self.found)
        # What was said of a solution holds.
        self.__dict__.update(said, arrays=None)
        return getattr(self, name)

    def solve(self, solver: Any = None, **more: Any) -> Any:
        """Solve as PuLP does; a solver that takes the arrays gets them and nothing else."""
        if self.arrays is not None and isinstance(solver, ArrayHiGHS):
            return solver.actualSolve(self, **more)
        return super().solve(solver, **more)


class ArrayHiGHS(pulp.LpSolver):
    """HiGHS for PuLP, through arrays, with a live model.

    Parameters
    ----------
    limits : RunLimits, optional
        Time, gap and stop signal.

    Examples
    --------
    >>> import pulp
    >>> problem = pulp.LpProblem("example", pulp.LpMinimize)
    >>> x = problem.add_variable("x", 1, 4)
    >>> problem.setObjective(2 * x)
    >>> _ = problem.solve(ArrayHiGHS())
    >>> x.varValue
    1.0
    """

    name = "ArrayHiGHS"

    def __init__(self, limits: RunLimits | None = None) -> None:
        super().__init__(msg=False)
        self.limits = limits or RunLimits()
        self.live: LiveHighs | None = None
        self.answer: SolverResult | None = None

    def available(self) -> bool:
        """HiGHS comes with the package."""
        return True

    def actualSolve(self, lp: pulp.LpProblem, **_: Any) -> Any:  # noqa: N802  PuLP's name
        """Solve a PuLP problem; called by ``problem.solve``."""
        arrays = lp.arrays if isinstance(lp, ArrayProblem) else None
        matrix, cost, variables = to_matrix(lp) if arrays is None else (*arrays, None)
        self.live = LiveHighs(matrix, cost)
        self.answer = self.live.run(self.limits, self.limits.seconds)
        if variables is None:
            lp.found = self.answer.values
        elif self.answer.values is not None:
            write_back(lp, variables, self.answer.values)
        return self._report(lp, self.answer)

    def _report(self, lp: pulp.LpProblem, answer: SolverResult) -> Any:
        if PULP_MAJOR >= 4:
            names = pulp.LpSolveStatus
            status = {
                Status.OPTIMAL: names.Optimal,
                Status.GAP: names.GapLimit,
                Status.TIME_LIMIT: names.TimeLimit,
                Status.STOPPED: names.Interrupted,
                Status.INFEASIBLE: names.Infeasible,
                Status.UNBOUNDED: names.Unbounded,
            }.get(answer.status, names.Undefined)
            return pulp.LpSolveStats(
                solver=self.name, status=status, has_solution=answer.has_solution
            )
        status, found = {
            Status.OPTIMAL: (pulp.LpStatusOptimal, pulp.LpSolutionOptimal),
            Status.GAP: (pulp.LpStatusOptimal, pulp.LpSolutionIntegerFeasible),
            Status.INFEASIBLE: (pulp.LpStatusInfeasible, pulp.LpSolutionInfeasible),
            Status.UNBOUNDED: (pulp.LpStatusUnbounded, pulp.LpSolutionUnbounded),
        }.get(answer.status, (pulp.LpStatusNotSolved, pulp.LpSolutionNoSolutionFound))
        if answer.has_solution and found == pulp.LpSolutionNoSolutionFound:
            # As PuLP 3 says it: a plan, not proved to be the best.
            status, found = pulp.LpStatusOptimal, pulp.LpSolutionIntegerFeasible
        lp.assignStatus(status, found)
        return status


DEFAULT_SOLVER = "HiGHS"


class LiveSolver(Protocol):
    """What the stages of a plan ask of a solver.

    ``noise`` is the size below which a price is rounding, ``near`` how close to a
    bound a value is at it, ``digits`` by how much a value may be off for want of
    printed digits.
    """

    noise: float
    near: float
    digits: float

    def run(self, cost: np.ndarray, limits: RunLimits, seconds: float | None) -> SolverResult:
        """Solve with this cost of every variable."""

    def change_columns(self, numbers: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
        """New bounds for some variables."""

    def change_rows(self, numbers: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
        """New limits for some constraints."""

    def grow(self, added: Matrix, basic_columns: np.ndarray, basic_rows: np.ndarray) -> None:
        """Add variables and constraints."""

    def relax_integers(self) -> None:
        """Make every variable continuous."""

    def mark(self) -> object:
        """Where the last run ended, for one that starts there; None where nobody knows."""


class HighsEngine:
    """HiGHS through our PuLP solver class; the model stays alive between runs."""

    noise = 1e-9
    near = 1e-7
    digits = 0.0

    def __init__(self, matrix: Matrix) -> None:
        self.matrix = matrix
        self.live: LiveHighs | None = None
        self.cost: np.ndarray | None = None

    def run(self, cost: np.ndarray, limits: RunLimits, seconds: float | None) -> SolverResult:
        """Solve; the first run goes through PuLP, later ones on from the last basis."""
        if self.live is None:
            solver = ArrayHiGHS(RunLimits(seconds, limits.gap, limits.stop))
            ArrayProblem(self.matrix, cost).solve(solver)
            assert solver.live is not None
            assert solver.answer is not None
            self.live, self.cost = solver.live, cost
            return solver.answer
        if self.cost is None or len(cost) != len(self.cost) or not np.array_equal(cost, self.cost):
            # New costs leave the last plan feasible, so the primal simplex goes on from it.
            self.live.change_cost(cost)
            self.cost = cost
            return self.live.run(limits, seconds, simplex_strategy=0)
        return self.live.run(limits, seconds, simplex_strategy=1)

    def change_columns(self, numbers: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
        """New bounds for some variables."""
        self._started().change_columns(numbers, lower, upper)

    def change_rows(self, numbers: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
        """New limits for some constraints."""
        self._started().change_rows(numbers, lower, upper)

    def grow(self, added: Matrix, basic_columns: np.ndarray, basic_rows: np.ndarray) -> None:
        """Add variables and constraints."""
        self._started().grow(added, basic_columns, basic_rows)

    def relax_integers(self) -> None:
        """Make every variable continuous."""
        self._started().relax_integers()

    def mark(self) -> object:
        """Where the last run ended."""
        return self._started().mark()

    def _started(self) -> LiveHighs:
        if self.live is None:
            raise RuntimeError("the engine has not run yet")
        return self.live


class PulpEngine:
    """Any PuLP solver by name; a fresh problem for every run."""

    # Solvers that are reached through files give about eight digits.
    noise = 1e-6
    near = 1e-6
    digits = 1e-7

    def __init__(self, matrix: Matrix, solver: str) -> None:
        self.matrix = matrix
        self.solver = solver
        named_solver(solver)

    def run(self, cost: np.ndarray, limits: RunLimits, seconds: float | None) -> SolverResult:
        """Solve a fresh PuLP problem."""
        problem, variables = to_problem(self.matrix, cost)
        matrix = self.matrix
        used = np.flatnonzero(np.isfinite(matrix.row_lower) | np.isfinite(matrix.row_upper))
        solver = named_solver(self.solver, seconds, limits.gap)
        return solve_with(problem, variables, solver, used, matrix.height)

    def change_columns(self, numbers: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
        """New bounds for some variables."""
        low, high = self.matrix.lower.copy(), self.matrix.upper.copy()
        low[numbers], high[numbers] = lower, upper
        self.matrix = replace(self.matrix, lower=low, upper=high)

    def change_rows(self, numbers: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
        """New limits for some constraints."""
        low, high = self.matrix.row_lower.copy(), self.matrix.row_upper.copy()
        low[numbers], high[numbers] = lower, upper
        self.matrix = replace(self.matrix, row_lower=low, row_upper=high)

    def grow(self, added: Matrix, basic_columns: np.ndarray, basic_rows: np.ndarray) -> None:
        """Add variables and constraints."""
        self.matrix = stacked(self.matrix, added)

    def relax_integers(self) -> None:
        """Make every variable continuous."""
        self.matrix = replace(self.matrix, integer=np.zeros(self.matrix.width, bool))

    def mark(self) -> object:
        """Solvers that are reached through files do not say."""
        return None


SIMPLEX = "simplex"
COMPARED = (69_943, 1_049_145)
"""Columns of the least and the largest programme whose methods were compared (decision 0046)."""


def method_of(matrix: Matrix, solver: str = DEFAULT_SOLVER) -> dict[str, Any]:
    """How a programme is solved, as a plan's record says it.

    Where HiGHS solves, it is left to choose its simplex method, at every size: of simplex, interior
    point, first order and prices place by place none was faster at any that was compared. To name
    it would have HiGHS ignore that variables are whole numbers.

    Returns
    -------
    dict
        ``name``, blank where the solver itself chooses; ``whole_numbers``: whether it is one step
        of a branch and bound; ``compared``: columns between which methods were compared.
    """
    ours = solver.lower() == DEFAULT_SOLVER.lower()
    return {
        "name": SIMPLEX if ours else "",
        "whole_numbers": bool(matrix.integer.any()),
        "compared": list(COMPARED),
    }


def make_engine(matrix: Matrix, solver: str = DEFAULT_SOLVER) -> LiveSolver:
    """The engine for a solver's name: live HiGHS by default."""
    if solver.lower() == DEFAULT_SOLVER.lower():
        return HighsEngine(matrix)
    return PulpEngine(matrix, solver)


def stacked(matrix: Matrix, added: Matrix) -> Matrix:
    """A matrix with further variables and constraints; see :meth:`LiveSolver.grow`."""
    return Matrix(
        lower=np.concatenate([matrix.lower, added.lower]),
        upper=np.concatenate([matrix.upper, added.upper]),
        integer=np.concatenate([matrix.integer, added.integer]),
        start=np.concatenate([matrix.start, added.start[1:] + matrix.start[-1]]).astype(np.int32),
        column=np.concatenate([matrix.column, added.column]),
        value=np.concatenate([matrix.value, added.value]),
        row_lower=np.concatenate([matrix.row_lower, added.row_lower]),
        row_upper=np.concatenate([matrix.row_upper, added.row_upper]),
    )


class Clock:
    """Time left of a budget shared by several runs."""

    def __init__(self, seconds: float | None) -> None:
        self.start, self.budget = time.monotonic(), seconds

    @property
    def used(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.start

    @property
    def up(self) -> bool:
        """Whether there is no time left."""
        return self.budget is not None and self.used >= self.budget

    @property
    def left(self) -> float | None:
        """Seconds left, at least a thousandth; None without a budget."""
        return None if self.budget is None else max(self.budget - self.used, 1e-3)
