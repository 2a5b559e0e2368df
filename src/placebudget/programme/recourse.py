"""A programme with recourse: one decision first for several futures, others when one has come.

With p(s) the chance of future s, v(s) its value and x(s) its variables, of which F are decided
before anybody knows which future it is,

x(s)[F] = x(first)[F]            for every s: nobody can decide now by what is known later

and the most of

expected   sum of p(s) v(s)
worst      t                     t <= v(s)
regret     -r                    r >= best(s) - v(s), best(s) what is had where s is known before
cvar       h - sum of p(s) d(s) / tail      d(s) >= h - v(s), d(s) >= 0

The last is the mean of the worst ``tail`` of futures (Rockafellar and Uryasev, Optimization of
conditional value-at-risk, 2000).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from placebudget.programme.linear import Matrix

EXPECTED, WORST, REGRET, CVAR = "expected", "worst", "regret", "cvar"
CRITERIA = (EXPECTED, WORST, REGRET, CVAR)
"""The most of the mean, of the least, and of the mean of the worst; the least regret."""


@dataclass(frozen=True)
class Future:
    """A programme that may come to hold.

    Parameters
    ----------
    matrix : Matrix
        Its constraints.
    gain : ndarray
        What one more of each variable adds.
    chance : float
        How likely it is; all add up to 1.
    first : ndarray
        Numbers of the variables that are decided before it is known, in the same order in each.
    constant : float
        What is added whatever is decided.
    before : tuple of ndarray
        Gains that come before that of value, first things first; of all futures together.
    """

    matrix: Matrix
    gain: np.ndarray
    chance: float
    first: np.ndarray
    constant: float = 0.0
    before: tuple[np.ndarray, ...] = ()


@dataclass(frozen=True)
class Joined:
    """Futures in one matrix, and what is made the most of in turn.

    Parameters
    ----------
    matrix : Matrix
        All variables, future after future, and then those of the criterion.
    stages : tuple of ndarray
        Gains, first things first.
    at : tuple of slice
        Where the variables of each future stand.
    """

    matrix: Matrix
    stages: tuple[np.ndarray, ...]
    at: tuple[slice, ...]


def joined(
    futures: Sequence[Future],
    by: str,
    *,
    tail: float = 0.2,
    best: Sequence[float] = (),
    fixed: np.ndarray | None = None,
) -> Joined:
    """The programme of several futures.

    Parameters
    ----------
    by : str
        One of :data:`CRITERIA`.
    tail : float
        Share of the worst futures, for ``"cvar"``.
    best : sequence of float
        What each future comes to where it is known before, for ``"regret"``.
    fixed : ndarray, optional
        What was decided first, where that is no question any more.

    Examples
    --------
    One unit is sold now or kept; kept it brings 4 or 0, sold 1:

    >>> from placebudget.solver.backend.engine import make_engine
    >>> from placebudget.solver import RunLimits
    >>> row = Matrix(np.zeros(2), np.ones(2), np.zeros(2, bool), np.array([0, 2], np.int32),
    ...              np.array([0, 1], np.int32), np.ones(2), np.ones(1), np.ones(1))
    >>> up, down = (Future(row, np.array([1.0, kept]), 0.5, np.array([0])) for kept in (4.0, 0.0))
    >>> for by in CRITERIA:
    ...     both = joined([up, down], by, best=[4.0, 1.0])
    ...     run = make_engine(both.matrix, "highs").run(-both.stages[-2], RunLimits(), None)
    ...     print(by, round(float(run.values[0]), 4))
    expected 0.0
    worst 1.0
    regret 0.25
    cvar 1.0
    """
    widths = np.array([each.matrix.width for each in futures])
    ends = np.concatenate([[0], np.cumsum(widths)])
    at = tuple(slice(int(a), int(b)) for a, b in pairwise(ends))
    whole = _beside(futures)
    if fixed is not None:
        lower, upper = whole.lower.copy(), whole.upper.copy()
        for each, where in zip(futures, at, strict=True):
            lower[where.start + each.first] = upper[where.start + each.first] = fixed
        whole = replace(whole, lower=lower, upper=upper)
    whole = with_rows(whole, _as_one(futures, at))
    mean = np.concatenate([each.chance * each.gain for each in futures])
    before = [
        np.concatenate([each.chance * each.before[k] for each in futures])
        for k in range(len(futures[0].before))
    ]
    rows, columns, gain = _criterion(futures, at, int(ends[-1]), by, tail, best)
    if len(columns):
        more = Matrix(
            columns, np.full(len(columns), np.inf), np.zeros(len(columns), bool),
            np.zeros(1, np.int32), np.zeros(0, np.int32), np.zeros(0), np.zeros(0), np.zeros(0),
        )  # fmt: skip
        whole = with_rows(_wider(whole, more), rows)
    nothing = np.zeros(len(columns))
    stages = [np.concatenate([each, nothing]) for each in before]
    goal = np.concatenate([mean, nothing]) if gain is None else gain
    return Joined(whole, (*stages, goal, np.concatenate([mean, nothing])), at)


Row = tuple[np.ndarray, np.ndarray, float, float]
"""Columns, values, the least and the most of a constraint."""


def with_rows(matrix: Matrix, rows: Sequence[Row]) -> Matrix:
    """A matrix with further constraints."""
    if not rows:
        return matrix
    counts = np.array([len(columns) for columns, _, _, _ in rows])
    return replace(
        matrix,
        start=np.concatenate([matrix.start, matrix.start[-1] + np.cumsum(counts)]).astype(np.int32),
        column=np.concatenate([matrix.column, *(row[0] for row in rows)]).astype(np.int32),
        value=np.concatenate([matrix.value, *(row[1] for row in rows)]).astype(float),
        row_lower=np.concatenate([matrix.row_lower, [row[2] for row in rows]]),
        row_upper=np.concatenate([matrix.row_upper, [row[3] for row in rows]]),
    )


def least_change(
    whole: Joined, column: np.ndarray, group: np.ndarray, target: np.ndarray
) -> Joined:
    """The same, and of what is equally good what is nearest: least sum of |group - target|.

    Parameters
    ----------
    column, group : ndarray
        Numbers of variables, and of the group that each belongs to.
    target : ndarray
        By group: what its variables should add up to.
    """
    many, width = len(target), whole.matrix.width
    more, less = width + np.arange(many), width + many + np.arange(many)
    none, zero = np.zeros(2 * many), np.zeros(0)
    added = Matrix(
        none, none + np.inf, none.astype(bool), np.zeros(1, np.int32), zero.astype(np.int32), zero,
        zero, zero,
    )  # fmt: skip
    rows: list[Row] = []
    for n in range(many):
        mine = column[group == n]
        values = np.concatenate([np.ones(len(mine)), [-1.0, 1.0]])
        columns = np.concatenate([mine, [more[n], less[n]]])
        rows.append((columns, values, float(target[n]), float(target[n])))
    stages = [np.concatenate([each, none]) for each in whole.stages]
    nearest = np.concatenate([np.zeros(width), none - 1.0])
    return Joined(with_rows(_wider(whole.matrix, added), rows), (*stages, nearest), whole.at)


def _beside(futures: Sequence[Future]) -> Matrix:
    whole = futures[0].matrix
    for each in futures[1:]:
        added, m = each.matrix, whole
        whole = Matrix(
            np.concatenate([m.lower, added.lower]), np.concatenate([m.upper, added.upper]),
            np.concatenate([m.integer, added.integer]),
            np.concatenate([m.start, added.start[1:] + m.start[-1]]).astype(np.int32),
            np.concatenate([m.column, added.column + m.width]).astype(np.int32),
            np.concatenate([m.value, added.value]),
            np.concatenate([m.row_lower, added.row_lower]),
            np.concatenate([m.row_upper, added.row_upper]),
        )  # fmt: skip
    return whole


def _wider(matrix: Matrix, more: Matrix) -> Matrix:
    return replace(
        matrix,
        lower=np.concatenate([matrix.lower, more.lower]),
        upper=np.concatenate([matrix.upper, more.upper]),
        integer=np.concatenate([matrix.integer, more.integer]),
    )


def _as_one(futures: Sequence[Future], at: Sequence[slice]) -> list[Row]:
    """What is decided first is the same in all."""
    first = futures[0].first
    return [
        (np.array([where.start + mine, shared]), np.array([1.0, -1.0]), 0.0, 0.0)
        for each, where in list(zip(futures, at, strict=True))[1:]
        for mine, shared in zip(each.first, first, strict=True)
    ]


def _criterion(
    futures: Sequence[Future],
    at: Sequence[slice],
    width: int,
    by: str,
    tail: float,
    best: Sequence[float],
) -> tuple[list[Row], np.ndarray, np.ndarray | None]:
    """Constraints, least values of variables of its own, and gain of a criterion."""
    if by == EXPECTED:
        return [], np.zeros(0), None
    rows: list[Row] = []
    own = np.array([-np.inf]) if by != CVAR else np.append(-np.inf, np.zeros(len(futures)))
    gain = np.zeros(width + len(own))
    for s, (each, where) in enumerate(zip(futures, at, strict=True)):
        mine = np.flatnonzero(each.gain)
        columns, values = [*(where.start + mine), width], [*each.gain[mine], -1.0]
        least = -each.constant
        if by == REGRET:
            values[-1], least = 1.0, best[s] - each.constant
        elif by == CVAR:
            columns, values = [*columns, width + 1 + s], [*values, 1.0]
            gain[width + 1 + s] = -each.chance / tail
        rows.append((np.array(columns), np.array(values), least, np.inf))
    gain[width] = -1.0 if by == REGRET else 1.0
    return rows, own, gain


def of_values(
    values: np.ndarray, chances: np.ndarray, best: np.ndarray, by: str, tail: float = 0.2
) -> float:
    """What values in futures come to by a criterion; a regret is what is lost, and so less.

    Parameters
    ----------
    values, chances, best : ndarray
        By future: what is had, how likely it is, and what could be had.

    Examples
    --------
    Losses of 1 to 10, equally likely; the worst fifth and the worst tenth on average:

    >>> losses, even, none = np.arange(1.0, 11.0), np.full(10, 0.1), np.zeros(10)
    >>> [-of_values(-losses, even, none, CVAR, tail) for tail in (0.2, 0.1)]
    [9.5, 10.0]
    """
    if by == EXPECTED:
        return float((chances * values).sum())
    if by == WORST:
        return float(values.min())
    if by == REGRET:
        return float((best - values).max())
    order = np.argsort(values, kind="stable")
    before = np.concatenate([[0.0], np.cumsum(chances[order])[:-1]])
    weight = np.clip(tail - before, 0.0, chances[order])
    return round(float((weight * values[order]).sum() / tail), 9)
