"""A PuLP solver class that hands HiGHS the arrays in one call and keeps the model.

PuLP's own HiGHS classes make a new solver for each solve and read the problem
row by row. This one takes the arrays of a problem that has some, or reads them once,
and leaves the live model in ``live`` for changes and further runs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pulp

from placebudget.programme.linear import Matrix
from placebudget.solver.backend.adaptor import PULP_MAJOR, fill_problem, to_matrix, write_back
from placebudget.solver.backend.answer import RunLimits, SolverResult, Status
from placebudget.solver.backend.highs import LiveHighs


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
