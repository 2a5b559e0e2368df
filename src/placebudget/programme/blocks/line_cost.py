"""What money buys.

sum(money[c, r, l, t]) = sum(unit_cost[o, t] x units[o, t] + set_up_cost[o, t] x start[o, t])
                                                                  for each l, t
"""

from __future__ import annotations

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft, Terms
from placebudget.programme.terms import spending_terms


def line_cost(draft: Draft, basis: Basis) -> None:
    """Add the block."""
    years = len(basis.years)
    line, year = (m.ravel() for m in np.mgrid[: len(basis.lines), :years])
    money = draft.columns["money"]
    spent = spending_terms(draft, basis)
    terms = (
        Terms()
        .add(money.index["line"] * years + money.index["year"], money.numbers, 1.0)
        .add(basis.offers.line[spent.offer] * years + spent.year, spent.column, -spent.value)
    )
    draft.add_rows("line_cost", {"line": line, "year": year}, terms, "=", 0.0)
