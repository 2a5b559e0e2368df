"""What limits cost: the gain from relaxing each binding limit by one unit.

Prices are differences between optima, found by solving again from the last
basis, not duals: duals are not unique at kinks, and their signs depend on the
solver. A price holds up to a point, which is found as well: the value of a limit
is concave, so the line that starts at today's price and the one that arrives at a
far point meet at or beyond the point where the price ends; a few such steps reach
it. Where offers need decisions, prices hold with these as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace as changed

import numpy as np
import pandas as pd

from placebudget.programme import Programme, build
from placebudget.programme.linear import worth
from placebudget.programme.rules import read_rules
from placebudget.solver.answer import Limits, Status
from placebudget.solver.highs import LiveHighs
from placebudget.solver.sequence import Solution

PRICE_COLUMNS = {
    "kind": "str",
    "name": "str",
    "where": "str",
    "year": "str",
    "basis": "str",
    "unit": "str",
    "relaxing": "float64",
    "holds_for": "float64",
    "tightening": "float64",
    "decisions_fixed": "bool",
    "sentence": "str",
}
_POUNDS = "£1 million"
_ROW_UNITS = {
    "units_floor": "1 unit",
    "units_cap": "1 unit",
    "outcome_floor": "1 unit of outcome",
    "equity_floor": "1 unit of outcome",
}
DEAREST = 25
_STEPS = 12


@dataclass(frozen=True)
class Limit:
    """One limit and how to move it.

    Parameters
    ----------
    rows, columns : tuple of (number, amount)
        By how much the right side of a constraint, or the bound of a variable,
        moves when the limit is relaxed by one scaled unit.
    step : float
        One unit, scaled.
    most : float
        How far it can be relaxed at all, scaled.
    """

    kind: str
    name: str
    where: str
    year: str
    basis: str
    unit: str
    step: float
    most: float
    rows: tuple[tuple[int, float], ...] = ()
    columns: tuple[tuple[int, float], ...] = ()


def limit_prices(
    programme: Programme, solution: Solution, limits: Limits, dearest: int = DEAREST
) -> pd.DataFrame:
    """Prices of the dearest limits of a solution, dearest first.

    Parameters
    ----------
    programme : Programme
        The programme that was solved.
    solution : Solution
        What came out; its decisions on offers are kept.
    limits : Limits
        Stop signal.
    dearest : int
        How many limits to price, those with the largest duals first.

    Returns
    -------
    DataFrame
        ``relaxing``: gain in the objective's unit from relaxing by one ``unit``;
        ``holds_for``: number of units for which that goes on (infinite where no
        end was found); ``tightening``: loss from tightening by one unit, blank
        where no plan would be left; ``decisions_fixed``.
    """
    return _Prices(programme, solution, limits).table(dearest)


class _Prices:
    """A live model of the programme with a class of free money, ready to be moved."""

    def __init__(self, programme: Programme, solution: Solution, limits: Limits) -> None:
        basis = programme.basis
        self.programme = build(
            basis.place,
            basis.pooling,
            objectives=[programme.objectives[0].name],
            reinvest=basis.reinvest,
            benchmarks=programme.benchmarks,
            scale=basis.scale,
            probe=True,
            ordered=programme.ordered,
        )
        self.limits = changed(limits, gap=0.0)
        self.objective = self.programme.objectives[0]
        self.fixed = solution.integers_fixed
        matrix = self.programme.matrix
        whole = [block for block in self.programme.columns.values() if block.integer]
        for block in whole if self.fixed else ():
            decided = np.round(programme.take(block.name, solution.values))
            matrix.lower[block.numbers] = matrix.upper[block.numbers] = decided
            matrix.integer[block.numbers] = False
        self.matrix = matrix
        self.live = LiveHighs(matrix, -self.objective.gain)

    def table(self, dearest: int) -> pd.DataFrame:
        start = self._solve()
        rows = []
        if start is not None and not self.objective.leximin:
            value, slopes, at = start
            candidates = [(self._slope(limit, slopes), limit) for limit in self._limits(slopes, at)]
            ranked = sorted(candidates, key=lambda pair: -pair[0] * pair[1].step)
            for _, limit in ranked[:dearest]:
                if self.limits.stopped:
                    break
                rows.append(self._price(limit, value))
        columns = [name for name in PRICE_COLUMNS if name != "sentence"]
        frame = pd.DataFrame(rows, columns=columns)
        frame["sentence"] = ""
        frame = frame.astype(PRICE_COLUMNS)
        frame = frame[(frame["relaxing"] > 1e-6) | (frame["tightening"] > 1e-6)]
        return frame.sort_values(
            ["relaxing", "kind", "name", "year"],
            ascending=[False, True, True, True],
            ignore_index=True,
        )

    # --- solving ------------------------------------------------------------

    def _solve(self) -> tuple[float, np.ndarray, np.ndarray] | None:
        """Value, what one more on the right of each constraint and bound adds, and the plan."""
        answer = self.live.run(self.limits)
        if answer.status is not Status.OPTIMAL or answer.values is None or answer.duals is None:
            return None
        value = worth(self.objective.gain, answer.values) * self.objective.scale
        reduced = -self.objective.gain - self.matrix.transposed_times(answer.duals)
        slopes = -np.concatenate([answer.duals, reduced]) * self.objective.scale
        return value, slopes, answer.values

    def _slope(self, limit: Limit, slopes: np.ndarray) -> float:
        height = self.matrix.height
        gain = sum(slopes[n] * by for n, by in limit.rows)
        return float(gain + sum(slopes[height + n] * by for n, by in limit.columns))

    def _moved(self, limit: Limit, amount: float) -> tuple[float, float] | None:
        """Value and slope with a limit relaxed by a scaled amount; everything is put back."""
        m = self.matrix
        rows = np.array([n for n, _ in limit.rows], np.int64)
        columns = np.array([n for n, _ in limit.columns], np.int64)
        by = np.array([b for _, b in limit.rows]) * amount
        self.live.change_rows(rows, m.row_lower[rows] + by, m.row_upper[rows] + by)
        low, high = m.lower[columns], m.upper[columns]
        shift = np.array([b for _, b in limit.columns]) * amount
        upper = np.where(shift * amount >= 0, high + shift, high) if len(columns) else high
        lower = np.where(shift * amount < 0, low + shift, low) if len(columns) else low
        if (lower < -1e-12).any() or (upper < -1e-12).any():
            # There is less of the limit than it should be moved by.
            self.live.change_rows(rows, m.row_lower[rows], m.row_upper[rows])
            return None
        self.live.change_columns(columns, np.maximum(lower, 0.0), np.maximum(upper, 0.0))
        found = self._solve()
        self.live.change_rows(rows, m.row_lower[rows], m.row_upper[rows])
        self.live.change_columns(columns, low, high)
        return None if found is None else (found[0], self._slope(limit, found[1]))

    def _price(self, limit: Limit, value: float) -> dict[str, object]:
        more = self._moved(limit, min(limit.step, limit.most)) if limit.most > 0 else None
        less = self._moved(limit, -limit.step)
        gain = 0.0 if more is None else (more[0] - value) * limit.step / min(limit.step, limit.most)
        names = ("kind", "name", "where", "year", "basis", "unit")
        return {
            **{name: getattr(limit, name) for name in names},
            "relaxing": max(gain, 0.0),
            "holds_for": self._holds_for(limit, value, gain / limit.step) / limit.step,
            "tightening": np.nan if less is None else max(value - less[0], 0.0),
            "decisions_fixed": self.fixed,
        }

    def _holds_for(self, limit: Limit, value: float, slope: float) -> float:
        """How far a price holds, scaled."""
        far = limit.most
        tiny = 1e-9 * max(1.0, abs(value))
        for _ in range(_STEPS):
            found = self._moved(limit, far)
            if found is None:
                far /= 2
                continue
            reached, arriving = found
            if reached >= value + slope * far - 10 * tiny:
                return far
            if slope - arriving <= tiny:
                return far
            meeting = (reached - arriving * far - value) / (slope - arriving)
            if not 0 <= meeting < far:
                return far
            far = meeting
        return far

    # --- limits -------------------------------------------------------------

    def _limits(self, slopes: np.ndarray, at: np.ndarray) -> Iterator[Limit]:
        """All limits that bind: a limit may bind and still have no dual, at a kink."""
        yield from self._rules(at)
        yield from self._contributions(slopes, at)
        yield from self._ring_fences(slopes)
        yield from self._capacities(at)

    def _rules(self, at: np.ndarray) -> Iterator[Limit]:
        activity = self.matrix.times(at)
        basis, names = self.programme.basis, self.programme.draft.names
        rules = {rule.number: rule for rule in read_rules(basis)}
        money = float(basis.classes.funding.sum())
        for block in self.programme.rows.values():
            if "rule" not in block.index or block.sense == "=":
                continue
            relaxed = -1.0 if block.sense == ">=" else 1.0
            year = block.index.get("year", block.index.get("appraisal_year"))
            dim = "year" if "year" in block.index else "appraisal_year"
            counts_units = block.name in _ROW_UNITS
            unit = _ROW_UNITS.get(block.name, _POUNDS)
            step = 1 / basis.scale.units if counts_units else 1e6 / basis.scale.money
            left = np.abs(activity[block.numbers] - block.right)
            for n in np.flatnonzero(left <= 1e-7 * np.maximum(1.0, np.abs(block.right))):
                rule = rules[int(block.index["rule"][n])]
                where = [
                    str(names[d][block.index[d][n]])
                    for d in ("line", "area", "agency")
                    if d in block.index
                ]
                right = abs(float(block.right[n]))
                most = right if block.sense == ">=" and right > 0 else money
                yield Limit(
                    rule.kind, rule.name, ", ".join(where),
                    "" if year is None else str(names[dim][year[n]]),
                    rule.basis, unit, step, max(most, step),
                    rows=((block.first + int(n), relaxed),),
                )  # fmt: skip

    def _contributions(self, slopes: np.ndarray, at: np.ndarray) -> Iterator[Limit]:
        basis, height = self.programme.basis, self.matrix.height
        block = self.programme.columns["contribute"]
        step = 1e6 / basis.scale.money
        paid = at[block.numbers]
        low = (block.lower > 0) & (np.abs(paid - block.lower) <= 1e-7)
        high = np.isfinite(block.upper) & (np.abs(paid - block.upper) <= 1e-7)
        for n in np.flatnonzero(low | high):
            number, gain = block.first + int(n), slopes[height + block.first + n]
            if high[n] and not low[n]:
                gain = 1.0
            elif low[n] and not high[n]:
                gain = -1.0
            binding = "contribution maximum" if gain > 0 else "contribution minimum"
            room = float(basis.classes.funding.sum() if gain > 0 else block.lower[n])
            klass, route, year = (int(block.index[d][n]) for d in ("class", "route", "year"))
            yield Limit(
                binding, str(basis.routes[route]), ", ".join(basis.classes.streams[klass]),
                basis.years[year], "agreement", _POUNDS, step, room,
                columns=((number, 1.0 if gain > 0 else -1.0),),
            )  # fmt: skip

    def _ring_fences(self, slopes: np.ndarray) -> Iterator[Limit]:
        """Moving money from a fenced class to free money."""
        basis = self.programme.basis
        if basis.pooling.freed:
            return
        balance, years = self.programme.rows["class_balance"].first, len(basis.years)
        free = int(np.flatnonzero(basis.classes.free)[0])
        for c, fence in enumerate(basis.classes.fence):
            for t in range(years) if fence is not None else ():
                most = float(basis.classes.funding[c, t])
                rows = ((balance + c * years + t, -1.0), (balance + free * years + t, 1.0))
                if most <= 0 or sum(slopes[n] * by for n, by in rows) <= 1e-6:
                    continue
                yield Limit(
                    "ring-fence", ", ".join(basis.classes.streams[c]),
                    "for " + ", ".join(sorted(fence or ())), basis.years[t], "grant condition",
                    _POUNDS, 1e6 / basis.scale.money, most, rows=rows,
                )  # fmt: skip

    def _capacities(self, at: np.ndarray) -> Iterator[Limit]:
        basis = self.programme.basis
        block, offers = self.programme.columns["units"], self.programme.basis.offers
        full = np.isfinite(block.upper) & (at[block.numbers] >= block.upper - 1e-9)
        for n in np.flatnonzero(full & (block.upper > 0)):
            offer, year = int(block.index["offer"][n]), int(block.index["year"][n])
            line = int(offers.line[offer])
            where = self.programme.draft.names["line"][line]
            yield Limit(
                "capacity", str(offers.name[offer]), str(where), basis.years[year], "assumption",
                "1 unit", 1 / basis.scale.units, float(block.upper[n]) * 10,
                columns=((block.first + int(n), 1.0),),
            )  # fmt: skip
