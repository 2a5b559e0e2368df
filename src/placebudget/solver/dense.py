"""Small linear programmes given as full arrays, for questions about numbers already found."""

from __future__ import annotations

import numpy as np

from placebudget.errors import SolverFailed
from placebudget.programme.linear import Matrix
from placebudget.solver.answer import RunLimits, Status
from placebudget.solver.highs import LiveHighs


def solve_dense(
    cost: np.ndarray,
    rows: np.ndarray,
    row_lower: np.ndarray,
    row_upper: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """The least cost of a small linear programme.

    Parameters
    ----------
    cost : ndarray
        Cost of each variable.
    rows : ndarray
        Constraints x variables.
    row_lower, row_upper, lower, upper : ndarray
        Limits of constraints and of variables; infinite where there is none.

    Returns
    -------
    values, duals : ndarray
        Value of each variable, and the change of the least cost for one more on
        the right of each constraint.

    Raises
    ------
    SolverFailed
        If there is no best answer.

    Examples
    --------
    >>> one = np.ones(2)
    >>> values, duals = solve_dense(
    ...     np.array([1.0, 2.0]), one[None, :], one[:1], np.full(1, np.inf), 0 * one, one
    ... )
    >>> values.tolist(), duals.tolist()
    ([1.0, 0.0], [1.0])
    """
    matrix = dense_matrix(rows, row_lower, row_upper, lower, upper)
    answer = LiveHighs(matrix, cost).run(RunLimits())
    if answer.status is not Status.OPTIMAL or answer.values is None or answer.duals is None:
        raise SolverFailed(f"a small linear programme has no best answer: {answer.status.value}")
    return answer.values, answer.duals


def dense_matrix(
    rows: np.ndarray,
    row_lower: np.ndarray,
    row_upper: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
) -> Matrix:
    """A programme of continuous variables from full arrays."""
    row, column = np.nonzero(rows)
    return Matrix(
        lower=np.asarray(lower, float),
        upper=np.asarray(upper, float),
        integer=np.zeros(len(lower), bool),
        start=np.searchsorted(row, np.arange(len(rows) + 1)).astype(np.int32),
        column=column.astype(np.int32),
        value=np.asarray(rows, float)[row, column],
        row_lower=np.asarray(row_lower, float),
        row_upper=np.asarray(row_upper, float),
    )
