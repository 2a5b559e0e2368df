"""The price of fairness: plans under one more rule after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pandas as pd

from placebudget.errors import Infeasible, Stopped
from placebudget.place import Place
from placebudget.plan import Plan, benchmarks
from placebudget.plan.deliver import outcome_table
from placebudget.plan.evidence import objective_value, read_solution
from placebudget.plan.need import shortfall_of
from placebudget.programme import ALIGNED, Programme, build, read_pooling
from placebudget.programme.basis import Shortfall
from placebudget.progress import Stage
from placebudget.solver import RunLimits, solve_in_order
from placebudget.study.areas import Compared

BEST, WORST_OFF, LEXIMIN = "best", "worst-off area first", "leximin"
EQUITY, PACE = "equity floor", "pace"
_RULE = "fairness_between_areas"
PRICE_COLUMNS = [
    *("rule", "level", "status", "objective", "unit"),
    *("value", "price", "share", "worst_area", "lowest_of_mean"),
]


class FairnessCurve:
    """Plans under one more rule after another."""

    def __init__(
        self,
        place: Place,
        objective: str,
        pooling: str | Sequence[str],
        limits: RunLimits,
        compared: Compared,
    ) -> None:
        self.place, self.objective, self.limits = place, objective, limits
        self.mode = read_pooling(place, pooling)
        self.compared = compared
        self.marks = (
            {}
            if self.mode.name == ALIGNED
            else benchmarks(place, objective=objective, limits=limits)
        )
        self.best, self.unit = float("nan"), ""
        self.shortfall: Shortfall | None = None

    def plans(self, plans: dict[str, Plan], outcome: str) -> Iterator[tuple]:  # type: ignore[type-arg]
        """Prices of the plans that put the worst-off area first."""
        for name in (BEST, WORST_OFF, LEXIMIN):
            plan = plans[name]
            held = next(o for o in plan.objectives if o.name == self.objective)
            if name == BEST:
                self.best, self.unit = held.value, held.unit
                self.shortfall = shortfall_of(plan.run)
            made = plan.tables["outcomes"]
            yield self._row(name, float("nan"), plan.status, held.unit, held.value, made, outcome)

    def rules(
        self,
        outcome: str,
        floors: Sequence[float],
        paces: Sequence[float],
        report: Callable[[str, int, int], None],
        total: int,
    ) -> Iterator[tuple]:  # type: ignore[type-arg]
        """Prices of equity floors and of limits to the pace of change, until stopped."""
        levels = [(EQUITY, float(v)) for v in floors] + [(PACE, float(v)) for v in paces]
        for n, (rule, level) in enumerate(levels, start=4):
            report(Stage(f"{rule}, {level:g} %", rule, f"{level:g}"), n, total)
            try:
                yield self._priced(rule, level, outcome)
            except Stopped:
                return

    def _priced(self, rule: str, level: float, outcome: str) -> tuple:  # type: ignore[type-arg]
        place = self.place.with_(rules=self._with_rule(rule, level, outcome))
        try:
            programme, solution = solve_in_order(
                lambda ordered: self._programme(place, ordered),
                limits=self.limits,
                tie_break=False,
            )
        except Infeasible:
            none = float("nan")
            told = (rule, level, "no plan keeps it", self.objective, self.unit)
            return (*told, none, none, none, "", none)
        evidence = read_solution(programme, solution, self.marks)
        value = objective_value(self.objective, programme.basis, evidence)
        made = outcome_table(programme.basis, evidence.made)
        return self._row(rule, level, solution.status, self.unit, value, made, outcome)

    def _programme(self, place: Place, ordered: bool) -> Programme:
        objectives = [self.objective]
        return build(
            place, self.mode, objectives=objectives, benchmarks=self.marks, ordered=ordered,
            shortfall=self.shortfall,
        )  # fmt: skip

    def _row(
        self,
        rule: str,
        level: float,
        status: str,
        unit: str,
        value: float,
        made: pd.DataFrame,
        outcome: str,
    ) -> tuple:  # type: ignore[type-arg]
        heads = self.compared.spread(made[made["outcome"] == outcome], "produced")
        people = self.compared.people
        mean, heads = heads.sum() / people.sum(), heads / people
        lost = self.best - value
        # What is nearer to nothing than the solver can tell is nothing.
        lost = 0.0 if abs(lost) <= 1e-8 * max(abs(self.best), 1.0) else lost
        return (
            rule, level, status, self.objective, unit, value, lost,
            lost / self.best if self.best else float("nan"),
            self.compared.areas[int(heads.argmin())],
            float(heads.min() / mean) if mean > 0 else float("nan"),
        )  # fmt: skip

    def _with_rule(self, rule: str, level: float, outcome: str) -> pd.DataFrame:
        if rule == EQUITY:
            subjects = [f"outcome={outcome}; tier={self.compared.tier}"]
        else:
            subjects = [f"area={area}" for area in self.compared.areas]
        kind = "equity_floor" if rule == EQUITY else "pace"
        added = [
            {
                "rule": f"{_RULE}_{n}",
                "kind": kind,
                "subject": subject,
                "amount": level,
                "unit": "per cent",
                "basis": "policy",
            }
            for n, subject in enumerate(subjects)
        ]
        return pd.concat([self.place.rules.astype(object), pd.DataFrame(added)], ignore_index=True)
