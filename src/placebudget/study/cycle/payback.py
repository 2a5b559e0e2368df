"""When prevention pays back, and for whom."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def payback_year(paid: np.ndarray, saved: np.ndarray) -> np.ndarray:
    """First year from which what is saved so far is never less than what is paid so far.

    Parameters
    ----------
    paid, saved : ndarray
        Rows x years, both in the price base.

    Returns
    -------
    ndarray
        Number of the year by row; -1 where it does not pay back in the years counted,
        or nothing is paid or saved.

    Examples
    --------
    >>> paid = np.array([[10.0, 0.0, 0.0, 0.0], [10.0, 0.0, 0.0, 0.0]])
    >>> saved = np.array([[0.0, 6.0, 6.0, 0.0], [0.0, 3.0, 3.0, 3.0]])
    >>> payback_year(paid, saved).tolist()
    [2, -1]
    """
    net = np.cumsum(saved - paid, axis=1)
    short = net < -1e-6
    years = paid.shape[1]
    first = np.where(short.any(axis=1), years - np.argmax(short[:, ::-1], axis=1), 0)
    something = (np.abs(paid) + np.abs(saved)).sum(axis=1) > 0
    return np.where((first < years) & something, first, -1)


def middle_year(found: np.ndarray, names: Sequence[str]) -> str:
    """The year by which half of the runs have paid back; blank where fewer do.

    Examples
    --------
    >>> middle_year(np.array([1, 2, -1]), ["a", "b", "c"])
    'c'
    """
    late = np.sort(np.where(found < 0, len(names), found))
    middle = int(late[(len(late) - 1) // 2])
    return names[middle] if middle < len(names) else ""
