"""Floors and caps on units.

units_floor:  sum(units[o, t]) over the offers of the subject >= amount
units_cap:    sum(units[o, t]) over the offers of the subject <= amount
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from placebudget.programme.basis import Basis, Rule
from placebudget.programme.linear import Draft
from placebudget.programme.rules.block import Benchmark, Figures, Held, RuleBlock
from placebudget.programme.rules.rule import Picked, RuleRows, offers_of


def write(
    draft: Draft, basis: Basis, rules: Sequence[Rule], benchmarks: Mapping[str, Benchmark]
) -> None:
    """Add the block."""
    units = draft.columns["units"]
    rows = RuleRows.empty()
    for rule in rules:
        hit = offers_of(rule, basis)[units.index["offer"]]
        bought = Picked(units.numbers[hit], units.index["year"][hit], np.ones(hit.sum()))
        for t in rule.years(basis.years):
            row = rows.open(rule, t, (rule.amount or 0.0) / basis.scale.units)
            bought.add_to(rows.terms, row, t)
    rows.add_to(draft, rules[0].kind, rules[0].record.sense)


def compare(rule: Rule, figures: Figures) -> Iterator[Held]:
    """Units bought of the subject, year by year."""
    years, units = figures.basis.years, figures.units[offers_of(rule, figures.basis)].sum(axis=0)
    for t in rule.years(years):
        yield Held.to(rule, {"year": years[t]}, units[t], rule.amount or 0.0, "units")


BLOCK = RuleBlock(write, compare)
