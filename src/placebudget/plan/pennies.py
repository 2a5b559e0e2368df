"""Rounding to the penny so that the parts still add up to the whole."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

# Amounts nearer to a whole penny than this are that penny: solvers leave dust.
_DUST = 0.05


def to_pennies(amounts: np.ndarray, group: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Round amounts to whole pennies so that each group adds up to its total.

    Largest remainder: every amount is rounded down, and the pennies left over go
    to the amounts that lost most. Where the amounts do not quite make the total,
    as a solver's do, the difference falls on the largest of the group.

    Parameters
    ----------
    amounts : ndarray
        Pounds, not negative (dust below zero is taken as zero).
    group : ndarray of int
        Which group each amount belongs to, from 0.
    totals : ndarray
        Pounds each group must add up to.

    Returns
    -------
    ndarray of int
        Pennies.

    Examples
    --------
    >>> to_pennies(np.array([1 / 3, 1 / 3, 1 / 3]), np.array([0, 0, 0]), np.array([1.0]))
    array([34, 33, 33])
    """
    exact = np.maximum(amounts, 0.0) * 100.0
    near = np.round(exact)
    exact = np.where(np.abs(exact - near) < _DUST, near, exact)
    pennies = np.floor(exact).astype(np.int64)
    wanted = np.round(np.asarray(totals) * 100.0).astype(np.int64)
    count = len(wanted)
    left = wanted - np.bincount(group, pennies, count).astype(np.int64)
    # In each group, the amounts that lost most come first; ties keep their order.
    lost = exact - pennies
    order = np.lexsort((np.arange(len(lost)), -lost, group))
    first = np.searchsorted(group[order], np.arange(count))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order)) - first[group[order]]
    fractional = np.bincount(group, lost > 0, count).astype(np.int64)
    given = np.clip(left, 0, fractional)
    pennies += (rank < given[group]) & (lost > 0)
    rest = wanted - np.bincount(group, pennies, count).astype(np.int64)
    for g in np.flatnonzero(rest):
        members = np.flatnonzero(group == g)
        if len(members):
            largest = members[np.argmax(pennies[members])]
            pennies[largest] = max(pennies[largest] + rest[g], 0)
    return pennies


def add_up(values: Sequence[float], digits: int = 0) -> list[float]:
    """Split a sum into parts of whole steps that add up to it: payments, shares, an account.

    The method of the largest remainder: every part is rounded down, then
    those that lost most go up by one step until the total is met. For figures
    that are shown, see :mod:`placebudget.words`.

    Parameters
    ----------
    values : sequence of float
        Parts of one total.
    digits : int
        Decimal places to keep.

    Returns
    -------
    list of float
        Each within one step of its figure.

    Raises
    ------
    ValueError
        If a figure is blank or not finite: blank is not zero.

    Examples
    --------
    >>> add_up([33.4, 33.3, 33.3])
    [34.0, 33.0, 33.0]
    >>> add_up([0.25, 0.25, -0.1], 1)
    [0.3, 0.2, -0.1]
    """
    if not all(math.isfinite(value) for value in values):
        raise ValueError("only finite figures can be rounded to add up; leave blanks out")
    scale = 10**digits
    # Nine decimals of a step: what floating point adds must not push a figure down.
    steps = [round(value * scale, 9) for value in values]
    rounded = [math.floor(step) for step in steps]
    missing = math.floor(round(math.fsum(steps), 6) + 0.5) - sum(rounded)
    by_loss = sorted(range(len(steps)), key=lambda i: (rounded[i] - steps[i], -abs(steps[i]), i))
    for i in by_loss[:missing]:
        rounded[i] += 1
    return [step / scale for step in rounded]
