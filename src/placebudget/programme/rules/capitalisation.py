"""Capitalisation: capital money may pay for revenue where a direction allows it.

sum(money[c, r, l, t]) over capital classes and the subject's revenue lines <= amount

Without such a rule the variables do not exist; a blank amount sets no limit.
"""

from __future__ import annotations

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft
from placebudget.programme.rules.rule import RuleRows, lines_of, read_rules


def capitalised_lines(basis: Basis) -> np.ndarray:
    """Lines x years that capital money may pay for under a direction."""
    allowed = np.zeros((len(basis.lines), len(basis.years)), bool)
    for rule in read_rules(basis, "capitalisation"):
        lines = lines_of(rule, basis)
        for t in rule.years(basis.years):
            allowed[:, t] |= lines
    return allowed


def capitalisation(draft: Draft, basis: Basis) -> None:
    """Add the block."""
    rows = RuleRows.empty()
    money = draft.columns["money"]
    line, year = money.index["line"], money.index["year"]
    capital = basis.classes.capital[money.index["class"]] & ~basis.lines.capital[line]
    for rule in read_rules(basis, "capitalisation"):
        if rule.amount is None:
            continue
        mine = capital & lines_of(rule, basis)[line]
        for t in rule.years(basis.years):
            hit = mine & (year == t)
            row = rows.open(rule, t, rule.amount / basis.scale.money)
            rows.terms.add(np.full(hit.sum(), row), money.numbers[hit], 1.0)
    rows.add_to(draft, "capitalisation", "<=")
