"""Floors and caps on money.

floor:  money spent on the subject in t >= amount
cap:    money spent on the subject in t <= amount
"""

from __future__ import annotations

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft
from placebudget.programme.rules.rule import RuleRows, money_of, read_rules


def floor_and_cap(draft: Draft, basis: Basis) -> None:
    """Add the blocks."""
    for kind, sense in (("floor", ">="), ("cap", "<=")):
        rows = RuleRows.empty()
        for rule in read_rules(basis, kind):
            money = money_of(rule, draft, basis)
            for t in rule.years(basis.years):
                row = rows.open(rule, t, (rule.amount or 0.0) / basis.scale.money)
                money.add_to(rows.terms, row, t)
        rows.add_to(draft, kind, sense)
