"""What limits cost: what the next of each brings, how far that goes, and the whole step.

A price is the slope of the best value as a limit is relaxed, or tightened, with the range
for which it holds; apart from it stands what the whole next £1 million, or the next unit,
brings. Both come from following the best plan as the limit moves (see
:mod:`placebudget.solver.marginal.value_curve`), with decisions on offers as they are and whatever
depends on the limit moved with it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from dataclasses import replace as changed

import numpy as np
import pandas as pd

from placebudget.place.rule_kinds import RULE_KINDS
from placebudget.programme import Programme
from placebudget.programme.build import write
from placebudget.solver.backend.answer import RunLimits
from placebudget.solver.marginal.binding import (
    BUILD,
    CAPACITY,
    FUNDING,
    LOAN,
    MAXIMUM,
    MINIMUM,
    NEED,
    RELEASE,
    RING_FENCE,
    Binding,
    Limit,
    held,
)
from placebudget.solver.marginal.value_curve import Path, ValueCurve
from placebudget.solver.stages.sequence import Solution
from placebudget.words import in_pounds

PRICE_COLUMNS = {
    "kind": "str",
    "name": "str",
    "where": "str",
    "year": "str",
    "basis": "str",
    "limit": "str",
    "unit": "str",
    "step": "float64",
    "relaxing": "float64",
    "relaxing_rate": "float64",
    "holds_for": "float64",
    "tightening": "float64",
    "tightening_rate": "float64",
    "tightening_holds_for": "float64",
    "offers_held": "bool",
    "steps_held": "bool",
    "sentence": "str",
}
DEAREST = 25
PRICED = (
    FUNDING, RING_FENCE, CAPACITY, MAXIMUM, MINIMUM, LOAN, NEED, RELEASE, BUILD, *RULE_KINDS,
)  # fmt: skip
"""Kinds of limits that have prices."""
# Gains below this are what solving leaves: half a pound for a whole step, or, of an
# objective that is no money, a billionth of its value.
_POUND = 0.5
_SHARE = 1e-9
# How many times as many limits are looked at as are wanted.
_LOOKED = 4


def limit_prices(
    programme: Programme,
    solution: Solution,
    limits: RunLimits,
    dearest: int = DEAREST,
    kinds: Collection[str] | None = None,
) -> pd.DataFrame:
    """Prices of the dearest limits of a solution, dearest first.

    Parameters
    ----------
    programme : Programme
        The programme that was solved.
    solution : Solution
        What came out; its decisions on offers are kept.
    limits : RunLimits
        Stop signal.
    dearest : int
        How many limits to price.
    kinds : collection of str, optional
        Price what is of these kinds alone, and all of it: a kind of rule,
        ``"contribution maximum"``, ``"contribution minimum"``, ``"loan"`` (the most
        that can be borrowed), ``"ring-fence"``, ``"capacity"``, ``"need"`` (that must be
        met), ``"release"`` and ``"build"`` (how fast capacity can be given up, and built) or
        ``"funding"``.

    Returns
    -------
    DataFrame
        ``relaxing`` and ``tightening``: gain from relaxing by a whole ``unit`` (or by all
        there is of the limit, where that is less: ``step`` says how many units), and loss
        from tightening by one, in the objective's unit. ``relaxing_rate`` and
        ``tightening_rate``: the same for a unit at the rate of the next pound, or of the
        next little; ``holds_for`` and ``tightening_holds_for``: for how many units that
        rate goes on (infinite where there is no end). Blank where no plan would be left.
        ``offers_held`` and ``steps_held``: whether which offers start and run, and which
        targets pay, and which steps of returns are full, is held as it is. Where money cannot
        meet all need that must be met there are none: more of it meets need first, whatever
        its value.
    """
    return _Prices(programme, solution, limits).table(dearest, kinds)


@dataclass(frozen=True)
class _Found:
    """A limit, what the next of it brings, and the curve as it is relaxed."""

    limit: Limit
    slope: float
    path: Path

    @property
    def worth(self) -> float:
        """What the next unit brings."""
        return self.slope * self.limit.unit_scaled


class _Prices:
    """A live model of the programme with a class of free money, ready to be moved."""

    def __init__(self, programme: Programme, solution: Solution, limits: RunLimits) -> None:
        self.programme = write(
            programme.basis.probed(),
            [programme.objectives[0].name],
            programme.benchmarks,
            programme.ordered,
        )
        self.limits = changed(limits, gap=0.0)
        self.objective = self.programme.objectives[0]
        numbers, decided = [np.zeros(0, np.int64)], [np.zeros(0)]
        for block in self.programme.columns.values():
            if block.integer:
                numbers.append(block.numbers)
                decided.append(np.round(programme.take(block.name, solution.values)))
        self.held = {name: self._open(name) for name in ("start", "run", "met", "full")}
        matrix = held(self.programme, np.concatenate(numbers), np.concatenate(decided))
        start = (solution.start, self._known("columns"), self._known("rows"))
        self.curve = ValueCurve(matrix, self.objective.gain, self.limits, start)

    def _known(self, families: str) -> np.ndarray:
        """Numbers of the variables, or constraints, that are not of free money."""
        free = self.programme.basis.classes.free
        return np.concatenate(
            [
                block.numbers[~free[block.index["class"]]]
                if "class" in block.index
                else block.numbers
                for block in getattr(self.programme, families).values()
            ]
        )

    def _open(self, name: str) -> bool:
        """Whether there is anything to decide in a family of whole numbers."""
        block = self.programme.columns.get(name)
        return block is not None and bool((block.lower < block.upper).any())

    def table(self, dearest: int, kinds: Collection[str] | None) -> pd.DataFrame:
        rows = [self._row(found) for found in self._found(dearest, kinds)]
        frame = pd.DataFrame(rows, columns=list(PRICE_COLUMNS))
        frame[["limit", "sentence"]] = ""
        frame = frame.astype(PRICE_COLUMNS)
        least = self._least
        frame = frame[(frame["relaxing"] > least) | (frame["tightening"] > least)]
        return frame.sort_values(
            ["relaxing", "kind", "name", "where", "year"],
            ascending=[False, True, True, True, True],
            ignore_index=True,
            key=lambda column: column.map(_even) if column.name == "relaxing" else column,
        )

    def _found(self, dearest: int, kinds: Collection[str] | None) -> list[_Found]:
        """Limits and what the next of each brings: the dearest, or all of some kinds."""
        unmet = self.programme.basis.shortfall is not None
        if self.objective.leximin or unmet or not self.curve.solved:
            return []
        binding = Binding(self.programme, self.curve.values)
        if kinds is None:
            return self._dearest(list(binding.limits()), dearest)
        limits = [*binding.limits(), *(binding.funding() if FUNDING in kinds else ())]
        return self._dearest([x for x in limits if x.kind in kinds], len(limits))

    def _dearest(self, limits: list[Limit], many: int) -> list[_Found]:
        """The dearest of some limits; what duals say is never less than a price is."""
        along = self.curve
        most = np.array([along.most(x.move) * x.unit_scaled for x in limits])
        found: list[_Found] = []
        for n in np.argsort(-most, kind="stable")[: _LOOKED * many].tolist():
            enough = sum(f.worth >= most[n] - 1e-12 for f in found)
            if enough >= many or self.limits.stopped:
                break
            path = along.along(limits[n].move, limits[n].hair)
            if path.slope is not None:
                found.append(_Found(limits[n], path.slope, path))
        found.sort(key=lambda f: -f.worth)
        return found[:many]

    @property
    def _least(self) -> float:
        """What rounds to nothing."""
        if in_pounds(self.objective.unit):
            return _POUND
        return _SHARE * max(1.0, abs(self.curve.best * self.objective.scale))

    def _row(self, found: _Found) -> dict[str, object]:
        limit, path, scale = found.limit, found.path, self.objective.scale
        one = limit.unit_scaled
        step = min(one, limit.room)
        whole = path.gain(step)
        # A lock holds on both sides: what taking away gains ends with what is there.
        if limit.there < step and whole is not None:
            taken = path.gain(limit.there)
            if taken is not None and (whole - taken) * scale < self._least:
                step = limit.there
        rate, reach, lost = np.nan, np.nan, None
        if limit.back > 0:
            back = self.curve.along(-limit.move, limit.hair)
            if back.slope is not None:
                rate, reach = -back.slope, back.holds_for(limit.back)
                lost = back.gain(one) if limit.back >= one else None
        names = ("kind", "name", "where", "year", "basis", "unit")
        return {
            **{name: getattr(limit, name) for name in names},
            "step": step / one,
            "relaxing": np.nan if whole is None else max(whole * scale, 0.0),
            "relaxing_rate": max(found.worth * scale, 0.0),
            "holds_for": path.holds_for(limit.room) / one,
            "tightening": np.nan if lost is None else max(-lost * scale, 0.0),
            "tightening_rate": np.maximum(rate * one * scale, 0.0),
            "tightening_holds_for": reach / one,
            "offers_held": any(self.held[name] for name in ("start", "run", "met")),
            "steps_held": self.held["full"],
        }


def _even(gain: float) -> float:
    """A gain to nine digits: those that differ by what solving leaves are equal."""
    return float(f"{gain:.8e}")
