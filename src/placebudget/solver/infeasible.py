"""Where no plan exists: what clashes, and the least that has to give way.

What clashes is a smallest set of rules and limits that cannot all hold. Each limit
that may give way gets a slack variable with a cost in pounds; the least total cost
is the cheapest repair. The programme's own objective plays no part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import replace as changed

import numpy as np
import pulp  # noqa: F401  PuLP before HiGHS: see adaptor

from placebudget.errors import Infeasible
from placebudget.programme import Programme
from placebudget.programme.blocks.lots import DECISIONS
from placebudget.programme.linear import Draft, Matrix, Terms, assemble, worth
from placebudget.solver.backend.answer import RunLimits, Status
from placebudget.solver.backend.engine import DEFAULT_SOLVER, Clock, stacked
from placebudget.solver.backend.highs import LiveHighs
from placebudget.solver.stages.nearest import least_squares
from placebudget.solver.stages.open_plans import OpenPlans

# Strategies 1 to 5 can return an empty set that calls itself valid.
_ALL = 6
_SET = ("need_met", "need_after", "release", "build", "leave_due", *DECISIONS)
"""Families of constraints beside rules that people set: need, capacity, decisions, leaving."""


@dataclass(frozen=True)
class Give:
    """What may give way, with what one scaled unit of giving way costs.

    Parameters
    ----------
    rows : mapping of int to float
        Constraints by number: floors may be missed, caps exceeded.
    columns : mapping of int to float
        Variables by number that may fall below their lower bound.
    funding : mapping of int to float
        Balances of classes by number of constraint: money may be found.
    held : mapping of int to float
        What each of the rows holds, above 0. Of all ways that cost the least, the one with the
        least sum of given^2 / held is taken: the same share of each where that costs no more.
    """

    rows: Mapping[int, float] = field(default_factory=dict)
    columns: Mapping[int, float] = field(default_factory=dict)
    funding: Mapping[int, float] = field(default_factory=dict)
    held: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Given:
    """How much gave way, by number, scaled; and the values of all variables."""

    cost: float
    rows: dict[int, float]
    columns: dict[int, float]
    funding: dict[int, float]
    values: np.ndarray


_NOTHING = 1e-7
# Up to how many that are open an even share is found corner by corner, how near, how often at most.
_FEW, _SAME, _ROUNDS = 20, 1e-13, 200


def least_relaxed(programme: Programme, give: Give, limits: RunLimits) -> Given | None:
    """The cheapest way to relax a programme; None where even that gives no plan.

    Parameters
    ----------
    programme : Programme
        One without a solution.
    give : Give
        What may give way.
    limits : RunLimits
        Stop signal.
    """
    matrix = programme.matrix
    numbers = [*give.rows, *give.funding]
    lower = matrix.lower.copy()
    lower[list(give.columns)] = 0.0
    extra = Draft(width=matrix.width)
    count = len(numbers) + len(give.columns)
    slack = extra.add_columns("slack", {"year": np.zeros(count, np.int64)})
    columns = np.array(list(give.columns), np.int64)
    if len(columns):
        at = np.arange(len(columns))
        terms = Terms().add(at, columns, 1.0).add(at, slack.numbers[len(numbers) :], 1.0)
        index = {"year": np.zeros(len(columns), np.int64)}
        extra.add_rows("least", index, terms, ">=", matrix.lower[columns])
    whole = stacked(changed(matrix, lower=lower), assemble(extra))
    sign = np.array([_sign(matrix.row_lower[n], n in give.funding) for n in numbers])
    whole = _with_entries(whole, np.array(numbers, np.int64), slack.numbers[: len(numbers)], sign)
    cost = np.zeros(whole.width)
    cost[slack.numbers] = [*give.rows.values(), *give.funding.values(), *give.columns.values()]
    plans = OpenPlans(changed(programme, matrix=whole), DEFAULT_SOLVER, limits, Clock(None))
    answer = plans.cheapest(cost)
    if answer.status is not Status.OPTIMAL or answer.values is None:
        return None
    values = answer.values
    if give.held:
        held = np.array([give.held[n] for n in give.rows])
        values = _evenly(plans, cost, values, slack.numbers[: len(held)], held)
    given = values[slack.numbers].tolist()
    pairs = dict(zip(numbers, given, strict=False))
    return Given(
        cost=worth(cost, values),
        rows={n: pairs[n] for n in give.rows if pairs[n] > _NOTHING},
        funding={n: pairs[n] for n in give.funding if pairs[n] > _NOTHING},
        columns={
            n: v for n, v in zip(give.columns, given[len(numbers) :], strict=True) if v > _NOTHING
        },
        values=values[: matrix.width],
    )


def _evenly(
    plans: OpenPlans, cost: np.ndarray, values: np.ndarray, slack: np.ndarray, held: np.ndarray
) -> np.ndarray:
    """Of all that costs as little, what gives way by shares of what is held that differ least."""
    decided = np.flatnonzero(plans.matrix.integer)
    if len(decided):
        plans.decide(decided, np.round(values[decided]))
    answer = plans.cheapest(cost)
    if answer.values is None or answer.duals is None:
        return values
    plans.narrow(cost, answer)
    open_ = plans.matrix.lower[slack] < plans.matrix.upper[slack]
    if open_.sum() <= _FEW:
        return _least_norm(plans, len(cost), answer.values, slack, held) if open_.any() else values
    weight = np.zeros(len(cost))
    weight[slack] = 1.0 / held
    found = least_squares(plans.matrix, weight)
    return values if found is None else found


def _least_norm(
    plans: OpenPlans, width: int, values: np.ndarray, slack: np.ndarray, held: np.ndarray
) -> np.ndarray:
    """The open plan with the least sum of slack^2 / held, from corners that linear solves give.

    The point nearest to zero lies between few corners: each solve finds the corner furthest in
    the direction of zero, until there is none (Wolfe, Finding the nearest point in a polytope,
    1976).
    """
    root = 1.0 / np.sqrt(held)
    corners, points, part = [values], [values[slack] * root], np.ones(1)
    for _ in range(_ROUNDS):
        at = part @ np.array(points)
        cost = np.zeros(width)
        cost[slack] = at * root
        answer = plans.cheapest(cost / max(float(np.abs(cost).max()), 1e-300))
        if answer.values is None:
            break
        found = answer.values[slack] * root
        if at @ (at - found) <= _SAME * max(float(at @ at), _SAME):
            break
        # One that is known already is nearer by no more than the last digits of the solver.
        if any(np.array_equal(found, point) for point in points):
            break
        corners.append(answer.values)
        points.append(found)
        part = np.append(part, 0.0)
        while True:
            best = _nearest_between(np.array(points))
            if (best >= 0).all():
                part = best
                break
            ends = best < 0
            step = float((part[ends] / (part[ends] - best[ends])).min())
            part = part + step * (best - part)
            kept = [n for n, share in enumerate(part) if share > _SAME]
            corners, points = [corners[n] for n in kept], [points[n] for n in kept]
            part = part[kept] / part[kept].sum()
    return np.asarray(part @ np.array(corners))


def _nearest_between(points: np.ndarray) -> np.ndarray:
    """Shares of points that add up to one and bring them nearest to zero; some may be negative."""
    count = len(points)
    sides = np.ones((count + 1, count + 1))
    sides[:count, :count], sides[count, count] = points @ points.T, 0.0
    found: np.ndarray = np.linalg.lstsq(sides, np.append(np.zeros(count), 1.0), rcond=None)[0]
    return found[:count]


def _sign(row_lower: float, funding: bool) -> float:
    """A floor is met with slack added, a cap with slack taken off, as is a purse."""
    return -1.0 if funding or not np.isfinite(row_lower) else 1.0


def _with_entries(
    matrix: Matrix, rows: np.ndarray, columns: np.ndarray, values: np.ndarray
) -> Matrix:
    """A matrix with one more entry in each of some rows."""
    old = np.repeat(np.arange(matrix.height), np.diff(matrix.start))
    row = np.concatenate([old, rows])
    column = np.concatenate([matrix.column, columns[: len(rows)]])
    value = np.concatenate([matrix.value, values])
    order = np.argsort(row, kind="stable")
    start = np.zeros(matrix.height + 1, np.int32)
    start[1:] = np.cumsum(np.bincount(row, minlength=matrix.height))
    changes = {
        "start": start,
        "column": column[order].astype(np.int32),
        "value": value[order],
    }
    return Matrix(**{**vars(matrix), **changes})


def name_clash(
    programme: Programme, matrix: Matrix | None = None, among: np.ndarray | None = None
) -> Infeasible:
    """The error for a programme without a solution, naming what clashes.

    Parameters
    ----------
    programme : Programme
        One that the solver has found infeasible.
    matrix : Matrix, optional
        Its limits as they are now, where a live session has changed them.
    among : ndarray, optional
        Numbers of constraints that cannot all hold, where some are known.
    """
    rows, columns = smallest_clash(programme, matrix, among)
    named = [programme.row_label(n) for n in rows if _is_rule(programme, n)]
    limits = [programme.column_label(n) for n in columns if _is_limit(programme, n)]
    balances = [programme.row_label(n) for n in rows if not _is_rule(programme, n)]
    conflict = [*named, *limits, *balances]
    first = "; ".join([*named, *limits]) or "; ".join(balances) or "not found"
    years = programme.basis.place.title
    return Infeasible(
        f"these cannot all hold in {years}: {first}. Lower a floor, raise a limit or change a "
        "rule whose basis is not law, then try again.",
        conflict,
        rows=rows,
        columns=columns,
    )


def smallest_clash(
    programme: Programme, matrix: Matrix | None = None, among: np.ndarray | None = None
) -> tuple[list[int], list[int]]:
    """Numbers of constraints and of bounded variables that clash.

    They are an irreducible set: without any one of them the others can hold.
    Such a set is not unique. Decisions on offers are relaxed first; where only
    they clash, every rule, choice and shared service is named.
    """
    matrix = matrix or programme.matrix
    if among is not None and len(among):
        few, columns = _only(matrix, among)
        if found := _irreducible(few):
            return among[found[0]].tolist(), columns[found[1]].tolist()
    if found := _irreducible(matrix):
        return found
    every = [
        n
        for block in programme.rows.values()
        for n in block.numbers
        if "rule" in block.index or block.name in DECISIONS
    ]
    return [int(n) for n in every], []


def _irreducible(matrix: Matrix) -> tuple[list[int], list[int]] | None:
    live = LiveHighs(matrix, np.zeros(matrix.width), iis_strategy=_ALL)
    live.relax_integers()
    _, iis = live.model.getIis()
    if iis.valid_ and len(iis.row_index_):
        return sorted(iis.row_index_), sorted(iis.col_index_)
    return None


def _only(matrix: Matrix, rows: np.ndarray) -> tuple[Matrix, np.ndarray]:
    """The matrix of some of its constraints, and the numbers of the variables in them."""
    begin, count = matrix.start[rows], np.diff(matrix.start)[rows]
    start = np.concatenate([[0], np.cumsum(count)])
    at = np.repeat(begin - start[:-1], count) + np.arange(start[-1])
    columns, column = np.unique(matrix.column[at], return_inverse=True)
    few = Matrix(
        lower=matrix.lower[columns],
        upper=matrix.upper[columns],
        integer=matrix.integer[columns],
        start=start.astype(np.int32),
        column=column.astype(np.int32),
        value=matrix.value[at],
        row_lower=matrix.row_lower[rows],
        row_upper=matrix.row_upper[rows],
    )
    return few, columns


def _is_rule(programme: Programme, number: int) -> bool:
    """Whether people set it: a rule, need that must be met, how fast capacity goes, a decision."""
    block = _block(programme.rows, number)
    return "rule" in block.index or block.name in _SET


def _is_limit(programme: Programme, number: int) -> bool:
    block = _block(programme.columns, number)
    return block.name in ("contribute", "carry", "units", "step_units", "full", "start", "run")


def _block(families, number: int):  # type: ignore[no-untyped-def]
    return next(b for b in families.values() if b.first <= number < b.first + len(b))
