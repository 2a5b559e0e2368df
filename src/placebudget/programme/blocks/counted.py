"""Outcomes that something limits have a variable of their own.

counted[y, a, t] <= produced[y, a, t]                             for each limited y

produced is the sum over the lines in area a of effectiveness x effect x fading x
step_units. Outcomes that nothing limits need no variable: what is produced counts.
"""

from __future__ import annotations

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft, Terms
from placebudget.programme.terms import produced_terms


def counted_columns(draft: Draft, basis: Basis) -> None:
    """Add the variables."""
    limited = basis.limited
    if not len(limited):
        return
    made = produced_terms(draft, basis, limited)
    areas, horizon = len(basis.geography.areas), len(basis.appraisal)
    keys = np.unique((made.outcome * areas + made.area) * horizon + made.year)
    draft.add_columns(
        "counted",
        {
            "outcome": keys // (areas * horizon),
            "area": keys // horizon % areas,
            "appraisal_year": keys % horizon,
        },
    )


def counted_rows(draft: Draft, basis: Basis) -> None:
    """Add the constraints."""
    if "counted" not in draft.columns:
        return
    counted = draft.columns["counted"]
    areas, horizon = len(basis.geography.areas), len(basis.appraisal)
    index = counted.index
    keys = (index["outcome"] * areas + index["area"]) * horizon + index["appraisal_year"]
    made = produced_terms(draft, basis, basis.limited)
    row = np.searchsorted(keys, (made.outcome * areas + made.area) * horizon + made.year)
    terms = (
        Terms()
        .add(np.arange(len(counted)), counted.numbers, 1.0)
        .add(row, made.column, -made.value)
    )
    draft.add_rows("counted", index, terms, "<=", 0.0)
