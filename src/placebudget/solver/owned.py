"""What the limits of a programme are worth to those who bring them.

At the best plan, every limit has a price: what one more of it would gain. Where
each limit is brought by somebody (money, needs, capacity), the prices times what
each brings add up to the value of the plan. Prices need not be unique; then what
an owner brings is worth an interval. Its ends are found exactly: among all best
prices, the least worth of an owner's limits is what the plan gains when they grow
a little, the most is what it loses when they shrink a little, both taken along
the limits that bind.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace as changed

import numpy as np

from placebudget.errors import SolverFailed
from placebudget.programme.linear import Matrix, worth
from placebudget.solver.answer import RunLimits, Status
from placebudget.solver.highs import LiveHighs

_NEAR = 1e-7


@dataclass(frozen=True)
class Owned:
    """Worth of what each owner brings, in the objective's scaled unit.

    Parameters
    ----------
    value : float
        Value of the best plan.
    point : ndarray
        Worth by owner at the prices the solver found.
    low, high : ndarray
        Least and most over all best prices; equal where prices are unique.
    """

    value: float
    point: np.ndarray
    low: np.ndarray
    high: np.ndarray


def owned_worth(
    matrix: Matrix,
    gain: np.ndarray,
    row_shares: np.ndarray,
    column_shares: np.ndarray,
    limits: RunLimits | None = None,
) -> Owned:
    """Worth of the limits that each owner brings.

    Parameters
    ----------
    matrix : Matrix
        The programme. Integers are decided first and then kept as decided.
    gain : ndarray
        What one more of each variable adds.
    row_shares, column_shares : ndarray
        Owners x constraints, owners x variables: each owner's share of the right
        side of a constraint, or of the bounds of a variable. A limit's shares add
        up to 1, or to less where nobody owns the rest.
    limits : RunLimits, optional
        Stop signal.

    Raises
    ------
    SolverFailed
        If there is no best plan, or no valid prices.
    """
    limits = limits or RunLimits()
    if matrix.integer.any():
        matrix = _decided(matrix, gain, limits)
    live = LiveHighs(matrix, -gain)
    answer = live.run(limits)
    if answer.status is not Status.OPTIMAL or answer.values is None or answer.duals is None:
        raise SolverFailed(f"no prices can be read: {answer.detail or answer.status.value}")
    values, duals = answer.values, -answer.duals
    rows = _Binding.of(matrix.times(values), matrix.row_lower, matrix.row_upper)
    columns = _Binding.of(values, matrix.lower, matrix.upper)
    reduced = gain + matrix.transposed_times(answer.duals)
    right, bound = rows.limit, columns.limit
    point = row_shares @ (duals * right) + column_shares @ (reduced * bound)
    low, high = np.empty(len(point)), np.empty(len(point))
    for n in range(len(point)):
        row, column = row_shares[n] * right, column_shares[n] * bound
        low[n] = _directional(live, gain, rows, columns, row, column, limits)
        high[n] = -_directional(live, gain, rows, columns, -row, -column, limits)
    return Owned(worth(gain, values), point, low, high)


@dataclass(frozen=True)
class _Binding:
    """Which limits bind from below and from above, and where."""

    below: np.ndarray
    above: np.ndarray
    limit: np.ndarray

    @classmethod
    def of(cls, at: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> _Binding:
        near = _NEAR * np.maximum(1.0, np.abs(at))
        below = np.isfinite(lower) & (np.abs(at - np.where(np.isfinite(lower), lower, 0)) <= near)
        above = np.isfinite(upper) & (np.abs(at - np.where(np.isfinite(upper), upper, 0)) <= near)
        limit = np.where(above, upper, np.where(below, lower, 0.0))
        return cls(below, above, limit)


def _directional(
    live: LiveHighs,
    gain: np.ndarray,
    rows: _Binding,
    columns: _Binding,
    row: np.ndarray,
    column: np.ndarray,
    limits: RunLimits,
) -> float:
    """Gain as the limits that bind move in a direction; the other limits are far away."""
    live.change_rows(
        np.arange(live.height),
        np.where(rows.below, row, -np.inf),
        np.where(rows.above, row, np.inf),
    )
    # A bound shared by nobody stays; a fixed variable has both its bounds at one value.
    live.change_columns(
        np.arange(live.width),
        np.where(columns.below, column, -np.inf),
        np.where(columns.above, column, np.inf),
    )
    answer = live.run(limits)
    if answer.status is not Status.OPTIMAL or answer.values is None:
        raise SolverFailed(f"the range of prices was not found: {answer.status.value}")
    return worth(gain, answer.values)


def _decided(matrix: Matrix, gain: np.ndarray, limits: RunLimits) -> Matrix:
    """The programme with its integers kept as the best plan decides them."""
    answer = LiveHighs(matrix, -gain).run(limits)
    if answer.values is None:
        raise SolverFailed(f"no plan to take prices from: {answer.detail or answer.status.value}")
    whole = np.round(answer.values)
    return changed(
        matrix,
        lower=np.where(matrix.integer, whole, matrix.lower),
        upper=np.where(matrix.integer, whole, matrix.upper),
        integer=np.zeros(matrix.width, bool),
    )
