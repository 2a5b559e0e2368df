"""Floors and caps, in money, in units, and as shares of the money spent.

floor, cap:              money spent on the subject in t >= or <= amount
units_floor, units_cap:  sum(units[o, t]) over the offers of the subject >= or <= amount
share_floor, share_cap:  money on the subject in t >= or <= share x all money spent in t

With a pool in the subject, all money is what the pool spends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from placebudget.programme.basis import Basis, Rule
from placebudget.programme.linear import Draft, Rows
from placebudget.programme.rules.block import Benchmark, Figures, Held, RuleBlock
from placebudget.programme.rules.rule import Picked, RuleRows, money_of, offers_of

if TYPE_CHECKING:
    from placebudget.programme.build import Programme


def write_money(
    draft: Draft, basis: Basis, rules: Sequence[Rule], benchmarks: Mapping[str, Benchmark]
) -> None:
    """Add the block of floors or caps on money."""
    _write(draft, basis, rules, lambda rule: [(money_of(rule, draft, basis), 1.0)])


def compare_money(rule: Rule, figures: Figures) -> Iterator[Held]:
    """Money on the subject, year by year."""
    years, money = figures.basis.years, figures.money(rule)
    for t in rule.years(years):
        yield Held.to(rule, {"year": years[t]}, money[t], rule.amount or 0.0, "£")


def write_units(
    draft: Draft, basis: Basis, rules: Sequence[Rule], benchmarks: Mapping[str, Benchmark]
) -> None:
    """Add the block of floors or caps on units."""
    units = draft.columns["units"]

    def bought(rule: Rule) -> list[tuple[Picked, float]]:
        hit = offers_of(rule, basis)[units.index["offer"]]
        return [(Picked(units.numbers[hit], units.index["year"][hit], np.ones(hit.sum())), 1.0)]

    _write(draft, basis, rules, bought)


def compare_units(rule: Rule, figures: Figures) -> Iterator[Held]:
    """Units bought of the subject, year by year."""
    years, units = figures.basis.years, figures.units[offers_of(rule, figures.basis)].sum(axis=0)
    for t in rule.years(years):
        yield Held.to(rule, {"year": years[t]}, units[t], rule.amount or 0.0, "units")


def write_shares(
    draft: Draft, basis: Basis, rules: Sequence[Rule], benchmarks: Mapping[str, Benchmark]
) -> None:
    """Add the block of floors or caps on shares."""

    def parts(rule: Rule) -> list[tuple[Picked, float]]:
        whole = money_of(rule, draft, basis, everything=True)
        return [(money_of(rule, draft, basis), 1.0), (whole, -rule.share)]

    _write(draft, basis, rules, parts)


def compare_shares(rule: Rule, figures: Figures) -> Iterator[Held]:
    """Money on the subject beside all money, year by year."""
    years, money, whole = figures.basis.years, figures.money(rule), figures.money(rule, True)
    for t in rule.years(years):
        limit = rule.share * whole[t]
        yield Held.to(rule, {"year": years[t]}, money[t], limit, "£", whole[t])


def all_money(rule: Rule, programme: Programme, block: Rows, n: int, values: np.ndarray) -> float:
    """All money spent in the year."""
    spent = money_of(rule, programme.draft, programme.basis, everything=True)
    return spent.reached(int(block.index["year"][n]), values)


def _write(
    draft: Draft,
    basis: Basis,
    rules: Sequence[Rule],
    parts: Callable[[Rule], list[tuple[Picked, float]]],
) -> None:
    """A constraint a rule and year: parts with their factors, against the amount of the rule."""
    rows, kind = RuleRows.empty(), rules[0].record
    scale = basis.scale.units if kind.unit == "units" else basis.scale.money
    for rule in rules:
        summed = parts(rule)
        for t in rule.years(basis.years):
            right = 0.0 if kind.per_cent_of else (rule.amount or 0.0) / scale
            row = rows.open(rule, t, right)
            for part, factor in summed:
                part.add_to(rows.terms, row, t, factor)
    rows.add_to(draft, rules[0].kind, kind.sense)


MONEY = RuleBlock(write_money, compare_money)
UNITS = RuleBlock(write_units, compare_units)
SHARES = RuleBlock(write_shares, compare_shares, all_money)
