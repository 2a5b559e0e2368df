"""Pace of change: the subject's money moves by at most a share a year.

(1 - share) x money in t-1 <= money in t <= (1 + share) x money in t-1

In the first year money in t-1 is today's money, carried on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from placebudget.programme.basis import Basis, Rule
from placebudget.programme.linear import Draft, Rows
from placebudget.programme.rules.block import Benchmark, Figures, Held, RuleBlock
from placebudget.programme.rules.rule import RuleRows, money_of
from placebudget.programme.rules.virement import today_of

if TYPE_CHECKING:
    from placebudget.programme.build import Programme


def write(
    draft: Draft, basis: Basis, rules: Sequence[Rule], benchmarks: Mapping[str, Benchmark]
) -> None:
    """Add the blocks."""
    for name, sense, sign in (("pace_least", ">=", -1.0), ("pace_most", "<=", 1.0)):
        rows = RuleRows.empty()
        for rule in rules:
            money = money_of(rule, draft, basis)
            factor = max(1.0 + sign * rule.share, 0.0)
            for t in rule.years(basis.years):
                right = factor * today_of(rule, basis)[0] if t == 0 else 0.0
                row = rows.open(rule, t, right)
                money.add_to(rows.terms, row, t)
                if t > 0:
                    money.add_to(rows.terms, row, t - 1, -factor)
        rows.add_to(draft, name, sense)


def compare(rule: Rule, figures: Figures) -> Iterator[Held]:
    """Money on the subject beside that of the year before."""
    years, money = figures.basis.years, figures.money(rule)
    today = today_of(rule, figures.basis)[0] * figures.basis.scale.money
    for t in rule.years(years):
        before = money[t - 1] if t else today
        low, high = max(1 - rule.share, 0) * before, (1 + rule.share) * before
        yield Held(rule, {"year": years[t]}, money[t], low, high, "£", before)


def whole(rule: Rule, programme: Programme, block: Rows, n: int, values: np.ndarray) -> float:
    """Money of the year before, or today's."""
    year = int(block.index["year"][n])
    if year == 0:
        return float(today_of(rule, programme.basis)[0])
    return money_of(rule, programme.draft, programme.basis).reached(year - 1, values)


BLOCK = RuleBlock(write, compare, whole)
