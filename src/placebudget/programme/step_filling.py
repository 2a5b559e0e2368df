"""Steps of returns, filled in order."""

from __future__ import annotations

import numpy as np

from placebudget.programme.basis import Basis


def fill_steps(basis: Basis, units: np.ndarray) -> np.ndarray:
    """Fill the steps of returns in order.

    Parameters
    ----------
    units : ndarray
        Lines x years, scaled units.

    Returns
    -------
    ndarray
        Steps x years; units beyond the last step are in none.
    """
    steps = basis.steps
    filled = np.zeros_like(steps.width)
    left = units.copy()
    for number in np.unique(steps.step):
        now = np.flatnonzero(steps.step == number)
        take = np.minimum(left[steps.line[now]], steps.width[now])
        filled[now] = take
        left[steps.line[now]] -= take
    return filled
