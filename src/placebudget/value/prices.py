"""Price levels: what a pound of the price base costs in another year."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from placebudget.place.years import financial_year, start_of

GENERAL = "general"  # the index that turns cash into real terms and back


def price_levels(
    inflation: pd.DataFrame, index: str | None, price_base: str, years: Sequence[str]
) -> np.ndarray:
    """Level of an index in each year, with the price base at 1.

    The rate of a year is its rise on the year before. Without an index, or for
    an index that has no rates at all, prices are flat.

    Parameters
    ----------
    inflation : DataFrame
        Table ``inflation``: index, year, rate.
    index : str or None
        Name of the index.
    price_base : str
        Financial year with level 1.
    years : sequence of str
        Financial years, without gaps.

    Raises
    ------
    KeyError
        If a rate is missing between the price base and a year.

    Examples
    --------
    >>> rates = pd.DataFrame({"index": "pay", "year": ["2028-29"], "rate": [0.03]})
    >>> price_levels(rates, "pay", "2027-28", ["2027-28", "2028-29"])
    array([1.  , 1.03])
    """
    rates = inflation[inflation["index"] == index] if index else inflation.iloc[:0]
    if rates.empty:
        return np.ones(len(years))
    by_year = dict(zip(rates["year"], rates["rate"], strict=True))
    return np.array([_level(by_year, str(index), start_of(price_base), start_of(y)) for y in years])


def _level(by_year: dict[str, float], index: str, base: int, year: int) -> float:
    level = 1.0
    for step in range(min(base, year) + 1, max(base, year) + 1):
        name = financial_year(step)
        if name not in by_year:
            raise KeyError(f"the index {index} has no rate for {name}")
        level *= 1.0 + by_year[name]
    return level if year >= base else 1.0 / level
