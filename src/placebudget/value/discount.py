"""Discounting: what a later year's value is worth in the first year."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from placebudget.texts import shown

GREEN_BOOK_STEPS = ((30, 0.035), (75, 0.030), (10_000, 0.025))
HEALTH_STEPS = ((10_000, 0.015),)
_NAMED = {"green book": GREEN_BOOK_STEPS, "green book health": HEALTH_STEPS}


def discount_steps(discount: Any) -> tuple[tuple[int, float], ...]:
    """Read a discount setting as steps of (last year it holds for, rate).

    Parameters
    ----------
    discount : str, float or sequence of (int, float)
        ``"green book"``, ``"green book health"``, one rate for all years, or
        steps.

    Raises
    ------
    ValueError
        If it is none of these, or a rate is not between 0 and 1.

    Examples
    --------
    >>> discount_steps(0.035)
    ((10000, 0.035),)
    """
    if isinstance(discount, str):
        steps = _NAMED.get(discount.strip().lower().replace("_", " "))
        if steps is None:
            raise ValueError(
                f"discount {shown(discount)} is not known; write one of {', '.join(_NAMED)}, a "
                "rate such as 0.035, or pairs of last year and rate"
            )
        return steps
    if isinstance(discount, (int, float)) and not isinstance(discount, bool):
        steps = ((10_000, float(discount)),)
    elif isinstance(discount, Sequence):
        try:
            steps = tuple((int(last), float(rate)) for last, rate in discount)
        except (TypeError, ValueError):
            raise ValueError("a discount schedule is a list of pairs: last year, rate") from None
    else:
        raise ValueError(f"discount {shown(discount)} is neither a name, a rate nor a schedule")
    if any(not 0 <= rate < 1 for _, rate in steps):
        raise ValueError("a discount rate is a share between 0 and 1, such as 0.035")
    if any(a[0] >= b[0] for a, b in pairwise(steps)):
        raise ValueError("the last years of a discount schedule must rise")
    return steps


def discount_factors(discount: Any, count: int) -> np.ndarray:
    """Discount factors of ``count`` years; the first year has factor 1.

    Rates compound: the factor of year t is that of t - 1 divided by one plus
    the rate that holds in year t; the last rate of a schedule goes on.

    Source: HM Treasury, The Green Book, annex on discounting.

    Examples
    --------
    >>> discount_factors("green book", 32)[[0, 1, 30, 31]].round(5).tolist()
    [1.0, 0.96618, 0.35628, 0.3459]
    """
    steps = discount_steps(discount)
    lasts = np.array([last for last, _ in steps])
    rates = np.array([rate for _, rate in steps])
    t = np.arange(count)
    rate = rates[np.minimum(np.searchsorted(lasts, t), len(rates) - 1)]
    rate = np.where(t == 0, 0.0, rate)
    return np.cumprod(1.0 / (1.0 + rate))
