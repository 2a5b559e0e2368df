"""Two ways to run a programme: HiGHS live, or any PuLP solver made afresh each time.

Both hold the same arrays and take the same changes, so that the stages of a plan
are written once.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Protocol

import numpy as np

from placebudget.programme.linear import Matrix
from placebudget.solver.backend.adaptor import named_solver, solve_with, to_problem
from placebudget.solver.backend.answer import RunLimits, SolverResult
from placebudget.solver.backend.highs import LiveHighs
from placebudget.solver.backend.pulp_highs import ArrayHiGHS, ArrayProblem

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
