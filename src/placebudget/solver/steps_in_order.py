"""Steps of returns in order, said in whole numbers only where they have to be.

Without whole numbers a programme is solved in a fraction of the time, and its
best plan fills the steps in order of itself. Where an equity floor is kept only
by filling a later step first, the programme is written again with the order.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from placebudget.programme import Programme, fill_steps
from placebudget.programme.linear import Matrix, Rows
from placebudget.programme.lines import Steps
from placebudget.solver.answer import RunLimits
from placebudget.solver.engine import DEFAULT_SOLVER
from placebudget.solver.giving_way import solve_kept
from placebudget.solver.sequence import Solution

_NEAR, _EXACT = 1e-7, 1e-12


def keeps_order(programme: Programme, values: np.ndarray) -> bool:
    """Whether equity floors hold once the steps of returns are filled in order.

    Parameters
    ----------
    values : ndarray
        Value of every variable, the programme's own first.
    """
    families = [rows for kind, rows in programme.rule_rows() if kind.compares_areas]
    if not families:
        return True
    basis, steps = programme.basis, programme.columns["step_units"]
    filled = np.maximum(programme.take("step_units", values), 0.0)
    if _stand_in_order(filled.reshape(-1, len(basis.years)), basis.steps):
        return True
    bought = np.zeros((len(basis.lines), len(basis.years)))
    np.add.at(bought, (steps.index["line"], steps.index["year"]), filled)
    now = values[: programme.matrix.width].copy()
    now[steps.numbers] = fill_steps(basis, bought).ravel()
    return all(_kept(floors, programme.matrix, now) for floors in families)


def _kept(floors: Rows, matrix: Matrix, values: np.ndarray) -> bool:
    # The rows of a family stand together, so that no other need be added up.
    rows = slice(floors.first, floors.first + len(floors) + 1)
    begin = matrix.start[rows]
    terms = slice(begin[0], begin[-1])
    row = np.repeat(np.arange(len(floors)), np.diff(begin))
    parts = matrix.value[terms] * values[matrix.column[terms]]
    kept = np.bincount(row, parts, len(floors))
    size = np.bincount(row, np.abs(parts), len(floors))
    return bool((kept >= floors.right - _NEAR * np.maximum(1.0, size)).all())


def _stand_in_order(filled: np.ndarray, steps: Steps) -> bool:
    """Whether every step is empty before which one of its line is not full."""
    after = np.flatnonzero(steps.line[1:] == steps.line[:-1])
    room = steps.width[after] - filled[after]
    return not ((filled[after + 1] > _EXACT) & (room > _EXACT)).any()


def solve_in_order(
    write: Callable[[bool], Programme],
    *,
    solver: str = DEFAULT_SOLVER,
    limits: RunLimits | None = None,
    tie_break: bool = True,
) -> tuple[Programme, Solution]:
    """Write and solve a programme; once more with the order of steps where it was broken.

    Parameters
    ----------
    write : callable
        Writes the programme; its argument says whether with the order of steps.
    solver, limits, tie_break
        As for :func:`placebudget.solver.solve`.

    Raises
    ------
    Infeasible, Unbounded, Stopped, SolverFailed
        As :func:`placebudget.solver.solve` does.
    """
    programme, solution = solve_kept(
        write(False), solver=solver, limits=limits, tie_break=tie_break
    )
    if keeps_order(programme, solution.values):
        return programme, solution
    return solve_kept(write(True), solver=solver, limits=limits, tie_break=tie_break)
