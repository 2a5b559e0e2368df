"""Floors and caps on units.

units_floor:  sum(units[o, t]) over the offers of the subject >= amount
units_cap:    sum(units[o, t]) over the offers of the subject <= amount
"""

from __future__ import annotations

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft
from placebudget.programme.rules.rule import Picked, RuleRows, offers_of, read_rules


def units_floor_and_cap(draft: Draft, basis: Basis) -> None:
    """Add the blocks."""
    units = draft.columns["units"]
    for kind, sense in (("units_floor", ">="), ("units_cap", "<=")):
        rows = RuleRows.empty()
        for rule in read_rules(basis, kind):
            hit = offers_of(rule, basis)[units.index["offer"]]
            bought = Picked(units.numbers[hit], units.index["year"][hit], np.ones(hit.sum()))
            for t in rule.years(basis.years):
                row = rows.open(rule, t, (rule.amount or 0.0) / basis.scale.units)
                bought.add_to(rows.terms, row, t)
        rows.add_to(draft, kind, sense)
