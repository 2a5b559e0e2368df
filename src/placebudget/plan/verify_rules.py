"""Check that a plan keeps the rules of its place, each worked out from its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from placebudget.programme import Basis
from placebudget.programme.rules import Rule, read_rules
from placebudget.programme.rules.equity_floor import area_shares, compared_areas
from placebudget.programme.rules.outcome_floor import outcome_of, outcome_years
from placebudget.programme.rules.rule import lines_of, offers_of
from placebudget.programme.rules.virement import today_of
from placebudget.words import number, pence

if TYPE_CHECKING:
    from placebudget.plan.evidence import Evidence


class Held(NamedTuple):
    """One comparison: what a rule needs at least or at most, and what the plan has."""

    rule: Rule
    where: str
    has: float
    least: float
    most: float
    unit: str


def check_rules(basis: Basis, evidence: Evidence, digits: float) -> list[str]:
    """Sentences on every rule that is not kept."""
    problems = []
    for held in comparisons(basis, evidence):
        slack = 1e-6 * abs(held.has) + 1e3 * digits * abs(held.has)
        slack += 1.0 if held.unit == "£" else 1e-6
        if held.has < held.least - slack or held.has > held.most + slack:
            low, has = held.has < held.least, _said(held.has, held.unit)
            limit = _said(held.least if low else held.most, held.unit)
            problems.append(
                f"the rule {held.rule.name} ({held.rule.kind}) needs "
                f"{'at least' if low else 'at most'} {limit} {held.where}; the plan has {has}"
            )
    return problems


def _said(value: float, unit: str) -> str:
    """A figure to the hundredth, so that how far it is off can be seen."""
    return pence(value) if unit == "£" else f"{number(value, 2)} {unit}"


def comparisons(basis: Basis, evidence: Evidence) -> Iterator[Held]:
    """Every rule of the place in every year and place it holds."""
    money = _Spending(basis, evidence)
    checks: dict[str, Callable[[Rule], Iterator[Held]]] = {
        "floor": money.floor_or_cap,
        "cap": money.floor_or_cap,
        "share_floor": money.share,
        "share_cap": money.share,
        "lock": money.lock,
        "pace": money.pace,
        "virement": money.virement,
        "capitalisation": money.capitalisation,
        "units_floor": lambda rule: _units(rule, basis, evidence),
        "units_cap": lambda rule: _units(rule, basis, evidence),
        "outcome_floor": lambda rule: _outcome_floor(rule, basis, evidence),
        "equity_floor": lambda rule: _equity_floor(rule, basis, evidence),
        "no_worse_off": lambda rule: _no_worse_off(rule, basis, evidence),
    }
    for rule in read_rules(basis):
        yield from checks[rule.kind](rule)


class _Spending:
    """Money by line, offer and route, from the flows and units of a plan."""

    def __init__(self, basis: Basis, evidence: Evidence) -> None:
        self.basis = basis
        offers = basis.offers
        units = evidence.units / basis.scale.units
        cost = units * offers.unit_cost + evidence.started * offers.set_up_cost
        self.by_offer = cost * basis.scale.money
        flows = evidence.money.flows
        number = basis.lines.position()
        year = {name: t for t, name in enumerate(basis.years)}
        keys = zip(flows["service"], flows["area"], strict=True)
        self.line = np.array([number[key] for key in keys], np.int64)
        self.year = np.array([year[name] for name in flows["year"]], np.int64)
        self.route = flows["route"].to_numpy(dtype=object)
        self.amount = flows["amount"].to_numpy(float)
        streams = basis.place.filled("streams").set_index("stream")["kind"]
        self.capital = (flows["stream"].map(streams) == "capital").to_numpy(bool)

    def of(self, rule: Rule, everything: bool = False) -> np.ndarray:
        """Money on a rule's subject by year, in pounds."""
        years = len(self.basis.years)
        if {"provider", "delivery_model"} & set(rule.subject) and not everything:
            return self.by_offer[offers_of(rule, self.basis)].sum(axis=0)
        chosen = np.ones(len(self.line), bool)
        if not everything:
            chosen &= lines_of(rule, self.basis)[self.line]
        if "pool" in rule.subject:
            chosen &= np.isin(self.route.astype(str), rule.subject["pool"])
        return np.bincount(self.year[chosen], self.amount[chosen], years)

    def _years(self, rule: Rule) -> list[int]:
        return rule.years(self.basis.years)

    def floor_or_cap(self, rule: Rule) -> Iterator[Held]:
        money, amount = self.of(rule), rule.amount or 0.0
        least, most = (amount, np.inf) if rule.kind == "floor" else (-np.inf, amount)
        for t in self._years(rule):
            yield Held(rule, f"in {self.basis.years[t]}", money[t], least, most, "£")

    def share(self, rule: Rule) -> Iterator[Held]:
        money, whole = self.of(rule), self.of(rule, everything=True)
        for t in self._years(rule):
            limit = rule.share * whole[t]
            least, most = (limit, np.inf) if rule.kind == "share_floor" else (-np.inf, limit)
            yield Held(rule, f"in {self.basis.years[t]}", money[t], least, most, "£")

    def lock(self, rule: Rule) -> Iterator[Held]:
        years, lines = len(self.basis.years), self.basis.lines
        money = np.zeros((len(lines), years))
        np.add.at(money, (self.line, self.year), self.amount)
        for line in np.flatnonzero(lines_of(rule, self.basis)):
            for t in self._years(rule):
                today = lines.today[line, t] * self.basis.scale.money
                where = f"for {lines.service[line]} in {lines.area[line]}, {self.basis.years[t]}"
                low, high = max(1 - rule.share, 0) * today, (1 + rule.share) * today
                yield Held(rule, where, money[line, t], low, high, "£")

    def pace(self, rule: Rule) -> Iterator[Held]:
        money = self.of(rule)
        today = today_of(rule, self.basis)[0] * self.basis.scale.money
        for t in self._years(rule):
            before = money[t - 1] if t else today
            low, high = max(1 - rule.share, 0) * before, (1 + rule.share) * before
            yield Held(rule, f"in {self.basis.years[t]}", money[t], low, high, "£")

    def virement(self, rule: Rule) -> Iterator[Held]:
        money = self.of(rule)
        today = today_of(rule, self.basis) * self.basis.scale.money
        for t in self._years(rule):
            least = max(1 - rule.share, 0) * today[t]
            yield Held(rule, f"in {self.basis.years[t]}", money[t], least, np.inf, "£")

    def capitalisation(self, rule: Rule) -> Iterator[Held]:
        if rule.amount is None:
            return
        revenue = ~self.basis.lines.capital[self.line]
        chosen = self.capital & revenue & lines_of(rule, self.basis)[self.line]
        money = np.bincount(self.year[chosen], self.amount[chosen], len(self.basis.years))
        for t in self._years(rule):
            yield Held(rule, f"in {self.basis.years[t]}", money[t], -np.inf, rule.amount, "£")


