"""Pace of change: the subject's money moves by at most a share a year.

(1 - share) x money in t-1 <= money in t <= (1 + share) x money in t-1

In the first year money in t-1 is today's money, carried on.
"""

from __future__ import annotations

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft
from placebudget.programme.rules.rule import RuleRows, money_of, read_rules
from placebudget.programme.rules.virement import today_of


def pace(draft: Draft, basis: Basis) -> None:
    """Add the blocks."""
    for name, sense, sign in (("pace_least", ">=", -1.0), ("pace_most", "<=", 1.0)):
        rows = RuleRows.empty()
        for rule in read_rules(basis, "pace"):
            money = money_of(rule, draft, basis)
            factor = max(1.0 + sign * rule.share, 0.0)
            for t in rule.years(basis.years):
                right = factor * today_of(rule, basis)[0] if t == 0 else 0.0
                row = rows.open(rule, t, right)
                money.add_to(rows.terms, row, t)
                if t > 0:
                    money.add_to(rows.terms, row, t - 1, -factor)
        rows.add_to(draft, name, sense)
