"""Today's money carried on: what today's pattern of spending costs in later years.

The money of a stream follows its funding: today's amount times the funding of
the year over the funding that today's spending was paid from (the row for
``today_year``, else the first year's). So today is always affordable, and a
comparison with it does not mistake growing or shrinking budgets for change.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from placebudget.place import Place
from placebudget.place.geography import Geography, is_blank
from placebudget.programme.classes import stream_funding

DIRECT = "direct"


def carried_on(place: Place, geography: Geography) -> pd.DataFrame:
    """Today's money in every year of the place.

    Returns
    -------
    DataFrame
        service, area, stream, route, offer (None where the line has one), t
        (number of the year), amount in pounds; sorted by key.
    """
    columns = ("service", "area", "stream", "pool", "offer", "amount")
    table = place.filled("today")
    cells = zip(*(table[name].tolist() for name in columns), strict=True)
    rows = sorted(
        (
            (
                service,
                geography.key(area),
                stream,
                _or_else(pool, DIRECT),
                _or_else(offer, ""),
                amount,
            )
            for service, area, stream, pool, offer, amount in cells
            if amount > 0
        ),
        key=lambda row: row[:5],
    )
    years, growth = len(place.years), stream_growth(place)
    number = {name: n for n, name in enumerate(growth.index)}
    grown = growth.to_numpy()[[number[row[2]] for row in rows]] if rows else np.zeros((0, years))
    names = ["service", "area", "stream", "route", "offer"]
    held = {
        name: np.repeat(np.array([row[n] for row in rows], dtype=object), years)
        for n, name in enumerate(names)
    }
    amount = np.array([row[5] for row in rows])[:, None] * grown
    return pd.DataFrame(
        {**held, "amount": amount.ravel(), "t": np.tile(np.arange(years), len(rows))}
    )


def _or_else(value: Any, default: str) -> str:
    """A cell, or what a blank stands for."""
    return default if is_blank(value) else str(value)


def stream_growth(place: Place) -> pd.DataFrame:
    """Funding of each stream and year over that of today: streams x years."""
    funding = stream_funding(place)
    table = place.filled("funding")
    now = table[table["year"] == place.settings.today_year].set_index("stream")["amount"]
    base = now.reindex(funding.index).fillna(funding.iloc[:, 0]).to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.where(base[:, None] > 0, funding.to_numpy() / base[:, None], 0.0)
    return pd.DataFrame(growth, index=funding.index, columns=funding.columns)
