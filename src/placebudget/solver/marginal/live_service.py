"""A service in a live model: what a little more, or a little less, money on it would do.

Everything here is a difference between optima, found by solving again: the plan's
programme, with decisions on offers as they are, is held at the plan's money and
then pushed one way or another. Besides the money of the place there is a purse of
free money without conditions, so that what a pound does on a service can be told
apart from what it would do elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from typing import Any

import numpy as np
import pandas as pd

from placebudget.errors import SolverFailed, Stopped
from placebudget.place import Place
from placebudget.programme import Benchmark, Programme, build, one_goal
from placebudget.programme.basis import Shortfall
from placebudget.programme.blocks.lots import running
from placebudget.programme.linear import Matrix
from placebudget.programme.terms import capacity_columns
from placebudget.solver.backend.answer import RunLimits, SolverResult, Status
from placebudget.solver.backend.engine import stacked
from placebudget.solver.backend.highs import LiveHighs
from placebudget.solver.marginal.binding import held

# A plan's money is whole pennies: its sums may be some pennies, rarely pounds, off the solver's.
_ROUNDING = (0.02, 1.0, 5.0)
_NOT_FOUND = (
    "the plan cannot be found again from its place: it was made by another version, or the place "
    "has changed; plan it again"
)
# Constraints in which units stand as they are, not at their cost; so they do in rules in units.
_COUNT_UNITS = {
    "delivery", "smallest_lot", "largest_lot", "paid_for", "release", "build", "need_after",
}  # fmt: skip

Push = tuple[np.ndarray, np.ndarray | float, np.ndarray | float]


@dataclass(frozen=True)
class Reading:
    """What one solve gave.

    Parameters
    ----------
    value : float
        Of the objective, in its unit.
    spent : ndarray
        Lines x years, money units, free money included.
    own : ndarray
        By year, what the place's own money spends on the lines asked about.
    slopes : ndarray or None
        What one more on the right of each constraint, then on the bound of each
        variable, adds to what was made the most of; None where decisions were open.
    """

    value: float
    spent: np.ndarray
    own: np.ndarray
    slopes: np.ndarray | None
    values: np.ndarray


class LiveService:
    """Some services of a place in a live model: hold them, push them, give them free money.

    Parameters
    ----------
    programme : Programme
        With a purse of free money.
    lines : ndarray of bool
        What is asked about, by line of ``programme.basis``.
    spent : ndarray
        Its money in the plan by year, in pounds.
    decided : DataFrame
        Decisions that are fixed: column, line, decided.
    start : optional
        The basis to start from.

    Raises
    ------
    SolverFailed
        If the plan cannot be found again in the model.
    """

    def __init__(
        self,
        programme: Programme,
        lines: np.ndarray,
        spent: Sequence[float] | np.ndarray,
        decided: pd.DataFrame,
        limits: RunLimits | None = None,
        start: Any = None,
    ) -> None:
        self.programme, self.basis = programme, programme.basis
        self.lines, self.limits = lines, changed(limits or RunLimits(), gap=0.0)
        self.objective = programme.objectives[0]
        self.gain = self.objective.gain
        self.years = len(self.basis.years)
        self.every_year = np.arange(self.years)
        self.money = programme.columns["money"]
        self.free = self.basis.classes.free[self.money.index["class"]]
        self.mine = lines[self.money.index["line"]]
        self.matrix = self._matrix(decided)
        first = programme.matrix.height
        self.own_rows = first + self.every_year
        self.own_total, self.extra_total, self.away_total = first + self.years + np.arange(3)
        self.live = LiveHighs(self.matrix, -self.gain)
        self.start = start
        best = self.push()
        if best is None:
            raise SolverFailed(_NOT_FOUND)
        self.slopes = best.slopes
        # Here the rows that add up money are free, so this fits any service.
        self.common = start or self.live.mark()
        self.start = self.common
        self.held = self._held(np.asarray(spent, float) / self.basis.scale.money)
        self.start = self.live.mark()

    # --- the model ------------------------------------------------------------

    def _matrix(self, fixed: pd.DataFrame) -> Matrix:
        """The programme with decisions fixed, its purse closed, and rows that add up money."""
        numbers, decided = (fixed[name].to_numpy() for name in ("column", "decided"))
        base = held(self.programme, numbers.astype(np.int64), decided.astype(float))
        upper = base.upper.copy()
        upper[self.money.numbers[self.free]] = 0.0
        low, high = base.row_lower.copy(), base.row_upper.copy()
        purse = self.balance_rows(int(np.flatnonzero(self.basis.classes.free)[0]))
        low[purse], high[purse] = -np.inf, np.inf
        return stacked(changed(base, upper=upper, row_lower=low, row_upper=high), self._sums())

    def _sums(self) -> Matrix:
        year = self.money.index["year"]
        own = self.mine & ~self.free
        picks = [own & (year == t) for t in range(self.years)]
        picks += [own, self.mine & self.free, ~self.mine & self.free]
        columns = [self.money.numbers[pick] for pick in picks]
        column = np.concatenate(columns).astype(np.int32)
        start = np.concatenate([[0], np.cumsum([len(part) for part in columns])]).astype(np.int32)
        none, free = np.zeros(0), np.full(len(picks), np.inf)
        return Matrix(
            none, none, np.zeros(0, bool), start, column, np.ones(len(column)), -free, free
        )

    def balance_rows(self, klass: int) -> np.ndarray:
        """Numbers of the constraints that hold the money of a class, by year."""
        return self.programme.rows["class_balance"].first + klass * self.years + self.every_year

    def purse(self, years: Sequence[int] | np.ndarray, here: bool) -> np.ndarray:
        """Numbers of the variables of free money on the service, or elsewhere."""
        at = self.free & (self.mine == here) & np.isin(self.money.index["year"], years)
        return self.money.numbers[at]

    # --- solving --------------------------------------------------------------

    def _held(self, spent: np.ndarray) -> Reading:
        """The plan, at the solver's own precision."""
        for pounds in _ROUNDING:
            near = pounds / self.basis.scale.money
            found = self.push([(self.own_rows, spent - near, spent + near)])
            if found is not None:
                return found
        raise SolverFailed(_NOT_FOUND)

    def push(
        self,
        rows: Sequence[Push] = (),
        columns: Sequence[Push] = (),
        most: np.ndarray | None = None,
    ) -> Reading | None:
        """Solve with some limits changed, and put them back.

        Parameters
        ----------
        rows, columns : sequence of (numbers, lower, upper)
            New limits of constraints and bounds of variables.
        most : ndarray, optional
            What to make the most of in place of the objective.

        Returns
        -------
        Reading or None
            None where no plan keeps the limits.
        """
        m = self.matrix
        for numbers, low, high in rows:
            self.live.change_rows(numbers, _each(low, numbers), _each(high, numbers))
        for numbers, low, high in columns:
            self.live.change_columns(numbers, _each(low, numbers), _each(high, numbers))
        gain = self.gain if most is None else most
        if most is not None:
            self.live.change_cost(-most)
        if self.start is None:
            answer = self.live.run(self.limits)
        else:
            # From a plan that is nearly right the primal simplex needs the fewest steps.
            self.live.back_to(self.start)
            answer = self.live.run(self.limits, simplex_strategy=4)
        if most is not None:
            self.live.change_cost(-self.gain)
        for numbers, _, _ in rows:
            self.live.change_rows(numbers, m.row_lower[numbers], m.row_upper[numbers])
        for numbers, _, _ in columns:
            self.live.change_columns(numbers, m.lower[numbers], m.upper[numbers])
        return self._read(answer, gain)

    def _read(self, answer: SolverResult, gain: np.ndarray) -> Reading | None:
        if answer.status in (Status.INFEASIBLE, Status.UNBOUNDED):
            return None
        if answer.status in (Status.STOPPED, Status.TIME_LIMIT):
            raise Stopped("the explanation was stopped before it was complete")
        if answer.values is None:
            raise SolverFailed(f"the solver gave no answer ({answer.detail})")
        index, amounts = self.money.index, answer.values[self.money.numbers]
        spent = np.zeros((len(self.basis.lines), self.years))
        np.add.at(spent, (index["line"], index["year"]), amounts)
        own = self.mine & ~self.free
        mine = np.bincount(index["year"][own], amounts[own], self.years)
        value = self.objective.value(answer.values)
        return Reading(value, spent, mine, self._slopes(answer, gain), answer.values)

    def _slopes(self, answer: SolverResult, gain: np.ndarray) -> np.ndarray | None:
        if answer.duals is None:
            return None
        rows = np.repeat(np.arange(self.matrix.height), np.diff(self.matrix.start))
        pull = self.matrix.value * answer.duals[rows]
        reduced = -gain - np.bincount(self.matrix.column, pull, self.matrix.width)
        return -np.concatenate([answer.duals, reduced])

    # --- questions --------------------------------------------------------------

    @property
    def as_held(self) -> Push:
        """The service's own money, year by year, as in the plan."""
        return (self.own_rows, self.held.own, self.held.own)

    def given(self, amount: float, years: np.ndarray, *more: Push) -> Reading | None:
        """Free money on the service on top of its own; all else has the money it has."""
        rows: list[Push] = [self.as_held, (np.array([self.extra_total]), amount, amount)]
        return self.push([*rows, *more], [(self.purse(years, here=True), 0.0, np.inf)])

    def robbed(self, amount: float, years: np.ndarray) -> Reading | None:
        """Money taken off the service and lost."""
        rows = [self.as_held, (np.array([self.extra_total]), -amount, -amount)]
        return self.push(rows, [(self.purse(years, here=True), -np.inf, 0.0)])

    def elsewhere(self, amount: float, years: np.ndarray) -> Reading | None:
        """Free money anywhere but on the service, which has the money it has."""
        rows = [self.as_held, (np.array([self.away_total]), 0.0, amount)]
        return self.push(rows, [(self.purse(years, here=False), 0.0, np.inf)])

    def forced(self, amount: float, years: np.ndarray, *more: Push) -> Reading | None:
        """The place's own money on the service raised, or lowered, in total over some years."""
        total = self.held.own[years].sum() + amount
        if len(years) == self.years:
            return self.push([(np.array([self.own_total]), total, total), *more])
        return self.push([(self.own_rows[years], total, total), *more])

    def most(self, years: np.ndarray, bound: float) -> Reading | None:
        """As much free money on the service as it can use, on top of its own."""
        numbers = self.purse(years, here=True)
        most = np.zeros(self.matrix.width)
        most[numbers] = 1.0
        rows = [self.as_held, (np.array([self.extra_total]), 0.0, bound)]
        return self.push(rows, [(numbers, 0.0, np.inf)], most)

    def least(self, years: np.ndarray) -> Reading | None:
        """As little of the place's own money on the service as the rules let it have."""
        most = np.zeros(self.matrix.width)
        at = self.mine & ~self.free & np.isin(self.money.index["year"], years)
        most[self.money.numbers[at]] = -1.0
        other = np.setdiff1d(self.every_year, years)
        held = self.held.own[other]
        return self.push([(self.own_rows[other], held, held)] if len(other) else [], most=most)

    def cheaper(self, factor: float) -> None:
        """Multiply what a unit of the service costs, wherever the cost stands."""
        mine = np.zeros(self.matrix.width, bool)
        paid_for = capacity_columns(self.programme.draft, self.basis)
        mine[paid_for[self.lines[self.basis.offers.line]]] = True
        costs = np.ones(self.matrix.height, bool)
        counting = [self.programme.rows[name] for name in _COUNT_UNITS & self.programme.rows.keys()]
        counting += [rows for kind, rows in self.programme.rule_rows() if kind.of_units]
        for block in counting:
            costs[block.numbers] = False
        rows = np.repeat(np.arange(self.matrix.height), np.diff(self.matrix.start))
        hit = np.flatnonzero(mine[self.matrix.column] & costs[rows])
        values = self.matrix.value[hit] * factor
        self.live.change_coefficients(rows[hit], self.matrix.column[hit], values)

    def worth_having(self, years: np.ndarray) -> float:
        """What the plan gains by having the service at all, against having none of it."""
        best = self.push()
        none = self.push([(self.own_rows[years], 0.0, 0.0)])
        return 0.0 if best is None or none is None else best.value - none.value


