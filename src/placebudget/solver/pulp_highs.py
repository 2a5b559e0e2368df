"""A PuLP solver class that hands HiGHS the arrays in one call and keeps the model.

PuLP's own HiGHS classes make a new solver for each solve and read the problem
row by row. This one takes the arrays a problem was made from, or reads them once,
and leaves the live model in ``live`` for changes and further runs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pulp

from placebudget.programme.linear import Matrix
from placebudget.solver.adaptor import to_matrix, write_back
from placebudget.solver.answer import RunLimits, SolverResult, Status
from placebudget.solver.filling import PULP_MAJOR
from placebudget.solver.highs import LiveHighs


class ArrayHiGHS(pulp.LpSolver):
    """HiGHS for PuLP, through arrays, with a live model.

    Parameters
    ----------
    arrays : tuple of Matrix, ndarray and list, optional
        Constraints, cost and variables the problem was made from; read from
        the problem where left out.
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

    def __init__(
        self,
        arrays: tuple[Matrix, np.ndarray, list[pulp.LpVariable]] | None = None,
        limits: RunLimits | None = None,
    ) -> None:
        super().__init__(msg=False)
        self.arrays = arrays
        self.limits = limits or RunLimits()
        self.live: LiveHighs | None = None
        self.answer: SolverResult | None = None

    def available(self) -> bool:
        """HiGHS comes with the package."""
        return True

    def actualSolve(self, lp: pulp.LpProblem, **_: Any) -> Any:  # noqa: N802  PuLP's name
        """Solve a PuLP problem; called by ``problem.solve``."""
        matrix, cost, variables = self.arrays or to_matrix(lp)
        self.live = LiveHighs(matrix, cost)
        self.answer = self.live.run(self.limits, self.limits.seconds)
        if self.answer.values is not None:
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
