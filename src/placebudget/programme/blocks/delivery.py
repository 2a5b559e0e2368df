"""What money buys, and what is bought is delivered, step by step of the returns.

sum(money[c, r, l, t]) = sum(unit_cost[o, t] x units[o, t] + set_up_cost[o, t] x start[o, t])
                                                                  for each l, t
sum(units[o, t]) over the offers of l + avoided[l, t] = sum(step_units[l, k, t])
                                                                  for each l, t
A need that does not arise counts as a need met. What is paid for is units, or where capacity
can be given up only so fast all that is kept.
"""

from __future__ import annotations

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft, Terms
from placebudget.programme.terms import spending_terms


def delivery(draft: Draft, basis: Basis) -> None:
    """Add the block."""
    years = len(basis.years)
    line, year = (m.ravel() for m in np.mgrid[: len(basis.lines), :years])
    units, steps = draft.columns["units"], draft.columns["step_units"]
    terms = (
        Terms()
        .add(
            basis.offers.line[units.index["offer"]] * years + units.index["year"],
            units.numbers,
            1.0,
        )
        .add(steps.index["line"] * years + steps.index["year"], steps.numbers, -1.0)
    )
    avoided = draft.columns.get("avoided")
    if avoided is not None:
        soon = avoided.index["appraisal_year"] < years
        row = avoided.index["line"] * years + avoided.index["appraisal_year"]
        terms.add(row[soon], avoided.numbers[soon], 1.0)
    draft.add_rows("delivery", {"line": line, "year": year}, terms, "=", 0.0)


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
