"""What moves in a programme with a limit: right sides and bounds, all that depend on it.

Most limits stand in one place. Two do not. Where no need is given, capacity takes its
place, so steps of returns are as wide as capacity is; and today's money, which locks,
virement and pace hold spending to, is carried on with funding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import replace as changed

import numpy as np

from placebudget.programme import Programme
from placebudget.programme.linear import Matrix
from placebudget.programme.money import stream_funding
from placebudget.programme.rules import read_rules
from placebudget.solver.todays_money import TodaysMoney

# Pounds by which funding is moved, to see what of today's money follows it.
_NEAR = 1_000.0


@dataclass(frozen=True)
class Move:
    """By how much numbers of a programme move, for one scaled unit of a limit.

    Parameters
    ----------
    rows : mapping of int to float
        Right sides of constraints.
    lower, upper : mapping of int to float
        Bounds of variables.
    """

    rows: Mapping[int, float] = field(default_factory=dict)
    lower: Mapping[int, float] = field(default_factory=dict)
    upper: Mapping[int, float] = field(default_factory=dict)

    def __neg__(self) -> Move:
        """The same move the other way."""
        rows, lower, upper = (
            {n: -by for n, by in part.items()} for part in (self.rows, self.lower, self.upper)
        )
        return Move(rows, lower, upper)


def held(programme: Programme, numbers: np.ndarray, decided: np.ndarray) -> Matrix:
    """The programme with whole numbers as decided, and without what then says nothing.

    The largest lot of an offer that runs is the least of capacity, need and money, which
    are kept anyhow; of these, it would stay where it is while they move. So it is left
    out, and the end of a step that is open with it.

    Parameters
    ----------
    numbers, decided : ndarray
        Which variables are decided, and how.
    """
    matrix = programme.matrix
    lower, upper, integer = matrix.lower.copy(), matrix.upper.copy(), matrix.integer.copy()
    lower[numbers] = upper[numbers] = decided
    integer[numbers] = False
    row_upper = matrix.row_upper.copy()
    for name, whole in (("largest_lot", "run"), ("next_step", "full")):
        rows = programme.rows.get(name)
        if rows is not None:
            row_upper[rows.numbers[programme.take(whole, lower) > 0]] = np.inf
    return changed(matrix, lower=lower, upper=upper, integer=integer, row_upper=row_upper)


class Moves:
    """The moves of limits on which other numbers depend.

    Parameters
    ----------
    programme : Programme
        Any programme.
    values : ndarray
        Values of its variables; whole numbers are taken as decided.
    """

    def __init__(self, programme: Programme, values: np.ndarray) -> None:
        self.programme, self.basis = programme, programme.basis
        self.years = len(self.basis.years)
        self.full = programme.take("full", values)
        self.today = TodaysMoney(programme, read_rules(self.basis))
        self.streams = {
            str(name): row.to_numpy(float)
            for name, row in stream_funding(self.basis.place).iterrows()
        }

    def capacity(self, offer: int, year: int) -> Move:
        """One unit more of an offer's capacity in a year."""
        steps, columns = self.basis.steps, self.programme.columns
        upper = {columns["units"].first + offer * self.years + year: 1.0}
        mine = steps.line == self.basis.offers.line[offer]
        wider = np.flatnonzero(mine & steps.of_capacity[:, year])
        first = columns["step_units"].first
        upper |= {first + int(n) * self.years + year: float(steps.share[n]) for n in wider}
        return Move(rows=self._filled(wider, year), upper=upper)

    def _filled(self, wider: np.ndarray, year: int) -> dict[int, float]:
        """A step that is held full is full when it is wider, too."""
        rows, steps = self.programme.rows.get("step_filled"), self.basis.steps
        if rows is None:
            return {}
        share = {(steps.line[n], steps.step[n]): float(steps.share[n]) for n in wider}
        full = np.flatnonzero((rows.index["year"] == year) & (self.full > 0))
        keys = {int(n): (rows.index["line"][n], rows.index["step"][n] + 1) for n in full}
        return {rows.first + n: share[key] for n, key in keys.items() if key in share}

    def funding(self, stream: str, year: int) -> Move:
        """One more of a stream's money in a year."""
        classes = self.basis.classes
        klass = next(c for c, names in enumerate(classes.streams) if stream in names)
        rows = {self._balance(klass, year): 1.0} | self._follows(stream, year)
        return Move(rows=rows, upper=self._carried(klass, year, 1.0))

    def fence(self, klass: int, year: int) -> Move:
        """One of the money of a class, in a year, becomes free money."""
        free = int(np.flatnonzero(self.basis.classes.free)[0])
        rows = {self._balance(klass, year): -1.0, self._balance(free, year): 1.0}
        return Move(rows=rows, upper=self._carried(klass, year, -1.0))

    def _balance(self, klass: int, year: int) -> int:
        return self.programme.rows["class_balance"].first + klass * self.years + year

    def _carried(self, klass: int, year: int, by: float) -> dict[int, float]:
        """What may be carried out of a year is a share of its funding."""
        carry = self.programme.columns["carry"]
        at = np.flatnonzero((carry.index["class"] == klass) & (carry.index["year"] == year))
        share = by * float(self.basis.classes.carry_forward[klass])
        return {carry.first + int(n): share for n in at}

    def _follows(self, stream: str, year: int) -> dict[int, float]:
        """Limits that follow today's money, which is carried on with funding."""
        back = min(_NEAR, self.streams[stream][year])
        more, less, _ = (self._limits(stream, year, by) for by in (_NEAR, -back, 0.0))
        apart = (_NEAR + back) / self.basis.scale.money
        return {n: by / apart for n, side in more.items() if abs(by := side - less[n]) > 1e-12}

    def _limits(self, stream: str, year: int, by: float) -> dict[int, float]:
        """Right sides that follow a stream, with its funding moved by some pounds."""
        funding = self.streams[stream].copy()
        funding[year] += by
        self.today.fund({stream: funding}, [stream])
        found: dict[int, float] = {}
        for numbers, right, _ in self.today.limits([stream]):
            found.update(zip(numbers.tolist(), right.tolist(), strict=True))
        return found
