"""Today's money of services without effects is kept, unless another rule or limit asks otherwise.

The lock on them is written like any other. Where no plan keeps it, it gives way by the least
sum of money with which there is a plan, of which each gives as even a share as that allows; then
that plan is looked for. So it makes no place infeasible, and is never among what clashes.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeAlias

import numpy as np

from placebudget.errors import Infeasible
from placebudget.place import Place
from placebudget.place.conditions import kept_services
from placebudget.place.once import once
from placebudget.programme import ALIGNED, Programme, UnitScale, build, fill_steps, read_pooling
from placebudget.programme.linear import Matrix, Rows
from placebudget.programme.lines import Steps
from placebudget.solver.backend.answer import RunLimits, Status
from placebudget.solver.backend.engine import DEFAULT_SOLVER
from placebudget.solver.backend.highs import LiveHighs
from placebudget.solver.infeasible import Give, least_relaxed
from placebudget.solver.stages.sequence import Solution, solve

GaveWay: TypeAlias = Mapping[tuple[str, str, str], tuple[float, float]]

# What is found to the last digit is given a little room: a ten-thousandth of a penny.
_ROOM, _MORE_ROOM = 1e-12, 1e-6
# £ million: what holds less gives way as if it held as much.
_SMALL = 1e-3


def kept_rows(programme: Programme) -> np.ndarray:
    """Numbers of the constraints that keep today's money of services without effects."""
    implied = [rule.number for rule in programme.basis.rules if rule.implied]
    rows = [
        block.numbers[np.isin(block.index["rule"], implied)]
        for block in programme.rows.values()
        if implied and "rule" in block.index
    ]
    return np.concatenate(rows) if rows else np.zeros(0, np.int64)


def let_go(programme: Programme) -> Programme:
    """The programme without them, as if the setting were ``free``."""
    matrix, rows = programme.matrix, kept_rows(programme)
    low, high = matrix.row_lower.copy(), matrix.row_upper.copy()
    low[rows], high[rows] = -np.inf, np.inf
    return replace(programme, matrix=replace(matrix, row_lower=low, row_upper=high))


def has_plan(programme: Programme, limits: RunLimits) -> bool:
    """Whether any plan keeps all rules."""
    matrix = let_go(programme).matrix
    return LiveHighs(matrix, np.zeros(matrix.width)).run(limits).status is Status.OPTIMAL


def least_given(programme: Programme, limits: RunLimits) -> dict[int, float] | None:
    """By how much which of them have to give way, scaled; None where that is no help.

    It is the least money with which there is a plan, so that nothing that a plan could gain is
    paid for by them; and of all ways to give it the most even.
    """
    rows = kept_rows(programme)
    if not len(rows):
        return None
    matrix = programme.matrix
    asked = np.where(np.isfinite(matrix.row_lower), matrix.row_lower, matrix.row_upper)[rows]
    give = Give(
        rows=dict.fromkeys(rows.tolist(), 1.0),
        held=dict(zip(rows.tolist(), np.maximum(asked, _SMALL).tolist(), strict=True)),
    )
    given = least_relaxed(programme, give, limits)
    return None if given is None else {n: v * (1 + 1e-9) + _ROOM for n, v in given.rows.items()}


def given_apart(
    place: Place, limits: RunLimits, *, reinvest: float = 0.0, scale: UnitScale | None = None
) -> GaveWay:
    """What services without effects cannot keep where all pay from their own purses.

    It is let go however money is pooled, so that no pooling is worth less than the aligned
    place for keeping more: ``gave_way`` of :func:`placebudget.programme.build`.
    """
    if not kept_services(place):
        return {}
    found = _found_apart(place)
    if (reinvest, scale) not in found:
        programme = build(place, read_pooling(place, ALIGNED), reinvest=reinvest, scale=scale)
        given = least_given(programme, limits)
        gave_way = with_less_kept(programme, given).basis.gave_way if given else {}
        if limits.stopped:
            return gave_way
        found[reinvest, scale] = gave_way
    return found[reinvest, scale]


@once
def _found_apart(place: Place) -> dict[tuple[float, UnitScale | None], GaveWay]:
    """What was found of the place before: every plan of it asks for the same."""
    return {}


def solve_kept(
    programme: Programme,
    *,
    solver: str = DEFAULT_SOLVER,
    limits: RunLimits | None = None,
    tie_break: bool = True,
    named: bool = True,
) -> tuple[Programme, Solution]:
    """Solve a programme, and give way where services without effects cannot keep their money.

    Returns
    -------
    Programme, Solution
        The programme that was solved in the end, and its solution.

    Raises
    ------
    Infeasible, Unbounded, Stopped, SolverFailed
        As :func:`placebudget.solver.solve` does.
    """
    run = partial(solve, solver=solver, limits=limits, tie_break=tie_break)
    if not len(kept_rows(programme)):
        return programme, run(programme, named=named)
    try:
        return programme, run(programme, named=False)
    except Infeasible:
        given = least_given(programme, limits or RunLimits())
    # Rounding can leave too little room: the lock is given more, and is not among what clashes.
    for room in (0.0, _MORE_ROOM):
        if given is None:
            break
        eased = with_less_kept(programme, {n: v * (1 + room) + room for n, v in given.items()})
        try:
            return eased, run(eased, named=False)
        except Infeasible:
            continue
    eased = let_go(programme)
    return eased, run(eased, named=named)


def with_less_kept(programme: Programme, given: Mapping[int, float]) -> Programme:
    """The programme with some of the rows moved; its basis says by how much."""
    old, basis, draft = programme.matrix, programme.basis, copy.copy(programme.draft)
    moved, draft.rows = dict(basis.gave_way), dict(draft.rows)
    low, high = old.row_lower.copy(), old.row_upper.copy()
    for name, block in programme.rows.items():
        right = block.right.copy()
        for at in np.flatnonzero(np.isin(block.numbers, list(given))).tolist():
            side = 0 if block.sense == ">=" else 1
            change = given[block.first + at] * (1.0 if side else -1.0)
            line, year = int(block.index["line"][at]), int(block.index["year"][at])
            where = basis.lines.service[line], basis.lines.area[line], basis.years[year]
            sides = list(moved.get(where, (0.0, 0.0)))
            sides[side] += change * basis.scale.money
            moved[where] = sides[0], sides[1]
            right[at] += change
        draft.rows[name] = replace(block, right=right)
    for number, amount in given.items():
        low[number] -= amount
        high[number] += amount
    basis = basis.altered({"given_way"}, gave_way=moved)
    matrix = replace(old, row_lower=low, row_upper=high)
    return replace(programme, basis=basis, draft=draft, matrix=matrix)


# Steps of returns in order, said in whole numbers only where they have to be.
#
# Without whole numbers a programme is solved in a fraction of the time, and its
# best plan fills the steps in order of itself. Where an equity floor is kept only
# by filling a later step first, the programme is written again with the order.

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
    named: bool = True,
) -> tuple[Programme, Solution]:
    """Write and solve a programme; once more with the order of steps where it was broken.

    Parameters
    ----------
    write : callable
        Writes the programme; its argument says whether with the order of steps.
    solver, limits, tie_break, named
        As for :func:`placebudget.solver.solve`.

    Raises
    ------
    Infeasible, Unbounded, Stopped, SolverFailed
        As :func:`placebudget.solver.solve` does.
    """
    run = partial(solve_kept, solver=solver, limits=limits, tie_break=tie_break, named=named)
    programme, solution = run(write(False))
    if keeps_order(programme, solution.values):
        return programme, solution
    return run(write(True))