def _each(limit: np.ndarray | float, numbers: np.ndarray) -> np.ndarray:
    return np.broadcast_to(np.asarray(limit, float), len(numbers)).copy()


# Margins: a plan's programme with a purse of free money, to be asked about its services.


class Margins:
    """The programme of a plan with a purse of free money, to be asked about its services.

    Parameters
    ----------
    place : Place
        The place of the plan.
    units : DataFrame
        The plan's units (offer, year, units, started), which its decisions on
        offers are taken from.
    pooling, objective, reinvest, benchmarks
        How the plan was made; of several objectives, the first.
    limits : RunLimits, optional
        Stop signal.
    ordered : bool
        Whether the plan needed the order of steps said in whole numbers.
    gave_way : mapping, optional
        Where services without effects could not keep today's money.
    shortfall : Shortfall, optional
        How much need the plan leaves unmet, where money cannot meet all that must be met.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> plan = pb.optimise(place, pooling="freed")
    >>> margins = Margins(place, plan.tables["units"], pooling="freed")
    >>> home_care = margins.service(margins.basis.lines.service == "home_care", [45e6])
    >>> more = home_care.given(1.0, home_care.every_year)
    >>> round((more.value - home_care.held.value) / 1e6, 6)
    1.0
    """

    def __init__(
        self,
        place: Place,
        units: pd.DataFrame,
        *,
        pooling: str = "pooled",
        objective: str = "public value",
        reinvest: float = 0.0,
        benchmarks: Mapping[str, Benchmark] | None = None,
        limits: RunLimits | None = None,
        ordered: bool = False,
        gave_way: Mapping[tuple[str, str, str], tuple[float, float]] | None = None,
        shortfall: Shortfall | None = None,
    ) -> None:
        self.programme = build(
            place,
            one_goal(place, pooling),
            objectives=[objective],
            reinvest=reinvest,
            benchmarks=benchmarks,
            probe=True,
            ordered=ordered,
            gave_way=gave_way,
            shortfall=shortfall,
        )
        self.basis, self.limits = self.programme.basis, limits
        self.decisions = _decisions(self.programme, units)
        self._start: Any = None

    def service(
        self, lines: np.ndarray, spent: Sequence[float] | np.ndarray, open_decisions: bool = False
    ) -> LiveService:
        """A live model of some services; ``spent`` is their money by year, in pounds."""
        fixed = self.decisions
        if open_decisions:
            fixed = fixed[~lines[fixed["line"].to_numpy()]]
        found = LiveService(self.programme, lines, spent, fixed, self.limits, self._start)
        # The first solve of all is where every later one starts, whatever was asked between.
        if self._start is None and found.slopes is not None:
            self._start = found.common
        return found


