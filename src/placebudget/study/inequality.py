"""How unequal a figure a head is between areas: published indices, weighted by people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from placebudget.errors import CannotAnswer


def gini(a_head: Sequence[float], people: Sequence[float] | None = None) -> float:
    """Gini coefficient: mean difference between two people, over twice the mean.

    sum of n[p] n[q] |h[p] - h[q]| over all pairs, / (2 N sum of n[p] h[p])

    Parameters
    ----------
    a_head : sequence of float
        Figure a head of each area, none negative.
    people : sequence of float, optional
        People of each area; default: the same everywhere.

    Returns
    -------
    float
        0 where all have the same; towards 1 where one has it all. Nothing to share: 0.

    Examples
    --------
    >>> round(gini([1, 2, 3, 4, 5]), 6)
    0.266667
    """
    values, weights = _read(a_head, people)
    total = weights @ values
    if total == 0:
        return 0.0
    apart = np.abs(values[:, None] - values[None, :])
    return float(weights @ apart @ weights / (2 * weights.sum() * total))


def atkinson(
    a_head: Sequence[float], aversion: float = 1.0, people: Sequence[float] | None = None
) -> float:
    """Atkinson index: the share of the whole that equality would make dispensable.

    Parameters
    ----------
    a_head : sequence of float
        Figure a head of each area, none negative.
    aversion : float
        How much inequality counts, above 0; 1 is the geometric mean.
    people : sequence of float, optional
        People of each area; default: the same everywhere.

    Returns
    -------
    float
        Between 0 and 1; 1 where an area has nothing and ``aversion`` is 1 or more.

    Examples
    --------
    >>> [round(atkinson([1, 2, 3, 4, 5], aversion), 6) for aversion in (0.5, 1, 2)]
    [0.063153, 0.13161, 0.270073]
    """
    if not aversion > 0:
        raise CannotAnswer(f"aversion to inequality is above 0, not {aversion:g}")
    values, weights = _read(a_head, people)
    share = weights / weights.sum()
    mean = share @ values
    if mean == 0:
        return 0.0
    if aversion >= 1 and (values[share > 0] == 0).any():
        return 1.0
    held, share = values[share > 0] / mean, share[share > 0]
    if aversion == 1:
        return float(1 - np.exp(share @ np.log(held)))
    return float(1 - (share @ held ** (1 - aversion)) ** (1 / (1 - aversion)))


def _read(a_head: Sequence[float], people: Sequence[float] | None) -> tuple[np.ndarray, np.ndarray]:
    values = np.asarray(a_head, float)
    weights = np.ones(len(values)) if people is None else np.asarray(people, float)
    if len(values) != len(weights) or not len(values):
        raise CannotAnswer("each area needs a figure a head and a number of people")
    if not (np.isfinite(values).all() and (values >= 0).all()):
        raise CannotAnswer("figures a head must be there and not negative")
    if not (np.isfinite(weights).all() and (weights >= 0).all() and weights.sum() > 0):
        raise CannotAnswer("numbers of people must be there and not negative, and some above 0")
    return values, weights
