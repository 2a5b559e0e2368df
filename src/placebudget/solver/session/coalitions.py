"""A place in a live model, freed for one coalition of partners after another.

The members of a coalition share their money, without limits or ring-fences, and
pay with it for what members commission; everybody else works apart, and what pools pay
today from one of these to another stays as it is. All of that
stands in the programme, closed by bounds, so that the next coalition changes a few
bounds and is solved from the last basis.

What the limits of a programme are worth to those who bring them.

At the best plan, every limit has a price: what one more of it would gain. Where
each limit is brought by somebody (money, needs, capacity), the prices times what
each brings add up to the value of the plan. Prices need not be unique; then what
an owner brings is worth an interval. Its ends are found exactly: among all best
prices, the least worth of an owner's limits is what the plan gains when they grow
a little, the most is what it loses when they shrink a little, both taken along
the limits that bind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed

import numpy as np

from placebudget.errors import SolverFailed, Stopped
from placebudget.programme import Programme
from placebudget.programme.blocks.balances import PAID_FOR, PAID_IN, borrower
from placebudget.programme.linear import Matrix, keys_of, worth
from placebudget.solver.backend.answer import RunLimits, Status
from placebudget.solver.backend.highs import LiveHighs
from placebudget.solver.session.live_programme import LiveProgramme

# Decisions nearer to whole than this are whole.
_WHOLE = 1e-7
_NEAR = 1e-7


class Coalitions(LiveProgramme):
    """The programme of a place for coalitions; nobody works together at first.

    Parameters
    ----------
    programme : Programme
        Built with :func:`placebudget.programme.coalition_pooling`.
    partners : sequence of str
        Partners in order; a coalition is a sum of 2**n over its members.
    partner_of : mapping of str to str
        Partner of each agency.
    limits : RunLimits, optional
        Time and stop signal of every solve.
    """

    def __init__(
        self,
        programme: Programme,
        partners: Sequence[str],
        partner_of: Mapping[str, str],
        limits: RunLimits | None = None,
    ) -> None:
        super().__init__(programme, limits)
        basis = programme.basis
        number = {partner: n for n, partner in enumerate(partners)}

        def of(agencies: np.ndarray) -> np.ndarray:
            return np.array([number.get(partner_of.get(a, a), -1) for a in agencies], np.int64)

        self.of_class, self.of_line = of(basis.classes.agency), of(basis.lines.commissioner)
        money, share = programme.columns["money"], programme.columns["share"]
        shared = basis.classes.shared[money.index["class"]]
        self._switched = np.concatenate([money.numbers[shared], share.numbers])
        self._partner = np.concatenate(
            [self.of_line[money.index["line"][shared]], self.of_class[share.index["class"]]]
        )
        self.count = len(partners)
        self._paid, self._part_of = np.zeros((2, 0), np.int64)
        if each := programme.rows.get(PAID_FOR):
            whole = programme.rows[PAID_IN].index
            at = {key: n for n, key in enumerate(keys_of(whole, "class", "route", "year"))}
            self._part_of = np.array(
                [at[key] for key in keys_of(each.index, "class", "route", "year")], np.int64
            )
            self._paid = of(basis.agencies)[each.index["agency"]]

    def form(self, coalition: int) -> None:
        """Let the members of a coalition share their money, and nobody else."""
        inside = np.append((coalition >> np.arange(self.count) & 1).astype(bool), False)
        most = np.where(inside[self._partner], np.inf, 0.0)
        other = most != self._upper[self._switched]
        numbers, most = self._switched[other], most[other]
        nothing = np.zeros(len(numbers))
        self._change_columns(numbers, nothing, most)
        self._free_pooled(inside)

    def _free_pooled(self, inside: np.ndarray) -> None:
        """What a pool pays today is the members' to share where payer and paid are both in."""
        whole, each = (self.programme.rows.get(name) for name in (PAID_IN, PAID_FOR))
        if whole is None or each is None:
            return
        both = inside[self.of_class[each.index["class"]]] & inside[self._paid]
        freed = np.bincount(self._part_of, each.right * both, len(whole))
        # No less than nothing, whatever the last digits say.
        least = np.maximum(whole.right - freed, 0.0)
        self._change_rows(whole.numbers, least, whole.right)

    def worth(self, coalition: int) -> float:
        """Value of the best plan of a coalition and those who work apart.

        Raises
        ------
        Stopped
            If the best plan was not reached in time: a worth that is too low would
            pass for a coalition with less to gain.
        Infeasible, Unbounded, SolverFailed
            If there is none.
        """
        self.form(coalition)
        answer = self._solved()
        if answer.status not in (Status.OPTIMAL, Status.GAP):
            raise Stopped(f"the best plan of a coalition was not reached: {answer.status.value}")
        return self._value(answer)

    def matrix(self, coalition: int) -> Matrix:
        """The programme of a coalition, with its bounds as they are now."""
        self.form(coalition)
        now = self.programme_now.matrix
        return Matrix(**{**vars(now), "lower": now.lower.copy(), "upper": now.upper.copy()})

    @property
    def gain(self) -> np.ndarray:
        """What one more of each variable adds to the objective, scaled."""
        return self._gain

    def apart(self) -> np.ndarray:
        """Value of every variable in the best plan of everybody working apart."""
        self.form(0)
        answer = self._solved()
        assert answer.values is not None
        return answer.values

    def owners(self) -> tuple[np.ndarray, np.ndarray]:
        """Who brings each limit: money its agency, all else who commissions the line.

        A limit that several partners share (on an outcome of an area, say, or on the
        pace of a service that three authorities commission) is divided as they use it
        in the best aligned plan.

        Returns
        -------
        rows, columns : ndarray
            Partners x constraints and partners x variables: the part of the limit that
            is the partner's. What nobody uses is nobody's.
        """
        at, each = self.apart(), np.arange(self.count)[:, None]
        columns = (self._column_owner() == each).astype(float)
        self._divide_counted(columns, at)
        matrix = self.programme.matrix
        used = np.array([matrix.times(at * part) for part in columns])
        whole = used.sum(axis=0)
        divided = (whole > _WHOLE) & (used >= -_WHOLE).all(axis=0)
        rows = np.divide(used, whole, out=np.zeros_like(used), where=divided)
        owner = self._row_owner()
        rows[:, owner >= 0] = (owner == each)[:, owner >= 0]
        return rows, columns

    def _row_owner(self) -> np.ndarray:
        """Partner of each constraint whose variables are all its own; else -1."""
        matrix, column = self.programme.matrix, self._column_owner()
        rows = np.full(matrix.height, -1)
        filled = np.flatnonzero(np.diff(matrix.start))
        owner, first = column[matrix.column], matrix.start[filled]
        low, high = np.minimum.reduceat(owner, first), np.maximum.reduceat(owner, first)
        rows[filled] = np.where(low == high, low, -1)
        balance = self.programme.rows["class_balance"]
        rows[balance.numbers] = self.of_class[balance.index["class"]]
        return rows

    def _divide_counted(self, columns: np.ndarray, at: np.ndarray) -> None:
        """Outcomes counted belong to the partners whose services produce them."""
        counted = self.programme.columns.get("counted")
        if counted is None:
            return
        block = self.programme.rows["counted"]
        made = block.value < 0
        produced = -block.value[made] * at[block.column[made]]
        parts = np.array(
            [
                np.bincount(block.row[made], produced * part[block.column[made]], len(counted))
                for part in columns
            ]
        )
        whole = parts.sum(axis=0)
        columns[:, counted.numbers] = np.divide(
            parts, whole, out=np.zeros_like(parts), where=whole > 0
        )

    def _column_owner(self) -> np.ndarray:
        columns, basis = self.programme.columns, self.programme.basis
        owner = np.full(self.programme.matrix.width, -1)
        by_offer = self.of_line[basis.offers.line]
        by_level = np.full(sum(len(each.tiers) for each in basis.levels), -1)
        by_level[basis.offers.level[basis.offers.level >= 0]] = by_offer[basis.offers.level >= 0]
        for name, dimension, of in (
            ("money", "line", self.of_line),
            ("step_units", "line", self.of_line),
            ("full", "line", self.of_line),
            ("avoided", "line", self.of_line),
            ("unmet", "line", self.of_line),
            ("units", "offer", by_offer),
            ("paid", "offer", by_offer),
            ("dropped", "offer", by_offer),
            ("start", "offer", by_offer),
            ("run", "offer", by_offer),
            ("leave", "offer", by_offer),
            ("level", "level", by_level),
            ("share", "class", self.of_class),
            ("idle", "class", self.of_class),
            ("carry", "class", self.of_class),
            ("borrow", "loan", borrower(basis, self.of_class)),
        ):
            if name in columns:
                block = columns[name]
                owner[block.numbers] = of[block.index[dimension]]
        return owner


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
    """The programme with its integers kept as the best plan decides them.

    What holds between decisions alone holds nothing any more.
    """
    answer = LiveHighs(matrix, -gain).run(limits)
    if answer.values is None:
        raise SolverFailed(f"no plan to take prices from: {answer.detail or answer.status.value}")
    whole = np.round(answer.values)
    row = np.repeat(np.arange(matrix.height), np.diff(matrix.start))
    open_ = np.bincount(row, ~matrix.integer[matrix.column], matrix.height) > 0
    return changed(
        matrix,
        row_lower=np.where(open_, matrix.row_lower, -np.inf),
        row_upper=np.where(open_, matrix.row_upper, np.inf),
        lower=np.where(matrix.integer, whole, matrix.lower),
        upper=np.where(matrix.integer, whole, matrix.upper),
        integer=np.zeros(matrix.width, bool),
    )