def _decisions(programme: Programme, units: pd.DataFrame) -> pd.DataFrame:
    """Decisions as a plan has them: column, line (number), decided."""
    basis = programme.basis
    number = {name: n for n, name in enumerate(basis.offers.name)}
    year = {name: t for t, name in enumerate(basis.years)}
    bought = np.zeros((len(number), len(year)), bool)
    start = np.zeros_like(bought)
    rows = (units["offer"].map(number).to_numpy(), units["year"].map(year).to_numpy())
    bought[rows] = units["units"].to_numpy(float) > 0
    start[rows] = units["started"].to_numpy(bool)
    run = running(basis, bought, start)
    parts = []
    for name, decided in (("start", start), ("run", run)):
        block = programme.columns.get(name)
        if block is not None:
            offer, at = block.index["offer"], block.index["year"]
            value = np.minimum(decided[offer, at], block.upper)
            line = basis.offers.line[offer]
            parts.append(pd.DataFrame({"column": block.numbers, "line": line, "decided": value}))
    if "full" in programme.columns:
        amounts = np.zeros((len(number), len(year)))
        amounts[rows] = units["units"].to_numpy(float) / basis.scale.units
        parts.append(_full_steps(programme, amounts))
    if not parts:
        return pd.DataFrame({"column": [], "line": [], "decided": []}).astype(np.int64)
    return pd.concat(parts, ignore_index=True)


def _full_steps(programme: Programme, units: np.ndarray) -> pd.DataFrame:
    """Which steps are full, where their order has to be said; one just full counts."""
    basis, block = programme.basis, programme.columns["full"]
    steps, line, year = basis.steps, block.index["line"], block.index["year"]
    bought = basis.by_line(units)
    first = np.searchsorted(steps.line, np.arange(len(basis.lines)))
    width = np.where(np.isfinite(steps.width), steps.width, 0.0)
    before = np.concatenate([np.zeros((1, len(basis.years))), np.cumsum(width, axis=0)])
    up_to = before[first[line] + block.index["step"] + 1, year] - before[first[line], year]
    decided = bought[line, year] >= up_to * (1 - 1e-9)
    return pd.DataFrame({"column": block.numbers, "line": line, "decided": decided.astype(float)})
