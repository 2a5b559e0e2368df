"""Shares of the money spent by a pool or by the place.

share_floor:  money on the subject in t >= share x all money spent in t
share_cap:    money on the subject in t <= share x all money spent in t

With a pool in the subject, all money is what the pool spends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from placebudget.programme.basis import Basis, Rule
from placebudget.programme.linear import Draft, Rows
from placebudget.programme.rules.block import Benchmark, Figures, Held, RuleBlock
from placebudget.programme.rules.rule import RuleRows, money_of

if TYPE_CHECKING:
    from placebudget.programme.build import Programme


def write(
    draft: Draft, basis: Basis, rules: Sequence[Rule], benchmarks: Mapping[str, Benchmark]
) -> None:
    """Add the block."""
    rows = RuleRows.empty()
    for rule in rules:
        part = money_of(rule, draft, basis)
        whole = money_of(rule, draft, basis, everything=True)
        for t in rule.years(basis.years):
            row = rows.open(rule, t, 0.0)
            part.add_to(rows.terms, row, t)
            whole.add_to(rows.terms, row, t, -rule.share)
    rows.add_to(draft, rules[0].kind, rules[0].record.sense)


def compare(rule: Rule, figures: Figures) -> Iterator[Held]:
    """Money on the subject beside all money, year by year."""
    years, money, whole = figures.basis.years, figures.money(rule), figures.money(rule, True)
    for t in rule.years(years):
        limit = rule.share * whole[t]
        yield Held.to(rule, {"year": years[t]}, money[t], limit, "£", whole[t])


def whole(rule: Rule, programme: Programme, block: Rows, n: int, values: np.ndarray) -> float:
    """All money spent in the year."""
    spent = money_of(rule, programme.draft, programme.basis, everything=True)
    return spent.reached(int(block.index["year"][n]), values)


BLOCK = RuleBlock(write, compare, whole)
