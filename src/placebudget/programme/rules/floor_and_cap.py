"""Floors and caps on money.

floor:  money spent on the subject in t >= amount
cap:    money spent on the subject in t <= amount
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from placebudget.programme.basis import Basis, Rule
from placebudget.programme.linear import Draft
from placebudget.programme.rules.block import Benchmark, Figures, Held, RuleBlock
from placebudget.programme.rules.rule import RuleRows, money_of


def write(
    draft: Draft, basis: Basis, rules: Sequence[Rule], benchmarks: Mapping[str, Benchmark]
) -> None:
    """Add the block."""
    rows = RuleRows.empty()
    for rule in rules:
        money = money_of(rule, draft, basis)
        for t in rule.years(basis.years):
            row = rows.open(rule, t, (rule.amount or 0.0) / basis.scale.money)
            money.add_to(rows.terms, row, t)
    rows.add_to(draft, rules[0].kind, rules[0].record.sense)


def compare(rule: Rule, figures: Figures) -> Iterator[Held]:
    """Money on the subject, year by year."""
    years, money = figures.basis.years, figures.money(rule)
    for t in rule.years(years):
        yield Held.to(rule, {"year": years[t]}, money[t], rule.amount or 0.0, "£")


BLOCK = RuleBlock(write, compare)
