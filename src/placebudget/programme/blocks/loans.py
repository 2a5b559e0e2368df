"""Loans as decisions: what is borrowed, and what revenue bears of it.

borrow[n] between 0 and most[n] stands beside funding in class balances: all of it in the class of
its stream, in the first year of the loan; in the class of the stream that bears it

- borne[n, t] x borrow[n]

in each year t after the first. Of what is owed after the last year of money objectives in pounds
take off debt[n] x borrow[n]: what is not provided for yet, pound for pound or more, real and
discounted as of that year. Net public value, which counts what is bought with it as it is spent,
takes off interest in the years of money instead.
"""

from __future__ import annotations

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft, Terms
from placebudget.programme.money import borrowed


def loan_columns(draft: Draft, basis: Basis) -> None:
    """borrow[n], between nothing and the most that can be borrowed."""
    if basis.loans:
        most = np.array([loan.most for loan in basis.loans]) / basis.scale.money
        draft.add_columns("borrow", {"loan": np.arange(len(most))}, upper=most)


def add_loans(draft: Draft, basis: Basis, terms: Terms) -> None:
    """What loans bring and take, among the terms of class balances."""
    years = len(basis.years)
    klass = {name: c for c, names in enumerate(basis.classes.streams) for name in names}
    for n, loan in enumerate(basis.loans):
        column = draft.columns["borrow"].numbers[n : n + 1]
        for stream, pounds in borrowed([(loan, 1.0)]).items():
            for t in np.flatnonzero(pounds):
                terms.add(np.array([klass[stream] * years + t]), column, -pounds[t])


def borrower(basis: Basis, of_class: np.ndarray) -> np.ndarray:
    """By loan: whose it is, from whose each class is."""
    klass = {name: c for c, names in enumerate(basis.classes.streams) for name in names}
    return np.array([of_class[klass[loan.borne_by]] for loan in basis.loans], np.int64)
