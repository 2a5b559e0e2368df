"""Outcomes that something limits have a variable of their own, and no more counts than is at risk.

counted[y, a, t] <= produced[y, a, t]                             for each limited y
sum(counted[y, a, t] for areas a in r) <= most[y, r, t]           for each row of at_risk

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


def at_risk_rows(draft: Draft, basis: Basis) -> None:
    """Add the block."""
    if "counted" not in draft.columns:
        return
    counted, limits = draft.columns["counted"], basis.at_risk
    index, names = counted.index, basis.geography.areas
    keys, most = np.array(list(limits)), np.array(list(limits.values()))
    rows, columns = [], []
    for area in np.unique(keys[:, 1]):
        below = basis.geography.descendants(names[area])
        inside = np.array([name in below for name in names], bool)
        mine = np.flatnonzero(keys[:, 1] == area)
        number = np.full((len(basis.outcomes), len(basis.appraisal)), -1, np.int64)
        number[keys[mine, 0], keys[mine, 2]] = mine
        row = number[index["outcome"], index["appraisal_year"]]
        hit = (row >= 0) & inside[index["area"]]
        rows.append(row[hit])
        columns.append(counted.numbers[hit])
    # A limit on what nothing makes needs no row.
    used, row = np.unique(np.concatenate(rows), return_inverse=True)
    if len(used):
        outcome, area, year = keys[used].T
        where = {"outcome": outcome, "area": area, "appraisal_year": year}
        terms = Terms().add(row, np.concatenate(columns), 1.0)
        draft.add_rows("at_risk", where, terms, "<=", most[used])
