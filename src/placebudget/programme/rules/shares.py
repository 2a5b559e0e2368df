"""Shares of the money spent by a pool or by the place.

share_floor:  money on the subject in t >= share x all money spent in t
share_cap:    money on the subject in t <= share x all money spent in t

With a pool in the subject, all money is what the pool spends.
"""

from __future__ import annotations

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft
from placebudget.programme.rules.rule import RuleRows, money_of, read_rules


def shares(draft: Draft, basis: Basis) -> None:
    """Add the blocks."""
    for kind, sense in (("share_floor", ">="), ("share_cap", "<=")):
        rows = RuleRows.empty()
        for rule in read_rules(basis, kind):
            part = money_of(rule, draft, basis)
            whole = money_of(rule, draft, basis, everything=True)
            for t in rule.years(basis.years):
                row = rows.open(rule, t, 0.0)
                part.add_to(rows.terms, row, t)
                whole.add_to(rows.terms, row, t, -rule.share)
        rows.add_to(draft, kind, sense)
