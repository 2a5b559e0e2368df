"""Today's money carried on: what today's pattern of spending costs in later years.

The money of a stream follows its funding: today's amount times the funding of
the year over the funding that today's spending was paid from (the row for
``today_year``, else the first year's). So today is always affordable, and a
comparison with it does not mistake growing or shrinking budgets for change.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from placebudget.place import Place
from placebudget.place.geography import Geography
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
    today = place.filled("today")
    today = today[today["amount"] > 0]
    growth = stream_growth(place)
    years = np.arange(len(place.years))
    frame = pd.DataFrame(
        {
            "service": today["service"].to_numpy(object),
            "area": [geography.key(area) for area in today["area"]],
            "stream": today["stream"].to_numpy(object),
            "route": today["pool"].astype(object).where(today["pool"].notna(), DIRECT).to_numpy(),
            "offer": today["offer"].astype(object).where(today["offer"].notna(), "").to_numpy(),
            "amount": today["amount"].to_numpy(float),
        }
    ).merge(pd.DataFrame({"t": years}), how="cross")
    if len(frame):
        frame["amount"] *= growth.loc[frame["stream"]].to_numpy()[range(len(frame)), frame["t"]]
    order = ["service", "area", "stream", "route", "offer", "t"]
    return frame.sort_values(order, kind="stable", ignore_index=True)


def stream_growth(place: Place) -> pd.DataFrame:
    """Funding of each stream and year over that of today: streams x years."""
    funding = stream_funding(place)
    table = place.filled("funding")
    now = table[table["year"] == place.settings.today_year].set_index("stream")["amount"]
    base = now.reindex(funding.index).fillna(funding.iloc[:, 0]).to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.where(base[:, None] > 0, funding.to_numpy() / base[:, None], 0.0)
    return pd.DataFrame(growth, index=funding.index, columns=funding.columns)
