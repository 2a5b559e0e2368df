"""Locks: each line of the subject stays near today's money.

(1 - share) x today[l, t] <= money spent on l in t <= (1 + share) x today[l, t]

today is carried on with the funding of the streams that pay it; the share is
the amount in per cent, 0 where blank. The lock on services without effects, which no row
asks for, gives way to all other rules and limits: there stand the least amounts, found
first, by which some of its lines have to have more or less than today.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from placebudget.programme.basis import Basis, Rule
from placebudget.programme.linear import Draft, Rows, Terms
from placebudget.programme.rules.block import Benchmark, Figures, Held, RuleBlock
from placebudget.programme.rules.rule import lines_of
from placebudget.programme.terms import spending_terms

if TYPE_CHECKING:
    from placebudget.programme.build import Programme


def write(
    draft: Draft, basis: Basis, rules: Sequence[Rule], benchmarks: Mapping[str, Benchmark]
) -> None:
    """Add the blocks."""
    spent, years, count = spending_terms(draft, basis), len(basis.years), len(basis.lines)
    line_of, today = basis.offers.line[spent.offer], basis.lines.today
    for name, sense, sign in (("lock_least", ">=", -1.0), ("lock_most", "<=", 1.0)):
        terms, rule_no, line_no, year_no, right = Terms(), [], [], [], []
        height = 0
        for rule in rules:
            lines = np.flatnonzero(lines_of(rule, basis))
            held = np.array(rule.years(basis.years), np.int64)
            row = np.full((count, years), -1, np.int64)
            cells = np.ix_(lines, held)
            row[cells] = height + np.arange(len(lines) * len(held)).reshape(len(lines), len(held))
            height += len(lines) * len(held)
            at = row[line_of, spent.year]
            terms.add(at[at >= 0], spent.column[at >= 0], spent.value[at >= 0])
            rule_no.append(np.full(len(lines) * len(held), rule.number))
            line_no.append(np.repeat(lines, len(held)))
            year_no.append(np.tile(held, len(lines)))
            near = today[cells] * max(1.0 + sign * rule.share, 0.0)
            right.append((near + _given_way(rule, basis, sign)[cells]).ravel())
        index = {
            "rule": np.concatenate(rule_no),
            "line": np.concatenate(line_no),
            "year": np.concatenate(year_no),
        }
        draft.add_rows(name, index, terms, sense, np.concatenate(right))


def compare(rule: Rule, figures: Figures) -> Iterator[Held]:
    """Money on each line beside today's."""
    lines, years, pound = figures.basis.lines, figures.basis.years, figures.basis.scale.money
    has, given_way = figures.money_by_line, [_given_way(rule, figures.basis, s) for s in (-1, 1)]
    for line in np.flatnonzero(lines_of(rule, figures.basis)):
        for t in rule.years(years):
            today = lines.today[line, t] * pound
            at = {"service": lines.service[line], "area": lines.area[line], "year": years[t]}
            less, more = (each[line, t] * pound for each in given_way)
            low, high = max(1 - rule.share, 0) * today + less, (1 + rule.share) * today + more
            yield Held(rule, at, has[line, t], low, high, "£", today)


def _given_way(rule: Rule, basis: Basis, sign: float) -> np.ndarray:
    """By how much less, or more, than it asks for the lock on services without effects holds."""
    if not rule.implied:
        return np.zeros((len(basis.lines), len(basis.years)))
    less, more = basis.given_way
    return less if sign < 0 else more


def whole(rule: Rule, programme: Programme, block: Rows, n: int, values: np.ndarray) -> float:
    """Today's money on the line, carried on."""
    return float(programme.basis.lines.today[block.index["line"][n], block.index["year"][n]])


BLOCK = RuleBlock(write, compare, whole)
