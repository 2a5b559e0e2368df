"""What the finders look at: a plan beside today, and what several of them work out from both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from placebudget.place import Place
from placebudget.plan.plan import Plan
from placebudget.plan.record.record import gave_way_of
from placebudget.plan.verify import figures_of_tables
from placebudget.programme import Basis, Benchmark, read_pooling, standing_pooling
from placebudget.programme.rules import Held, compared


@dataclass(frozen=True, eq=False)
class Facts:
    """A plan, what it is measured against, and their figures by line and year.

    Parameters
    ----------
    plan : Plan
        The plan.
    today : Plan
        Today's money carried on.
    place : Place
        The place that both were made for.
    before : Plan or None
        The plan that this one is a step on from.
    """

    plan: Plan
    today: Plan
    place: Place
    before: Plan | None = None

    @property
    def chosen(self) -> bool:
        """Whether the plan is another than today's money carried on."""
        return self.plan is not self.today

    def if_chosen(self, **figures: tuple[float, str]) -> dict[str, tuple[float, str]]:
        """Figures of today, which today's own findings do not repeat."""
        return figures if self.chosen else {}

    @property
    def beside(self) -> Iterator[Plan]:
        """Plans that it is measured against."""
        if self.chosen:
            yield self.today
        if self.before is not None and self.before is not self.today:
            yield self.before

    @cached_property
    def basis(self) -> Basis:
        """The place under the pooling of the plan."""
        asked = self.plan.run.get("options", {})
        given = asked.get("pooling")
        mode = read_pooling(self.place, given) if given else standing_pooling(self.place)
        return Basis(
            self.place, mode, asked.get("reinvest", 0.0), gave_way=gave_way_of(self.plan.run)
        )

    @property
    def years(self) -> tuple[str, ...]:
        """Years of money."""
        return self.basis.years

    def money(self, plan: Plan) -> np.ndarray:
        """Lines x years: pounds spent."""
        return self._table(plan, "money", "amount")

    def unmet(self, plan: Plan) -> np.ndarray:
        """Lines x years: units that are needed and not served; none where no need is given."""
        basis, years = self.basis, len(self.years)
        guessed = np.zeros(len(basis.lines), bool)
        guessed[basis.steps.line[basis.steps.of_capacity.any(axis=1)]] = True
        needed = np.where(np.isfinite(basis.needed) & ~guessed[:, None], basis.needed, 0.0)
        served = self._table(plan, "units", "units")
        needed[basis.at_shut_levels(served > 0)] = 0.0
        served += self._table(plan, "needs", "avoided")
        missing = needed[:, :years] * basis.scale.units - served
        people = self.place.filled("services").set_index("service")["units_per_person"]
        each = people.loc[basis.lines.service].to_numpy(float)
        # Less than a thousandth of a person is what a solver's digits leave.
        return np.where(missing > 1e-3 * each[:, None], missing, 0.0)

    def paid(self, plan: Plan) -> np.ndarray:
        """Lines x years: capacity paid for, of lines that the table of need has."""
        return self._table(plan, "needs", "paid")

    def bought(self, plan: Plan, column: str) -> np.ndarray:
        """Lines x years: units delivered, or what they cost."""
        return self._table(plan, "units", column)

    def held(self) -> Iterator[tuple[Held, Held]]:
        """Every rule where and when it holds: what the plan has, and what today has."""
        marks: dict[str, Benchmark] = {}
        if any(rule.record.benchmarked for rule in self.basis.rules):
            marks = {
                name: Benchmark(**mark)
                for name, mark in self.plan.run.get("benchmarks", {}).items()
            }
        mine, theirs = (
            compared(figures_of_tables(self.basis, plan.tables, marks))
            for plan in (self.plan, self.today)
        )
        yield from zip(mine, theirs, strict=True)

    def lines_of(self, service: str) -> np.ndarray:
        """Which lines are of a service."""
        return np.asarray(self.basis.lines.service == service)

    def _table(self, plan: Plan, table: str, column: str) -> np.ndarray:
        """Lines x years: a column of a table of a plan, added up; several finders ask for one."""
        key = (id(plan), table, column)
        if key not in self._known:
            self._known[key] = self._added_up(plan.tables[table], column)
        return self._known[key].copy()

    @cached_property
    def _known(self) -> dict[tuple[int, str, str], np.ndarray]:
        return {}

    def _added_up(self, frame: pd.DataFrame, column: str) -> np.ndarray:
        lines, year = self.basis.lines.position(), {name: t for t, name in enumerate(self.years)}
        found = np.zeros((len(lines), len(year)))
        rows = frame[frame["year"].isin(year)]
        at = [
            lines[key] for key in zip(rows["service"].tolist(), rows["area"].tolist(), strict=True)
        ]
        np.add.at(
            found, (at, rows["year"].map(year).to_numpy(np.int64)), rows[column].to_numpy(float)
        )
        return found
