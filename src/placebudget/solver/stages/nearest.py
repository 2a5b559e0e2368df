"""Of all plans that are equally good the one nearest to today.

Three steps, each on what the one before leaves open: the least squares of changes by line
and year and of who pays; the least money moved through pools and years; and the least
squares of all else. Squares have one best plan, so that neither the order of rows nor the
names of keys nor the units of money decide.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from placebudget.programme.linear import Matrix, Terms
from placebudget.programme.tie_break import Nearness, TieBreak
from placebudget.solver.backend.answer import SolverResult, Status
from placebudget.solver.stages.open_plans import OpenPlans

_CLOSE = 1e-9  # how close, beside their size, figures are that are equal
_AIM = 1e-12  # how exactly squares are solved
PENNY = 1e-8  # what a balance may be off, beside the largest, and still be right to the penny
_ROUNDS = 20  # how often a guess is corrected
_SOFT = 1e-7  # keeps equations solvable where some say the same


def nearest(plans: OpenPlans, near: Nearness) -> SolverResult:
    """The one open plan that is nearest to today.

    Parameters
    ----------
    plans : OpenPlans
        The plans that are equally good; none but the answer is left open.
    near : Nearness
        What to be near to.

    Returns
    -------
    SolverResult
        Without values where there was no time for all of it, or where it is not found
        from inside the bounds, as there is nothing between them but for rounding.
    """
    from scipy import sparse

    sums = sparse.csr_matrix(
        (np.ones(len(near.column)), (near.group, near.column)), (len(near.target), len(near.unit))
    )
    nothing = np.zeros(len(near.unit))
    changes = (sums, near.weight, near.target)
    values = _squared(plans.matrix, near.unit, *changes, nothing, nothing)
    if values is None:
        return SolverResult(Status.FAILED)
    reached = sums @ values
    answer = _least_moved(plans, near, reached)
    if answer.values is None or answer.duals is None:
        if answer.status is not Status.INFEASIBLE:
            return answer
    else:
        plans.narrow(near.move, answer)
        none, own = np.zeros(0), near.own(reached)
        tidied = _squared(plans.matrix, near.unit, sums[:0], none, none, own, near.wish)
        values = values if tidied is None else tidied
    # What was found of who pays for what is true but for rounding, which can leave no more to do.
    return SolverResult(Status.OPTIMAL, values / near.unit)


def _least_moved(plans: OpenPlans, near: Nearness, reached: np.ndarray) -> SolverResult:
    """Keep who pays for what as it was found, and move as little money as that allows."""
    group, column = near.group[near.paid :], near.column[near.paid :]
    alone = np.bincount(group, minlength=len(reached))[group] == 1
    several, row = np.unique(group[~alone], return_inverse=True)
    if len(several):
        terms = Terms().add(row, column[~alone], near.unit[column[~alone]])
        index = {"year": np.zeros(len(several), np.int64)}
        plans.draft.add_rows("paid", index, terms, "=", reached[several])
        plans.grow(TieBreak("paid", np.zeros(0), np.zeros(0, bool), np.ones(len(several), bool)))
    only = column[alone]
    amount = reached[group[alone]] / near.unit[only]
    lower, upper = plans.matrix.lower[only], plans.matrix.upper[only]
    for slack in (0.0, PENNY):
        ends = amount - slack / near.unit[only], amount + slack / near.unit[only]
        plans.bound(only, *(np.clip(end, lower, upper) for end in ends))
        answer = plans.cheapest(near.move)
        if answer.status is not Status.INFEASIBLE:
            break
    return answer


def least_squares(matrix: Matrix, weight: np.ndarray) -> np.ndarray | None:
    """Values with the least sum of weight x value^2; None where none are found.

    Parameters
    ----------
    matrix : Matrix
        Constraints and bounds to keep.
    weight : ndarray
        By variable; 0 where its square does not count.
    """
    from scipy import sparse

    none, nothing = np.zeros(0), np.zeros(matrix.width)
    sums = sparse.csr_matrix((0, matrix.width))
    return _squared(matrix, nothing + 1.0, sums, none, none, weight, nothing)


def _squared(
    matrix: Matrix,
    unit: np.ndarray,
    sums: Any,
    weight: np.ndarray,
    target: np.ndarray,
    own: np.ndarray,
    wish: np.ndarray,
) -> np.ndarray | None:
    """The least weight x (sum - target)^2 + own x (value - wish)^2, in the units of both.

    Parameters
    ----------
    matrix : Matrix
        Constraints and bounds to keep.
    unit : ndarray
        Turns each variable into £ million or thousand units.
    sums : sparse matrix
        Groups by variable.
    weight, target : ndarray
        By group.
    own, wish : ndarray
        By variable.
    """
    for closely in (False, True):
        left = Remaining(matrix, unit, closely=closely)
        free, values = np.flatnonzero(left.free), left.settled()
        if not len(free):
            return values
        inside = sums[:, free]
        used = np.flatnonzero(np.diff(inside.indptr))
        goal = target[used] - (sums @ values)[used]
        found = _Squares(left, free, inside[used]).least(weight[used], goal, own[free], wish[free])
        if found is not None:
            values[free] = found
            return left.at_bounds(values)
    return None


class Remaining:
    """What is still open in a programme: what is settled is taken out, and what follows from it.

    Parameters
    ----------
    matrix : Matrix
        Constraints and bounds.
    unit : ndarray, optional
        Turns each variable into the unit in which to work.
    closely : bool
        Whether to follow from constraint to constraint what each leaves of the range of
        its variables: slower, and seldom needed. It finds plans that are the only ones.

    Attributes
    ----------
    lower, upper : ndarray
        Bounds, drawn in by what follows from the constraints.
    alive : ndarray of bool
        Constraints that still say something.
    """

    def __init__(
        self, matrix: Matrix, unit: np.ndarray | None = None, *, closely: bool = False
    ) -> None:
        from scipy import sparse

        unit = np.ones(matrix.width) if unit is None else unit
        shape = (matrix.height, matrix.width)
        rows = sparse.csr_matrix((matrix.value, matrix.column, matrix.start), shape)
        rows = rows @ sparse.diags(1.0 / unit)
        largest = abs(rows).max(axis=1).toarray().ravel() if matrix.height else np.zeros(0)
        scale = 1.0 / np.where(largest > 0, largest, 1.0)
        self.rows = (sparse.diags(scale) @ rows).tocsr()
        self.lower, self.upper = matrix.lower * unit, matrix.upper * unit
        self.row_lower, self.row_upper = matrix.row_lower * scale, matrix.row_upper * scale
        self.alive = np.ones(matrix.height, bool)
        self._range = (self.lower.copy(), self.upper.copy()) if closely else None
        same, before = 0, -1
        while same <= (_ROUNDS if closely else 0):
            self._draw_in()
            left = int(self.free.sum()) + int(self.alive.sum())
            same, before = (same + 1, left) if left == before else (0, left)

    @property
    def free(self) -> np.ndarray:
        """Which variables can still move."""
        return self.upper - self.lower > _AIM * np.maximum(1.0, np.abs(self.lower))

    def settled(self) -> np.ndarray:
        """Values of the variables that cannot move, 0 for the others."""
        return np.where(self.free, 0.0, self.lower)

    def at_bounds(self, values: np.ndarray) -> np.ndarray:
        """Values with those that are as good as at a bound set there."""
        for bound in (self.lower, self.upper):
            close = np.abs(values - bound) <= _CLOSE * np.maximum(1.0, np.abs(values))
            values = np.where(close, bound, values)
        return np.clip(values, self.lower, self.upper)

    def _draw_in(self) -> None:
        """Take out what always holds, what holds at one corner, and what bounds one variable."""
        numbers = np.flatnonzero(self.free)
        rest, settled = self.rows[:, numbers], self.rows @ self.settled()
        rest.sort_indices()
        if self._range is not None:
            self._settle_points(numbers, rest, settled)
        lower, upper = self.lower[numbers], self.upper[numbers]
        least = settled + _least(rest, lower, upper)
        most = settled - _least(-rest, lower, upper)
        near = _CLOSE * np.maximum(1.0, np.abs(settled))
        self.alive &= ~((least >= self.row_lower - near) & (most <= self.row_upper + near))
        corners = (np.abs(least - self.row_upper) <= near, np.abs(most - self.row_lower) <= near)
        for at_least, corner in zip((True, False), corners, strict=True):
            for row in np.flatnonzero(self.alive & corner):
                part = slice(rest.indptr[row], rest.indptr[row + 1])
                of = numbers[rest.indices[part]]
                low = (rest.data[part] > 0) == at_least
                self.lower[of] = self.upper[of] = np.where(low, self.lower[of], self.upper[of])
                self.alive[row] = False
        single = np.flatnonzero(self.alive & (np.diff(rest.indptr) == 1))
        at = rest.indptr[single]
        ends = np.stack([self.row_lower[single], self.row_upper[single]]) - settled[single]
        low, high = np.sort(ends / rest.data[at], axis=0)
        of = numbers[rest.indices[at]]
        np.maximum.at(self.lower, of, low)
        np.minimum.at(self.upper, of, high)
        self.alive[single] = False
        crossed = self.lower > self.upper
        self.lower[crossed] = self.upper[crossed] = (self.lower + self.upper)[crossed] / 2

    def _settle_points(self, numbers: np.ndarray, rest: Any, settled: np.ndarray) -> None:
        """Draw in the range of each free variable; what comes down to a point is settled there."""
        assert self._range is not None
        low = np.maximum(self._range[0], self.lower)
        high = np.minimum(self._range[1], self.upper)
        row = np.repeat(np.arange(rest.shape[0]), np.diff(rest.indptr))
        of, alive = numbers[rest.indices], self.alive[row]
        for by, limit in ((rest, self.row_upper), (-rest, -self.row_lower)):
            least = settled * (1.0 if by is rest else -1.0)
            least = least + _least(by, low[numbers], high[numbers])
            known = alive & np.isfinite(least[row]) & np.isfinite(limit[row])
            room = (limit[row] - least[row])[known]
            each, entry = of[known], by.data[known]
            rises = entry > 0
            np.minimum.at(high, each[rises], (low[each] + room / entry)[rises])
            np.maximum.at(low, each[~rises], (high[each] + room / entry)[~rises])
        point = self.free & (high - low <= _CLOSE * np.maximum(1.0, np.abs(low)))
        middle = np.clip((low + high) / 2, self.lower, self.upper)
        self.lower[point] = self.upper[point] = middle[point]
        self._range = (np.minimum(low, high), np.maximum(low, high))


def _least(rows: Any, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """The least each constraint can add up to; minus infinity where there is no least."""
    rising, falling = rows.maximum(0), rows.minimum(0)
    finite = [np.where(np.isfinite(bound), bound, 0.0) for bound in (lower, upper)]
    endless = rising @ np.isinf(lower).astype(float) - falling @ np.isinf(upper).astype(float)
    return np.where(endless > 0, -np.inf, rising @ finite[0] + falling @ finite[1])


class _Squares:
    """Squares to be made least: the free variables, sums of some, and what constraints add up to.

    Each sum and each constraint between two limits is a variable of its own, so that
    there are only equations and bounds.
    """

    def __init__(self, left: Remaining, free: np.ndarray, sums: Any) -> None:
        from scipy import sparse

        self.count, groups = len(free), sums.shape[0]
        rest, settled = left.rows[left.alive][:, free], (left.rows @ left.settled())[left.alive]
        low, high = left.row_lower[left.alive] - settled, left.row_upper[left.alive] - settled
        tight = high - low <= _CLOSE
        between = int((~tight).sum())
        self.rows = sparse.bmat(
            [
                [rest[tight], None, None],
                [sums, -sparse.eye(groups), None],
                [rest[~tight], None, -sparse.eye(between)],
            ]
        ).tocsr()
        self.right = np.concatenate([(low + high)[tight] / 2, np.zeros(groups + between)])
        endless = np.full(groups, np.inf)
        self.lower = np.concatenate([left.lower[free], -endless, low[~tight]])
        self.upper = np.concatenate([left.upper[free], endless, high[~tight]])

    def least(
        self, weight: np.ndarray, target: np.ndarray, own: np.ndarray, wish: np.ndarray
    ) -> np.ndarray | None:
        """Values of the free variables, see :func:`_squared`; None where none are found."""
        import piqp
        from scipy import sparse

        limits = np.zeros(len(self.lower) - self.count - len(weight))
        square = 2.0 * np.concatenate([own, weight, limits])
        linear = -square * np.concatenate([wish, target, limits])
        solver = piqp.SparseSolver()
        for name in ("eps_abs", "eps_rel", "eps_duality_gap_abs", "eps_duality_gap_rel"):
            setattr(solver.settings, name, _AIM)
        curve, rows = sparse.diags(square).tocsc(), self.rows.tocsc()
        solver.setup(curve, linear, rows, self.right, None, None, None, self.lower, self.upper)
        if solver.solve() != piqp.PIQP_SOLVED:
            return None
        found = solver.result
        values = np.asarray(found.x)
        # What pulls at a bound more than the way to it is worth is at the bound.
        bent = np.where(square > 0, square, square[square > 0].min(initial=1.0))
        at_lower = np.asarray(found.z_bl) > bent * (values - self.lower)
        at_upper = np.asarray(found.z_bu) > bent * (self.upper - values)
        exact = self._exact(square, linear, values, np.asarray(found.y), at_lower, at_upper)
        return (values if exact is None else exact)[: self.count]

    def _exact(
        self,
        square: np.ndarray,
        linear: np.ndarray,
        values: np.ndarray,
        prices: np.ndarray,
        at_lower: np.ndarray,
        at_upper: np.ndarray,
    ) -> np.ndarray | None:
        """The least to the last digit; None where guesses go round.

        A method that stays inside its bounds ends the square root of its accuracy away
        from a bound that only just binds. So what binds is guessed from its answer, the
        equations that then hold are solved, and the guess is corrected until nothing
        contradicts it.
        """
        noise = _CLOSE * max(1.0, float(np.abs(linear).max(initial=0.0)))
        for _ in range(_ROUNDS):
            at_upper = at_upper & ~at_lower
            values, prices = self._balanced(square, linear, values, prices, at_lower, at_upper)
            pull = square * values + linear + self.rows.T @ prices
            near = _CLOSE * np.maximum(1.0, np.abs(values))
            below, above = values < self.lower - near, values > self.upper + near
            up, down = at_lower & (pull < -noise), at_upper & (pull > noise)
            if not (below | above | up | down).any():
                return values
            at_lower, at_upper = (at_lower | below) & ~up, (at_upper | above) & ~down
        return None

    def _balanced(
        self,
        square: np.ndarray,
        linear: np.ndarray,
        values: np.ndarray,
        prices: np.ndarray,
        at_lower: np.ndarray,
        at_upper: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """The least where some variables stay at bounds, and the prices of the equations."""
        from scipy import sparse
        from scipy.sparse.linalg import splu

        free = np.flatnonzero(~(at_lower | at_upper))
        # From where it was: what no square holds stays there, and so do prices that are not unique.
        found = np.clip(values, self.lower, self.upper)[free]
        values = np.where(at_lower, self.lower, np.where(at_upper, self.upper, 0.0))
        rows, count = self.rows[:, free], len(free)
        right = self.right - self.rows @ values
        curve = sparse.diags(square[free] + _SOFT)
        whole = sparse.bmat([[curve, rows.T], [rows, -_SOFT * sparse.eye(rows.shape[0])]])
        # Symmetric, with something on the whole diagonal: no row need be exchanged for another.
        system = splu(
            whole.tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )  # fmt: skip
        for _ in range(_ROUNDS):
            slope = square[free] * found + linear[free] + rows.T @ prices
            step = system.solve(np.concatenate([-slope, right - rows @ found]))
            found, prices = found + step[:count], prices + step[count:]
            moved = np.abs(step[:count]).max(initial=0.0)
            if moved <= 1e-13 * max(1.0, float(np.abs(found).max(initial=0.0))):
                break
        values[free] = found
        return values, prices
