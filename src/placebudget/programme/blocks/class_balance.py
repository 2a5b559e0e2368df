"""Where the money of a class goes.

sum(money[c, direct, l, t]) + sum(contribute[c, p, t]) + carry[c, t] + idle[c, t]
    = funding[c, t] + carry[c, t-1]                               for each c, t

Where agencies may share money, what a class shares is one more use of it, and what
all classes of a kind share stands in place of funding of shared money of that kind.

For a class of savings reinvested, the delivered share of its agency's cashable
savings of the year before, in cash, stands in place of funding.
"""

from __future__ import annotations

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft, Terms
from placebudget.programme.terms import outcome_terms


def class_balance(draft: Draft, basis: Basis) -> None:
    """Add the block."""
    years = len(basis.years)
    columns = draft.columns
    klass, year = (m.ravel() for m in np.mgrid[: len(basis.classes), :years])
    terms = Terms()
    money = columns["money"]
    direct = money.index["route"] == 0
    terms.add(_row(money, years)[direct], money.numbers[direct], 1.0)
    for name in ("contribute", "carry", "idle"):
        block = columns[name]
        terms.add(_row(block, years), block.numbers, 1.0)
    carry = columns["carry"]
    terms.add(_row(carry, years) + 1, carry.numbers, -1.0)
    _reinvested(draft, basis, terms)
    _shared(draft, basis, terms)
    draft.add_rows(
        "class_balance",
        {"class": klass, "year": year},
        terms,
        "=",
        basis.classes.funding.ravel(),
    )


def _row(block, years: int) -> np.ndarray:  # type: ignore[no-untyped-def]
    return block.index["class"] * years + block.index["year"]


def _shared(draft: Draft, basis: Basis, terms: Terms) -> None:
    classes, years = basis.classes, len(basis.years)
    share = draft.columns.get("share")
    if share is None:
        return
    terms.add(_row(share, years), share.numbers, 1.0)
    for c in np.flatnonzero(classes.shared):
        into = classes.capital[share.index["class"]] == classes.capital[c]
        terms.add(c * years + share.index["year"][into], share.numbers[into], -1.0)


def _reinvested(draft: Draft, basis: Basis, terms: Terms) -> None:
    years = len(basis.years)
    if not basis.classes.reinvested.any():
        return
    counted = outcome_terms(draft, basis)
    number = {agency: n for n, agency in enumerate(basis.agencies)}
    in_time = counted.year < years - 1
    for c in np.flatnonzero(basis.classes.reinvested):
        cash = basis.outcomes.agency_cashable[:, number[basis.classes.agency[c]]]
        value = (
            -basis.reinvest
            * cash[counted.outcome[in_time]]
            * basis.general[counted.year[in_time]]
            * counted.value[in_time]
        )
        row = c * years + counted.year[in_time] + 1
        terms.add(row, counted.column[in_time], value)
