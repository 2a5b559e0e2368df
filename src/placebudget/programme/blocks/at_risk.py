"""No more of an outcome is counted than is at risk.

sum(counted[y, a, t] for areas a in r) <= most[y, r, t]           for each row of at_risk
"""

from __future__ import annotations

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft, Terms
from placebudget.programme.terms import at_risk_limits


def at_risk_rows(draft: Draft, basis: Basis) -> None:
    """Add the block."""
    if "counted" not in draft.columns:
        return
    counted = draft.columns["counted"]
    names = basis.geography.areas
    outcome: list[int] = []
    area: list[int] = []
    year: list[int] = []
    right: list[float] = []
    terms = Terms()
    for (y, a, t), most in at_risk_limits(basis).items():
        below = basis.geography.descendants(names[a])
        inside = np.array([name in below for name in names], bool)
        index = counted.index
        hit = (index["outcome"] == y) & (index["appraisal_year"] == t) & inside[index["area"]]
        if hit.any():
            terms.add(np.full(hit.sum(), len(right)), counted.numbers[hit], 1.0)
            outcome.append(y)
            area.append(a)
            year.append(t)
            right.append(most)
    if right:
        index = {
            "outcome": np.array(outcome),
            "area": np.array(area),
            "appraisal_year": np.array(year),
        }
        draft.add_rows("at_risk", index, terms, "<=", np.array(right))
