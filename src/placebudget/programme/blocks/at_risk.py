"""No more of an outcome is counted than is at risk.

sum(counted[y, a, t] for areas a in r) <= most[y, r, t]           for each row of at_risk
"""

from __future__ import annotations

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft, Terms


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
