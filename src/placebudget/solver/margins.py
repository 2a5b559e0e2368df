"""Margins: a plan's programme with a purse of free money, to be asked about its services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from placebudget.place import Place
from placebudget.programme import Benchmark, Programme, build, one_goal
from placebudget.programme.basis import Shortfall
from placebudget.solver.answer import RunLimits
from placebudget.solver.live_service import LiveService


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
        gave_way: Mapping[tuple[str, str, str], float] | None = None,
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
    """Decisions as a plan has them: column, line (number), decided.

    An offer without a smallest lot stays open from its start on, bought from or not.
    """
    basis = programme.basis
    number = {name: n for n, name in enumerate(basis.offers.name)}
    year = {name: t for t, name in enumerate(basis.years)}
    bought = np.zeros((len(number), len(year)), bool)
    start = np.zeros_like(bought)
    rows = (units["offer"].map(number).to_numpy(), units["year"].map(year).to_numpy())
    bought[rows] = units["units"].to_numpy(float) > 0
    start[rows] = units["started"].to_numpy(bool)
    begun = np.cumsum(start, axis=1).astype(bool) | basis.offers.in_use[:, None]
    run = np.where(basis.offers.smallest_lot[:, None] > 0, bought, begun)
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
