"""What each kind of rule has to bring: its constraints, and how a plan is held against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from placebudget.programme.basis import Basis, Rule
from placebudget.programme.linear import Draft, Rows
from placebudget.programme.rules.rule import lines_of, offers_of

if TYPE_CHECKING:
    from placebudget.programme.build import Programme


@dataclass(frozen=True)
class Benchmark:
    """What working apart gives an agency, discounted, in pounds, and in which plan."""

    savings: float
    value: float
    base: str = "aligned"


class Held(NamedTuple):
    """One comparison: what a rule needs at least or at most, and what the plan has.

    ``at`` is where and when: service, area, agency, year, and of what, each where it applies.
    ``whole`` is what an amount in per cent is a per cent of, in the unit of the rest.
    """

    rule: Rule
    at: Mapping[str, str]
    has: float
    least: float
    most: float
    unit: str
    whole: float | None = None

    @classmethod
    def to(
        cls,
        rule: Rule,
        at: Mapping[str, str],
        has: float,
        limit: float,
        unit: str,
        whole: float | None = None,
    ) -> Held:
        """Compared with one limit, on the side that the kind of the rule asks about."""
        least, most = (limit, np.inf) if rule.record.least else (-np.inf, limit)
        return cls(rule, at, has, least, most, unit, whole)


@dataclass(frozen=True)
class Figures:
    """What a plan has, in pounds and single units: the solver's rows are not among it.

    Parameters
    ----------
    basis : Basis
        The place under its pooling.
    flows : DataFrame
        Money by stream, route, service, area and year.
    units, cost : ndarray
        Offers x years.
    outcome, line : ndarray
        Which outcome is made, and on which line, by row of what follows.
    produced, counted : ndarray
        Rows x appraisal years.
    avoided : ndarray
        By line, what avoiding its need saves, discounted.
    benchmarks : mapping of str to Benchmark
        What working apart gives each agency that is compared with it.
    """

    basis: Basis
    flows: pd.DataFrame
    units: np.ndarray
    cost: np.ndarray
    outcome: np.ndarray
    line: np.ndarray
    produced: np.ndarray
    counted: np.ndarray
    avoided: np.ndarray
    benchmarks: Mapping[str, Benchmark] = field(default_factory=dict)

    @cached_property
    def _line(self) -> np.ndarray:
        number = self.basis.lines.position()
        keys = zip(self.flows["service"].tolist(), self.flows["area"].tolist(), strict=True)
        return np.array([number[key] for key in keys], np.int64)

    @cached_property
    def _year(self) -> np.ndarray:
        year = {name: t for t, name in enumerate(self.basis.years)}
        return np.array([year[name] for name in self.flows["year"].tolist()], np.int64)

    @cached_property
    def _amount(self) -> np.ndarray:
        return self.flows["amount"].to_numpy(float)

    @cached_property
    def money_by_line(self) -> np.ndarray:
        """Lines x years."""
        money = np.zeros((len(self.basis.lines), len(self.basis.years)))
        np.add.at(money, (self._line, self._year), self._amount)
        return money

    def money(self, rule: Rule, everything: bool = False) -> np.ndarray:
        """Money on a rule's subject by year; with a pool, only what the pool spends.

        Parameters
        ----------
        everything : bool
            All the pool or place spends, whatever else the subject says.
        """
        if {"provider", "delivery_model"} & set(rule.subject) and not everything:
            return self.cost[offers_of(rule, self.basis)].sum(axis=0)
        chosen = np.ones(len(self.flows), bool)
        if not everything:
            chosen &= lines_of(rule, self.basis)[self._line]
        if "pool" in rule.subject:
            chosen &= self.flows["route"].isin(rule.subject["pool"]).to_numpy()
        return self._by_year(chosen)

    def capital_on_revenue(self, rule: Rule) -> np.ndarray:
        """Capital money on revenue lines of a rule's subject, by year."""
        streams = self.basis.place.filled("streams").set_index("stream")["kind"]
        capital = (self.flows["stream"].map(streams) == "capital").to_numpy(bool)
        mine = lines_of(rule, self.basis) & ~self.basis.lines.capital
        return self._by_year(capital & mine[self._line])

    def _by_year(self, chosen: np.ndarray) -> np.ndarray:
        return np.bincount(self._year[chosen], self._amount[chosen], len(self.basis.years))

    def by_area(self, outcomes: np.ndarray, amounts: np.ndarray) -> np.ndarray:
        """What is made of some outcomes: areas of the place x appraisal years.

        Parameters
        ----------
        outcomes : ndarray
            Which of all outcomes.
        amounts : ndarray
            ``produced`` or ``counted``.
        """
        chosen = outcomes[self.outcome]
        made = np.zeros((len(self.basis.geography.areas), len(self.basis.appraisal)))
        np.add.at(made, self.basis.area_of[self.line[chosen]], amounts[chosen])
        return made

    def fares(self, agency: str) -> Benchmark:
        """What an agency saves and what it commissions is worth, discounted."""
        basis = self.basis
        per_unit = basis.scale.money / basis.scale.units
        column = int(np.flatnonzero(basis.agencies == agency)[0])
        saved = basis.outcomes.agency_fiscal[self.outcome, column] * per_unit
        mine = basis.lines.commissioner[self.line] == agency
        worth = basis.outcomes.public_value[self.outcome[mine]] * per_unit
        value = float((worth * self.produced[mine]).sum())
        own = float(self.avoided[basis.lines.commissioner == agency].sum())
        return Benchmark(float(saved @ (self.counted @ basis.discount)) + own, value)


Write = Callable[[Draft, Basis, Sequence[Rule], Mapping[str, Benchmark]], None]


@dataclass(frozen=True)
class RuleBlock:
    """What one kind of rule does.

    Parameters
    ----------
    write : callable
        Adds the constraints of all rules of the kind to a draft.
    compare : callable
        What a rule needs and what a plan has, in every year and place it holds.
    whole : callable, optional
        The scaled amount that a rule in per cent is a per cent of, in one of its
        constraints: from the rule, the programme, the family and number of the
        constraint, and the values of a solution.
    """

    write: Write
    compare: Callable[[Rule, Figures], Iterator[Held]]
    whole: Callable[[Rule, Programme, Rows, int, np.ndarray], float] | None = None
