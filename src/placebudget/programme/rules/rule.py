"""Rules as the programme reads them: what each holds for, in codes and masks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from placebudget.programme.basis import Basis, Rule
from placebudget.programme.linear import Draft, Terms, worth
from placebudget.programme.terms import spending_terms


def read_rules(basis: Basis) -> list[Rule]:
    """The rules of a place, sorted by key.

    A rule about a pool that is closed under the pooling falls away with it.
    """
    return [rule for rule in basis.rules if _pool_is_open(rule, basis)]


def _pool_is_open(rule: Rule, basis: Basis) -> bool:
    pools = rule.subject.get("pool")
    return pools is None or any(pool in basis.pooling.pools for pool in pools)


def lines_of(rule: Rule, basis: Basis) -> np.ndarray:
    """Which lines a rule holds for; an area takes in all below it."""
    lines, subject = basis.lines, rule.subject
    chosen = np.ones(len(lines), bool)
    for column, values in (
        ("service", lines.service),
        ("purpose", lines.purpose),
        ("nature", lines.nature),
        ("agency", lines.commissioner),
    ):
        if column in subject:
            chosen &= np.isin(values.astype(str), subject[column])
    if "kind" in subject:
        chosen &= np.isin(np.where(lines.capital, "capital", "revenue"), subject["kind"])
    if "area" in subject:
        chosen &= np.any([basis.within(area) for area in subject["area"]], axis=0)
    if "tier" in subject:
        of_tier = [basis.geography.tiers.get(area) in subject["tier"] for area in lines.area]
        chosen &= np.array(of_tier, bool)
    return chosen


def offers_of(rule: Rule, basis: Basis) -> np.ndarray:
    """Which offers a rule holds for."""
    offers = basis.offers
    chosen = lines_of(rule, basis)[offers.line]
    for column, values in (
        ("provider", offers.provider),
        ("delivery_model", offers.delivery_model),
    ):
        if column in rule.subject:
            chosen &= np.isin(values.astype(str), rule.subject[column])
    if "role" in rule.subject:
        chosen &= posts_a_unit(rule, basis) > 0
    return chosen


def posts_a_unit(rule: Rule, basis: Basis) -> np.ndarray:
    """By offer: posts of a rule's roles that a unit takes, by the hours a post works."""
    posts = basis.place.filled("posts").set_index("role")
    works = (posts["days"] - posts["absence_days"]) * posts["hours"] * (1.0 - posts["vacant"])
    staffing = basis.place.filled("staffing")
    mine = staffing[staffing["role"].isin(rule.subject["role"])]
    taken = (mine["hours"] / mine["role"].map(works)).groupby(mine["offer"]).sum()
    return taken.reindex(basis.offers.name, fill_value=0.0).to_numpy(float)


def slack_cost(basis: Basis, rule: Rule) -> float:
    """What one scaled unit of giving way costs, in scaled money.

    Money costs what it is; a unit its dearest offer, a post what is bought with it; an
    outcome its public value, and at least something.
    """
    if rule.record.of_units:
        mine = offers_of(rule, basis)
        taken = posts_a_unit(rule, basis)[mine, None] if "role" in rule.subject else 1.0
        return float((basis.offers.unit_cost[mine] / taken).max(initial=1.0))
    if rule.record.of_outcomes:
        return float(max(basis.outcomes.public.max(initial=1.0), 1.0))
    return 1.0


def routes_of(rule: Rule, basis: Basis) -> np.ndarray:
    """Which routes are the pools a rule names."""
    return np.isin(basis.routes.astype(str), rule.subject.get("pool", ()))


@dataclass(frozen=True)
class Picked:
    """Money of a rule's subject, term by term: value x column in a year."""

    column: np.ndarray
    year: np.ndarray
    value: np.ndarray

    def add_to(self, terms: Terms, row: int, year: int, factor: float = 1.0) -> None:
        """Add the terms of one year to a row."""
        hit = self.year == year
        terms.add(np.full(hit.sum(), row), self.column[hit], factor * self.value[hit])

    def reached(self, year: int, values: np.ndarray) -> float:
        """What it comes to in a year of a solution."""
        hit = self.year == year
        return worth(self.value[hit], values[self.column[hit]])


def money_of(rule: Rule, draft: Draft, basis: Basis, everything: bool = False) -> Picked:
    """Money spent on a rule's subject; with a pool, only what the pool spends.

    Parameters
    ----------
    everything : bool
        All the pool or place spends, whatever else the subject says.
    """
    if "pool" in rule.subject:
        money = draft.columns["money"]
        hit = routes_of(rule, basis)[money.index["route"]]
        if not everything:
            hit &= lines_of(rule, basis)[money.index["line"]]
        ones = np.ones(hit.sum())
        return Picked(money.numbers[hit], money.index["year"][hit], ones)
    spent = spending_terms(draft, basis)
    hit = np.ones(len(spent.column), bool) if everything else offers_of(rule, basis)[spent.offer]
    return Picked(spent.column[hit], spent.year[hit], spent.value[hit])


@dataclass
class RuleRows:
    """Rows of one kind of rule while they are being written."""

    terms: Terms
    rule: list[int]
    year: list[int]
    right: list[float]

    @classmethod
    def empty(cls) -> RuleRows:
        """No rows yet."""
        return cls(Terms(), [], [], [])

    def open(self, rule: Rule, year: int, right: float) -> int:
        """A new row; its number."""
        self.rule.append(rule.number)
        self.year.append(year)
        self.right.append(right)
        return len(self.right) - 1

    def add_to(self, draft: Draft, name: str, sense: str, year: str = "year") -> None:
        """Put the rows into the draft, where there are any."""
        if self.right:
            index = {"rule": np.array(self.rule), year: np.array(self.year)}
            draft.add_rows(name, index, self.terms, sense, np.array(self.right))
