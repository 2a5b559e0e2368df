"""Capitalisation: capital money may pay for revenue where a direction allows it.

sum(money[c, r, l, t]) over capital classes and the subject's revenue lines <= amount

Without such a rule the variables do not exist; a blank amount sets no limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from placebudget.programme.basis import Basis, Rule
from placebudget.programme.linear import Draft
from placebudget.programme.rules.block import Benchmark, Figures, Held, RuleBlock
from placebudget.programme.rules.rule import RuleRows, lines_of, read_rules


def capitalised_lines(basis: Basis) -> np.ndarray:
    """Lines x years that capital money may pay for under a direction."""
    allowed = np.zeros((len(basis.lines), len(basis.years)), bool)
    for rule in read_rules(basis):
        if not rule.record.directed:
            continue
        lines = lines_of(rule, basis)
        for t in rule.years(basis.years):
            allowed[:, t] |= lines
    return allowed


def write(
    draft: Draft, basis: Basis, rules: Sequence[Rule], benchmarks: Mapping[str, Benchmark]
) -> None:
    """Add the block."""
    rows = RuleRows.empty()
    money = draft.columns["money"]
    line, year = money.index["line"], money.index["year"]
    capital = basis.classes.capital[money.index["class"]] & ~basis.lines.capital[line]
    for rule in rules:
        if rule.amount is None:
            continue
        mine = capital & lines_of(rule, basis)[line]
        for t in rule.years(basis.years):
            hit = mine & (year == t)
            row = rows.open(rule, t, rule.amount / basis.scale.money)
            rows.terms.add(np.full(hit.sum(), row), money.numbers[hit], 1.0)
    rows.add_to(draft, rules[0].kind, rules[0].record.sense)


def compare(rule: Rule, figures: Figures) -> Iterator[Held]:
    """Capital money on the subject's revenue lines, year by year."""
    if rule.amount is None:
        return
    years, money = figures.basis.years, figures.capital_on_revenue(rule)
    for t in rule.years(years):
        yield Held.to(rule, {"year": years[t]}, money[t], rule.amount, "£")


BLOCK = RuleBlock(write, compare)