def _units(rule: Rule, basis: Basis, evidence: Evidence) -> Iterator[Held]:
    units = evidence.units[offers_of(rule, basis)].sum(axis=0)
    amount = rule.amount or 0.0
    least, most = (amount, np.inf) if rule.kind == "units_floor" else (-np.inf, amount)
    for t in rule.years(basis.years):
        yield Held(rule, f"in {basis.years[t]}", units[t], least, most, "units")


def _by_area(basis: Basis, evidence: Evidence, outcomes: np.ndarray, counted: bool) -> pd.DataFrame:
    made = evidence.made
    chosen = outcomes[basis.effects.outcome[made.effect]]
    amounts = (made.counted if counted else made.produced)[chosen]
    return pd.DataFrame(amounts).groupby(basis.lines.area[made.line[chosen]]).sum()


def _outcome_floor(rule: Rule, basis: Basis, evidence: Evidence) -> Iterator[Held]:
    table = _by_area(basis, evidence, outcome_of(rule, basis), counted=True)
    if "area" in rule.subject:
        tree = basis.geography
        keep = [any(tree.is_within(a, b) for b in rule.subject["area"]) for a in table.index]
        table = table[keep]
    for t in outcome_years(rule, basis):
        has = float(table[t].sum()) if len(table) else 0.0
        yield Held(rule, f"in {basis.appraisal[t]}", has, rule.amount or 0.0, np.inf, "outcomes")


def _equity_floor(rule: Rule, basis: Basis, evidence: Evidence) -> Iterator[Held]:
    areas = compared_areas(rule, basis)
    table = _by_area(basis, evidence, outcome_of(rule, basis), counted=False)
    code = {area: n for n, area in enumerate(basis.geography.areas)}
    reach = area_shares(basis, areas)[:, [code[area] for area in table.index]]
    people = np.array([basis.geography.populations[area] for area in areas])
    for t in outcome_years(rule, basis):
        made = reach @ (table[t].to_numpy(float) if len(table) else np.zeros(0))
        mean = made.sum() / people.sum()
        for area, has, residents in zip(areas, made, people, strict=True):
            where = f"in {area}, {basis.appraisal[t]}"
            # Compared as totals: outcomes a head of a large area are small numbers.
            yield Held(rule, where, has, rule.share * mean * residents, np.inf, "outcomes")


def _no_worse_off(rule: Rule, basis: Basis, evidence: Evidence) -> Iterator[Held]:
    made = evidence.made
    outcome = basis.effects.outcome[made.effect]
    per_unit = basis.scale.money / basis.scale.units
    for agency in rule.subject.get("agency", ()):
        if agency not in evidence.benchmarks:
            continue
        column = int(np.flatnonzero(basis.agencies == agency)[0])
        worth = basis.outcomes.agency_fiscal[outcome, column] * per_unit
        saved = float(worth @ (made.counted @ basis.discount))
        mine = basis.lines.commissioner[made.line] == agency
        value = basis.outcomes.public[outcome] * per_unit * mine
        made_value = float(value @ (made.produced @ basis.discount))
        mark = evidence.benchmarks[agency]
        keep = 1.0 - rule.share
        yield Held(rule, f"in savings of {agency}", saved, keep * mark.savings, np.inf, "£")
        yield Held(rule, f"in value by {agency}", made_value, keep * mark.value, np.inf, "£")
